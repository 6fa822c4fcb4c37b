import {
  type ClusterView,
  keyOf,
  PodBound,
  PodUnschedulable,
  persistentVolumeClaimEvents,
  persistentVolumeEvents,
} from '@wavetank/cluster'
import { cancel, type Emission, emit, type SimEvent, timer } from '@wavetank/kernel'
import { VolumeBindingBegun, VolumeBindingTimedOut } from './events.ts'
import { claimOf, volumeNameOf } from './objects.ts'
import { claimNamesOf, matchingVolume, waitsForConsumer } from './plugins/volume-binding/claims.ts'
import type { PodView } from './snapshot.ts'

/**
 * Between choosing a node and binding the pod: claims of a class that waits for its first consumer get a volume near
 * the node, one that is there or one that is made.
 *
 * Unlike kube-scheduler, which assumes the pod on its node meanwhile, the pod holds its place as a nominated one does:
 * against pods that are not more important.
 *
 * Source: pkg/scheduler/framework/plugins/volumebinding/volume_binding.go, PreBind; binder.go, bindAPIUpdate.
 */

/** KubeSchedulerConfiguration, VolumeBindingArgs bindTimeoutSeconds. */
const BIND_TIMEOUT = 600_000

/** What goes before binding the pod to the node; `undefined` if nothing does. */
export const beginBinding = (
  view: ClusterView,
  pod: PodView,
  node: string,
  evaluated: number | undefined,
): readonly Emission[] | undefined => {
  const changes: SimEvent[] = []
  const taken = new Set<string>()
  for (const { name } of claimNamesOf(pod)) {
    const claim = claimOf(view, pod.namespace, name)
    if (claim === undefined || !waitsForConsumer(view, claim)) continue
    const object = keyOf(pod.namespace, name)
    const volume = matchingVolume(view, claim, view.nodes.get(node)!, taken)
    const { uid } = view.persistentVolumeClaims.get(object)!
    if (volume === undefined) changes.push(persistentVolumeClaimEvents.NodeSelected({ object, node }))
    else {
      taken.add(volume.metadata.name)
      const { namespace } = pod
      const claimed = { object: keyOf('', volume.metadata.name), claim: { namespace, name, uid }, byController: true }
      changes.push(persistentVolumeEvents.Assigned(claimed))
    }
  }
  if (changes.length === 0) return undefined
  return [
    ...changes.map(emit),
    emit(VolumeBindingBegun({ pod: pod.key, node, evaluated })),
    timer(`volumes ${pod.key}`, BIND_TIMEOUT, VolumeBindingTimedOut({ pod: pod.key })),
  ]
}

/** Binds the pods that waited for this claim and for no other any more. */
export const finishBinding = (
  view: ClusterView,
  binding: ReadonlyMap<string, string>,
  claim: string,
): readonly Emission[] => {
  if (binding.size === 0) return []
  const emissions: Emission[] = []
  for (const pod of view.podsByClaim.get(claim) ?? []) {
    const node = binding.get(pod.key)
    if (node === undefined) continue
    const isOpen = claimNamesOf(pod).some(({ name }) => {
      const other = claimOf(view, pod.namespace, name)
      return other === undefined || volumeNameOf(other) === undefined
    })
    if (isOpen) continue
    emissions.push(cancel(`volumes ${pod.key}`), emit(PodBound({ pod: pod.key, node })))
  }
  return emissions
}

export const failedBinding = (pod: string): SimEvent =>
  PodUnschedulable({
    pod,
    message: 'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded',
    plugins: ['VolumeBinding'],
  })

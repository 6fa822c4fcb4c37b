import type { PersistentVolume } from '@wavetank/cluster/api'
import { type Claim, claimOf, volumeNameOf, volumeOf } from '../../objects.ts'
import { type Status, unresolvable } from '../../status.ts'
import { type Cycle, definePlugin, type NodeView, type PodView } from '../plugin.ts'
import { claimNamesOf, matchesVolumeAffinity, matchingVolume, provisioningProblem, waitsForConsumer } from './claims.ts'

interface State {
  readonly bound: readonly { readonly claim: Claim; readonly volume: PersistentVolume | undefined }[]
  /** Claims whose volume is chosen or made once a node is. */
  readonly waiting: readonly Claim[]
}

const preFilter = ({ view, pod }: Cycle): State | { readonly rejected: Status } => {
  const bound: { claim: Claim; volume: PersistentVolume | undefined }[] = []
  const waiting: Claim[] = []
  let isUnbound = false
  for (const { name, isEphemeral } of claimNamesOf(pod)) {
    const claim = claimOf(view, pod.namespace, name)
    if (claim === undefined) {
      const text = isEphemeral
        ? `waiting for ephemeral volume controller to create the persistentvolumeclaim "${name}"`
        : `persistentvolumeclaim "${name}" not found`
      return { rejected: unresolvable(text) }
    }
    const volumeName = volumeNameOf(claim)
    if (claim.isLost) {
      const text = `persistentvolumeclaim "${name}" bound to non-existent persistentvolume "${volumeName ?? ''}"`
      return { rejected: unresolvable(text) }
    }
    if (claim.isBeingDeleted) {
      return { rejected: unresolvable(`persistentvolumeclaim "${name}" is being deleted`) }
    }
    if (isEphemeral && claim.owner !== pod.uid) {
      const text = `PVC ${pod.namespace}/${name} was not created for pod ${pod.namespace}/${pod.name} (pod is not owner)`
      return { rejected: unresolvable(text) }
    }
    if (volumeName !== undefined) bound.push({ claim, volume: volumeOf(view, volumeName) })
    else if (waitsForConsumer(view, claim)) waiting.push(claim)
    else isUnbound = true
  }
  return isUnbound ? { rejected: unresolvable('pod has unbound immediate PersistentVolumeClaims') } : { bound, waiting }
}

const filter = ({ view }: Cycle, node: NodeView, { bound, waiting }: State): Status | undefined => {
  const reasons: string[] = []
  if (bound.some(({ volume }) => volume === undefined)) {
    return unresolvable('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)')
  }
  if (bound.some(({ volume }) => !matchesVolumeAffinity(volume!, node.labels, node.name))) {
    reasons.push("node(s) didn't match PersistentVolume's node affinity")
  }
  const taken = new Set<string>()
  for (const claim of waiting) {
    const volume = matchingVolume(view, claim, node, taken)
    if (volume !== undefined) {
      taken.add(volume.metadata.name ?? '')
      continue
    }
    const problem = provisioningProblem(view, claim, node)
    if (problem === undefined) continue
    reasons.push(
      problem === 'impossible'
        ? "node(s) didn't find available persistent volumes to bind"
        : 'node(s) did not have enough free storage',
    )
    break
  }
  return reasons.length === 0 ? undefined : unresolvable(...reasons)
}

const ownsClaim = (pod: PodView, object: string): boolean =>
  claimNamesOf(pod).some(({ name }) => `${pod.namespace}/${name}` === object)

/** Source: pkg/scheduler/framework/plugins/volumebinding/{volume_binding,binder}.go. */
export const volumeBinding = definePlugin<undefined, State>({
  name: 'VolumeBinding',
  doc: 'Keeps pods on nodes from which the volumes of their claims can be reached, or made.',
  defaultArgs: undefined,
  preFilter: (cycle) => {
    if (claimNamesOf(cycle.pod).length === 0) return 'skip'
    const result = preFilter(cycle)
    return 'rejected' in result ? result : { state: result }
  },
  filter: (cycle, { node }, state) => filter(cycle, node, state),
  hints: {
    NodeAdded: () => true,
    NodeLabelsChanged: () => true,
    StorageChanged: (pod, { objectKind, object }) => objectKind !== 'PersistentVolumeClaim' || ownsClaim(pod, object),
  },
})

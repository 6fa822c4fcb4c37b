import {
  type ClusterView,
  claimProblem,
  createClaim,
  type DeepReadonly,
  defineController,
  keyOf,
  type Pod,
  PodKey,
} from '@wavetank/cluster'
import { DECIDE, defineEvent, type Emission, type Entry, emit, QUIET, type Scene, timer } from '@wavetank/kernel'
import * as t from 'io-ts'
import { reactionTime } from '../latency.ts'
import { relistPods } from '../relist.ts'
import { retryDelay } from '../retry.ts'

/**
 * Generic ephemeral volumes: each gets a claim of its own, called `<pod>-<volume>`, which the pod owns and which goes with
 * it. A claim of that name that is not the pod's is left alone, and the pod waits.
 *
 * Source: pkg/controller/volume/ephemeral/controller.go (syncHandler, handleVolume).
 */

export const EphemeralVolumeSyncDue = defineEvent('EphemeralVolumeSyncDue', {
  doc: 'The controller looks whether the ephemeral volumes of a pod have their claims.',
  rank: DECIDE,
  data: { pod: PodKey },
})

export const EphemeralVolumeFailed = defineEvent('EphemeralVolumeFailed', {
  doc: 'A claim for an ephemeral volume could not be made; it is tried again, later each time.',
  data: { pod: PodKey, volume: t.string, message: t.string },
})

const name = 'ephemeral-volume-controller'

interface Own {
  /** Syncs in a row that failed, by pod. */
  readonly failures: Map<PodKey, number>
}
type VolumeScene = Scene<ClusterView, Own, unknown>
type PodEntry = Entry<{ readonly kind: string; readonly pod: string }>
type PodView = DeepReadonly<Pod>
type Volume = NonNullable<PodView['template']['spec']['volumes']>[number]

const NONE: readonly Volume[] = []
const known = new WeakMap<object, readonly Volume[]>()

/** Of a template; most have none, so it is looked up once for each. */
const ephemeralVolumesOf = ({ template }: PodView): readonly Volume[] => {
  let volumes = known.get(template)
  if (volumes === undefined) {
    volumes = template.spec.volumes?.filter(({ ephemeral }) => ephemeral !== undefined) ?? NONE
    known.set(template, volumes)
  }
  return volumes
}

const look = (scene: VolumeScene, pod: PodView | undefined, at: number): readonly Emission[] =>
  pod === undefined || pod.deletion !== undefined || ephemeralVolumesOf(pod).length === 0
    ? QUIET
    : [
        timer(
          pod.key,
          reactionTime(scene.view, scene.draw, name, pod.key, at),
          EphemeralVolumeSyncDue({ pod: pod.key }),
        ),
      ]

const podCreated = (scene: VolumeScene, { event, at }: PodEntry): readonly Emission[] =>
  look(scene, scene.view.pods.get(event.pod), at)

const claimGone = (scene: VolumeScene, { event, at }: Entry<{ kind: string; object: string }>): readonly Emission[] =>
  [...(scene.view.podsByClaim.get(event.object) ?? [])].flatMap((pod) => look(scene, pod, at))

const sync = ({ view, own }: VolumeScene, { event, at }: PodEntry): readonly Emission[] => {
  const pod = view.pods.get(event.pod)
  if (pod === undefined || pod.deletion !== undefined) return QUIET
  const emissions: Emission[] = []
  const fail = (volume: string, message: string): readonly Emission[] => [
    ...emissions,
    emit(EphemeralVolumeFailed({ pod: pod.key, volume, message })),
    timer(pod.key, retryDelay(own.failures.get(pod.key)), EphemeralVolumeSyncDue({ pod: pod.key })),
  ]
  const charges = new Map()
  for (const { name: volume, ephemeral } of ephemeralVolumesOf(pod)) {
    if (ephemeral === undefined) continue
    const claimName = `${pod.name}-${volume}`
    const object = keyOf(pod.namespace, claimName)
    const claim = view.persistentVolumeClaims.get(object)
    if (claim !== undefined) {
      if (claim.owner?.uid === pod.uid) continue
      const whose = `PVC ${object} was not created for pod ${pod.key}`
      return fail(volume, `${whose} (pod is not owner)`)
    }
    const { metadata, spec } = ephemeral.volumeClaimTemplate
    const fresh = {
      object,
      labels: metadata.labels ?? {},
      annotations: metadata.annotations ?? {},
      owner: { apiVersion: 'v1', kind: 'Pod', name: pod.name, uid: pod.uid },
      spec,
    }
    const problem = claimProblem(view, fresh, charges)
    if (problem !== undefined) return fail(volume, `create PVC ${claimName}: ${problem}`)
    emissions.push(emit(createClaim(view, at, fresh)))
  }
  return emissions
}

export const ephemeralVolume = defineController<Own, Record<string, never>>({
  name,
  doc: 'Makes the claims of generic ephemeral volumes, which live as long as their pods.',
  component: 'kube-controller-manager',
  flags: {},
  events: [EphemeralVolumeSyncDue, EphemeralVolumeFailed],
  own: {
    initial: () => ({ failures: new Map() }),
    apply: {
      EphemeralVolumeFailed: (own, entry: Entry<never>) => {
        const { pod } = (entry as PodEntry).event
        own.failures.set(pod, (own.failures.get(pod) ?? 0) + 1)
      },
      PodDeleted: (own, entry: Entry<never>) => {
        own.failures.delete((entry as PodEntry).event.pod)
      },
    },
  },
  on: {
    PodCreated: podCreated,
    PersistentVolumeClaimDeleted: claimGone,
    EphemeralVolumeSyncDue: sync,
  },
  restart: { relist: relistPods(podCreated) },
})

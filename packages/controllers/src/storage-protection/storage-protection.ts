import {
  CLAIM_PROTECTION,
  type ClusterView,
  claimKeysOf,
  type DeepReadonly,
  defineController,
  isTerminal,
  ObjectKey,
  type Pod,
  removeFinalizer,
  VOLUME_PROTECTION,
} from '@wavetank/cluster'
import { DECIDE, defineEvent, type Emission, type Entry, emit, QUIET, type Scene, timer } from '@wavetank/kernel'
import { reactionTime } from '../latency.ts'
import { relistObjects } from '../relist.ts'

/**
 * Claims that pods use and volumes that are bound stay, deleted or not, until that is over.
 *
 * Source: pkg/controller/volume/pvcprotection/pvc_protection_controller.go,
 * pkg/controller/volume/pvprotection/pv_protection_controller.go.
 */

export const ClaimProtectionDue = defineEvent('ClaimProtectionDue', {
  doc: 'Whether a deleted claim is still used by a pod is looked at.',
  rank: DECIDE,
  data: { object: ObjectKey },
})

export const VolumeProtectionDue = defineEvent('VolumeProtectionDue', {
  doc: 'Whether a deleted volume is still bound is looked at.',
  rank: DECIDE,
  data: { object: ObjectKey },
})

type ProtectionScene = Scene<ClusterView, unknown, unknown>
type ObjectEntry = Entry<{ readonly kind: string; readonly object: string }>
type PodView = DeepReadonly<Pod>

const CLAIMS = 'pvc-protection-controller'
const VOLUMES = 'pv-protection-controller'

const look = (scene: ProtectionScene, object: ObjectKey, at: number): readonly Emission[] =>
  scene.view.persistentVolumeClaims.get(object)?.deletion === undefined
    ? QUIET
    : [timer(object, reactionTime(scene.view, scene.draw, CLAIMS, object, at), ClaimProtectionDue({ object }))]

const claimMarked = (scene: ProtectionScene, { event, at }: ObjectEntry): readonly Emission[] =>
  look(scene, event.object, at)

const lookForPod = (scene: ProtectionScene, pod: PodView | undefined, at: number): readonly Emission[] =>
  pod === undefined ? QUIET : claimKeysOf(pod).flatMap((claim) => look(scene, claim, at))

const podEnded = (scene: ProtectionScene, { event, at }: Entry<{ kind: string; pod: string }>): readonly Emission[] => {
  const pod = scene.view.pods.get(event.pod)
  return pod !== undefined && isTerminal(pod as Pod) ? lookForPod(scene, pod, at) : QUIET
}

/** A pod that has no node yet does not use the claim: no kubelet will start it with one that is being deleted. */
const isUsed = (view: ClusterView, claim: ObjectKey): boolean => {
  for (const pod of view.podsByClaim.get(claim) ?? []) if (pod.node !== '' && !isTerminal(pod as Pod)) return true
  return false
}

const protectClaim = ({ view }: ProtectionScene, { event }: ObjectEntry): readonly Emission[] => {
  const claim = view.persistentVolumeClaims.get(event.object)
  if (claim?.deletion === undefined || isUsed(view, claim.key)) return QUIET
  return removeFinalizer(claim, CLAIM_PROTECTION).map(emit)
}

export const claimProtection = defineController<unknown, Record<string, never>>({
  name: CLAIMS,
  doc: 'Lets a deleted claim go when no pod uses it any more.',
  component: 'kube-controller-manager',
  flags: {},
  events: [ClaimProtectionDue],
  on: {
    PersistentVolumeClaimMarkedForDeletion: claimMarked,
    PodDeleted: (scene, { at }) => lookForPod(scene, scene.view.removedPod, at),
    PodStatusReported: podEnded,
    PodFailed: podEnded,
    ClaimProtectionDue: protectClaim,
  },
  restart: { relist: relistObjects((view) => view.persistentVolumeClaims, claimMarked) },
})

const volumeChanged = (scene: ProtectionScene, { event, at }: ObjectEntry): readonly Emission[] => {
  const { object } = event
  return scene.view.persistentVolumes.get(object)?.deletion === undefined
    ? QUIET
    : [timer(object, reactionTime(scene.view, scene.draw, VOLUMES, object, at), VolumeProtectionDue({ object }))]
}

const protectVolume = ({ view }: ProtectionScene, { event }: ObjectEntry): readonly Emission[] => {
  const volume = view.persistentVolumes.get(event.object)
  if (volume?.deletion === undefined || volume.phase === 'Bound') return QUIET
  return removeFinalizer(volume, VOLUME_PROTECTION).map(emit)
}

export const volumeProtection = defineController<unknown, Record<string, never>>({
  name: VOLUMES,
  doc: 'Lets a deleted volume go when it is not bound any more.',
  component: 'kube-controller-manager',
  flags: {},
  events: [VolumeProtectionDue],
  on: {
    PersistentVolumeMarkedForDeletion: volumeChanged,
    PersistentVolumePhaseChanged: volumeChanged,
    VolumeProtectionDue: protectVolume,
  },
  restart: { relist: relistObjects((view) => view.persistentVolumes, volumeChanged) },
})

import {
  BIND_COMPLETED,
  type ClusterView,
  defaultStorageClass,
  defineController,
  deleteStoredObject,
  keyOf,
  type ObjectKey,
  PROVISIONED_BY,
  persistentVolumeClaimEvents,
  persistentVolumeEvents,
  SELECTED_NODE,
  STORAGE_PROVISIONER,
  storageClassOf,
} from '@wavetank/cluster'
import { type Emission, type Entry, emit, QUIET, type Scene, type SimEvent, timer } from '@wavetank/kernel'
import { reactionTime, sample } from '../latency.ts'
import { relistAll, relistObjects } from '../relist.ts'
import {
  ClaimLeftPending,
  ClaimResyncDue,
  ClaimSyncDue,
  VolumeDeletionDue,
  VolumeProvisioningDue,
  VolumeSyncDue,
} from './events.ts'
import { type ClaimView, findBestMatch, isFor, mismatch, type VolumeView } from './matching.ts'
import { deletionProblem, provision } from './provisioning.ts'

/**
 * The persistent volume binder, with the provisioner behind it.
 *
 *   claim ──▶ a volume that fits ─────────────────────────────▶ Bound
 *         └─▶ its class's provisioner ──▶ a volume kept for it ──┘
 *
 * 1. A claim whose class waits for the first consumer is left alone until the scheduler has chosen a node.
 * 2. kube-controller-manager looks at everything again every 15 s. Here a claim is only looked at again at such a time,
 *    and only if a volume or a class came since: otherwise it would find nothing new.
 *
 * Source: pkg/controller/volume/persistentvolume/pv_controller.go.
 */

const name = 'persistentvolume-controller'
const NO_PROVISIONER = 'kubernetes.io/no-provisioner'

const flags = {
  'pvclaimbinder-sync-period': {
    type: 'duration',
    default: 15_000,
    doc: 'How often claims that are not bound are tried again.',
  },
} as const

interface Config {
  readonly 'pvclaimbinder-sync-period': number
}

export interface Own {
  readonly pending: Set<ObjectKey>
  /** Volumes that name no claim. */
  readonly free: Set<ObjectKey>
  /** Volumes that name a claim, by claim. */
  readonly kept: Map<ObjectKey, Set<ObjectKey>>
  /** The claim that a volume names. */
  readonly named: Map<ObjectKey, ObjectKey>
  /** What was last said about a claim. */
  readonly said: Map<ObjectKey, string>
}
type BinderScene = Scene<ClusterView, Own, Config>
type ObjectEntry = Entry<{ readonly kind: string; readonly object: string }>

const claims = persistentVolumeClaimEvents
const volumes = persistentVolumeEvents

// --- wake-ups ------------------------------------------------------------------------------------------------------

const wakeClaim = (scene: BinderScene, object: ObjectKey, at: number): readonly Emission[] => [
  timer(`claim ${object}`, reactionTime(scene.view, scene.draw, name, object, at), ClaimSyncDue({ object })),
]

const wakeVolume = (scene: BinderScene, object: ObjectKey, at: number): readonly Emission[] => [
  timer(`volume ${object}`, reactionTime(scene.view, scene.draw, name, object, at), VolumeSyncDue({ object })),
]

const claimChanged = (scene: BinderScene, { event, at }: ObjectEntry): readonly Emission[] =>
  wakeClaim(scene, event.object, at)

const volumeChanged = (scene: BinderScene, { event, at }: ObjectEntry): readonly Emission[] =>
  wakeVolume(scene, event.object, at)

/** The volume of a claim that is gone is released. */
const claimGone = (scene: BinderScene, { event, at }: ObjectEntry): readonly Emission[] =>
  [...(scene.own.kept.get(event.object) ?? [])].flatMap((volume) => wakeVolume(scene, volume, at))

/** The claim of a volume that is gone is lost. */
const volumeGone = (scene: BinderScene, { at }: Entry): readonly Emission[] => {
  const volume = scene.view.removedObject as VolumeView | undefined
  const { namespace = '', name: claim = '' } = volume?.spec.claimRef ?? {}
  return claim === '' ? QUIET : wakeClaim(scene, keyOf(namespace, claim), at)
}

const resyncIn = ({ own, config }: BinderScene, at: number): readonly Emission[] => {
  if (own.pending.size === 0) return QUIET
  const period = config['pvclaimbinder-sync-period']
  return [timer('resync', Math.ceil((at + 1) / period) * period - at, ClaimResyncDue({}))]
}

const phaseChanged = (
  scene: BinderScene,
  { event, at }: Entry<{ kind: string; phase: string }>,
): readonly Emission[] => (event.phase === 'Available' ? resyncIn(scene, at) : QUIET)

const inertChanged = (
  scene: BinderScene,
  { event, at }: Entry<{ kind: string; objectKind: string }>,
): readonly Emission[] => (event.objectKind === 'StorageClass' ? resyncIn(scene, at) : QUIET)

const resync = ({ own }: BinderScene): readonly Emission[] =>
  [...own.pending].map((object) => emit(ClaimSyncDue({ object })))

// --- claims --------------------------------------------------------------------------------------------------------

/** Both sides of a binding, as far as they are not written yet. Source: bind. */
const bind = (volume: VolumeView, claim: ClaimView): readonly SimEvent[] => {
  const events: SimEvent[] = []
  const { claimRef } = volume.spec
  const { namespace, uid } = claim
  if (claimRef?.uid !== uid) {
    const byController = claimRef === undefined
    events.push(volumes.Assigned({ object: volume.key, claim: { namespace, name: claim.name, uid }, byController }))
  }
  if (volume.phase !== 'Bound') events.push(volumes.PhaseChanged({ object: volume.key, phase: 'Bound' }))
  if (claim.status.phase !== 'Bound' || claim.spec.volumeName !== volume.name) {
    events.push(
      claims.Bound({
        object: claim.key,
        volume: volume.name,
        capacity: volume.spec.capacity.storage ?? '0',
        accessModes: volume.spec.accessModes,
        byController: claim.spec.volumeName === undefined || claim.spec.volumeName === '',
      }),
    )
  }
  return events
}

/** Says why the claim stays Pending, unless that is what was said last. */
const leave = (own: Own, claim: ClaimView, reason: string, message: string, warning = false): readonly SimEvent[] =>
  own.said.get(claim.key) === message ? [] : [ClaimLeftPending({ object: claim.key, warning, reason, message })]

/** Source: syncBoundClaim. */
const syncBound = (view: ClusterView, claim: ClaimView): readonly SimEvent[] => {
  const { volumeName = '' } = claim.spec
  const lost = (reason: string, message: string): readonly SimEvent[] =>
    claim.status.phase === 'Lost' ? [] : [claims.Lost({ object: claim.key, reason, message })]
  if (volumeName === '') {
    return lost('ClaimLost', 'Bound claim has lost reference to PersistentVolume. Data on the volume is lost!')
  }
  const volume = view.persistentVolumes.get(keyOf('', volumeName))
  if (volume === undefined) {
    return lost('ClaimLost', 'Bound claim has lost its PersistentVolume. Data on the volume is lost!')
  }
  if (volume.spec.claimRef === undefined || isFor(volume, claim)) return bind(volume, claim)
  return lost('ClaimMisbound', 'Two claims are bound to the same volume, this one is bound incorrectly')
}

/** Source: syncUnboundClaim, where the claim asks for a certain volume. */
const syncNamed = (view: ClusterView, own: Own, claim: ClaimView, volumeName: string): readonly SimEvent[] => {
  const volume = view.persistentVolumes.get(keyOf('', volumeName))
  if (volume === undefined) return []
  if (isFor(volume, claim)) return bind(volume, claim)
  if (volume.spec.claimRef !== undefined) {
    return leave(own, claim, 'FailedBinding', `volume "${volumeName}" already bound to a different claim.`, true)
  }
  const problem = mismatch(volume, claim)
  if (problem === undefined) return bind(volume, claim)
  return leave(own, claim, 'VolumeMismatch', `Cannot bind to requested volume "${volumeName}": ${problem}`, true)
}

/** Source: provisionClaimOperationExternal; in-tree plugins are gone, so every provisioner is an external one. */
const requestVolume = (
  scene: BinderScene,
  claim: ClaimView,
  className: string,
  provisioner: string | undefined,
): readonly Emission[] => {
  const { view, own, draw } = scene
  const object = claim.key
  if (provisioner === undefined || provisioner === NO_PROVISIONER) {
    const message =
      provisioner === undefined
        ? `storageclass.storage.k8s.io "${className}" not found`
        : `no volume plugin matched name: ${provisioner}`
    return leave(own, claim, 'ProvisioningFailed', message, true).map(emit)
  }
  const wait = sample(view.settings.latencies.volumeProvision, draw, 'volume-provision', `${object} ${claim.uid}`)
  const asked = claim.annotations[STORAGE_PROVISIONER] === provisioner
  return [
    ...(asked ? [] : [emit(claims.ProvisioningRequested({ object, provisioner }))]),
    timer(`provision ${object}`, wait, VolumeProvisioningDue({ claim: object, uid: claim.uid })),
  ]
}

/** Source: syncUnboundClaim. */
const syncUnbound = (scene: BinderScene, claim: ClaimView): readonly Emission[] => {
  const { view, own } = scene
  const { volumeName = '' } = claim.spec
  if (volumeName !== '') return syncNamed(view, own, claim, volumeName).map(emit)

  const emissions: Emission[] = []
  let className = claim.spec.storageClassName
  if (className === undefined) {
    className = defaultStorageClass(view)
    if (className !== undefined) {
      emissions.push(emit(claims.ClassDefaulted({ object: claim.key, storageClass: className })))
    }
  }
  const storageClass = className === undefined || className === '' ? undefined : storageClassOf(view, className)
  const waits = storageClass?.volumeBindingMode === 'WaitForFirstConsumer'
  const volume = findBestMatch(
    view,
    className === claim.spec.storageClassName
      ? claim
      : { ...claim, spec: { ...claim.spec, storageClassName: className } },
    own.kept.get(claim.key) ?? [],
    waits ? [] : own.free,
  )
  if (volume !== undefined) return [...emissions, ...bind(volume, claim).map(emit)]
  if (waits && claim.annotations[SELECTED_NODE] === undefined) {
    const [pod] = [...(view.podsByClaim.get(claim.key) ?? [])]
      .filter(({ node }) => node === '')
      .sort((a, b) => (a.name < b.name ? -1 : 1))
    const said =
      pod === undefined
        ? leave(own, claim, 'WaitForFirstConsumer', 'waiting for first consumer to be created before binding')
        : leave(own, claim, 'WaitForPodScheduled', `waiting for pod ${pod.name} to be scheduled`)
    return [...emissions, ...said.map(emit)]
  }
  if (className === undefined || className === '') {
    const message = 'no persistent volumes available for this claim and no storage class is set'
    return [...emissions, ...leave(own, claim, 'FailedBinding', message).map(emit)]
  }
  return [...emissions, ...requestVolume(scene, claim, className, storageClass?.provisioner)]
}

const syncClaim = (scene: BinderScene, { event }: ObjectEntry): readonly Emission[] => {
  const claim = scene.view.persistentVolumeClaims.get(event.object)
  if (claim === undefined || claim.deletion !== undefined) return QUIET
  return claim.annotations[BIND_COMPLETED] === undefined
    ? syncUnbound(scene, claim)
    : syncBound(scene.view, claim).map(emit)
}

const provisioned = (
  { view }: BinderScene,
  { event, at }: Entry<{ kind: string; claim: string; uid: string }>,
): readonly Emission[] => {
  const claim = view.persistentVolumeClaims.get(event.claim)
  if (claim === undefined || claim.uid !== event.uid || claim.deletion !== undefined) return QUIET
  const { volumeName = '', storageClassName = '' } = claim.spec
  const storageClass = storageClassOf(view, storageClassName)
  if (volumeName !== '' || storageClass === undefined) return QUIET
  const volume = provision(view, at, claim, storageClass)
  const { object } = volume as SimEvent & { readonly object: string }
  return view.persistentVolumes.has(object) ? QUIET : [emit(volume)]
}

// --- volumes -------------------------------------------------------------------------------------------------------

/** The claim is gone. Source: reclaimVolume, deleteVolumeOperation. */
const release = ({ view, draw }: BinderScene, volume: VolumeView): readonly Emission[] => {
  const { key: object, uid, phase, spec } = volume
  const emissions: Emission[] = []
  if (phase !== 'Released' && phase !== 'Failed')
    emissions.push(emit(volumes.PhaseChanged({ object, phase: 'Released' })))
  if (spec.persistentVolumeReclaimPolicy !== 'Delete' || phase === 'Failed' || volume.deletion !== undefined) {
    return emissions
  }
  const problem = deletionProblem(volume)
  if (problem !== undefined)
    return [...emissions, emit(volumes.PhaseChanged({ object, phase: 'Failed', message: problem }))]
  const wait = sample(view.settings.latencies.volumeProvision, draw, 'volume-deletion', object)
  return [...emissions, timer(`delete ${object}`, wait, VolumeDeletionDue({ object, uid }))]
}

/** Source: syncVolume. */
const syncVolume = (scene: BinderScene, { event, at }: ObjectEntry): readonly Emission[] => {
  const { view } = scene
  const volume = view.persistentVolumes.get(event.object)
  if (volume === undefined) return QUIET
  const { key: object, phase, spec } = volume
  const { claimRef } = spec
  const becomes = (next: 'Available' | 'Bound'): readonly Emission[] =>
    phase === next ? QUIET : [emit(volumes.PhaseChanged({ object, phase: next }))]
  if (claimRef === undefined) return becomes('Available')
  const { namespace = '', name: claimName = '', uid = '' } = claimRef
  const claim = view.persistentVolumeClaims.get(keyOf(namespace, claimName))
  if (uid === '')
    return claim === undefined ? becomes('Available') : [...becomes('Available'), ...wakeClaim(scene, claim.key, at)]
  if (claim === undefined || claim.uid !== uid) return release(scene, volume)
  const { volumeName = '' } = claim.spec
  if (volumeName === '') return wakeClaim(scene, claim.key, at)
  if (volumeName === volume.name) return becomes('Bound')
  // The claim has another one by now: one made for it is deleted, another one is free again.
  if (volume.annotations[PROVISIONED_BY] !== undefined && spec.persistentVolumeReclaimPolicy === 'Delete') {
    return release(scene, volume)
  }
  return [emit(volumes.Unassigned({ object })), emit(volumes.PhaseChanged({ object, phase: 'Available' }))]
}

const deleted = (
  { view }: BinderScene,
  { event }: Entry<{ kind: string; object: string; uid: string }>,
): readonly Emission[] => {
  const volume = view.persistentVolumes.get(event.object)
  return volume === undefined || volume.uid !== event.uid ? QUIET : deleteStoredObject(volume, 'Background').map(emit)
}

// --- memory --------------------------------------------------------------------------------------------------------

const forget = (own: Own, volume: ObjectKey): void => {
  own.free.delete(volume)
  const claim = own.named.get(volume)
  if (claim === undefined) return
  own.named.delete(volume)
  const kept = own.kept.get(claim)
  kept?.delete(volume)
  if (kept?.size === 0) own.kept.delete(claim)
}

/** Notes which claim a volume names now. */
const noteVolume = (own: Own, entry: Entry<never>, view: ClusterView): void => {
  const volume = view.persistentVolumes.get((entry as ObjectEntry).event.object)
  if (volume !== undefined) rememberVolume(own, volume)
}

const rememberVolume = (own: Own, { key: object, spec: { claimRef } }: VolumeView): void => {
  forget(own, object)
  if (claimRef === undefined) {
    own.free.add(object)
    return
  }
  const claim = keyOf(claimRef.namespace ?? '', claimRef.name ?? '')
  own.named.set(object, claim)
  const kept = own.kept.get(claim)
  if (kept === undefined) own.kept.set(claim, new Set([object]))
  else kept.add(object)
}

const settled = (own: Own, entry: Entry<never>): void => {
  const { object } = (entry as ObjectEntry).event
  own.pending.delete(object)
  own.said.delete(object)
}

export const persistentVolume = defineController<Own, typeof flags>({
  name,
  doc: 'Binds claims to volumes, has volumes made for those that find none, and reclaims what claims leave behind.',
  component: 'kube-controller-manager',
  flags,
  events: [ClaimSyncDue, VolumeSyncDue, ClaimResyncDue, ClaimLeftPending, VolumeProvisioningDue, VolumeDeletionDue],
  own: {
    initial: () => ({ pending: new Set(), free: new Set(), kept: new Map(), named: new Map(), said: new Map() }),
    apply: {
      PersistentVolumeClaimCreated: (own, entry: Entry<never>) => {
        own.pending.add((entry as ObjectEntry).event.object)
      },
      PersistentVolumeClaimBound: settled,
      PersistentVolumeClaimLost: settled,
      PersistentVolumeClaimDeleted: settled,
      ClaimLeftPending: (own, entry: Entry<never>) => {
        const { object, message } = (entry as Entry<{ kind: string; object: string; message: string }>).event
        own.said.set(object, message)
      },
      PersistentVolumeCreated: noteVolume,
      PersistentVolumeSpecChanged: noteVolume,
      PersistentVolumeAssigned: noteVolume,
      PersistentVolumeUnassigned: noteVolume,
      PersistentVolumeDeleted: (own, entry: Entry<never>) => forget(own, (entry as ObjectEntry).event.object),
    },
  },
  on: {
    PersistentVolumeClaimCreated: claimChanged,
    PersistentVolumeClaimNodeSelected: claimChanged,
    PersistentVolumeClaimAnnotated: claimChanged,
    PersistentVolumeClaimDeleted: claimGone,
    PersistentVolumeCreated: volumeChanged,
    PersistentVolumeSpecChanged: volumeChanged,
    PersistentVolumeAssigned: volumeChanged,
    PersistentVolumeDeleted: volumeGone,
    PersistentVolumePhaseChanged: phaseChanged,
    InertObjectCreated: inertChanged,
    InertObjectChanged: inertChanged,
    ClaimSyncDue: syncClaim,
    VolumeSyncDue: syncVolume,
    ClaimResyncDue: resync,
    VolumeProvisioningDue: provisioned,
    VolumeDeletionDue: deleted,
  },
  // Who makes and deletes volumes is the provisioner, which is no part of Kubernetes.
  standsIn: [VolumeProvisioningDue.kind, VolumeDeletionDue.kind],
  restart: {
    relist: relistAll(
      relistObjects((view) => view.persistentVolumes, volumeChanged),
      relistObjects((view) => view.persistentVolumeClaims, claimChanged),
      (scene, { at }) => resyncIn(scene, at),
    ),
    remember: (own, view) => {
      for (const volume of view.persistentVolumes.values()) rememberVolume(own, volume)
      for (const { key, status } of view.persistentVolumeClaims.values()) {
        if (status.phase === 'Pending') own.pending.add(key)
      }
    },
  },
})

import {
  type ClusterView,
  type DeepReadonly,
  defineController,
  deploymentEvents,
  type ObjectKey,
  type Pod,
  replicaSetEvents,
  type StoredObject,
  selects,
} from '@wavetank/cluster'
import { type Emission, type Entry, emit, QUIET, type Scene, timer } from '@wavetank/kernel'
import { type ClientConfig, clientFlags, clientRate, joinFolds, spendOnWrites } from '../api-client.ts'
import { type ClientQueue, clientQueue, nextTurn, takeTurn } from '../client-queue.ts'
import { reactionTime } from '../latency.ts'
import { fullBucket } from '../rate-limiter.ts'
import { relistObjects } from '../relist.ts'
import { retryDelay } from '../retry.ts'
import { setsOf } from './claim.ts'
import {
  DeploymentReplicaSetRefused,
  DeploymentRollbackRefused,
  DeploymentRolledBack,
  DeploymentSelectsAll,
  DeploymentStalled,
  DeploymentSyncDue,
  DeploymentSyncFailed,
} from './events.ts'
import { syncDeployment } from './sync.ts'
import type { DeploymentView, SetView } from './sync-state.ts'

/**
 * Deployment: one ReplicaSet for each template it has had, and the sizes of these.
 *
 *   Deployment ──▶ ReplicaSet web-7d9f8c6b5 (new)   3 ▲
 *              └─▶ ReplicaSet web-5c6d7f9b4 (old)   1 ▼
 *
 * 1. It makes and deletes no pods: it acts through ReplicaSets, and goes by what their status says.
 * 2. A sync takes one step and looks at the ReplicaSets as they were when it began; what it writes wakes it again.
 * 3. Nothing is remembered from one sync to the next but how often it failed: a rollout is read off the sizes,
 *    annotations and conditions of the objects.
 *
 * Source: pkg/controller/deployment/deployment_controller.go, sync.go, rolling.go, recreate.go, progress.go, rollback.go.
 */

const name = 'deployment-controller'

/** Retries in a row after which a key is dropped. Source: maxRetries. */
const RETRIES_MAX = 15

interface Own {
  readonly queue: ClientQueue
  /** By Deployment whose last sync failed: how many did in a row, and whether one is under way since. */
  readonly failures: Map<ObjectKey, { readonly count: number; readonly retried: boolean }>
}
type DeploymentScene = Scene<ClusterView, Own, ClientConfig>
type ObjectEntry = Entry<{ readonly kind: string; readonly object: string }>
type ObjectView = DeepReadonly<StoredObject>

// --- wake-ups ------------------------------------------------------------------------------------------------------

const wake = (scene: DeploymentScene, key: ObjectKey, at: number): readonly Emission[] => [
  timer(key, reactionTime(scene.view, scene.draw, name, key, at), DeploymentSyncDue({ object: key })),
]

/** The delaying queue beside the queue: a wait that an earlier wake-up does not end. */
const wakeLater = (key: ObjectKey, delay: number): Emission =>
  timer(`later ${key}`, delay, DeploymentSyncDue({ object: key }))

/** The Deployment that an owner reference names, if it is still the same one. Source: resolveControllerRef. */
const ownerOf = (view: ClusterView, { namespace, owner }: Pick<ObjectView, 'namespace' | 'owner'>) => {
  if (owner?.kind !== 'Deployment') return undefined
  const found = view.deployments.get(`${namespace}/${owner.name}`)
  return found?.uid === owner.uid ? found : undefined
}

const wakeOwner = (scene: DeploymentScene, object: ObjectView | undefined, at: number): readonly Emission[] => {
  const owner = object === undefined ? undefined : ownerOf(scene.view, object)
  return owner === undefined ? QUIET : wake(scene, owner.key, at)
}

const deploymentChanged = (scene: DeploymentScene, { event, at }: ObjectEntry): readonly Emission[] =>
  wake(scene, event.object, at)

const setChanged = (scene: DeploymentScene, { event, at }: ObjectEntry): readonly Emission[] =>
  wakeOwner(scene, scene.view.replicaSets.get(event.object), at)

/** An orphan that is new, let go or labelled anew wakes whoever might adopt it. Source: addReplicaSet, updateReplicaSet. */
const orphanChanged = (scene: DeploymentScene, entry: ObjectEntry): readonly Emission[] => {
  const set = scene.view.replicaSets.get(entry.event.object)
  if (set === undefined || set.owner !== undefined) return setChanged(scene, entry)
  const emissions: Emission[] = []
  for (const deployment of scene.view.deployments.values()) {
    if (deployment.namespace === set.namespace && selects(deployment.matcher, set.labels)) {
      emissions.push(...wake(scene, deployment.key, entry.at))
    }
  }
  return emissions
}

const setReleased = (
  scene: DeploymentScene,
  entry: Entry<{ kind: string; object: string; owner: string }>,
): readonly Emission[] => {
  const former = scene.view.deployments.has(entry.event.owner) ? wake(scene, entry.event.owner, entry.at) : QUIET
  return [...former, ...orphanChanged(scene, entry)]
}

const setGone = (scene: DeploymentScene, { at }: Entry): readonly Emission[] =>
  wakeOwner(scene, scene.view.removedObject, at)

/** Whether pods of the Deployment are left, of whatever phase. */
const hasPods = (view: ClusterView, { uid, matcher }: DeploymentView): boolean =>
  setsOf(view, uid).some((set) => {
    for (const pod of view.podsByOwner.get(set.uid) ?? []) if (selects(matcher, pod.labels)) return true
    return false
  })

/** The last pod of a Recreate Deployment is gone: the next ones may come. Source: deletePod. */
const podGone = (scene: DeploymentScene, { at }: Entry): readonly Emission[] => {
  const { view } = scene
  const pod: DeepReadonly<Pod> | undefined = view.removedPod
  if (pod?.owner?.kind !== 'ReplicaSet') return QUIET
  const set: SetView | undefined = view.replicaSets.get(`${pod.namespace}/${pod.owner.name}`)
  const deployment = set === undefined ? undefined : ownerOf(view, set)
  if (deployment?.strategy.type !== 'Recreate' || hasPods(view, deployment)) return QUIET
  return wake(scene, deployment.key, at)
}

// --- syncs ---------------------------------------------------------------------------------------------------------

/** Requests of the controller: each takes a token of its API client. */
const WRITES: readonly string[] = [
  replicaSetEvents.Created,
  replicaSetEvents.Scaled,
  replicaSetEvents.Annotated,
  replicaSetEvents.MinReadySecondsChanged,
  replicaSetEvents.Adopted,
  replicaSetEvents.Released,
  replicaSetEvents.MarkedForDeletion,
  replicaSetEvents.Deleted,
  deploymentEvents.StatusReported,
  deploymentEvents.Annotated,
  deploymentEvents.TemplateChanged,
].map(({ kind }) => kind)
const isWrite: ReadonlySet<string> = new Set(WRITES)

const syncDue = (object: ObjectKey) => DeploymentSyncDue({ object })

const reconcile = (scene: DeploymentScene, { event, at }: ObjectEntry): readonly Emission[] => {
  const { view, own, config } = scene
  if (!own.queue.hasTurn) return nextTurn(own.queue, config, at, syncDue)
  const deployment = view.deployments.get(event.object)
  if (deployment === undefined) return nextTurn(own.queue, config, at, syncDue)
  const { key } = deployment
  const { events, failure, lookAgainIn } = syncDeployment(view, deployment, at)
  const emissions = events.map(emit)
  if (lookAgainIn !== undefined) emissions.push(wakeLater(key, lookAgainIn))
  if (failure !== undefined && failure.quiet !== true) {
    const count = own.failures.get(key)?.count ?? 0
    const dropped = count >= RETRIES_MAX
    const { message } = failure
    emissions.push(emit(DeploymentSyncFailed({ object: key, message, dropped: dropped ? true : undefined })))
    if (!dropped) emissions.push(wakeLater(key, retryDelay(count)))
  }
  const owed = events.filter(({ kind }) => isWrite.has(kind)).length
  emissions.push(...nextTurn(own.queue, config, at, syncDue, owed))
  return emissions
}

const startSync = (own: Own, entry: Entry<never>, _view: ClusterView, config: ClientConfig): void => {
  const { at, event } = entry as ObjectEntry
  takeTurn(own.queue, config, event.object, at)
  if (!own.queue.hasTurn) return
  const failed = own.failures.get(event.object)
  if (failed === undefined) return
  // The one before this did not fail again.
  if (failed.retried) own.failures.delete(event.object)
  else own.failures.set(event.object, { count: failed.count, retried: true })
}

const noteFailure = (own: Own, entry: Entry<never>): void => {
  const { object, dropped } = (entry as unknown as Entry<ReturnType<typeof DeploymentSyncFailed>>).event
  if (dropped === true) own.failures.delete(object)
  else own.failures.set(object, { count: (own.failures.get(object)?.count ?? 0) + 1, retried: false })
}

const forget = (own: Own, entry: Entry<never>): void => {
  own.failures.delete((entry as ObjectEntry).event.object)
}

type OwnWithBucket = Own & { readonly bucket: ClientQueue['bucket'] }

export const deployment = defineController<OwnWithBucket, typeof clientFlags>({
  name,
  doc: 'Rolls out Deployments: makes a ReplicaSet for each template and moves the pods from the old ones to the new.',
  component: 'kube-controller-manager',
  flags: clientFlags,
  events: [
    DeploymentSyncDue,
    DeploymentSyncFailed,
    DeploymentReplicaSetRefused,
    DeploymentStalled,
    DeploymentRolledBack,
    DeploymentRollbackRefused,
    DeploymentSelectsAll,
  ],
  own: {
    initial: (config) => {
      const bucket = fullBucket(clientRate(config))
      return { bucket, queue: clientQueue(bucket), failures: new Map() }
    },
    apply: joinFolds<OwnWithBucket>(spendOnWrites(name, WRITES), {
      DeploymentSyncDue: startSync,
      DeploymentSyncFailed: noteFailure,
      DeploymentDeleted: forget,
    }),
  },
  on: {
    [deploymentEvents.Created.kind]: deploymentChanged,
    [deploymentEvents.Scaled.kind]: deploymentChanged,
    [deploymentEvents.TemplateChanged.kind]: deploymentChanged,
    [deploymentEvents.Paused.kind]: deploymentChanged,
    [deploymentEvents.Resumed.kind]: deploymentChanged,
    [deploymentEvents.SpecChanged.kind]: deploymentChanged,
    [deploymentEvents.Labelled.kind]: deploymentChanged,
    [deploymentEvents.Annotated.kind]: deploymentChanged,
    [deploymentEvents.Adopted.kind]: deploymentChanged,
    [deploymentEvents.Released.kind]: deploymentChanged,
    [deploymentEvents.MarkedForDeletion.kind]: deploymentChanged,
    [deploymentEvents.StatusReported.kind]: deploymentChanged,
    [replicaSetEvents.Created.kind]: orphanChanged,
    [replicaSetEvents.Labelled.kind]: orphanChanged,
    [replicaSetEvents.Released.kind]: setReleased,
    [replicaSetEvents.Scaled.kind]: setChanged,
    [replicaSetEvents.TemplateChanged.kind]: setChanged,
    [replicaSetEvents.MinReadySecondsChanged.kind]: setChanged,
    [replicaSetEvents.SelectorChanged.kind]: setChanged,
    [replicaSetEvents.StatusReported.kind]: setChanged,
    [replicaSetEvents.Annotated.kind]: setChanged,
    [replicaSetEvents.Adopted.kind]: setChanged,
    [replicaSetEvents.MarkedForDeletion.kind]: setChanged,
    [replicaSetEvents.Deleted.kind]: setGone,
    DeploymentSyncDue: reconcile,
    PodDeleted: podGone,
  },
  restart: { relist: relistObjects((view) => view.deployments, deploymentChanged) },
})

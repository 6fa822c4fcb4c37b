import {
  type Charges,
  type ClusterView,
  controllerRefOf,
  createPod,
  type DaemonSet,
  type DeepReadonly,
  daemonSetEvents,
  defineController,
  deletePod,
  isTerminatingNamespace,
  type NodeName,
  type ObjectKey,
  podName,
} from '@wavetank/cluster'
import { type Emission, type Entry, emit, QUIET, type Scene, type SimEvent, timer } from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'
import { type ClientConfig, clientFlags, clientRate, joinFolds, spendOnWrites } from '../api-client.ts'
import { watchPods } from '../pod-watch.ts'
import { fullBucket, type TokenBucket, tokensAt, waitFor } from '../rate-limiter.ts'
import { relistObjects } from '../relist.ts'
import { nameDraw, retryDelay } from '../retry.ts'
import { type Census, newCensus, podCame, podLeft, podsAt, survey, touchNode } from './census.ts'
import { eligibilityOf } from './eligibility.ts'
import { DaemonSetSyncDue, DaemonSetSyncFailed, FailedDaemonPodFound, SucceededDaemonPodFound } from './events.ts'
import { type Backoff, isInBackoff, nextBackoff } from './failed-pod-backoff.ts'
import { cleanup, currentHash, historyOf } from './history.ts'
import { podContent, REVISION_HASH_LABEL } from './pod-content.ts'
import { type PodView, planFor, type Rules } from './pods-on-node.ts'
import { allowsSurge, mayStep, nextStep, type Place } from './rolling-update.ts'

/**
 * DaemonSet: one pod on every node that is eligible.
 *
 * 1. The controller does not place pods: it pins each to its node by affinity, and kube-scheduler binds it there. A pod
 *    that finds no room waits on.
 * 2. A node gets its next pod only when the last one is gone as an object, so that there are never two (but for surge).
 * 3. The pods tolerate what a node has when it fails or is cordoned: they neither leave it nor come back elsewhere.
 * 4. What a sync reads and what it writes belong to one instant, so expectations are always satisfied here.
 *
 * Source: pkg/controller/daemon/daemon_controller.go (syncDaemonSet, manage, syncNodes), update.go.
 */

const name = 'daemonset-controller'

/** Most creations, and most deletions, in one sync. Source: BurstReplicas. */
export const BURST_REPLICAS = 250

interface Own {
  readonly bucket: TokenBucket
  readonly censuses: Map<ObjectKey, Census>
  /** Syncs in a row that failed, by set. */
  readonly failures: Map<ObjectKey, number>
  /** By set, its observed generation, and node. */
  readonly backoffs: Map<string, Backoff>
}
type SetView = DeepReadonly<DaemonSet>
type SetScene = Scene<ClusterView, Own, ClientConfig>
type PodEntry = Entry<{ readonly kind: string; readonly pod: string }>
type SetEntry = Entry<{ readonly kind: string; readonly object: string }>
type NodeEntry = Entry<{ readonly kind: string; readonly node: string }>

// --- wake-ups ------------------------------------------------------------------------------------------------------

const { wake, wakeLater, wakeMatching, matching, ownerKeyOf, on } = watchPods({
  name,
  kind: 'DaemonSet',
  tableOf: (view) => view.daemonSets,
  syncDue: (object) => DaemonSetSyncDue({ object }),
})

/** Source: addNode. */
const nodeAdded = (scene: SetScene, { event, at }: NodeEntry): readonly Emission[] => {
  const node = scene.view.nodes.get(event.node)
  if (node === undefined) return QUIET
  const emissions: Emission[] = []
  for (const set of scene.view.daemonSets.values()) {
    if (eligibilityOf(set.template, node).shouldRun) emissions.push(...wake(scene, set.key, at))
  }
  return emissions
}

/**
 * Labels or taints of a node changed. A node that has its pod and may keep it wakes nobody, so a count of misscheduled
 * pods may be out of date until something else does.
 *
 * Source: syncNodeUpdate (1.33 and later).
 */
const nodeChanged = (scene: SetScene, { event, at }: NodeEntry): readonly Emission[] => {
  const node = scene.view.nodes.get(event.node)
  if (node === undefined) return QUIET
  const emissions: Emission[] = []
  for (const set of scene.view.daemonSets.values()) {
    const { shouldRun, shouldContinue } = eligibilityOf(set.template, node)
    const pods = scene.own.censuses.get(set.key)?.posts.get(event.node)?.pods.size ?? 0
    const matters = pods === 0 ? shouldRun : !shouldContinue || set.status.numberMisscheduled > 0
    if (matters) emissions.push(...wake(scene, set.key, at))
  }
  return emissions
}

/** A revision that belongs to a set changed, or is an orphan that one might adopt. */
const revisionChanged = (scene: SetScene, { event, at }: SetEntry): readonly Emission[] => {
  const { view } = scene
  const revision = view.controllerRevisions.get(event.object) ?? view.removedObject
  if (revision === undefined || revision.key !== event.object) return QUIET
  const { owner, namespace } = revision
  if (owner === undefined) return wakeMatching(scene, revision, at)
  const key = `${namespace}/${owner.name}`
  return owner.kind === 'DaemonSet' && view.daemonSets.get(key)?.uid === owner.uid ? wake(scene, key, at) : QUIET
}

// --- the sync ------------------------------------------------------------------------------------------------------

interface Wishes {
  readonly createOn: readonly NodeName[]
  readonly remove: readonly PodView[]
  /** What was found out on the way. */
  readonly facts: readonly SimEvent[]
  /** Until when a failed pod has to wait. */
  readonly retryIn: number | undefined
}

const backoffKey = ({ uid, status }: SetView, node: NodeName): string => `${uid}/${status.observedGeneration}/${node}`

/** Which nodes need a pod and which pods have to go. Source: manage, getUnscheduledPodsWithoutNode. */
const manage = (scene: SetScene, set: SetView, census: DeepReadonly<Census>, rules: Rules, tokens: number): Wishes => {
  const createOn: NodeName[] = []
  const remove: PodView[] = []
  const facts: SimEvent[] = []
  let retryIn: number | undefined
  for (const node of census.busy) {
    const post = census.posts.get(node)
    if (post === undefined) continue
    // Creations come first, so with more of them than tokens nothing else can be done.
    if (createOn.length > tokens) break
    const pods = podsAt(scene.view, post)
    if (post.eligibility === undefined) {
      remove.push(...pods.filter((pod) => pod.node === ''))
      continue
    }
    const plan = planFor(post.eligibility, pods, rules)
    if (plan.create) createOn.push(node)
    let backoff = scene.own.backoffs.get(backoffKey(set, node))
    for (const pod of plan.failed) {
      if (isInBackoff(backoff, rules.at)) {
        retryIn = Math.min(retryIn ?? backoff.delay, backoff.delay)
        continue
      }
      backoff = nextBackoff(backoff, rules.at)
      facts.push(FailedDaemonPodFound({ object: set.key, pod: pod.key, node }))
      remove.push(pod)
    }
    for (const pod of plan.succeeded) {
      facts.push(SucceededDaemonPodFound({ object: set.key, pod: pod.key, node }))
      remove.push(pod)
    }
    remove.push(...plan.remove)
  }
  return { createOn, remove, facts, retryIn }
}

function* placesOf(view: ClusterView, census: DeepReadonly<Census>): Generator<Place> {
  for (const [node, post] of census.posts) {
    const shouldRun = post.eligibility?.shouldRun === true
    const pods = podsAt(view, post)
    if (shouldRun || pods.length > 0) yield { node, shouldRun, pods }
  }
}

interface Outcome {
  readonly events: readonly SimEvent[]
  readonly failure: string | undefined
}

const createPods = (scene: SetScene, set: SetView, hash: string, nodes: readonly NodeName[], at: number): Outcome => {
  const { view, draw } = scene
  const events: SimEvent[] = []
  const taken = new Set<string>()
  const recorded = new Set<string>()
  const charges: Charges = new Map()
  const owner = controllerRefOf(set)
  const content = podContent(set, hash)
  for (const node of nodes) {
    const which = nameDraw(`${node}/${set.podsMade.get(node) ?? 0}`, scene.own.failures.get(set.key))
    const pod = podName(view, draw, set.namespace, { kind: 'DaemonSet', name: set.name }, which, taken)
    if (pod === undefined) continue
    taken.add(pod)
    const created = createPod(view, at, pod, { namespace: set.namespace, content, owner, affinityNode: node, charges })
    // Slow start: after a batch with a failure no further one is tried.
    if (isLeft(created)) return { events, failure: created.left }
    for (const event of created.right) {
      if (event.kind === 'PodTemplateRecorded') {
        const { template } = event as SimEvent & { readonly template: string }
        if (recorded.has(template)) continue
        recorded.add(template)
      }
      events.push(event)
    }
  }
  return { events, failure: undefined }
}

const statusReport = (
  set: SetView,
  census: DeepReadonly<Census>,
  observedGeneration: number,
  collisionCount: number,
): SimEvent | undefined => {
  const { desired, current, misscheduled, ready, available, updated } = census.totals
  const { status } = set
  if (
    status.desiredNumberScheduled === desired &&
    status.currentNumberScheduled === current &&
    status.numberMisscheduled === misscheduled &&
    status.numberReady === ready &&
    status.numberAvailable === available &&
    status.numberUnavailable === desired - available &&
    status.updatedNumberScheduled === updated &&
    status.observedGeneration >= observedGeneration &&
    status.collisionCount === collisionCount
  ) {
    return undefined
  }
  return daemonSetEvents.StatusReported({
    object: set.key,
    desiredNumberScheduled: desired,
    currentNumberScheduled: current,
    numberMisscheduled: misscheduled,
    numberReady: ready,
    numberAvailable: available,
    numberUnavailable: desired - available,
    updatedNumberScheduled: updated,
    observedGeneration,
    collisionCount,
  })
}

const liveHashes = (view: ClusterView, census: DeepReadonly<Census>) => (): ReadonlySet<string> => {
  const hashes = new Set<string>()
  for (const post of census.posts.values()) {
    for (const { labels } of podsAt(view, post)) hashes.add(labels[REVISION_HASH_LABEL] ?? '')
  }
  return hashes
}

const failed = (scene: SetScene, set: SetView, message: string): readonly Emission[] => [
  wakeLater(set.key, retryDelay(scene.own.failures.get(set.key))),
  emit(DaemonSetSyncFailed({ object: set.key, message })),
]

/** Source: syncDaemonSet, updateDaemonSet, syncNodes. */
const sync = (scene: SetScene, { event, at }: SetEntry): readonly Emission[] => {
  const { view, own, config } = scene
  const set = view.daemonSets.get(event.object)
  const census = own.censuses.get(event.object)
  if (set === undefined || census === undefined || set.deletion !== undefined) return QUIET
  const terminating = isTerminatingNamespace(view, set.namespace)

  const emissions: Emission[] = census.claims.map(emit)
  const history = historyOf(view, set, at)
  // Nothing new can be stored in a namespace that is being deleted, not even a revision.
  const isNew = history.events.some(({ kind }) => kind === 'ControllerRevisionCreated')
  if (terminating && isNew) return emissions
  for (const change of history.events) emissions.push(emit(change))
  if (history.collided) {
    const { collisionCount, observedGeneration } = set.status
    const report = statusReport(set, census, observedGeneration, collisionCount + 1)
    if (report !== undefined) emissions.push(emit(report))
    return [...emissions, wakeLater(set.key, retryDelay())]
  }

  const { hash } = history
  const rules = { hash, minReadySeconds: set.minReadySeconds, surges: allowsSurge(set), at }
  const rate = clientRate(config)
  const before = emissions.length
  const tokens = Math.max(0, tokensAt(own.bucket, rate, at) - before)
  const managed = manage(scene, set, census, rules, tokens)
  let { createOn, remove } = managed
  if (createOn.length === 0 && remove.length === 0) {
    // Expectations hold back the rolling update until all that `manage` did is done; here, until it has nothing to do.
    if (set.updateStrategy.type === 'RollingUpdate' && mayStep(set, census.totals)) {
      const step = nextStep(set, hash, placesOf(view, census), census.totals.desired, at)
      createOn = step.createOn
      remove = step.remove
    }
  }
  if (terminating) createOn = []

  // The client's rate holds back what is too much; the sync goes on when tokens are there, and is not over until then.
  const creations = createOn.slice(0, Math.min(BURST_REPLICAS, tokens))
  const created = createPods(scene, set, hash, creations, at)
  const deletions = remove.slice(0, Math.min(BURST_REPLICAS, tokens - creations.length))
  for (const fact of managed.facts) {
    const { pod } = fact as SimEvent & { readonly pod?: string }
    if (deletions.some(({ key }) => key === pod)) emissions.push(emit(fact))
  }
  for (const change of created.events) emissions.push(emit(change))
  for (const pod of deletions) for (const change of deletePod(pod)) emissions.push(emit(change))
  const heldBack =
    creations.length < Math.min(BURST_REPLICAS, createOn.length) ||
    deletions.length < Math.min(BURST_REPLICAS, remove.length)
  if (created.failure === undefined && heldBack) {
    const wait = waitFor(own.bucket, rate, at, before + creations.length + deletions.length + 1)
    emissions.push(timer(set.key, Math.max(1, wait), DaemonSetSyncDue({ object: set.key })))
    return emissions
  }

  for (const change of cleanup(history, set, liveHashes(view, census))) emissions.push(emit(change))
  const report = statusReport(set, census, set.generation, set.status.collisionCount)
  if (report !== undefined) emissions.push(emit(report))
  if (created.failure !== undefined) emissions.push(...failed(scene, set, created.failure))
  if (managed.retryIn !== undefined) emissions.push(wakeLater(set.key, managed.retryIn))
  if (set.minReadySeconds > 0 && census.totals.ready !== census.totals.available) {
    emissions.push(wakeLater(set.key, set.minReadySeconds * 1_000))
  }
  return emissions
}

// --- memory --------------------------------------------------------------------------------------------------------

const censusOf = (own: Own, pod: PodView | undefined): Census | undefined => {
  const owner = pod === undefined ? undefined : ownerKeyOf(pod)
  return owner === undefined ? undefined : own.censuses.get(owner)
}

/** Sets that might adopt the orphan have to look at all their pods. */
const orphanCame = (own: Own, pod: PodView, view: ClusterView): void => {
  if (pod.owner !== undefined) return
  for (const set of matching(view, pod)) {
    const census = own.censuses.get(set.key)
    if (census !== undefined) census.stale = true
  }
}

const podOf = (entry: Entry<never>, view: ClusterView): PodView | undefined =>
  view.pods.get((entry as PodEntry).event.pod)

const podTouched = (own: Own, entry: Entry<never>, view: ClusterView): void => {
  const pod = podOf(entry, view)
  const census = censusOf(own, pod)
  if (pod !== undefined && census !== undefined) podCame(census, pod)
}

const podJoined = (own: Own, entry: Entry<never>, view: ClusterView): void => {
  podTouched(own, entry, view)
  const pod = podOf(entry, view)
  if (pod !== undefined) orphanCame(own, pod, view)
  if ((entry as Entry).by === name && pod !== undefined) own.failures.delete(ownerKeyOf(pod) ?? '')
}

const podRelabelled = (own: Own, entry: Entry<never>, view: ClusterView): void => {
  const pod = podOf(entry, view)
  const census = censusOf(own, pod)
  if (census !== undefined) census.stale = true
  if (pod !== undefined) orphanCame(own, pod, view)
}

const podWasReleased = (own: Own, entry: Entry<never>, view: ClusterView): void => {
  const pod = podOf(entry, view)
  const census = own.censuses.get((entry as Entry<{ kind: string; owner: string }>).event.owner)
  if (pod === undefined) return
  if (census !== undefined) podLeft(census, pod)
  orphanCame(own, pod, view)
}

const nodeTouched = (own: Own, entry: Entry<never>): void => touchNode(own.censuses, (entry as NodeEntry).event.node)

const setStale = (own: Own, entry: Entry<never>): void => {
  const census = own.censuses.get((entry as SetEntry).event.object)
  if (census !== undefined) census.stale = true
}

type OwnFold = (own: Own, entry: Entry<never>, view: ClusterView, config: ClientConfig) => void

const memory: Readonly<Record<string, OwnFold>> = {
  DaemonSetCreated: (own, entry) => {
    own.censuses.set((entry as SetEntry).event.object, newCensus())
  },
  DaemonSetSpecChanged: setStale,
  DaemonSetDeleted: (own, entry) => {
    const { object } = (entry as SetEntry).event
    own.censuses.delete(object)
    own.failures.delete(object)
  },
  DaemonSetSyncDue: (own, entry, view) => {
    const { event, at } = entry as SetEntry
    const set = view.daemonSets.get(event.object)
    const census = own.censuses.get(event.object)
    if (set !== undefined && census !== undefined) survey(view, census, set, currentHash(view, set), at)
  },
  DaemonSetSyncFailed: (own, entry) => {
    const { object } = (entry as SetEntry).event
    own.failures.set(object, (own.failures.get(object) ?? 0) + 1)
  },
  FailedDaemonPodFound: (own, entry, view) => {
    const { event, at } = entry as Entry<{ kind: string; object: string; node: string }>
    const set = view.daemonSets.get(event.object)
    if (set === undefined) return
    const key = backoffKey(set, event.node)
    own.backoffs.set(key, nextBackoff(own.backoffs.get(key), at))
  },
  PodCreated: podJoined,
  PodBound: podTouched,
  PodStatusReported: podTouched,
  PodMarkedNotReady: podTouched,
  PodMarkedForDeletion: podTouched,
  PodFailed: podTouched,
  PodLabelled: podRelabelled,
  PodAdopted: podJoined,
  PodReleased: podWasReleased,
  PodDeleted: (own, _entry, view) => {
    const pod = view.removedPod
    const census = censusOf(own, pod)
    if (pod !== undefined && census !== undefined) podLeft(census, pod)
  },
  NodeCreated: nodeTouched,
  NodeDeleted: nodeTouched,
  NodeLabelled: nodeTouched,
  NodeTainted: nodeTouched,
  NodeUntainted: nodeTouched,
}

const writes = spendOnWrites<Own>(name, [
  'PodCreated',
  'PodMarkedForDeletion',
  'PodDeleted',
  'PodAdopted',
  'PodReleased',
  'DaemonSetStatusReported',
  'ControllerRevisionCreated',
  'ControllerRevisionRenumbered',
  'ControllerRevisionAdopted',
  'ControllerRevisionReleased',
  'ControllerRevisionDeleted',
])

export const daemonSet = defineController<Own, typeof clientFlags>({
  name,
  doc: 'Keeps one pod of each DaemonSet on every node that is eligible.',
  component: 'kube-controller-manager',
  flags: clientFlags,
  events: [DaemonSetSyncDue, DaemonSetSyncFailed, FailedDaemonPodFound, SucceededDaemonPodFound],
  own: {
    initial: (config) => ({
      bucket: fullBucket(clientRate(config)),
      censuses: new Map(),
      failures: new Map(),
      backoffs: new Map(),
    }),
    apply: joinFolds(writes, memory),
  },
  on: {
    DaemonSetCreated: on.objectChanged,
    DaemonSetSpecChanged: on.objectChanged,
    DaemonSetSyncDue: sync,
    PodCreated: on.podChanged,
    PodStatusReported: on.podReported,
    PodMarkedNotReady: on.podChanged,
    PodMarkedForDeletion: on.podChanged,
    PodFailed: on.podChanged,
    PodLabelled: on.podChanged,
    PodAdopted: on.podChanged,
    PodReleased: on.podReleased,
    PodDeleted: on.podGone,
    NodeCreated: nodeAdded,
    NodeLabelled: nodeChanged,
    NodeTainted: nodeChanged,
    NodeUntainted: nodeChanged,
    ControllerRevisionRenumbered: revisionChanged,
    ControllerRevisionReleased: revisionChanged,
    ControllerRevisionDeleted: revisionChanged,
  },
  restart: {
    relist: relistObjects((view) => view.daemonSets, on.objectChanged),
    remember: (own, view) => {
      for (const object of view.daemonSets.keys()) own.censuses.set(object, newCensus())
    },
  },
})

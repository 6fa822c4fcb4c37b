import {
  type ClusterView,
  type DeepReadonly,
  defineController,
  isTerminal,
  keyOf,
  type ObjectKey,
  type Pod,
  type PodDisruptionBudget,
  PodDisruptionTargetCleared,
  podConditionOf,
  podDisruptionBudgetEvents,
  selects,
} from '@wavetank/cluster'
import { cancel, type Emission, type Entry, emit, QUIET, type Scene, type SimEvent, timer } from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'
import { type ClientConfig, clientFlags, clientRate } from '../api-client.ts'
import { type ClientQueue, clientQueue, nextTurn, takeTurn } from '../client-queue.ts'
import { reactionTime } from '../latency.ts'
import { fullBucket, spend } from '../rate-limiter.ts'
import { relistAll, relistObjects, relistPods } from '../relist.ts'
import { retryDelay } from '../retry.ts'
import { addBudget, type Census, dropBudget, emptyCensus, isHealthy, recount } from './census.ts'
import {
  DisruptionTargetCheckDue,
  PodDisruptionBudgetFoundUnmanagedPods,
  PodDisruptionBudgetMatchedNothing,
  PodDisruptionBudgetSyncDue,
  PodDisruptionOverdue,
  PodInSeveralBudgets,
} from './events.ts'
import { expectedPods } from './expected-pods.ts'

/**
 * The disruption controller: says of each PodDisruptionBudget how many of its pods may go now. It stops nobody; who asks
 * is the eviction API.
 *
 * 1. A change of a pod wakes the budget that it has; a change of its controllers’ replicas wakes none.
 * 2. A pod whose eviction was granted counts as gone until it is, or for two minutes.
 * 3. Where it cannot be said how many pods there should be, none may go.
 * 4. A condition DisruptionTarget that nobody acts upon is taken back after two minutes.
 *
 * Unlike there: a sync that would find nothing new, such as the one that its own write wakes, is left out.
 *
 * Source: pkg/controller/disruption/disruption.go.
 */

const name = 'disruption-controller'

/** DeletionTimeout. */
const DELETION_TIMEOUT = 120_000
/** stalePodDisruptionTimeout. */
const STALE_TIMEOUT = 120_000

interface Own {
  readonly queue: ClientQueue
  readonly census: Census
  /** Pods with the condition DisruptionTarget of which nobody has asked for the deletion. */
  readonly targeted: Set<string>
  /** Whether the last entry took a pod out of `targeted`. */
  settled: boolean
}
type DisruptionScene = Scene<ClusterView, Own, ClientConfig>
type PodEntry = Entry<{ readonly kind: string; readonly pod: string }>
type BudgetEntry = Entry<{ readonly kind: string; readonly object: string }>
type PodView = DeepReadonly<Pod>
type BudgetView = DeepReadonly<PodDisruptionBudget>

const syncDue = (object: ObjectKey): SimEvent => PodDisruptionBudgetSyncDue({ object })

const wake = (scene: DisruptionScene, key: ObjectKey, at: number): Emission =>
  timer(key, reactionTime(scene.view, scene.draw, name, key, at), syncDue(key))

const budgetChanged = (scene: DisruptionScene, { event, at }: BudgetEntry): readonly Emission[] => [
  wake(scene, event.object, at),
]

/** Of several budgets it takes the first; in Kubernetes that is any of them. Source: getPdbForPod. */
const podChanged = (scene: DisruptionScene, { event, at }: PodEntry): readonly Emission[] => {
  const { touched } = scene.own.census
  const [chosen] = touched
  if (chosen === undefined) return QUIET
  const woken = wake(scene, chosen.key, at)
  if (touched.length === 1) return [woken]
  const budgets = touched.map(({ key }) => key)
  return [emit(PodInSeveralBudgets({ pod: event.pod, chosen: chosen.key, budgets })), woken]
}

// ── the condition DisruptionTarget ───────────────────────────────────────────────────────────────────────────────

const staleKey = (pod: string): string => `stale ${pod}`

/** How long until the condition is stale; `undefined` if it is of no concern. Source: nonTerminatingPodHasStaleDisruptionCondition. */
const untilStale = (pod: PodView | undefined, at: number): number | undefined => {
  if (pod === undefined || pod.deletion !== undefined || isTerminal(pod as Pod)) return undefined
  const condition = podConditionOf(pod as Pod, 'DisruptionTarget')
  if (condition?.status !== 'True' || condition.reason === 'TerminationByKubelet') return undefined
  return Math.max(0, condition.lastTransitionAt + STALE_TIMEOUT - at)
}

const podTargeted = ({ view, own }: DisruptionScene, { event, at }: PodEntry): readonly Emission[] => {
  if (!own.targeted.has(event.pod)) return QUIET
  const wait = untilStale(view.pods.get(event.pod), at) ?? 0
  return [timer(staleKey(event.pod), wait, DisruptionTargetCheckDue({ pod: event.pod }))]
}

const podLeaves = (scene: DisruptionScene, entry: PodEntry): readonly Emission[] => {
  const woken = podChanged(scene, entry)
  return scene.own.settled ? [...woken, cancel(staleKey(entry.event.pod))] : woken
}

/** Source: syncStalePodDisruption. */
const checkTarget = ({ view }: DisruptionScene, { event, at }: PodEntry): readonly Emission[] => {
  const wait = untilStale(view.pods.get(event.pod), at)
  if (wait === undefined) return QUIET
  if (wait > 0) return [timer(staleKey(event.pod), wait, DisruptionTargetCheckDue({ pod: event.pod }))]
  return [emit(PodDisruptionTargetCleared({ pod: event.pod }))]
}

// ── the sync ─────────────────────────────────────────────────────────────────────────────────────────────────────

interface Disrupted {
  /** Those that are still waited for, by name. */
  readonly pods: Readonly<Record<string, number>>
  /** How many of them would count as healthy. */
  readonly healthy: number
  readonly overdue: readonly string[]
  /** When to look again. */
  readonly recheckAt: number | undefined
}

/** Source: buildDisruptedPodMap, and what countHealthyPods leaves out. */
const disruptedPods = (view: ClusterView, { namespace, matcher, status }: BudgetView, at: number): Disrupted => {
  const pods: Record<string, number> = {}
  const overdue: string[] = []
  let healthy = 0
  let recheckAt: number | undefined
  for (const [podName, since] of Object.entries(status.disruptedPods)) {
    const pod = view.pods.get(keyOf(namespace, podName))
    if (pod === undefined || pod.deletion !== undefined || !selects(matcher, pod.labels)) continue
    const expected = since + DELETION_TIMEOUT
    if (expected < at) {
      overdue.push(pod.key)
      continue
    }
    pods[podName] = since
    recheckAt = Math.min(recheckAt ?? expected, expected)
    if (expected > at && isHealthy(pod)) healthy++
  }
  return { pods, healthy, overdue, recheckAt }
}

const isSameMap = (a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>): boolean => {
  const keys = Object.keys(a)
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key])
}

/** Source: trySync, updatePdbStatus, failSafe. */
const syncBudget = ({ view, own }: DisruptionScene, { event, at }: BudgetEntry): readonly Emission[] => {
  const budget = view.podDisruptionBudgets.get(event.object)
  const tally = budget === undefined ? undefined : own.census.tallies.get(budget.uid)
  if (budget === undefined || tally === undefined) return QUIET
  const { key: object, status } = budget
  const emissions: Emission[] = []
  if (tally.pods === 0) emissions.push(emit(PodDisruptionBudgetMatchedNothing({ object })))
  const expected = expectedPods(view, budget, tally)
  if (isLeft(expected)) {
    return [...emissions, emit(podDisruptionBudgetEvents.SyncFailed({ object, message: expected.left }))]
  }
  const { unmanaged, ...numbers } = expected.right
  if (unmanaged > 0) emissions.push(emit(PodDisruptionBudgetFoundUnmanagedPods({ object, pods: unmanaged })))

  const disrupted = disruptedPods(view, budget, at)
  for (const pod of disrupted.overdue) emissions.push(emit(PodDisruptionOverdue({ object, pod })))
  const currentHealthy = tally.healthy - disrupted.healthy
  const disruptionsAllowed = numbers.expectedPods <= 0 ? 0 : Math.max(0, currentHealthy - numbers.desiredHealthy)
  const isUpToDate =
    status.expectedPods === numbers.expectedPods &&
    status.desiredHealthy === numbers.desiredHealthy &&
    status.currentHealthy === currentHealthy &&
    status.disruptionsAllowed === disruptionsAllowed &&
    isSameMap(status.disruptedPods, disrupted.pods) &&
    status.observedGeneration === budget.generation &&
    status.condition?.reason === (disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods')
  if (!isUpToDate) {
    const report = { object, ...numbers, currentHealthy, disruptionsAllowed, disruptedPods: disrupted.pods }
    emissions.push(emit(podDisruptionBudgetEvents.StatusReported(report)))
  }
  if (disrupted.recheckAt !== undefined) {
    emissions.push(timer(`recheck ${object}`, disrupted.recheckAt - at + retryDelay(), syncDue(object)))
  }
  return emissions
}

const WRITES: ReadonlySet<string> = new Set([
  podDisruptionBudgetEvents.StatusReported.kind,
  podDisruptionBudgetEvents.SyncFailed.kind,
])

const sync = (scene: DisruptionScene, entry: BudgetEntry): readonly Emission[] => {
  const { queue } = scene.own
  const emissions = queue.hasTurn ? syncBudget(scene, entry) : QUIET
  if (queue.waiting.size === 0) return emissions
  const owed = emissions.filter(({ op, event }) => op === 'emit' && WRITES.has(event?.kind ?? '')).length
  return [...emissions, ...nextTurn(queue, scene.config, entry.at, syncDue, owed)]
}

// ── folds ────────────────────────────────────────────────────────────────────────────────────────────────────────

type OwnFold = (own: Own, entry: Entry<never>, view: ClusterView, config: ClientConfig) => void

const count: OwnFold = ({ census }, entry, view) => {
  if (census.tallies.size === 0) return
  const { pod } = (entry as PodEntry).event
  recount(census, view, pod, view.pods.get(pod))
}

const leave: OwnFold = (own, entry, view, config) => {
  own.settled = own.targeted.delete((entry as PodEntry).event.pod)
  count(own, entry, view, config)
}

const budgetAdded: OwnFold = ({ census }, entry, view) => {
  const budget = view.podDisruptionBudgets.get((entry as BudgetEntry).event.object)
  if (budget !== undefined) addBudget(census, view, budget)
}

const spendOne: OwnFold = ({ queue }, entry, _view, config) => {
  if ((entry as Entry).by === name) spend(queue.bucket, clientRate(config), (entry as Entry).at)
}

export const disruptionController = defineController<Own, typeof clientFlags>({
  name,
  doc: 'Says of each PodDisruptionBudget how many of its pods may go.',
  component: 'kube-controller-manager',
  flags: clientFlags,
  events: [
    PodDisruptionBudgetSyncDue,
    PodDisruptionBudgetMatchedNothing,
    PodDisruptionBudgetFoundUnmanagedPods,
    PodInSeveralBudgets,
    PodDisruptionOverdue,
    DisruptionTargetCheckDue,
  ],
  own: {
    initial: (config) => ({
      queue: clientQueue(fullBucket(clientRate(config))),
      census: emptyCensus(),
      targeted: new Set(),
      settled: false,
    }),
    apply: {
      PodDisruptionBudgetCreated: budgetAdded,
      PodDisruptionBudgetSpecChanged: (own, entry: Entry<never>, view, config) => {
        const budget = view.podDisruptionBudgets.get((entry as BudgetEntry).event.object)
        if (budget !== undefined) dropBudget(own.census, view, budget.uid)
        budgetAdded(own, entry, view, config)
      },
      PodDisruptionBudgetDeleted: ({ census }, _entry, view) => {
        if (view.removedObject !== undefined) dropBudget(census, view, view.removedObject.uid)
      },
      PodDisruptionBudgetSyncDue: ({ queue }, entry: Entry<never>, _view, config) => {
        const { event, at } = entry as BudgetEntry
        takeTurn(queue, config, event.object, at)
      },
      PodDisruptionBudgetStatusReported: spendOne,
      PodDisruptionBudgetSyncFailed: spendOne,
      PodCreated: count,
      PodLabelled: count,
      PodAdopted: count,
      PodReleased: count,
      PodStatusReported: count,
      PodResumed: count,
      PodMarkedNotReady: count,
      PodDisruptionTargeted: ({ targeted }, entry: Entry<never>, view) => {
        const { event, at } = entry as PodEntry
        if (untilStale(view.pods.get(event.pod), at) !== undefined) targeted.add(event.pod)
      },
      PodDisruptionTargetCleared: ({ targeted }, entry: Entry<never>) => {
        targeted.delete((entry as PodEntry).event.pod)
      },
      PodMarkedForDeletion: leave,
      PodDeleted: leave,
    },
  },
  on: {
    PodDisruptionBudgetCreated: budgetChanged,
    PodDisruptionBudgetSpecChanged: budgetChanged,
    PodDisruptionBudgetDisruptionGranted: budgetChanged,
    PodDisruptionBudgetSyncDue: sync,
    PodCreated: podChanged,
    PodLabelled: podChanged,
    PodAdopted: podChanged,
    PodReleased: podChanged,
    PodStatusReported: podChanged,
    PodResumed: podChanged,
    PodMarkedNotReady: podChanged,
    PodMarkedForDeletion: podLeaves,
    PodDeleted: podLeaves,
    PodDisruptionTargeted: podTargeted,
    DisruptionTargetCheckDue: checkTarget,
  },
  restart: {
    relist: relistAll(
      relistObjects((view) => view.podDisruptionBudgets, budgetChanged),
      relistPods(podTargeted),
    ),
    remember: ({ census, targeted }, view, at) => {
      for (const budget of view.podDisruptionBudgets.values()) addBudget(census, view, budget)
      for (const pod of view.pods.values()) if (untilStale(pod, at) !== undefined) targeted.add(pod.key)
    },
  },
})

import { selects } from '@wavetank/cluster'
import type { Draw } from '@wavetank/kernel'
import type { Diagnosis } from '../../diagnosis.ts'
import { fitErrorMessage } from '../../fit-error.ts'
import { type Budget, budgetsOf } from '../../objects.ts'
import type { BoundPlugin } from '../../profile.ts'
import { type FilterStates, filterNode, type NominatedTo, runPreFilters, statesWith } from '../../reference.ts'
import { nodeInfoWith, priorityOf } from '../../snapshot.ts'
import type { Status } from '../../status.ts'
import { type Cycle, definePlugin, type NodeInfo, type PodView, specOf } from '../plugin.ts'

/** KubeSchedulerConfiguration DefaultPreemptionArgs. */
export interface DefaultPreemptionArgs {
  readonly minCandidateNodesPercentage: number
  readonly minCandidateNodesAbsolute: number
}

export interface Candidate {
  readonly node: string
  /** Most important first. */
  readonly victims: readonly PodView[]
  /** How many of them a PodDisruptionBudget would rather keep. */
  readonly violations: number
}

/** What PostFilter comes to. */
export type Preemption =
  | { readonly candidate: Candidate }
  | {
      readonly message: string
      /** True if the pod keeps the nomination it has. */
      readonly keepsNomination: boolean
    }

const startOf = (pod: PodView): number => pod.startedAt ?? Number.POSITIVE_INFINITY

/** Higher priority first, then who started earlier; who has not started starts now. Source: util/utils.go, MoreImportantPod. */
const byImportance = (a: PodView, b: PodView): number => {
  const priorities = priorityOf(b) - priorityOf(a)
  if (priorities !== 0) return priorities
  const [first, second] = [startOf(a), startOf(b)]
  return first === second ? 0 : first < second ? -1 : 1
}

/** Splits pods by whether the budgets can bear their going, asked in this order. Source: filterPodsWithPDBViolation. */
const splitByBudgets = (
  pods: readonly PodView[],
  budgets: readonly Budget[],
): { readonly violating: readonly PodView[]; readonly others: readonly PodView[] } => {
  const left = budgets.map(({ disruptionsAllowed }) => disruptionsAllowed)
  const violating: PodView[] = []
  const others: PodView[] = []
  for (const pod of pods) {
    let violates = false
    const isLabelled = Object.keys(pod.labels).length > 0
    // Unlike the eviction API, an empty selector matches nothing here.
    budgets.forEach(({ namespace, selector, disruptedPods }, i) => {
      if (namespace !== pod.namespace || selector.requirements.length === 0 || !selects(selector, pod.labels)) return
      if (!isLabelled || Object.hasOwn(disruptedPods, pod.name)) return
      left[i]!--
      if (left[i]! < 0) violates = true
    })
    const group = violates ? violating : others
    group.push(pod)
  }
  return { violating, others }
}

interface DryRun {
  readonly cycle: Cycle
  readonly filters: readonly BoundPlugin[]
  readonly states: FilterStates
  readonly budgets: readonly Budget[]
  readonly nominatedTo: NominatedTo
}

const statusWith = ({ cycle, filters, states, nominatedTo }: DryRun, info: NodeInfo): Status | undefined => {
  const changed = statesWith(cycle, filters, states, info)
  return filterNode(changed.cycle, filters, changed.states, info, nominatedTo)?.status
}

/** The fewest pods that have to go. Source: default_preemption.go, SelectVictimsOnNode. */
export const selectVictims = (run: DryRun, info: NodeInfo): Candidate | { readonly reasons: readonly string[] } => {
  const priority = priorityOf(run.cycle.pod)
  const potential = info.pods.filter((pod) => priorityOf(pod) < priority)
  if (potential.length === 0) return { reasons: ['No preemption victims found for incoming pod'] }
  let kept = info.pods.filter((pod) => priorityOf(pod) >= priority)
  const refusal = statusWith(run, nodeInfoWith(info.node, kept))
  if (refusal !== undefined) return { reasons: refusal.reasons }

  const victims: PodView[] = []
  /** Puts a pod back if the incoming one still fits. */
  const reprieve = (pod: PodView): boolean => {
    const more = [...kept, pod]
    if (statusWith(run, nodeInfoWith(info.node, more)) === undefined) {
      kept = more
      return true
    }
    victims.push(pod)
    return false
  }
  const { violating, others } = splitByBudgets([...potential].sort(byImportance), run.budgets)
  let violations = 0
  for (const pod of violating) if (!reprieve(pod)) violations++
  for (const pod of others) reprieve(pod)
  return { node: info.node.name, victims: victims.sort(byImportance), violations }
}

const INT32_RANGE = 2_147_483_648

const earliestStart = ({ victims }: Candidate): number => {
  const highest = priorityOf(victims[0]!)
  let earliest = Number.POSITIVE_INFINITY
  for (const pod of victims) if (priorityOf(pod) === highest) earliest = Math.min(earliest, startOf(pod))
  return earliest
}

/** Each narrows the choice; lower is better. Source: preemption.go, pickOneNodeForPreemption. */
const CRITERIA: readonly ((candidate: Candidate) => number)[] = [
  ({ violations }) => violations,
  ({ victims }) => priorityOf(victims[0]!),
  ({ victims }) => victims.reduce((sum, pod) => sum + priorityOf(pod) + INT32_RANGE, 0),
  ({ victims }) => victims.length,
  (candidate) => -earliestStart(candidate),
]

/** @param u uniform in [0, 1): what decides when the criteria do not, where Kubernetes has the order of a Go map */
export const pickCandidate = (candidates: readonly Candidate[], u: number): Candidate | undefined => {
  let best = candidates
  for (const criterion of CRITERIA) {
    const values = best.map(criterion)
    const least = values.reduce((low, value) => Math.min(low, value), Number.POSITIVE_INFINITY)
    best = best.filter((_, i) => values[i] === least)
  }
  return best[Math.floor(u * best.length)]
}

/** Source: default_preemption.go, calculateNumCandidates. */
export const numCandidates = (nodes: number, args: DefaultPreemptionArgs): number =>
  Math.min(
    nodes,
    Math.max(Math.floor((nodes * args.minCandidateNodesPercentage) / 100), args.minCandidateNodesAbsolute),
  )

const isPreempted = (pod: PodView): boolean =>
  pod.deletion !== undefined &&
  pod.conditions.some(({ type, reason }) => type === 'DisruptionTarget' && reason === 'PreemptionByScheduler')

/** Why the pod may not preempt; `undefined` if it may. Source: default_preemption.go, PodEligibleToPreemptOthers. */
const ineligibility = ({ snapshot, pod }: Cycle, diagnosis: Diagnosis): string | undefined => {
  if (specOf(pod).preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.'
  if (pod.nominatedNode === '' || diagnosis.statusOf(pod.nominatedNode) === 'UnschedulableAndUnresolvable') {
    return undefined
  }
  const priority = priorityOf(pod)
  const isWaiting = snapshot
    .byName(pod.nominatedNode)
    ?.pods.some((other) => priorityOf(other) < priority && isPreempted(other))
  return isWaiting === true ? 'not eligible due to a terminating pod on the nominated node.' : undefined
}

export interface PreemptionSearch {
  readonly cycle: Cycle
  readonly filters: readonly BoundPlugin[]
  readonly args: DefaultPreemptionArgs
  readonly diagnosis: Diagnosis
  readonly attempt: number
  readonly nominatedTo: NominatedTo
  readonly draw: Draw
  /** The lowest priority of any pod on a node. */
  readonly lowestPriority: number
  readonly nodes: number
}

/** Source: pkg/scheduler/framework/preemption/preemption.go, Preempt, findCandidates, DryRunPreemption. */
export const preempt = (search: PreemptionSearch): Preemption => {
  const { cycle, filters, args, diagnosis, nominatedTo, draw, nodes } = search
  const why = ineligibility(cycle, diagnosis)
  if (why !== undefined) return { message: `preemption: ${why}`, keepsNomination: true }

  const helpable = diagnosis.helpable()
  const reasons = new Map<string, number>()
  const add = (reason: string, count: number): void => {
    if (count > 0) reasons.set(reason, (reasons.get(reason) ?? 0) + count)
  }
  const key = `${cycle.pod.key}#${search.attempt}`
  if (search.lowestPriority >= priorityOf(cycle.pod)) {
    add('No preemption victims found for incoming pod', helpable.length)
  } else if (helpable.length > 0) {
    const run: DryRun = {
      cycle,
      filters,
      states: runPreFilters(cycle, filters).states,
      budgets: budgetsOf(cycle.view),
      nominatedTo,
    }
    const enough = numCandidates(helpable.length, args)
    const offset = Math.floor(draw('preemption-offset', key) * helpable.length)
    const candidates: Candidate[] = []
    let peaceful = 0
    for (let i = 0; i < helpable.length && !(peaceful > 0 && candidates.length >= enough); i++) {
      const info = cycle.snapshot.byName(helpable[(offset + i) % helpable.length]!)!
      const result = selectVictims(run, info)
      if ('reasons' in result) {
        for (const reason of result.reasons) add(reason, 1)
        continue
      }
      candidates.push(result)
      if (result.violations === 0) peaceful++
    }
    const candidate = pickCandidate(candidates, draw('preemption-choice', key))
    if (candidate !== undefined) return { candidate }
  }
  add('Preemption is not helpful for scheduling', nodes - helpable.length)
  return { message: `preemption: ${fitErrorMessage(nodes, reasons)}`, keepsNomination: false }
}

/** Source: pkg/scheduler/framework/plugins/defaultpreemption/default_preemption.go. */
export const defaultPreemption = definePlugin<DefaultPreemptionArgs>({
  name: 'DefaultPreemption',
  doc: 'Makes room for a pod by deleting pods of lower priority.',
  defaultArgs: { minCandidateNodesPercentage: 10, minCandidateNodesAbsolute: 100 },
})

import { explainPod, type PodExplanation, type PodWait, type SchedulerMemory, waitOf } from '@wavetank/controllers'
import { createDraw, type Entry, type LogIssue } from '@wavetank/kernel'
import { type Either, isLeft, map, right } from 'fp-ts/lib/Either.js'
import { type Reading, type StateAt, stateAt } from './log.ts'
import { schedulerConfigurationOf } from './scheduler-configuration.ts'

/**
 * Why a pod is on its node, or on none, at some instant: worked out from the log, which holds decisions and not their
 * reasons.
 *
 * A pod with a node is explained by the attempt that found it, with the cluster as it was then; a pod without one by what
 * an attempt would find at the instant that was asked for.
 */
export interface PodReport {
  /** `namespace/name` */
  readonly pod: string
  readonly createdAt: number
  readonly schedulerName: string
  readonly priority: number
  /** The empty text if it has none. */
  readonly node: string
  /** When it was bound; absent if its manifest names the node. */
  readonly boundAt: number | undefined
  /** The last attempt that failed since it was created. */
  readonly failure: { readonly at: number; readonly message: string; readonly nominatedNode: string } | undefined
  /** What it waits for; absent if it has a node. */
  readonly wait: PodWait | undefined
  /** Absent if no scheduler of the cluster is asked about the pod. */
  readonly table: { readonly at: number; readonly explanation: PodExplanation } | undefined
}

const SCHEDULER = 'default-scheduler'

interface PodFacts {
  createdAt: number
  boundAt: number | undefined
  failure: PodReport['failure']
  /** The wake-up in which the node was chosen. */
  chosenIn: number | undefined
}

type PodEntry = Entry<{
  readonly kind: string
  readonly pod?: string
  readonly message?: string
  readonly nominatedNode?: string
}>

/** Follows one pod through a log. */
const follow = (pod: string) => {
  let facts: PodFacts | undefined
  let goneAt: number | undefined
  let cycle = -1
  const see = (entry: Entry): void => {
    const { seq, at, by, cause, event } = entry as PodEntry
    if (event.kind === 'SchedulingCycleDue') cycle = seq
    if (event.pod !== pod) return
    if (event.kind === 'PodCreated') {
      facts = { createdAt: at, boundAt: undefined, failure: undefined, chosenIn: undefined }
      goneAt = undefined
      return
    }
    if (event.kind === 'PodDeleted') {
      facts = undefined
      goneAt = at
    }
    if (facts === undefined) return
    const isAttempt = by === SCHEDULER && cause === cycle
    if (event.kind === 'PodBound') facts.boundAt = at
    if (isAttempt && (event.kind === 'PodBound' || event.kind === 'VolumeBindingBegun')) facts.chosenIn = cycle
    if (event.kind === 'PodUnschedulable' && by === SCHEDULER) {
      facts.chosenIn = undefined
      facts.failure = { at, message: event.message ?? '', nominatedNode: event.nominatedNode ?? '' }
    }
  }
  return { see, facts: () => facts, goneAt: () => goneAt }
}

const tableOf = (state: StateAt, pod: string, at: number): PodReport['table'] => {
  const { view, slices, header } = state
  const configuration = schedulerConfigurationOf(header.schedulerConfiguration)
  const own = slices[SCHEDULER] as SchedulerMemory
  const explanation = explainPod(view, own, view.pods.get(pod)!, createDraw(header.seed), configuration)
  return explanation === undefined ? undefined : { at, explanation }
}

/** The report, or since when the pod is gone, with the state at that instant. */
export interface PodExplained {
  readonly state: StateAt
  readonly report: PodReport | { readonly goneAt: number | undefined }
}

/**
 * Explains where a pod is at an instant.
 *
 * @param open opens the log; it is read twice for a pod that has a node
 * @param pod `namespace/name`
 * @param until milliseconds; the end of the log by default
 */
export const explainPodAt = (
  open: () => Either<LogIssue, Reading>,
  pod: string,
  until?: number,
): Either<LogIssue, PodExplained> => {
  const opened = open()
  if (isLeft(opened)) return opened
  const history = follow(pod)
  const state = stateAt(opened.right, until, history.see)
  const facts = history.facts()
  const found = state.view.pods.get(pod)
  if (facts === undefined || found === undefined) return right({ state, report: { goneAt: history.goneAt() } })
  const { createdAt, boundAt, failure, chosenIn } = facts
  const report = {
    pod,
    createdAt,
    schedulerName: found.template.spec.schedulerName ?? SCHEDULER,
    priority: found.template.spec.priority ?? 0,
    node: found.node,
    boundAt,
    failure,
    wait: waitOf(
      state.view,
      state.slices[SCHEDULER] as SchedulerMemory,
      found,
      schedulerConfigurationOf(state.header.schedulerConfiguration),
    ),
  }
  if (chosenIn === undefined) {
    // A pod whose manifest names its node was never anybody's decision.
    const at = until ?? (state.end?.state === 'complete' ? state.end.footer.endedAt : state.at)
    return right({ state, report: { ...report, table: found.node === '' ? tableOf(state, pod, at) : undefined } })
  }
  return map((reading: Reading): PodExplained => {
    const then = stateAt(reading, { seq: chosenIn })
    return { state, report: { ...report, table: tableOf(then, pod, then.at) } }
  })(open())
}

import { type ClusterView, deletePod, isApiServerUp, type KubectlCommand, namespaceOf } from '@wavetank/cluster'
import {
  after,
  cancel,
  type Emission,
  type Entry,
  type EventOf,
  emit,
  formatMillis,
  QUIET,
  type SimEvent,
  timer,
} from '@wavetank/kernel'
import { markUnschedulable } from './cordon.ts'
import { drainBlock } from './drain-block.ts'
import { askFor, attempt, type Evictions, giveUp, lastLook, loseSight, nextRetry } from './drain-evictions.ts'
import { type DrainCommand, planDrain } from './drain-filters.ts'
import {
  KubectlCompleted,
  type KubectlIssued,
  NodeDrainBlocked,
  NodeDrainCheckDue,
  NodeDrainDue,
  NodeDrained,
  NodeDrainRetryDue,
  NodeDrainTimeoutDue,
} from './events.ts'
import { problemLines, unanswered } from './outcome.ts'
import { findNodes } from './targets.ts'

/**
 * `kubectl drain`: cordons its nodes, then empties one after another.
 *
 *   KubectlIssued ─▶ NodeCordoned… ─▶ NodeDrainDue ─▶ evictions ─▶ PodDeleted… ─▶ NodeDrained ─▶ NodeDrainDue (next)
 *                                          │              ▲ PodEvictionRefused ─▶ NodeDrainRetryDue (every 5 s)
 *                                          └── an error, or NodeDrainTimeoutDue ──────────────▶ KubectlCompleted
 *
 * 1. Which pods leave is decided when the node's turn comes; pods that arrive later stay.
 * 2. kubectl looks once a second whether they are gone, counted from the start of the node.
 * 3. A node that fails does not stop the others; the command then ends with 1.
 *
 * Source: staging/src/k8s.io/kubectl/pkg/cmd/drain/drain.go, RunDrain, and pkg/drain/drain.go.
 */

export interface RunningDrain extends Evictions {
  readonly line: string
  readonly command: DrainCommand
  readonly nodes: readonly string[]
  readonly output: string[]
  /** What went wrong, printed again at the end. */
  readonly fatal: string[]
  readonly failedNodes: string[]
  /** What the API server answered to what was asked last. */
  answers: readonly SimEvent[]
  /** The entry with which the last pod went. */
  emptied: number | undefined
  /** Which of `nodes` it is at. */
  index: number
  /** When it came to that node. */
  since: number
  /** `--timeout` is over; what is still to be seen is that the loops of the evictions see it. */
  isTimedOut: boolean
  /** Nothing is left to do but to say so. */
  over: boolean
}

/** Drains that are under way, by the entry that issued them. */
export type Drains = Map<number, RunningDrain>
type DrainOwn = { readonly drains: Drains }

type Step = { readonly kind: string; readonly issued: number; readonly index: number }
type PodEntry = Entry<{ readonly kind: string; readonly pod: string }>
type BudgetEntry = Entry<{ readonly kind: string; readonly object: string }>

const POLL = 1_000
/** How long nobody wonders why a node is not empty. */
const PATIENCE = 60_000

const commandOf = (event: EventOf<typeof KubectlIssued>): KubectlCommand => event.command as unknown as KubectlCommand

const nodeOf = (drain: RunningDrain): string => drain.nodes[drain.index] ?? ''

const joined = (errors: readonly string[]): string => (errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]`)

const leaveNode = (drain: RunningDrain): void => {
  drain.over = drain.index === drain.nodes.length - 1
}

const fail = (drain: RunningDrain, errors: readonly string[]): void => {
  const node = nodeOf(drain)
  drain.output.push(`error: unable to drain node "${node}" due to error: ${joined(errors)}, continuing command...`)
  drain.fatal.push(...errors)
  drain.failedNodes.push(node)
  leaveNode(drain)
}

const isEmpty = ({ asking, waiting }: Evictions): boolean => asking.size === 0 && waiting.size === 0

/** All of a node's pods have come to an end, and not all to a good one. Source: deleteOrEvictPodsSimple. */
const failIfOver = (drain: RunningDrain, view: ClusterView): void => {
  if (!isEmpty(drain) || drain.errors.length === 0) return
  const errors = drain.errors.splice(0)
  const { pods, errors: more } = isApiServerUp(view)
    ? planDrain(view, nodeOf(drain), drain.command)
    : { pods: [], errors: [unanswered('Get', '/pods')] }
  if (pods.length > 0) {
    drain.output.push(`There are pending pods in node "${nodeOf(drain)}" when an error occurred: ${joined(errors)}`)
    for (const { name } of pods) drain.output.push(`pod/${name}`)
  }
  if (more.length > 0)
    drain.output.push('Following errors occurred while getting the list of pods to delete:', joined(more))
  fail(drain, errors)
}

const current = ({ drains }: DrainOwn, { event }: Entry<Step>): RunningDrain | undefined => {
  const drain = drains.get(event.issued)
  return drain?.index === event.index ? drain : undefined
}

// ── folds ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Something has happened that the answer to an eviction may depend on. */
const podChanged = ({ drains }: DrainOwn, { event }: PodEntry): void => {
  for (const { asking } of drains.values()) {
    const one = asking.get(event.pod)
    if (one !== undefined) one.isPending = true
  }
}

const budgetChanged = ({ drains }: DrainOwn, { event }: BudgetEntry): void => {
  for (const { asking } of drains.values()) {
    for (const [pod, one] of asking) if (namespaceOf(pod) === namespaceOf(event.object)) one.isPending = true
  }
}

export const applyDrain = {
  KubectlIssued: ({ drains }: DrainOwn, entry: Entry<EventOf<typeof KubectlIssued>>, view: ClusterView): void => {
    const command = commandOf(entry.event)
    if (command.verb !== 'drain' || !isApiServerUp(view)) return
    const { objects, problems } = findNodes(view, command.nodes)
    const nodes = objects.map(({ name }) => name)
    drains.set(entry.seq, {
      line: entry.event.line,
      command,
      nodes: problems.length > 0 ? [] : nodes,
      output: problems.length > 0 ? [] : nodes.map((node) => markUnschedulable(view, node, true).line),
      fatal: [...problemLines(problems)],
      failedNodes: [],
      asking: new Map(),
      waiting: new Set(),
      errors: [],
      answers: [],
      emptied: undefined,
      index: -1,
      since: entry.at,
      isTimedOut: false,
      over: problems.length > 0 || nodes.length === 0,
    })
  },
  NodeDrainDue: ({ drains }: DrainOwn, { event, at }: Entry<Step>, view: ClusterView): void => {
    const drain = drains.get(event.issued)
    if (drain === undefined) return
    const { command, output } = drain
    drain.index = event.index
    drain.since = at
    drain.isTimedOut = false
    drain.answers = []
    if (!isApiServerUp(view)) {
      fail(drain, [unanswered('Get', '/pods')])
      return
    }
    const { pods, warning, errors } = planDrain(view, nodeOf(drain), command)
    if (errors.length > 0) {
      fail(drain, errors)
      return
    }
    if (warning !== '') output.push(`Warning: ${warning}`)
    if (command.disableEviction) {
      for (const { key } of pods) drain.waiting.add(key)
      drain.answers = pods.flatMap((pod) => deletePod(pod, command.gracePeriodSeconds))
    } else {
      askFor(drain, pods, at)
      drain.answers = attempt(view, drain, at, command.gracePeriodSeconds, output)
    }
    failIfOver(drain, view)
  },
  NodeDrainRetryDue: (own: DrainOwn, entry: Entry<Step>, view: ClusterView): void => {
    const drain = current(own, entry)
    if (drain === undefined) return
    const { gracePeriodSeconds, timeout = 0 } = drain.command
    drain.answers = []
    if (!isApiServerUp(view)) loseSight(drain)
    if (drain.isTimedOut) giveUp(drain, timeout, drain.output)
    else drain.answers = attempt(view, drain, entry.at, gracePeriodSeconds, drain.output)
    failIfOver(drain, view)
  },
  PodDeleted: (own: DrainOwn, entry: PodEntry): void => {
    const { event, seq } = entry
    podChanged(own, entry)
    for (const drain of own.drains.values()) {
      if (!drain.waiting.delete(event.pod)) continue
      drain.emptied = isEmpty(drain) ? seq : undefined
      const name = event.pod.slice(event.pod.indexOf('/') + 1)
      drain.output.push(`pod/${name} ${drain.command.disableEviction ? 'deleted' : 'evicted'}`)
    }
  },
  NodeDrained: ({ drains }: DrainOwn, { event }: Entry<Step>): void => {
    const drain = drains.get(event.issued)
    if (drain === undefined) return
    drain.output.push(`node/${nodeOf(drain)} drained`)
    leaveNode(drain)
  },
  NodeDrainTimeoutDue: (own: DrainOwn, entry: Entry<Step>, view: ClusterView): void => {
    const drain = current(own, entry)
    if (drain === undefined) return
    drain.isTimedOut = true
    if (drain.command.disableEviction) drain.errors.push('timed out waiting for the condition')
    else {
      const limit = formatMillis(drain.command.timeout ?? 0)
      for (const key of drain.waiting) {
        const slash = key.indexOf('/')
        const pod = `pod "${key.slice(slash + 1)}" in namespace "${key.slice(0, slash)}"`
        drain.errors.push(`error when waiting for ${pod} to terminate: global timeout reached: ${limit}`)
      }
    }
    drain.waiting.clear()
    failIfOver(drain, view)
  },
  KubectlCompleted: ({ drains }: DrainOwn): void => {
    for (const [issued, drain] of drains) if (drain.over) drains.delete(issued)
  },
  ApiServerWentDown: ({ drains }: DrainOwn): void => {
    for (const { asking } of drains.values()) for (const one of asking.values()) one.isPending = true
  },
  PodStatusReported: podChanged,
  PodMarkedNotReady: podChanged,
  PodMarkedForDeletion: podChanged,
  PodFailed: podChanged,
  PodLabelled: podChanged,
  PodDisruptionBudgetCreated: budgetChanged,
  PodDisruptionBudgetSpecChanged: budgetChanged,
  PodDisruptionBudgetStatusReported: budgetChanged,
  PodDisruptionBudgetSyncFailed: budgetChanged,
  PodDisruptionBudgetDeleted: budgetChanged,
}

// ── reactions ────────────────────────────────────────────────────────────────────────────────────────────────────

type DrainScene = { readonly view: ClusterView; readonly own: DrainOwn }

const complete = (drain: RunningDrain): readonly Emission[] => {
  const output = [...drain.output]
  if (drain.failedNodes.length > 0) {
    output.push('There are pending nodes to be drained:', ...drain.failedNodes.map((node) => ` ${node}`))
  }
  return [
    emit(
      KubectlCompleted({
        line: drain.line,
        exitCode: drain.fatal.length === 0 ? 0 : 1,
        output: [...output, ...drain.fatal],
      }),
    ),
  ]
}

const next = (drain: RunningDrain, issued: number): readonly Emission[] =>
  drain.index + 1 < drain.nodes.length ? [emit(NodeDrainDue({ issued, index: drain.index + 1 }))] : complete(drain)

export const startDrain = ({ view, own }: DrainScene, { seq }: Entry): readonly Emission[] => {
  const drain = own.drains.get(seq)
  if (drain === undefined) return QUIET
  const cordons = drain.nodes.flatMap((node) => markUnschedulable(view, node, true).events)
  return [...cordons.map(emit), ...next(drain, seq)]
}

const timeoutKey = (issued: number): string => `drain ${issued}`
const retryKey = (issued: number): string => `retry ${issued}`
const checkKey = (issued: number): string => `check ${issued}`

const retry = (drain: RunningDrain, issued: number, at: number): readonly Emission[] => {
  const due = nextRetry(drain, at)
  if (due === undefined || drain.isTimedOut) return QUIET
  return [timer(retryKey(issued), due - at, NodeDrainRetryDue({ issued, index: drain.index }))]
}

/** What was answered, and where the node stands after that. */
const proceed = (drain: RunningDrain, issued: number, at: number): readonly Emission[] => {
  const answers = drain.answers.map(emit)
  if (drain.failedNodes.includes(nodeOf(drain))) {
    return [...answers, cancel(timeoutKey(issued)), cancel(checkKey(issued)), ...next(drain, issued)]
  }
  if (!isEmpty(drain)) return [...answers, ...retry(drain, issued, at)]
  return [
    ...answers,
    cancel(timeoutKey(issued)),
    cancel(checkKey(issued)),
    emit(NodeDrained({ issued, index: drain.index })),
  ]
}

export const drainNode = ({ own }: DrainScene, { event, at }: Entry<Step>): readonly Emission[] => {
  const { issued, index } = event
  const drain = own.drains.get(issued)
  if (drain === undefined) return QUIET
  const emissions = proceed(drain, issued, at)
  if (isEmpty(drain)) return emissions
  const { timeout } = drain.command
  return [
    ...emissions,
    timer(checkKey(issued), PATIENCE, NodeDrainCheckDue({ issued, index })),
    ...(timeout === undefined ? [] : [timer(timeoutKey(issued), timeout, NodeDrainTimeoutDue({ issued, index }))]),
  ]
}

const retryDrain = ({ own }: DrainScene, entry: Entry<Step>): readonly Emission[] => {
  const drain = current(own, entry)
  return drain === undefined ? QUIET : proceed(drain, entry.event.issued, entry.at)
}

const timedOut = ({ own }: DrainScene, entry: Entry<Step>): readonly Emission[] => {
  const drain = current(own, entry)
  const { issued, index } = entry.event
  if (drain === undefined) return QUIET
  if (isEmpty(drain)) return proceed({ ...drain, answers: [] }, issued, entry.at)
  // What is not granted yet is asked for once more, only to see that there is no time.
  const wait = lastLook(drain, entry.at) - entry.at
  return [cancel(retryKey(issued)), timer(retryKey(issued), wait, NodeDrainRetryDue({ issued, index }))]
}

/** Whether anything is to be asked for again. */
const retryAll = ({ own }: DrainScene, { at }: Entry): readonly Emission[] => {
  if (own.drains.size === 0) return QUIET
  const emissions: Emission[] = []
  for (const [issued, drain] of own.drains) emissions.push(...retry(drain, issued, at))
  return emissions
}

/** The last pod of a node is gone, which kubectl sees when it looks next. */
const podGone = (scene: DrainScene, entry: Entry): readonly Emission[] => {
  const { seq, at } = entry
  const emissions = [...retryAll(scene, entry)]
  for (const [issued, drain] of scene.own.drains) {
    if (drain.emptied !== seq) continue
    const { index } = drain
    const wait = Math.ceil((at - drain.since) / POLL) * POLL - (at - drain.since)
    const seen = drain.errors.length > 0 ? NodeDrainRetryDue({ issued, index }) : NodeDrained({ issued, index })
    emissions.push(cancel(timeoutKey(issued)), cancel(checkKey(issued)), after(wait, seen))
  }
  return emissions
}

/** Whoever asks or looks next gets no answer. */
const apiServerGone = ({ own }: DrainScene, { at }: Entry): readonly Emission[] => {
  const emissions: Emission[] = []
  for (const [issued, drain] of own.drains) {
    if (isEmpty(drain) || drain.isTimedOut) continue
    const asks = nextRetry(drain, at) ?? Number.POSITIVE_INFINITY
    const looks = drain.waiting.size === 0 ? asks : at + POLL - ((at - drain.since) % POLL)
    const wait = Math.min(asks, looks) - at
    emissions.push(timer(retryKey(issued), wait, NodeDrainRetryDue({ issued, index: drain.index })))
  }
  return emissions
}

const nodeDone = ({ own }: DrainScene, { event }: Entry<Step>): readonly Emission[] => {
  const drain = own.drains.get(event.issued)
  return drain === undefined || drain.index !== event.index ? QUIET : next(drain, event.issued)
}

const checkDrain = ({ view, own }: DrainScene, entry: Entry<Step>): readonly Emission[] => {
  const drain = current(own, entry)
  if (drain === undefined || isEmpty(drain)) return QUIET
  const { budgets, reasons } = drainBlock(view, drain)
  return [emit(NodeDrainBlocked({ issued: entry.event.issued, node: nodeOf(drain), budgets, reasons }))]
}

export const drainReactions = {
  NodeDrainDue: drainNode,
  NodeDrainRetryDue: retryDrain,
  NodeDrainCheckDue: checkDrain,
  NodeDrained: nodeDone,
  NodeDrainTimeoutDue: timedOut,
  ApiServerWentDown: apiServerGone,
  PodDeleted: podGone,
  PodStatusReported: retryAll,
  PodMarkedNotReady: retryAll,
  PodMarkedForDeletion: retryAll,
  PodFailed: retryAll,
  PodLabelled: retryAll,
  PodDisruptionBudgetCreated: retryAll,
  PodDisruptionBudgetSpecChanged: retryAll,
  PodDisruptionBudgetStatusReported: retryAll,
  PodDisruptionBudgetSyncFailed: retryAll,
  PodDisruptionBudgetDeleted: retryAll,
}

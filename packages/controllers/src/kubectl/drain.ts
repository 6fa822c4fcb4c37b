import { type ClusterView, deletePod, type KubectlCommand } from '@wavetank/cluster'
import {
  after,
  cancel,
  type Emission,
  type Entry,
  type EventOf,
  emit,
  formatMillis,
  QUIET,
  timer,
} from '@wavetank/kernel'
import { markUnschedulable } from './cordon.ts'
import { type DrainCommand, planDrain } from './drain-filters.ts'
import { KubectlCompleted, type KubectlIssued, NodeDrainDue, NodeDrained, NodeDrainTimeoutDue } from './events.ts'
import { evictPod } from './eviction.ts'
import { problemLines } from './outcome.ts'
import { findNodes } from './targets.ts'

/**
 * `kubectl drain`: cordons its nodes, then empties one after another.
 *
 *   KubectlIssued ─▶ NodeCordoned… ─▶ NodeDrainDue ─▶ evictions ─▶ PodDeleted… ─▶ NodeDrained ─▶ NodeDrainDue (next)
 *                                          └── an error, or NodeDrainTimeoutDue ──────────────▶ KubectlCompleted
 *
 * 1. Which pods leave is decided when the node's turn comes; pods that arrive later stay.
 * 2. kubectl looks once a second whether they are gone, counted from the start of the node.
 * 3. A node that fails does not stop the others; the command then ends with 1.
 *
 * Source: staging/src/k8s.io/kubectl/pkg/cmd/drain/drain.go, RunDrain, and pkg/drain/drain.go.
 */

export interface RunningDrain {
  readonly line: string
  readonly command: DrainCommand
  readonly nodes: readonly string[]
  readonly output: string[]
  /** What went wrong, printed again at the end. */
  readonly errors: string[]
  readonly failedNodes: string[]
  /** Pods that have to go before the node is drained. */
  readonly waiting: Set<string>
  /** The entry with which the last of them went. */
  emptied: number | undefined
  /** Which of `nodes` it is at. */
  index: number
  /** When it came to that node. */
  since: number
  /** Nothing is left to do but to say so. */
  over: boolean
}

/** Drains that are under way, by the entry that issued them. */
export type Drains = Map<number, RunningDrain>
type DrainOwn = { readonly drains: Drains }

type Step = { readonly kind: string; readonly issued: number; readonly index: number }

const POLL = 1_000

const commandOf = (event: EventOf<typeof KubectlIssued>): KubectlCommand => event.command as unknown as KubectlCommand

const nodeOf = (drain: RunningDrain): string => drain.nodes[drain.index] ?? ''

const joined = (errors: readonly string[]): string => (errors.length === 1 ? errors[0]! : `[${errors.join(', ')}]`)

const leaveNode = (drain: RunningDrain): void => {
  drain.over = drain.index === drain.nodes.length - 1
}

const fail = (drain: RunningDrain, errors: readonly string[]): void => {
  const node = nodeOf(drain)
  drain.output.push(`error: unable to drain node "${node}" due to error: ${joined(errors)}, continuing command...`)
  drain.errors.push(...errors)
  drain.failedNodes.push(node)
  leaveNode(drain)
}

// ── folds ────────────────────────────────────────────────────────────────────────────────────────────────────────

export const applyDrain = {
  KubectlIssued: ({ drains }: DrainOwn, entry: Entry<EventOf<typeof KubectlIssued>>, view: ClusterView): void => {
    const command = commandOf(entry.event)
    if (command.verb !== 'drain') return
    const { objects, problems } = findNodes(view, command.nodes)
    const nodes = objects.map(({ name }) => name)
    drains.set(entry.seq, {
      line: entry.event.line,
      command,
      nodes: problems.length > 0 ? [] : nodes,
      output: problems.length > 0 ? [] : nodes.map((node) => markUnschedulable(view, node, true).line),
      errors: [...problemLines(problems)],
      failedNodes: [],
      waiting: new Set(),
      emptied: undefined,
      index: -1,
      since: entry.at,
      over: problems.length > 0 || nodes.length === 0,
    })
  },
  NodeDrainDue: ({ drains }: DrainOwn, { event, at }: Entry<Step>, view: ClusterView): void => {
    const drain = drains.get(event.issued)
    if (drain === undefined) return
    drain.index = event.index
    drain.since = at
    const { pods, warning, errors } = planDrain(view, nodeOf(drain), drain.command)
    if (errors.length > 0) {
      fail(drain, errors)
      return
    }
    if (warning !== '') drain.output.push(`Warning: ${warning}`)
    for (const { key } of pods) {
      drain.waiting.add(key)
      if (!drain.command.disableEviction) drain.output.push(`evicting pod ${key}`)
    }
  },
  PodDeleted: ({ drains }: DrainOwn, { event, seq }: Entry<{ readonly kind: string; readonly pod: string }>): void => {
    for (const drain of drains.values()) {
      if (!drain.waiting.delete(event.pod)) continue
      drain.emptied = drain.waiting.size === 0 ? seq : undefined
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
  NodeDrainTimeoutDue: ({ drains }: DrainOwn, { event }: Entry<Step>): void => {
    const drain = drains.get(event.issued)
    if (drain === undefined || drain.index !== event.index) return
    const limit = formatMillis(drain.command.timeout ?? 0)
    const errors = Array.from(drain.waiting, (key) => {
      const slash = key.indexOf('/')
      const pod = `pod "${key.slice(slash + 1)}" in namespace "${key.slice(0, slash)}"`
      return `error when waiting for ${pod} to terminate: global timeout reached: ${limit}`
    })
    drain.output.push(`There are pending pods in node "${nodeOf(drain)}" when an error occurred: ${joined(errors)}`)
    for (const key of drain.waiting) drain.output.push(`pod/${key.slice(key.indexOf('/') + 1)}`)
    drain.waiting.clear()
    fail(drain, errors)
  },
  KubectlCompleted: ({ drains }: DrainOwn): void => {
    for (const [issued, drain] of drains) if (drain.over) drains.delete(issued)
  },
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
        exitCode: drain.errors.length === 0 ? 0 : 1,
        output: [...output, ...drain.errors],
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

export const drainNode = ({ view, own }: DrainScene, { event }: Entry<Step>): readonly Emission[] => {
  const drain = own.drains.get(event.issued)
  if (drain === undefined) return QUIET
  if (drain.failedNodes.includes(nodeOf(drain))) return next(drain, event.issued)
  if (drain.waiting.size === 0) return [emit(NodeDrained({ issued: event.issued, index: event.index }))]
  const { disableEviction, gracePeriodSeconds, timeout } = drain.command
  const emissions: Emission[] = []
  for (const key of drain.waiting) {
    const pod = view.pods.get(key)
    if (pod === undefined) continue
    const events = disableEviction ? deletePod(pod, gracePeriodSeconds) : evictPod(pod, gracePeriodSeconds)
    emissions.push(...events.map(emit))
  }
  if (timeout !== undefined) {
    const due = NodeDrainTimeoutDue({ issued: event.issued, index: event.index })
    emissions.push(timer(timeoutKey(event.issued), timeout, due))
  }
  return emissions
}

/** The last pod of a node is gone, which kubectl sees when it looks next. */
export const podGone = ({ own }: DrainScene, { seq, at }: Entry): readonly Emission[] => {
  const emissions: Emission[] = []
  for (const [issued, drain] of own.drains) {
    if (drain.emptied !== seq) continue
    const wait = Math.ceil((at - drain.since) / POLL) * POLL - (at - drain.since)
    emissions.push(cancel(timeoutKey(issued)), after(wait, NodeDrained({ issued, index: drain.index })))
  }
  return emissions
}

export const nodeDone = ({ own }: DrainScene, { event }: Entry<Step>): readonly Emission[] => {
  const drain = own.drains.get(event.issued)
  return drain === undefined || drain.index !== event.index ? QUIET : next(drain, event.issued)
}

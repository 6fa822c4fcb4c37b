/**
 * Which nodes can be drained, what stands in the way, in which order all of them go, and how many at once.
 *
 *   cluster at an instant ──▶ snapshot ──┬──▶ drain a ──▶ settled?    each node alone
 *                                        ├──▶ drain b ──▶ settled?
 *                                        └──▶ drain a ─▶ uncordon ─▶ drain b and c ─▶ …    the order
 *
 * 1. A drain is `kubectl drain` itself: filters, evictions, budgets, retries and words are the simulation's.
 * 2. A node can be drained if kubectl ends well, and within the time to settle every pod has a node and as many are ready
 *    as before. Pods that find none name the drain as impossible, though kubectl says nothing of them.
 * 3. The order is found step by step, easiest nodes first, each step from the cluster that the one before has left. One
 *    that cannot go now is tried again after each that went. An order that has to begin badly to end well is not found.
 * 4. Nodes go at once as long as no eviction is refused: more than that, and they wait for each other. A group takes no
 *    more nodes once several in a row have not fitted in.
 *
 * Nothing else happens meanwhile: what the timeline has later, and nodes that fail by themselves, are left out.
 */

import { type ClusterView, isActive, isReady, type Pod } from '@wavetank/cluster'
import type { Entry, Millis, SimEvent } from '@wavetank/kernel'
import { parseKubectlCommand, type Scenario, type TimelineEntry } from '@wavetank/scenario'
import { isLeft, right } from 'fp-ts/lib/Either.js'
import { createTrial, planWith, type Snapshot, type Trial, tryFrom } from 'wavetank'
import type { EngineFailure } from '../engine/engine.ts'

export interface PreviewOptions {
  readonly seed: number
  /** When draining begins; milliseconds of the run. */
  readonly at: number
  /** Names of the nodes that are to go. */
  readonly nodes: readonly string[]
  /** Flags of `kubectl drain`. */
  readonly flags: readonly string[]
  /** How long kubectl waits for a node; milliseconds. */
  readonly timeout: number
  /** How long pods have to be ready again afterwards; milliseconds. */
  readonly settle: number
  /** Whether nodes come back (`uncordon`) once they are empty. */
  readonly comesBack: boolean
  /** Whether pods that find no other node may wait for theirs to come back. */
  readonly mayWait?: boolean
  /** Of nodes that go at once; without a limit, as many as budgets allow. */
  readonly atOnceMax?: number | undefined
  readonly onTry?: (done: number, of: number) => void
  readonly wasInterrupted?: () => boolean
}

/** What draining a node comes to. */
export interface NodePreview {
  readonly node: string
  readonly drains: boolean
  /** Pods that had to leave. */
  readonly pods: number
  /** Until every pod was ready elsewhere, or kubectl gave up; milliseconds. */
  readonly takes: number
  /** What stands in the way, or would make it wait. */
  readonly blocks: readonly string[]
  /** Evictions that a budget refused at first. */
  readonly refused: number
  /** Pods that wait for the node to come back, where they may. */
  readonly waiting: number
}

export interface DrainPreview {
  readonly nodes: readonly NodePreview[]
  /** Nodes that go at once, one group after another. */
  readonly order: readonly { readonly nodes: readonly string[]; readonly takes: number }[]
  /** Nodes for which no place in the order was found, with what stands in their way at its end. */
  readonly left: readonly NodePreview[]
}

class Interrupted extends Error {}

const STEP = 1_000
/** Longer than anybody drains; the run is never that long. */
const HORIZON = 365 * 24 * 3_600_000

/** Nodes in a row that do not fit into a group, after which no others are tried. */
const MISSES_MAX = 12

const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

interface Fields {
  readonly line?: string
  readonly exitCode?: number
  readonly output?: readonly string[]
  readonly node?: string
  readonly reasons?: readonly string[]
  readonly pod?: string
  readonly message?: string
}

const commandOf = (line: string): TimelineEntry['action'] => {
  const parsed = parseKubectlCommand(line, { objectsOf: () => right([]) })
  if (isLeft(parsed)) {
    const [first] = parsed.left
    throw { engineFailure: `kubectl ${line}: ${first!.message}`, hint: 'check the flags' } satisfies EngineFailure
  }
  return { kind: 'kubectl', text: line, command: parsed.right }
}

const entryOf = (at: number, line: string): TimelineEntry => ({
  at: at as Millis,
  action: commandOf(line),
  source: { file: '', line: 1, column: 1 },
})

const flagOf = (millis: number): string => `${Math.ceil(millis / 1_000)}s`

/** Pods that are not where they should be: without a node, or not ready. */
const unwell = (view: ClusterView): { readonly pending: ReadonlySet<string>; readonly unready: number } => {
  const pending = new Set<string>()
  let unready = 0
  for (const pod of view.pods.values() as Iterable<Pod>) {
    if (!isActive(pod)) continue
    if (pod.node === '') pending.add(pod.key)
    else if (!isReady(pod)) unready++
  }
  return { pending, unready }
}

/** Of several nodes at once; what is said of one is said of all. */
interface GroupAttempt {
  readonly previews: readonly NodePreview[]
  readonly drains: boolean
  readonly refused: number
  readonly takes: number
  readonly trial: Trial
}

/** Why kubectl gave a node up, in its words. */
const errorsOf = (output: readonly string[]): readonly string[] =>
  output.flatMap((line) => {
    const match = /^error: unable to drain node "[^"]*" due to error: (.*), continuing command\.\.\.$/.exec(line)
    if (match === null) return []
    const errors = match[1]!.replace(/^\[(.*)\]$/, '$1').split(/, (?=cannot delete )/)
    // kubectl says "cannot delete cannot delete" of pods without a controller.
    return errors.map((error) => error.replace(/^(cannot delete )+/, '$1'))
  })

/** Pods that find no other node, those together that hear the same from the scheduler. */
const homelessOf = (pending: readonly string[], messages: ReadonlyMap<string, string>): readonly string[] => {
  const groups = new Map<string, string[]>()
  for (const key of pending) {
    // What preemption could do is what nobody asks of a drain.
    const [why = ''] = (messages.get(key) ?? 'the scheduler has not come to it').split(' preemption: ')
    groups.set(why, [...(groups.get(why) ?? []), key])
  }
  return [...groups].map(([why, keys]) =>
    keys.length === 1
      ? `pod ${keys[0]} finds no other node: ${why}`
      : `pods ${keys.join(', ')} find no other node: ${why}`,
  )
}

const attemptDrains = async (
  from: Snapshot,
  scenario: Scenario,
  nodes: readonly string[],
  uncordon: readonly string[],
  options: PreviewOptions,
): Promise<GroupAttempt> => {
  const { flags, timeout, settle, mayWait = false, wasInterrupted = () => false } = options
  const begin = from.run.at + 1
  const lines = nodes.map((node) => ['drain', node, ...flags, `--timeout=${flagOf(timeout)}`].join(' '))
  const entries = [
    ...uncordon.map((node) => entryOf(begin, `uncordon ${node}`)),
    ...lines.map((line) => entryOf(begin, line)),
  ]
  const ended = new Map<string, { readonly exitCode: number; readonly output: readonly string[] }>()
  const blocked = new Map<string, readonly string[]>()
  const messages = new Map<string, string>()
  let refused = 0
  const onEntry = ({ event, at }: Entry): void => {
    if (at < begin) return
    const {
      line = '',
      exitCode = 0,
      output = [],
      node = '',
      reasons = [],
      pod = '',
      message = '',
    } = event as SimEvent & Fields
    if (event.kind === 'KubectlCompleted' && lines.includes(line)) ended.set(line, { exitCode, output })
    else if (event.kind === 'NodeDrainBlocked') blocked.set(node, reasons)
    else if (event.kind === 'PodUnschedulable') messages.set(pod, message)
    else if (event.kind === 'PodEvictionRefused') refused++
  }
  const trial = tryFrom(from, planWith(from.plan, entries, scenario.nodes), { onEntry })
  const before = unwell(trial.view)
  const hadPods = nodes.map((node) => trial.view.nodes.get(node)?.pods.size ?? 0)
  let settledUntil = Number.POSITIVE_INFINITY
  let now = begin
  let pending: readonly string[] = []
  let isSettled = false
  while (!isSettled && now <= settledUntil) {
    now += STEP
    if (trial.advanceTo(now) !== undefined) break
    await breathe()
    if (wasInterrupted()) throw new Interrupted()
    if (ended.size < lines.length) continue
    if (settledUntil === Number.POSITIVE_INFINITY) settledUntil = now + settle
    const after = unwell(trial.view)
    pending = [...after.pending].filter((key) => !before.pending.has(key)).sort()
    const isPlaced = pending.length === 0 || (mayWait && pending.every((key) => messages.has(key)))
    isSettled = isPlaced && after.unready <= before.unready
    // kubectl has given up: nobody goes on to move anything.
    if ([...ended.values()].some(({ exitCode }) => exitCode !== 0) && pending.length === 0) break
  }
  const previews = nodes.map((node, i): NodePreview => {
    const { exitCode, output } = ended.get(lines[i]!) ?? { exitCode: 1, output: [] }
    const isBlocked = exitCode !== 0
    const waits = blocked.get(node) ?? []
    const errors = errorsOf(output).filter((error) => waits.length === 0 || !error.includes('timeout reached'))
    const homeless = homelessOf(pending, messages)
    const late =
      !isBlocked && pending.length === 0 && !isSettled ? [`its pods are not ready again after ${flagOf(settle)}`] : []
    return {
      node,
      drains: !isBlocked && isSettled,
      pods: Math.max(0, hadPods[i]! - (trial.view.nodes.get(node)?.pods.size ?? 0)),
      takes: now - begin,
      blocks: [...errors, ...waits, ...homeless, ...late],
      refused,
      waiting: mayWait ? pending.length : 0,
    }
  })
  return { previews, drains: previews.every(({ drains }) => drains), refused, takes: now - begin, trial }
}

const byEase = (a: NodePreview, b: NodePreview): number =>
  Number(b.drains) - Number(a.drains) || a.refused - b.refused || a.takes - b.takes || 0

/** Tries to drain every node, and looks for an order; `undefined` if it was interrupted. */
export const previewDrains = async (scenario: Scenario, options: PreviewOptions): Promise<DrainPreview | undefined> => {
  const { seed, at, nodes, comesBack, atOnceMax = Number.POSITIVE_INFINITY, onTry = () => {} } = options
  const quiet: Scenario = {
    ...scenario,
    duration: (at + HORIZON) as Millis,
    timeline: scenario.timeline.filter((entry) => entry.at <= at),
    failures: [],
    expect: [],
  }
  let tries = 0
  const attempt = async (from: Snapshot, group: readonly string[], back: readonly string[]): Promise<GroupAttempt> => {
    onTry(tries++, nodes.length)
    return attemptDrains(from, quiet, group, back, options)
  }
  try {
    const start = createTrial(quiet, { seed })
    start.advanceTo(at)
    const first = start.snapshot()
    const alone: NodePreview[] = []
    for (const node of nodes) alone.push((await attempt(first, [node], [])).previews[0]!)

    const order: { nodes: readonly string[]; takes: number }[] = []
    let from = first
    let back: readonly string[] = []
    let rest = [...alone].sort(byEase).map(({ node }) => node)
    let left: NodePreview[] = []
    while (rest.length > 0) {
      let group: readonly string[] = []
      let done: GroupAttempt | undefined
      left = []
      let misses = 0
      for (const node of rest) {
        if (group.length >= atOnceMax || (group.length > 0 && misses >= MISSES_MAX)) break
        const wider = await attempt(from, [...group, node], back)
        if (group.length === 0 && !wider.drains) left.push(wider.previews[0]!)
        if (!wider.drains || (group.length > 0 && wider.refused > 0)) {
          misses++
          continue
        }
        misses = 0
        group = [...group, node]
        done = wider
        // Who waits for a budget already is not joined by others.
        if (wider.refused > 0) break
      }
      if (done === undefined) break
      order.push({ nodes: group, takes: done.takes })
      from = done.trial.snapshot()
      back = comesBack ? group : []
      const gone = new Set(group)
      rest = rest.filter((node) => !gone.has(node))
      left = []
    }
    return { nodes: alone, order, left }
  } catch (error) {
    if (error instanceof Interrupted) return undefined
    throw error
  }
}

import { createClusterStore, objectsOf, type Settings } from '@wavetank/cluster'
import { type ApiObject, CATALOG, decodeObject, isKind, type Node } from '@wavetank/cluster/api'
import { DisruptionDue, KubectlIssued, NodeUpgradesOrdered, OutageDue } from '@wavetank/controllers'
import { type Entry, formatMillis, type LogIssue, type Millis, type SimEvent } from '@wavetank/kernel'
import {
  type Behavior,
  type Fork,
  type ForkBase,
  type LocatedIssue,
  nothingToRemove,
  type SourcedExpectation,
} from '@wavetank/scenario'
import { type Either, isLeft, isRight, left, right } from 'fp-ts/lib/Either.js'
import { entriesOf, isSameEntry } from './diff/first-divergence.ts'
import { BY_SCENARIO, type InitialNotice, noticesOf } from './initial-notices.ts'
import type { Reading } from './log.ts'
import {
  behaviorsOf,
  failuresOf,
  kubeletsOf,
  type LogFooter,
  type LogHeader,
  limitsOf,
  machinesOf,
} from './log-header.ts'
import type { RunPlan } from './plan.ts'
import { type Simulation, type SimulationOptions, simulatePlan } from './simulation.ts'

/**
 * A run that goes on otherwise from some instant.
 *
 *   log ──▶ header, entries without a cause, footer ──▶ plan ──▶ the same run again ──▶ its log
 *                                                        ▲
 *                                        fork file ──────┘  nothing before its instant
 *
 * 1. What a run comes from stands in its log: settings in the header, what the scenario brings as entries without a
 *    cause, what of the timeline was not reached in the footer. No other file is needed.
 * 2. Draws are keyed, so what is not changed has the same luck. A fork that changes nothing gives the same bytes.
 * 3. What was before is compared, entry by entry, while it happens again: a log of another build is refused there, not
 *    misread.
 */
export interface Original {
  readonly header: LogHeader
  readonly footer: LogFooter
  readonly behaviors: readonly Behavior[]
  /** What the scenario brought and would have brought, in the order in which it happens. */
  readonly initial: readonly InitialNotice[]
  readonly base: ForkBase
}

export const BY_FORK = 'fork'

const broughtFromOutside = ({ cause, by }: Entry): boolean => cause === null && (by === BY_SCENARIO || by === BY_FORK)

/** Why a log cannot be gone on from. */
export interface ForkRefusal {
  readonly message: string
  readonly hint: string
}

const objectsIn = (view: Parameters<typeof objectsOf>[0]): readonly ApiObject[] =>
  CATALOG.filter(({ simulated }) => simulated).flatMap(({ kind }) =>
    objectsOf(view, kind).flatMap((object) => {
      const decoded = decodeObject(object.render())
      return isRight(decoded) ? [decoded.right] : []
    }),
  )

/**
 * Reads from a log what its run came from, and the cluster as it was at an instant.
 *
 * @param at milliseconds of the run
 */
export const readOriginal = (reading: Reading, at: Millis): Either<ForkRefusal, Original> => {
  const model = createClusterStore()
  const initial: InitialNotice[] = []
  for (const batch of reading.batches)
    for (const entry of batch) {
      if (entry.at <= at) model.apply(entry)
      if (broughtFromOutside(entry)) initial.push({ at: entry.at, by: entry.by, event: entry.event })
    }
  const end = reading.end()
  const { header } = reading
  if (end.state !== 'complete')
    return left({
      message: `the log is ${end.state}: what the timeline would have brought is not known`,
      hint: 'run the scenario again, and fork that',
    })
  const { footer } = end
  if (at > footer.endedAt)
    return left({
      message: `the run ended at ${formatMillis(footer.endedAt)}, before ${formatMillis(at)}`,
      hint: 'a fork begins within the run; its `duration` may be longer',
    })
  const { view } = model
  const settings = view.settings as Settings
  initial.push(...((footer.timeline ?? []) as readonly InitialNotice[]))
  return right({
    header,
    footer,
    behaviors: behaviorsOf(header, settings.usage as readonly Partial<Behavior>[]),
    initial,
    base: {
      at,
      name: header.name,
      seed: header.seed,
      duration: header.duration,
      flags: header.flags as ForkBase['flags'],
      dependencies: header.dependencies ?? [],
      metrics: settings.metrics,
      objects: objectsIn(view),
    },
  })
}

const same = (a: SimEvent, b: SimEvent): boolean => JSON.stringify(a) === JSON.stringify(b)

/** The kubectl command that a notice is, if it is one. */
const lineOf = (event: SimEvent): string | undefined =>
  event.kind === KubectlIssued.kind ? (event as SimEvent & { readonly line: string }).line : undefined

/** Nodes that the scenario began with: what faults of the original timeline were aimed at. */
const firstNodes = ({ initial }: Original): readonly Node[] =>
  initial.flatMap(({ at, event }) => {
    if (at !== 0 || event.kind !== 'NodeCreated') return []
    const { node, object } = event as SimEvent & { readonly node: string; readonly object: object }
    const decoded = decodeObject({ apiVersion: 'v1', kind: 'Node', metadata: { name: node }, ...object })
    return isRight(decoded) && isKind(decoded.right, 'Node') ? [decoded.right] : []
  })

const describe = ({ at, event }: InitialNotice): string => {
  const { line, disruption, node, turn, what, name } = event as SimEvent & Readonly<Record<string, string>>
  if (line !== undefined) return `at ${formatMillis(at)} \`kubectl: ${line}\``
  if (event.kind === NodeUpgradesOrdered.kind) {
    const { nodes } = event as unknown as { readonly nodes: readonly string[] }
    return `at ${formatMillis(at)} upgrade of ${nodes.length === 1 ? nodes[0] : `${nodes.length} nodes`}`
  }
  return disruption === undefined
    ? `at ${formatMillis(at)} ${what} ${name} ${turn}`
    : `at ${formatMillis(at)} ${disruption} of ${node}`
}

const TIMELINE: ReadonlySet<string> = new Set([
  KubectlIssued.kind,
  DisruptionDue.kind,
  OutageDue.kind,
  NodeUpgradesOrdered.kind,
])
const isOfTimeline = ({ event }: InitialNotice): boolean => TIMELINE.has(event.kind)

/** Without one of those that are meant: the timeline may have the same twice. */
const withoutLast = (
  notices: readonly InitialNotice[],
  at: number,
  isMeant: (notice: InitialNotice) => boolean,
): InitialNotice[] => {
  for (let i = notices.length - 1; i >= 0; i--) {
    const notice = notices[i]!
    if (notice.at === at && isMeant(notice)) return [...notices.slice(0, i), ...notices.slice(i + 1)]
  }
  return [...notices]
}

/** The original notices without those that are to be removed; what is not there is an issue. */
const without = (original: Original, removals: Fork['removals']): Either<readonly LocatedIssue[], InitialNotice[]> => {
  const issues: LocatedIssue[] = []
  const nodes = firstNodes(original)
  let kept = [...original.initial]
  for (const removal of removals) {
    const { at, action } = removal
    const before = kept.length
    if (action === undefined) kept = kept.filter((notice) => notice.at !== at || !isOfTimeline(notice))
    else if (action.kind === 'kubectl') kept = withoutLast(kept, at, ({ event }) => lineOf(event) === action.text)
    else
      for (const gone of noticesOf({ at, action }, nodes))
        kept = withoutLast(kept, gone.at, ({ event }) => same(event, gone.event))
    if (kept.length === before) {
      const later = original.initial.filter((notice) => notice.at >= original.base.at && isOfTimeline(notice))
      const hint =
        later.length === 0
          ? 'nothing of it is left after the fork'
          : `what is left of it: ${later.slice(0, 4).map(describe).join('; ')}${later.length > 4 ? '; …' : ''}`
      issues.push(nothingToRemove(removal, hint))
    }
  }
  return issues.length > 0 ? left(issues) : right(kept)
}

const expectedBefore = ({ expect }: LogHeader): readonly SourcedExpectation[] =>
  expect.map((written) => {
    const {
      line = 1,
      column = 1,
      ...rest
    } = written as unknown as Omit<SourcedExpectation, 'source'> & {
      readonly line?: number
      readonly column?: number
    }
    return { ...rest, source: { file: '', line, column } }
  })

export interface ForkPlan {
  readonly plan: RunPlan
  /** When the fork ends: with the original, unless it says otherwise. */
  readonly until: number
}

/** What a fork's run comes from; without a fork, what the original came from. */
export const planFork = (original: Original, fork?: Fork): Either<readonly LocatedIssue[], ForkPlan> => {
  const { header, footer, behaviors, base } = original
  const kept = without(original, fork?.removals ?? [])
  if (isLeft(kept)) return kept
  const { scenario, manifests = [], changesDuration = false } = fork ?? {}
  const nodes = [...base.objects.filter((object): object is Node => isKind(object, 'Node')), ...(scenario?.nodes ?? [])]
  const added: InitialNotice[] = []
  if (manifests.length > 0) {
    const command = { verb: 'apply', manifests }
    added.push({ at: base.at, by: BY_FORK, event: KubectlIssued({ line: 'apply -f …', command: command as never }) })
  }
  for (const entry of scenario?.timeline ?? [])
    added.push(...noticesOf(entry, nodes).map((notice) => ({ ...notice, by: BY_FORK })))
  const expect = [...expectedBefore(header), ...(scenario?.expect ?? [])]
  const joined = { ...kubeletsOf(header), ...scenario?.kubelets }
  const parts = {
    behaviors: [...(scenario?.behaviors ?? []), ...behaviors],
    kubelets: joined,
    failures: failuresOf(header),
    machines: { ...machinesOf(header), ...scenario?.machines },
    limits: limitsOf(header),
  }
  const duration = changesDuration ? scenario!.duration : header.duration
  const newHeader: LogHeader = {
    ...header,
    duration,
    expect: [
      ...header.expect,
      ...(scenario?.expect ?? []).map(({ source: { line, column }, ...rest }) => ({ ...rest, line, column })),
    ],
    ...withInputs(header, scenario),
  }
  const until = changesDuration || footer.end !== 'horizon' ? duration : footer.endedAt
  return right({ plan: { ...parts, header: newHeader, expect, initial: [...kept.right, ...added] }, until })
}

/** What the header says besides of what the fork brings. */
const withInputs = (header: LogHeader, scenario: Fork['scenario'] | undefined): Partial<LogHeader> => {
  if (scenario === undefined) return {}
  const behaviors = [...scenario.behaviors.map((behavior) => ({ ...behavior })), ...(header.behaviors ?? [])]
  const kubelets = [
    ...(header.kubelets ?? []),
    ...Object.entries(scenario.kubelets).map(([node, settings]) => ({ nodes: [node], settings: { ...settings } })),
  ]
  const machines = [
    ...(header.machines ?? []),
    ...Object.entries(scenario.machines).map(([node, settings]) => ({ nodes: [node], settings: { ...settings } })),
  ]
  return {
    ...(behaviors.length === 0 ? {} : { behaviors }),
    ...(kubelets.length === 0 ? {} : { kubelets }),
    ...(machines.length === 0 ? {} : { machines }),
  }
}

/** The run of a fork does not begin as its original did. */
export interface ForkDiverged {
  readonly diverged: Entry
  readonly original: Entry | undefined
}
export const isForkDiverged = (error: unknown): error is ForkDiverged =>
  typeof error === 'object' && error !== null && 'diverged' in error

/**
 * Runs a fork. Up to its instant it is compared with the original.
 *
 * `advance` throws a `ForkDiverged` if it is another run.
 *
 * @param open opens the log of the original
 */
export const simulateFork = (
  open: () => Either<LogIssue, Reading>,
  { plan, until }: ForkPlan,
  at: Millis,
  options: Pick<SimulationOptions, 'sink' | 'onEntry'> = {},
): Either<LogIssue, Simulation> => {
  const opened = open()
  if (isLeft(opened)) return opened
  const reading = opened.right
  const before = entriesOf(reading)
  let isOver = false
  const compare = (entry: Entry): void => {
    if (isOver) return
    if (entry.at >= at) {
      isOver = true
      reading.close()
      return
    }
    const next = before.next()
    const original = next.done === true ? undefined : next.value
    if (original === undefined || !isSameEntry(original, entry)) {
      isOver = true
      reading.close()
      throw { diverged: entry, original } satisfies ForkDiverged
    }
  }
  const { onEntry } = options
  return right(
    simulatePlan(plan, {
      ...options,
      until,
      onEntry: (entry, view) => {
        compare(entry)
        onEntry?.(entry, view)
      },
    }),
  )
}

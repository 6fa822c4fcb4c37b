import type { LogEnd, LogIssue } from '@wavetank/kernel'
import { type RunMetrics, sentenceOf, type WorkloadAvailability } from '@wavetank/report'
import { type Either, isLeft, right } from 'fp-ts/lib/Either.js'
import type { Cause } from '../causes/telling.ts'
import type { Verdict } from '../expectations/verdicts.ts'
import type { LogFooter } from '../log-header.ts'
import { firstDivergence, type Open } from './first-divergence.ts'
import { type PodEnd, readSide, type Side } from './side.ts'

/** Two values that differ; absent where a run has none. */
export interface Differing<A> {
  readonly a: A | undefined
  readonly b: A | undefined
}

export type NumberUnit = 'count' | 'millis' | 'share'

export interface DifferingNumber extends Differing<number> {
  readonly name: string
  readonly unit: NumberUnit
}

export interface DifferingWorkload extends Differing<WorkloadAvailability> {
  readonly kind: string
  /** `namespace/name` */
  readonly key: string
}

/** What became of one expectation in each run. */
export type Outcome = Pick<Verdict, 'verdict' | 'at' | 'evidence'>

/** What is different between two runs, and what it led to. */
export interface LogDiff {
  /** Fields of the headers in which they differ: seed, duration, flags, … */
  readonly header: readonly string[]
  /** Entries that both begin with. */
  readonly same: number
  /** Where they part, and what led to it on each side; absent if they have the same entries. */
  readonly divergence?: { readonly at: number; readonly a: readonly Cause[]; readonly b: readonly Cause[] }
  readonly ended: Differing<string>
  readonly workloads: readonly DifferingWorkload[]
  readonly numbers: readonly DifferingNumber[]
  readonly expectations: readonly ({ readonly name: string } & Differing<Outcome>)[]
  readonly pods: readonly ({ readonly pod: string } & Differing<PodEnd>)[]
  readonly nodes: Differing<readonly string[]>
  /** Entries by kind of event, wake-ups left out; the largest differences first. */
  readonly kinds: readonly ({ readonly kind: string } & { readonly a: number; readonly b: number })[]
}

type Reading = readonly [name: string, unit: NumberUnit, of: (metrics: RunMetrics) => number | undefined]

/** The numbers of the summary that are compared. */
const NUMBERS: readonly Reading[] = [
  ['pods created', 'count', ({ pods }) => pods.created],
  ['pods deleted', 'count', ({ pods }) => pods.deleted],
  ['pods failed', 'count', ({ pods }) => pods.failed],
  ['pods succeeded', 'count', ({ pods }) => pods.succeeded],
  ['until running, p50', 'millis', ({ podStartup }) => podStartup?.p50],
  ['until running, p99', 'millis', ({ podStartup }) => podStartup?.p99],
  ['until running, longest', 'millis', ({ podStartup }) => podStartup?.max],
  ['restarts', 'count', ({ restarts }) => restarts.total],
  ['killed for memory', 'count', ({ restarts }) => restarts.oomKilled],
  ['pods bound', 'count', ({ scheduling }) => scheduling.bound],
  ['attempts without a node', 'count', ({ scheduling }) => scheduling.failedAttempts],
  ['nodes', 'count', ({ nodes }) => nodes.total],
  ['nodes Ready', 'count', ({ nodes }) => nodes.ready],
  ['machines that failed', 'count', ({ nodes }) => nodes.failures],
  ['node time Ready', 'share', ({ nodes }) => nodes.readyShare],
  ['cpu requested, mean', 'share', ({ requested }) => requested.cpuMillis.meanShare],
  ['memory requested, mean', 'share', ({ requested }) => requested.memoryBytes.meanShare],
]

const differs = (a: unknown, b: unknown): boolean => JSON.stringify(a) !== JSON.stringify(b)

const keysOf = <A>(a: ReadonlyMap<string, A>, b: ReadonlyMap<string, A>): readonly string[] => [
  ...new Set([...a.keys(), ...b.keys()]),
]

const differing = <A>(
  a: ReadonlyMap<string, A>,
  b: ReadonlyMap<string, A>,
): readonly (readonly [key: string, of: Differing<A>])[] =>
  keysOf(a, b).flatMap((key) => {
    const of = { a: a.get(key), b: b.get(key) }
    return differs(of.a, of.b) ? [[key, of] as const] : []
  })

const byKey = (x: readonly [string, unknown], y: readonly [string, unknown]): number => (x[0] < y[0] ? -1 : 1)

const workloadsOf = ({ metrics }: Side): ReadonlyMap<string, WorkloadAvailability> =>
  new Map(metrics.availability.map((one) => [`${one.kind} ${one.namespace}/${one.name}`, one]))

const numbersOf = (a: Side, b: Side): readonly DifferingNumber[] => {
  const disruptions = [
    ...new Set([...Object.keys(a.metrics.disruptions), ...Object.keys(b.metrics.disruptions)]),
  ].sort()
  const all: readonly Reading[] = [
    ...NUMBERS,
    ...disruptions.map(
      (name): Reading => [`disruptions, ${name}`, 'count', (metrics) => metrics.disruptions[name] ?? 0],
    ),
  ]
  return all.flatMap(([name, unit, of]) => {
    const pair = { a: of(a.metrics), b: of(b.metrics) }
    return pair.a === pair.b ? [] : [{ name, unit, ...pair }]
  })
}

const outcomesOf = ({ verdicts }: Side): ReadonlyMap<string, Outcome> =>
  new Map(
    verdicts.map(({ name, verdict, at, evidence }) => [
      name,
      { verdict, ...(at === undefined ? {} : { at }), ...(evidence === undefined ? {} : { evidence }) },
    ]),
  )

const kindsOf = (a: Side, b: Side): LogDiff['kinds'] =>
  keysOf(a.kinds, b.kinds)
    .flatMap((kind) => {
      const pair = { a: a.kinds.get(kind) ?? 0, b: b.kinds.get(kind) ?? 0 }
      return pair.a === pair.b || sentenceOf(kind)?.weight === 'wake' ? [] : [{ kind, ...pair }]
    })
    .sort((x, y) => Math.abs(y.b - y.a) - Math.abs(x.b - x.a) || (x.kind < y.kind ? -1 : 1))

const endOf = (end: LogEnd<LogFooter> | undefined): string | undefined => {
  if (end === undefined) return undefined
  return end.state === 'complete' ? `${end.footer.end} at ${end.footer.endedAt}` : end.state
}

const notIn = (a: ReadonlySet<string>, b: ReadonlySet<string>): readonly string[] =>
  [...a].filter((name) => !b.has(name)).sort()

/** Both logs read to their ends, for their checks to count. */
export interface DiffedLogs {
  /** Undefined if nothing is different. */
  readonly diff: LogDiff | undefined
  readonly ends: readonly [LogEnd<LogFooter> | undefined, LogEnd<LogFooter> | undefined]
}

/**
 * Compares two logs entry by entry as far as they are the same, and from there by what became of them.
 *
 * @param openA opens the first log; each is read once if they are the same, three times if they are not
 */
export const diffLogs = (openA: Open, openB: Open): Either<LogIssue, DiffedLogs> => {
  const found = firstDivergence(openA, openB)
  if (isLeft(found)) return found
  const { headers, same, entries, ends } = found.right
  const [headerA, headerB] = headers as unknown as readonly [Record<string, unknown>, Record<string, unknown>]
  const header = [...new Set([...Object.keys(headerA), ...Object.keys(headerB)])].filter((field) =>
    differs(headerA[field], headerB[field]),
  )
  const isSame = entries[0] === undefined && entries[1] === undefined
  if (isSame && header.length === 0 && !differs(endOf(ends[0]), endOf(ends[1]))) return right({ diff: undefined, ends })
  const sideA = readSide(openA, entries[0])
  if (isLeft(sideA)) return sideA
  const sideB = readSide(openB, entries[1])
  if (isLeft(sideB)) return sideB
  const [a, b] = [sideA.right, sideB.right]
  const at = Math.min(entries[0]?.at ?? Infinity, entries[1]?.at ?? Infinity)
  const diff: LogDiff = {
    header,
    same,
    ...(isSame ? {} : { divergence: { at, a: a.causes, b: b.causes } }),
    ended: differs(endOf(a.end), endOf(b.end)) ? { a: endOf(a.end), b: endOf(b.end) } : { a: undefined, b: undefined },
    workloads: [...differing(workloadsOf(a), workloadsOf(b))].sort(byKey).map(([title, of]) => {
      const space = title.indexOf(' ')
      return { kind: title.slice(0, space), key: title.slice(space + 1), ...of }
    }),
    numbers: numbersOf(a, b),
    expectations: differing(outcomesOf(a), outcomesOf(b))
      .filter(([, of]) => of.a?.verdict !== of.b?.verdict || of.a?.at !== of.b?.at)
      .map(([name, of]) => ({ name, ...of })),
    pods: [...differing(a.pods, b.pods)].sort(byKey).map(([pod, of]) => ({ pod, ...of })),
    nodes: { a: notIn(a.nodes, b.nodes), b: notIn(b.nodes, a.nodes) },
    kinds: kindsOf(a, b),
  }
  return right({ diff, ends: [a.end, b.end] })
}

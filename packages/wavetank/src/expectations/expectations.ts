import type { ClusterView } from '@wavetank/cluster'
import { type Entry, invariant, type Observation, type SimEvent } from '@wavetank/kernel'
import type { ExpressionProblem, SourcedExpectation } from '@wavetank/scenario'
import { type Either, isLeft } from 'fp-ts/lib/Either.js'
import { createWorld, type ExpressionWorld } from './environment.ts'
import { ExpectationDue, ExpectationFailed, ExpectationMet } from './events.ts'
import { explain, explainProblem } from './evidence.ts'
import { compileIn, type Expression } from './expression.ts'
import { type IncrementalExpression, makeIncremental } from './incremental.ts'
import { createObjectLists, type KeptList, type ObjectLists } from './object-lists.ts'
import { nameOfExpectation, type Verdict } from './verdicts.ts'

/**
 * Expectations, held against the cluster while it runs.
 *
 * 1. An expression is evaluated at the end of an instant, once everything in it has happened.
 * 2. It is evaluated at the edges of its window and, in between, when an object changed of a kind that it reads; one
 *    that reads the clock, whenever anything happens. So over an unchanged state it is evaluated once.
 * 3. A verdict is logged once, at the first instant at which nothing later can change it.
 * 4. An expression without a value (a field that is not there) is not true and not false either: that fails `always`,
 *    `never` and `at`, and `eventually` goes on waiting.
 */
export interface Expectations {
  /** For every entry, once it has been applied or just before: it is only noted what the entry names. */
  readonly seen: (entry: Entry) => void
  /** For the end of every instant; the entries that the run is to add. */
  readonly observe: (at: number, last: number) => readonly Observation[]
  /** Of every expectation, in the order of the scenario. */
  readonly verdicts: () => readonly Verdict[]
  /** What those of a run that goes on from here have to know: verdicts, and objects that need not be rendered again. */
  readonly memory: () => ExpectationMemory
}

export interface ExpectationMemory {
  readonly verdicts: readonly Verdict[]
  readonly lists: readonly KeptList[]
}

const NO_MEMORY: ExpectationMemory = { verdicts: [], lists: [] }

interface Tracked {
  readonly index: number
  readonly expectation: SourcedExpectation
  readonly expression: Expression
  readonly incremental: IncrementalExpression
  readonly kinds: readonly string[]
  /** The end of its window; after that of the run if the run is cut short. */
  readonly to: number
  /** Of the last evaluation: when it was, and the sum of the versions of the lists that it read. */
  evaluatedAt: number
  version: number
  result: Either<ExpressionProblem, boolean> | undefined
}

const NONE: readonly Observation[] = []
export const EXPECTATIONS = 'expectations'

const versionOf = (lists: ObjectLists, kinds: readonly string[]): number => {
  let version = 0
  for (const kind of kinds) version += lists.version(kind)
  return version
}

const isDecided = (verdict: Verdict | undefined): verdict is Verdict =>
  verdict !== undefined && verdict.verdict !== 'undecided'

interface Decision {
  readonly verdict: 'met' | 'failed'
  readonly evidence?: string
}

const decide = (world: ExpressionWorld, tracked: Tracked, isEnd: boolean): Decision | undefined => {
  const { expectation, expression, result } = tracked
  if (result === undefined) return undefined
  const isTrue = !isLeft(result) && result.right
  const why = (): string =>
    isLeft(result) ? explainProblem(world, expression, result.left) : explain(world, expression, result.right)
  const failed = (): Decision => ({ verdict: 'failed', evidence: why() })
  const met: Decision = { verdict: 'met' }
  switch (expectation.kind) {
    case 'always':
      return isTrue ? (isEnd ? met : undefined) : failed()
    case 'never':
      return isTrue || isLeft(result) ? failed() : isEnd ? met : undefined
    case 'eventually':
    case 'at':
      if (isTrue) return { verdict: 'met', evidence: why() }
      return isEnd ? failed() : undefined
  }
}

/** Words for expressions cost milliseconds, which runs that expect nothing do not have to pay. */
const NOTHING_EXPECTED: Expectations = {
  seen: () => {},
  observe: () => NONE,
  verdicts: () => [],
  memory: () => NO_MEMORY,
}

/**
 * @param horizon the end of the run, in milliseconds
 * @param duration the end of windows without an end of their own, and of longer ones; what is not decided when a run
 *   ends earlier than that stays undecided
 * @param memory of those of the run that this one goes on from
 */
export const createExpectations = (
  expectations: readonly SourcedExpectation[],
  horizon: number,
  view: ClusterView,
  duration: number = horizon,
  memory: ExpectationMemory = NO_MEMORY,
): Expectations => {
  if (expectations.length === 0) return NOTHING_EXPECTED
  const before = memory.verdicts
  const lists = createObjectLists(view, memory.lists)
  const world = createWorld({
    list: lists.list,
    find: lists.find,
    elapsed: () => clock,
    wallClock: () => view.settings.start + clock,
  })
  let clock = 0
  const verdicts = expectations.map(
    ({ name, kind, expression, source }, index): Verdict =>
      isDecided(before[index])
        ? before[index]
        : { index, name: nameOfExpectation(name, index), kind, expression, source, verdict: 'undecided' },
  )
  const compiled = expectations.flatMap((expectation, index) => {
    if (isDecided(verdicts[index])) return []
    const result = compileIn(world, expectation.expression)
    invariant(!isLeft(result), () => `expectation ${index} does not compile: ${JSON.stringify(result)}`)
    return [{ expectation, index, expression: result.right }]
  })
  lists.keep(new Set(compiled.flatMap(({ expression }) => [...expression.reads])))
  let open = compiled.map(
    ({ expectation, index, expression }): Tracked => ({
      index,
      expectation,
      expression,
      incremental: makeIncremental(world, expression, lists),
      kinds: [...expression.reads],
      to: Math.min(expectation.to ?? duration, duration),
      evaluatedAt: -1,
      version: -1,
      result: undefined,
    }),
  )

  const evaluate = (tracked: Tracked, at: number): void => {
    const { expression, incremental, kinds, evaluatedAt } = tracked
    const version = versionOf(lists, kinds)
    if (tracked.result !== undefined && version === tracked.version && (evaluatedAt === at || !expression.readsClock))
      return
    tracked.result = incremental.evaluate()
    tracked.evaluatedAt = at
    tracked.version = version
  }

  const conclude = ({ index, incremental }: Tracked, at: number, { verdict, evidence }: Decision): SimEvent => {
    incremental.release()
    const said = evidence === undefined ? {} : { evidence }
    const { name, kind, expression } = verdicts[index]!
    verdicts[index] = { ...verdicts[index]!, verdict, at, ...said }
    const decided = { expectation: index, name, assertion: kind, expression }
    return verdict === 'met'
      ? ExpectationMet({ ...decided, ...said })
      : ExpectationFailed({ ...decided, evidence: evidence ?? '' })
  }

  return {
    seen: lists.seen,
    observe: (at, last) => {
      if (open.length === 0) return NONE
      clock = at
      let isFresh = false
      let observations: Observation[] | undefined
      for (const tracked of open) {
        if (tracked.expectation.from > at) continue
        if (!isFresh) lists.refresh()
        isFresh = true
        evaluate(tracked, at)
        const decision = decide(world, tracked, at >= tracked.to)
        if (decision === undefined) continue
        // What named an object that it reads says more than whatever else happened last.
        const touched = lists.touchedBy(tracked.kinds, at)
        const cause = touched >= 0 ? touched : last >= 0 ? last : null
        observations ??= []
        observations.push({ event: conclude(tracked, at, decision), cause, by: EXPECTATIONS })
      }
      if (observations === undefined) return NONE
      open = open.filter(({ index }) => !isDecided(verdicts[index]))
      lists.keep(new Set(open.flatMap(({ kinds }) => kinds)))
      return observations
    },
    verdicts: () => verdicts.slice(),
    memory: () => ({ verdicts: verdicts.slice(), lists: lists.kept() }),
  }
}

/**
 * What makes the run look at the edges of windows, though nothing may happen there; for `initial` of a run.
 *
 * @param horizon the end of the run: what is later never comes
 */
export const expectationNotices = (
  expectations: readonly SourcedExpectation[],
  horizon: number = Number.POSITIVE_INFINITY,
): readonly { readonly at: number; readonly by: string; readonly event: SimEvent }[] =>
  expectations.flatMap(({ from, to }, index) => {
    const edges = to === undefined || to === from ? [from] : [from, to]
    return edges
      .filter((at) => at <= horizon)
      .map((at) => ({ at, by: EXPECTATIONS, event: ExpectationDue({ expectation: index }) }))
  })

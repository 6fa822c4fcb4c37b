import type { ClusterView } from '@wavetank/cluster'
import { type Entry, invariant, type Observation, type SimEvent } from '@wavetank/kernel'
import { type ExpressionProblem, formatDuration, type SourcedExpectation } from '@wavetank/scenario'
import { type Either, isLeft } from 'fp-ts/lib/Either.js'
import { createWorld, type ExpressionWorld } from './environment.ts'
import { ExpectationDue, ExpectationFailed, ExpectationMet } from './events.ts'
import { explain, explainProblem } from './evidence.ts'
import { compileIn, type Expression } from './expression.ts'
import { createObjectLists, type ObjectLists } from './object-lists.ts'
import type { Verdict } from './verdicts.ts'

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
  /** What is decided so far, in the order of the scenario. */
  readonly verdicts: () => readonly Verdict[]
}

interface Tracked {
  readonly index: number
  readonly expectation: SourcedExpectation
  readonly expression: Expression
  readonly kinds: readonly string[]
  readonly to: number
  /** Of the last evaluation: when it was, and the sum of the versions of the lists that it read. */
  evaluatedAt: number
  version: number
  result: Either<ExpressionProblem, boolean> | undefined
}

const NONE: readonly Observation[] = []
export const EXPECTATIONS = 'expectations'

/** What reports call an expectation. */
const nameOf = ({ name }: SourcedExpectation, index: number): string => name ?? `expect[${index}]`

const versionOf = (lists: ObjectLists, kinds: readonly string[]): number => {
  let version = 0
  for (const kind of kinds) version += lists.version(kind)
  return version
}

interface Decision {
  readonly verdict: Verdict['verdict']
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

/** @param horizon the end of the run, and of every window without an end of its own, in milliseconds */
export const createExpectations = (
  expectations: readonly SourcedExpectation[],
  horizon: number,
  view: ClusterView,
): Expectations => {
  const lists = createObjectLists(view)
  const world = createWorld({
    list: lists.list,
    find: lists.find,
    elapsed: () => clock,
    wallClock: () => view.settings.start + clock,
  })
  let clock = 0
  let open = expectations.map((expectation, index): Tracked => {
    const compiled = compileIn(world, expectation.expression)
    invariant(!isLeft(compiled), () => `expectation ${index} does not compile: ${JSON.stringify(compiled)}`)
    const expression = compiled.right
    const to = Math.min(expectation.to ?? horizon, horizon)
    return {
      index,
      expectation,
      expression,
      kinds: [...expression.reads],
      to,
      evaluatedAt: -1,
      version: -1,
      result: undefined,
    }
  })
  const verdicts: Verdict[] = []
  const keepWhatIsRead = (): void => lists.keep(new Set(open.flatMap(({ kinds }) => kinds)))
  keepWhatIsRead()

  const evaluate = (tracked: Tracked, at: number): void => {
    const { expression, kinds, evaluatedAt } = tracked
    const version = versionOf(lists, kinds)
    if (tracked.result !== undefined && version === tracked.version && (evaluatedAt === at || !expression.readsClock))
      return
    tracked.result = expression.evaluate()
    tracked.evaluatedAt = at
    tracked.version = version
  }

  const conclude = ({ index, expectation }: Tracked, at: number, { verdict, evidence }: Decision): SimEvent => {
    const { kind, expression, source } = expectation
    const name = nameOf(expectation, index)
    const said = evidence === undefined ? {} : { evidence }
    verdicts.push({ index, name, kind, expression, source, verdict, at, ...said })
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
        const { expectation, to } = tracked
        const { from } = expectation
        let decision: Decision | undefined
        if (from <= at) {
          if (!isFresh) lists.refresh()
          isFresh = true
          evaluate(tracked, at)
          decision = decide(world, tracked, at >= to)
        } else if (at >= horizon) {
          const evidence = `its window begins at ${formatDuration(from)}, after the end of the run at ${formatDuration(horizon as typeof from)}`
          decision = { verdict: 'failed', evidence }
        }
        if (decision === undefined) continue
        observations ??= []
        // What named an object that it reads says more than whatever else happened last.
        const touched = lists.touchedBy(tracked.kinds, at)
        const cause = touched >= 0 ? touched : last >= 0 ? last : null
        observations.push({ event: conclude(tracked, at, decision), cause, by: EXPECTATIONS })
      }
      if (observations === undefined) return NONE
      const decided = new Set(verdicts.map(({ index }) => index))
      open = open.filter(({ index }) => !decided.has(index))
      keepWhatIsRead()
      return observations
    },
    verdicts: () => [...verdicts].sort((a, b) => a.index - b.index),
  }
}

/** What makes the run look at the edges of windows, though nothing may happen there; for `initial` of a run. */
export const expectationNotices = (
  expectations: readonly SourcedExpectation[],
): readonly { readonly at: number; readonly by: string; readonly event: SimEvent }[] =>
  expectations.flatMap(({ from, to }, index) => {
    const edges = to === undefined || to === from ? [from] : [from, to]
    return edges.map((at) => ({ at, by: EXPECTATIONS, event: ExpectationDue({ expectation: index }) }))
  })

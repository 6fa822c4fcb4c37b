import { type ClusterView, createClusterStore } from '@wavetank/cluster'
import { createFolds, type Entry, type EventOf, invariant, type LogIssue } from '@wavetank/kernel'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { bindControllers, type ControllerSettings } from '../bind-controllers.ts'
import { type Blamed, blamed } from '../expectations/blamed.ts'
import { createWorld } from '../expectations/environment.ts'
import type { ExpectationFailed, ExpectationMet } from '../expectations/events.ts'
import { compileIn } from '../expectations/expression.ts'
import { makeIncremental } from '../expectations/incremental.ts'
import { createObjectLists } from '../expectations/object-lists.ts'
import { LoggedExpectation, nameOfExpectation, type Verdict, verdictOf } from '../expectations/verdicts.ts'
import type { Reading } from '../log.ts'
import type { LogHeader } from '../log-header.ts'
import { createCausalIndex } from './causal-index.ts'
import { type Start, storyOf } from './story.ts'
import { type Subject, subjectKey } from './subject.ts'
import { type Cause, entriesAt, tellAll, withoutOthersOutages } from './telling.ts'

/** Why an expectation failed, or how it came to be met. */
export interface WhyExpectation {
  readonly verdict: Verdict
  /** The instants between which it was looked at. */
  readonly window: { readonly from: number; readonly to: number }
  /** From when on it had, without a break, the value with which it was decided; absent if it was not decided. */
  readonly since?: number
  /** The objects that make it so. */
  readonly objects: readonly Subject[]
  readonly causes: readonly Cause[]
}

/** The name that was asked for names none of them, or several. */
export interface NoExpectation {
  readonly names: readonly string[]
}

/** Objects whose own story is told; and how much of it. */
const OBJECTS_MAX = 3
const FACTS = 6

const Windowed = LoggedExpectation
interface Expected {
  readonly index: number
  readonly name: string
  readonly kind: Verdict['kind']
  readonly expression: string
  readonly from: number
  readonly to: number
}

const expectedOf = ({ expect, duration }: LogHeader): readonly Expected[] =>
  expect.flatMap((written, index) => {
    if (!Windowed.is(written)) return []
    const { from = 0, to = duration } = written as { readonly from?: number; readonly to?: number }
    const { kind, expression } = written
    return [{ index, name: nameOfExpectation(written.name, index), kind, expression, from, to: Math.min(to, duration) }]
  })

const namesOf = (all: readonly Expected[], asked: string): readonly Expected[] => {
  const exact = all.filter(
    ({ name, index }) => name === asked || String(index) === asked || `expect[${index}]` === asked,
  )
  return exact.length > 0 ? exact.slice(0, 1) : all.filter(({ name }) => name.startsWith(asked))
}

/** Follows what an expression is worth, instant by instant. */
const follow = (view: ClusterView, text: string) => {
  let clock = 0
  const lists = createObjectLists(view)
  const world = createWorld({
    list: lists.list,
    find: lists.find,
    elapsed: () => clock,
    wallClock: () => view.settings.start + clock,
  })
  const compiled = compileIn(world, text)
  invariant(!isLeft(compiled), () => `the expectation of a log does not compile: ${text}`)
  const expression = compiled.right
  const kinds = [...expression.reads]
  lists.keep(new Set(kinds))
  const incremental = makeIncremental(world, expression, lists)
  let version = -1
  let value: boolean | undefined
  let since = 0
  return {
    seen: lists.seen,
    /** At the end of an instant. */
    look: (at: number): void => {
      clock = at
      lists.refresh()
      let sum = 0
      for (const kind of kinds) sum += lists.version(kind)
      if (sum === version && !expression.readsClock) return
      version = sum
      const result = incremental.evaluate()
      const now = !isLeft(result) && result.right
      if (now !== value) since = at
      value = now
    },
    since: () => since,
    blamed: (holds: boolean): readonly Blamed[] => blamed(world, expression, holds),
  }
}

const subjectsOf = (objects: readonly Blamed[]): readonly Subject[] =>
  objects.map(({ kind, namespace, name }) => ({
    kind,
    key: kind === 'Node' || kind === 'Namespace' ? name : `${namespace}/${name}`,
  }))

/** The value that an expression had when its verdict fell. */
const valueAt = ({ kind, verdict }: Verdict): boolean => {
  if (kind === 'never') return verdict === 'failed'
  return verdict === 'met'
}

/**
 * Why an expectation failed, or how it came to be met.
 *
 * @param open opens the log; it is read twice
 * @param asked its name, the beginning of it, or its position
 */
export const whyExpectation = (
  open: () => Either<LogIssue, Reading>,
  asked: string,
  full = false,
): Either<LogIssue, WhyExpectation | NoExpectation> => {
  const opened = open()
  if (isLeft(opened)) return opened
  const reading = opened.right
  const all = expectedOf(reading.header)
  const found = namesOf(all, asked)
  const [expected] = found
  if (expected === undefined || found.length > 1) {
    reading.close()
    return right({ names: (found.length > 1 ? found : all).map(({ name }) => name) })
  }
  const store = createClusterStore()
  const folds = createFolds(store, bindControllers(reading.header as ControllerSettings))
  const index = createCausalIndex()
  const truth = follow(store.view, expected.expression)
  let last: Entry | undefined
  let decided: Entry | undefined
  read: for (const batch of reading.batches) {
    for (const entry of batch) {
      const { event } = entry as Entry<EventOf<typeof ExpectationMet> | EventOf<typeof ExpectationFailed>>
      if (last !== undefined && entry.at !== last.at) truth.look(last.at)
      truth.seen(entry)
      folds.apply(entry)
      index.add(entry)
      last = entry
      if (verdictOf(entry) !== undefined && event.expectation === expected.index) {
        decided = entry
        break read
      }
    }
  }
  reading.close()
  const window = { from: expected.from, to: expected.to }
  if (decided === undefined) {
    const { index: position, name, kind, expression } = expected
    return right({
      verdict: { index: position, name, kind, expression, verdict: 'undecided' },
      window,
      objects: [],
      causes: [],
    })
  }
  truth.look(decided.at)
  const verdict = verdictOf(decided)!
  const objects = verdict.verdict === 'failed' ? subjectsOf(truth.blamed(valueAt(verdict))) : []
  const known = objects.map((object) => index.last(subjectKey(object))).filter((seq) => seq >= 0)
  const starts: readonly Start[] = [
    { seq: decided.seq },
    ...known.slice(0, OBJECTS_MAX).map((seq): Start => ({ seq, facts: FACTS })),
  ]
  const entries = entriesAt(open, storyOf(index, starts, full))
  if (isLeft(entries)) return left(entries.left)
  return right({
    verdict,
    window,
    since: truth.since(),
    objects,
    causes: tellAll(withoutOthersOutages(entries.right, reading.header), full),
  })
}

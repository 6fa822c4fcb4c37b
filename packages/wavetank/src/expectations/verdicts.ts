import type { Entry, EventOf } from '@wavetank/kernel'
import * as t from 'io-ts'
import { Assertion, type ExpectationFailed, type ExpectationMet } from './events.ts'

/** An expectation as the header of a log has it: without its file, so that a log is the same wherever that lies. */
export const LoggedExpectation = t.readonly(
  t.intersection([
    t.type({ kind: Assertion, expression: t.string }),
    t.partial({ name: t.string, line: t.number, column: t.number }),
  ]),
  'LoggedExpectation',
)
export type LoggedExpectation = t.TypeOf<typeof LoggedExpectation>

/** What became of an expectation. */
export interface Verdict {
  /** Position in the scenario, from 0. */
  readonly index: number
  readonly name: string
  readonly kind: Assertion
  readonly expression: string
  /** Where it is written. */
  readonly source?: { readonly file?: string; readonly line: number; readonly column: number }
  /** `undecided` if the run ended before its window did. */
  readonly verdict: 'met' | 'failed' | 'undecided'
  /** When it was decided, in milliseconds since the start of the run. */
  readonly at?: number
  readonly evidence?: string
}

/** What reports call an expectation. */
export const nameOfExpectation = (name: string | undefined, index: number): string => name ?? `expect[${index}]`

type Decided = EventOf<typeof ExpectationMet> | EventOf<typeof ExpectationFailed>

const VERDICTS: Readonly<Record<string, Verdict['verdict'] | undefined>> = {
  ExpectationMet: 'met',
  ExpectationFailed: 'failed',
}

/** The verdict that an entry holds, if it holds one. */
export const verdictOf = (entry: Entry): Verdict | undefined => {
  const verdict = VERDICTS[entry.event.kind]
  if (verdict === undefined) return undefined
  const { expectation: index, name, assertion: kind, expression, evidence } = entry.event as Decided
  return { index, name, kind, expression, verdict, at: entry.at, ...(evidence === undefined ? {} : { evidence }) }
}

/** Collects the verdicts of a log while it is read. */
export interface VerdictsFold {
  readonly apply: (entry: Entry) => void
  /** In the order of the scenario; with what the scenario expected, also what was not decided, and where all is written. */
  readonly result: (expected?: readonly unknown[]) => readonly Verdict[]
}

const sourceOf = ({ line, column }: LoggedExpectation): Pick<Verdict, 'source'> =>
  line === undefined || column === undefined ? {} : { source: { line, column } }

export const verdictsFold = (): VerdictsFold => {
  const decided = new Map<number, Verdict>()
  return {
    apply: (entry) => {
      const verdict = verdictOf(entry)
      if (verdict !== undefined) decided.set(verdict.index, verdict)
    },
    result: (expected) => {
      if (expected === undefined) return [...decided.values()].sort((a, b) => a.index - b.index)
      return expected.flatMap((written, index): readonly Verdict[] => {
        const verdict = decided.get(index)
        if (!LoggedExpectation.is(written)) return verdict === undefined ? [] : [verdict]
        const { kind, expression } = written
        const name = nameOfExpectation(written.name, index)
        return [{ ...(verdict ?? { index, name, kind, expression, verdict: 'undecided' }), ...sourceOf(written) }]
      })
    },
  }
}

/** All verdicts of a run, from its log alone. */
export const verdictsFromLog = (entries: Iterable<Entry>, expected?: readonly unknown[]): readonly Verdict[] => {
  const fold = verdictsFold()
  for (const entry of entries) fold.apply(entry)
  return fold.result(expected)
}

import type { Entry, EventOf } from '@wavetank/kernel'
import type { SourcePosition } from '@wavetank/scenario'
import type { Assertion, ExpectationFailed, ExpectationMet } from './events.ts'

/** What became of an expectation. */
export interface Verdict {
  /** Position in the scenario, from 0. */
  readonly index: number
  readonly name: string
  readonly kind: Assertion
  readonly expression: string
  /** Where it is written; the log does not say. */
  readonly source?: SourcePosition
  readonly verdict: 'met' | 'failed'
  /** When it was decided, in milliseconds since the start of the run. */
  readonly at: number
  readonly evidence?: string
}

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

/** All verdicts of a run in the order of the scenario. A run that was cut short decided fewer than it was asked. */
export const verdictsFromLog = (entries: Iterable<Entry>): readonly Verdict[] => {
  const verdicts: Verdict[] = []
  for (const entry of entries) {
    const verdict = verdictOf(entry)
    if (verdict !== undefined) verdicts.push(verdict)
  }
  return verdicts.sort((a, b) => a.index - b.index)
}

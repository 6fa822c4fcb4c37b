import { Millis } from '@wavetank/kernel'
import type { Scenario } from '@wavetank/scenario'
import * as t from 'io-ts'
import { SchedulerConfigurationJson } from './scheduler-configuration.ts'

/** Raised when the same log would fold to another state: logs of another model are refused, not misread. */
export const MODEL_VERSION = 1
export const KUBERNETES_VERSION = '1.34'

/** A number, or a mapping or a list of them. */
const FlagValue = t.union([
  t.number,
  t.boolean,
  t.record(t.string, t.union([t.number, t.string])),
  t.array(t.record(t.string, t.number)),
])

/** What a log says of itself before its first entry. */
export const LogHeader = t.readonly(
  t.intersection([
    t.type({
      model: t.literal(MODEL_VERSION),
      kubernetes: t.string,
      name: t.string,
      seed: t.Int,
      start: t.Int,
      timeZone: t.string,
      duration: Millis,
      flags: t.record(t.string, t.record(t.string, FlagValue)),
      expect: t.array(t.UnknownRecord),
    }),
    t.partial({ schedulerConfiguration: SchedulerConfigurationJson }),
  ]),
  'LogHeader',
)
export type LogHeader = t.TypeOf<typeof LogHeader>

export const headerOf = (scenario: Scenario, seed: number): LogHeader => ({
  model: MODEL_VERSION,
  kubernetes: KUBERNETES_VERSION,
  name: scenario.name,
  seed: seed as t.Int,
  start: scenario.start as t.Int,
  timeZone: scenario.timeZone,
  duration: scenario.duration,
  flags: scenario.flags as LogHeader['flags'],
  ...(scenario.schedulerConfiguration === undefined ? {} : { schedulerConfiguration: scenario.schedulerConfiguration }),
  // Without the file: the log must be the same wherever the scenario lies.
  expect: scenario.expect.map(({ source, ...rest }) => ({ ...rest, line: source.line, column: source.column })),
})

/** What a log says of itself after its last entry. */
export const LogFooter = t.readonly(
  t.intersection([
    t.type({
      end: t.keyof({ horizon: null, quiet: null, stopped: null, budget: null, loop: null }),
      /** When the run ended, which may be later than its last entry. */
      endedAt: Millis,
    }),
    t.partial({ kinds: t.readonlyArray(t.string) }),
  ]),
  'LogFooter',
)
export type LogFooter = t.TypeOf<typeof LogFooter>

import { API_VERSION, Duration, parseDuration } from '@wavetank/scenario'
import {
  anyText,
  type Codec,
  defaulted,
  dictionary,
  integer,
  isRecord,
  list,
  mapped,
  number,
  object,
  oneOf,
  optional,
  type ProblemAt,
  required,
  text,
  value,
  variant,
  wrongType,
} from '@wavetank/scenario/codec'
import { left, right } from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import type { Price } from '../measures/price.ts'
import { AxisItem, LevelValue } from './axis.ts'
import { MeasureItem } from './measure-item.ts'

/** The path of a scenario file, or a scenario as it is. */
type ScenarioItem = string | Readonly<Record<string, unknown>>
const ScenarioItem: Codec<ScenarioItem> = value<ScenarioItem>({
  name: 'ScenarioItem',
  schema: {
    anyOf: [
      { type: 'string', minLength: 1 },
      { type: 'object', required: ['kind'] },
    ],
  },
  is: (u): u is ScenarioItem => typeof u === 'string' || isRecord(u),
  parse: (u) =>
    (typeof u === 'string' && u !== '') || isRecord(u) ? right(u) : left(wrongType('the path of a scenario', u)),
})

/** A level, or several of one axis. */
type LevelChoice = LevelValue | readonly LevelValue[]
type Choice = Readonly<Record<string, LevelChoice>>
const oneLevel = LevelValue as Codec<LevelChoice>
const someLevels = list(LevelValue, 1) as Codec<LevelChoice>
const LevelChoice: Codec<LevelChoice> = variant<LevelChoice>(
  'LevelChoice',
  [oneLevel, someLevels],
  (u) => (Array.isArray(u) ? someLevels : oneLevel),
  (a) => (Array.isArray(a) ? someLevels : oneLevel),
)
const Choice: Codec<Choice> = dictionary(LevelChoice)

/** A number, or a duration for what is measured in milliseconds. */
const Width: Codec<number> = value<number>({
  name: 'Width',
  schema: { anyOf: [{ type: 'number', exclusiveMinimum: 0 }, Duration.schema] },
  is: (u): u is number => typeof u === 'number' && u > 0,
  parse: (u) => {
    if (typeof u === 'number') return u > 0 ? right(u) : left({ code: 'WT016', message: `must be above 0, found ${u}` })
    return parseDuration(u)
  },
})

const Until = object('Until', {
  measure: required(text, 'The name of the measure.'),
  halfWidth: optional(Width, 'How narrow the interval has to be, to either side: `0.001`, or `5s` for times.'),
  relative: optional(number({ min: 0, max: 1, above: true }), 'In place of `halfWidth`: as a share of the mean.'),
})
type Until = t.TypeOf<typeof Until>

const CheckedUntil: Codec<Until> = mapped<Until, Until>(
  Until,
  Until.is,
  (until) => {
    if ((until.halfWidth === undefined) !== (until.relative === undefined)) return right(until)
    return left({ code: 'WT022', message: 'one of `halfWidth` and `relative` is needed' })
  },
  (until) => until,
)

const REPLICATIONS = 10
const REPLICATIONS_MAX = 1_000

const Replications = object('Replications', {
  min: defaulted(integer(1, 10_000_000), REPLICATIONS, 'Runs that every point gets.'),
  max: optional(
    integer(1, 10_000_000),
    `Runs that no point gets more of: ${REPLICATIONS_MAX} by default if there is \`until\`, else \`min\`.`,
  ),
  until: defaulted(
    list(CheckedUntil),
    [],
    'A point gets more runs until the intervals of these measures are as narrow.',
  ),
  confidence: defaulted(
    number({ min: 0.5, max: 0.9999 }),
    0.95,
    'How sure every interval is: of 100 studies, 95 have the truth in it.',
  ),
})
export type Replications = Required<t.TypeOf<typeof Replications>>

const CheckedReplications: Codec<Replications> = (() => {
  const whole = mapped<t.TypeOf<typeof Replications>, Replications>(
    Replications,
    (u): u is Replications => isRecord(u) && typeof u.max === 'number',
    (written) => {
      const { min, until } = written
      const max = written.max ?? (until.length > 0 ? Math.max(min, REPLICATIONS_MAX) : min)
      const problems: ProblemAt[] = []
      if (max < min) problems.push([['max'], { code: 'WT029', message: `this is less than \`min\`, ${min}` }])
      if (until.length > 0 && min < 2)
        problems.push([['min'], { code: 'WT029', message: 'the half-width of one run is not known: 2 at least' }])
      if (until.length === 0 && written.max !== undefined && max > min)
        problems.push([
          ['max'],
          { code: 'WT029', message: 'nothing asks for more than `min`', hint: 'say what for under `until`' },
        ])
      return problems.length > 0 ? left(problems) : right({ ...written, max })
    },
    (replications) => replications,
  )
  const plain = mapped<number, Replications>(
    integer(1, 10_000_000),
    (u): u is Replications => isRecord(u),
    (count) => right({ min: count, max: count, until: [], confidence: 0.95 }),
    ({ min }) => min,
  )
  return variant<Replications>(
    'Replications',
    [plain, whole],
    (u) => (isRecord(u) ? whole : plain),
    () => whole,
  )
})()

const PriceItem: Codec<Price> = object('Price', {
  nodes: optional(text, 'Nodes of this name; `*` stands for anything: `worker-*`.'),
  labels: optional(dictionary(anyText), 'Nodes with these labels.'),
  perHour: required(number({ min: 0 }), 'What an hour of such a node costs.'),
})

const Compare = object('Compare', {
  baseline: required(
    Choice,
    'Levels of the points that the others are compared with. Where an axis is not named, each point is compared with that of its own level.',
  ),
})

/** The most runs of a study that does not say otherwise. */
export const RUNS_MAX = 100_000

export const StudyFile = object('Study', {
  apiVersion: required(oneOf(API_VERSION), 'The version of this format.'),
  kind: required(oneOf('Study'), 'Always `Study`.'),
  metadata: required(
    object('StudyMetadata', { name: required(text, 'What results call the study.') }),
    'The name of the study.',
  ),
  scenario: required(
    ScenarioItem,
    'What is varied: the path of a scenario file, relative to this one, or a scenario as it is.',
  ),
  vary: defaulted(
    list(AxisItem),
    [],
    'What differs between design points: every combination of the levels of these axes.',
  ),
  only: optional(list(Choice, 1), 'Of the combinations, only those that have the levels of one of these.'),
  except: defaulted(list(Choice), [], 'Combinations that are left out: those that have the levels of one of these.'),
  measure: required(list(MeasureItem, 1), 'What every run is asked: metrics by name, or expressions.'),
  replications: defaulted(
    CheckedReplications,
    REPLICATIONS,
    'How many runs each point gets: a number, or until intervals are narrow enough.',
  ),
  seed: defaulted(
    integer(0, Number.MAX_SAFE_INTEGER),
    1,
    'Decides the seeds of all runs. Replications of equal number have equal seeds at every point.',
  ),
  warmup: defaulted(Duration, '0s', 'What is measured begins after this long.'),
  compare: optional(Compare, 'Compares points in pairs of runs with equal seeds.'),
  quantiles: defaulted(
    list(number({ min: 0, max: 1 })),
    [],
    'Quantiles of every measure over the replications, with intervals: `[0.05, 0.5, 0.95]`.',
  ),
  prices: defaulted(list(PriceItem), [], 'What nodes cost, for the metric `cost`. The first that fits a node counts.'),
  limit: defaulted(integer(1, Number.MAX_SAFE_INTEGER), RUNS_MAX, 'The most runs that the study may make.'),
})
export type StudyFile = t.TypeOf<typeof StudyFile>

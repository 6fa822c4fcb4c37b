import {
  constantUsage,
  dailyUsage,
  dayWave,
  leakUsage,
  linearUsage,
  stepUsage,
  type UsageCurve,
  type UsagePoint,
} from '@wavetank/cluster'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import {
  type Codec,
  defaulted,
  describeValue,
  isRecord,
  list,
  mapped,
  object,
  oneOf,
  optional,
  type Problem,
  type ProblemAt,
  required,
  text,
  variant,
} from './codec.ts'
import { type CsvProblem, readCell, readCsv, readTime } from './csv.ts'
import { DurationMillis, PositiveDuration } from './duration.ts'
import { suggestion } from './suggestion.ts'
import { TimeOfDay } from './time-of-day.ts'

type Since = 'container' | 'run'

/** Points by the container's time (`after`) or by that of the run (`at`). */
export interface UsagePoints {
  readonly since: Since
  readonly points: readonly UsagePoint[]
}

export interface UsageFile {
  readonly file: string
  readonly column: string
  readonly between: 'steps' | 'lines'
}

/** What a container uses over time, as a scenario file says it. */
export type UsageSpec =
  | { readonly constant: number }
  | { readonly steps: UsagePoints }
  | { readonly lines: UsagePoints }
  | { readonly leak: { readonly from: number; readonly rise: number; readonly every: number; readonly max?: number } }
  | { readonly daily: readonly UsagePoint[] | { readonly low: number; readonly high: number; readonly peak: number } }
  | { readonly csv: UsageFile }
  | { readonly shared: UsageSpec }

type Form = UsageSpec extends infer S ? (S extends unknown ? keyof S : never) : never
const FORMS: readonly Form[] = ['constant', 'steps', 'lines', 'leak', 'daily', 'csv', 'shared']

const formIn = (u: unknown): Form | undefined =>
  isRecord(u) ? FORMS.find((form) => Object.hasOwn(u, form)) : undefined
const isSpec = (u: unknown): u is UsageSpec => formIn(u) !== undefined

const NOT_LATER: Problem = { code: 'WT029', message: 'does not come after the point before it' }

const unsorted = (points: readonly UsagePoint[], field: string): readonly ProblemAt[] =>
  points.flatMap(({ at }, i): readonly ProblemAt[] =>
    i > 0 && at <= points[i - 1]!.at ? [[[i, field], NOT_LATER]] : [],
  )

const usagePoints = (unit: Codec<number>): Codec<UsagePoints> => {
  const item = object('UsagePoint', {
    after: optional(DurationMillis, 'Since the start of the container.'),
    at: optional(DurationMillis, 'Since the start of the run.'),
    value: required(unit, 'What is in use.'),
  })
  return mapped<readonly t.TypeOf<typeof item>[], UsagePoints>(
    list(item, 1),
    (u): u is UsagePoints => isRecord(u) && Array.isArray(u.points),
    (items) => {
      const since: Since = items[0]!.at === undefined ? 'container' : 'run'
      const field = since === 'run' ? 'at' : 'after'
      const points = items.map((one) => ({ at: one[field] ?? 0, value: one.value }))
      const problems = items.flatMap((one, i): readonly ProblemAt[] =>
        one[field] === undefined || (one.after !== undefined && one.at !== undefined)
          ? [[[i], { code: 'WT022', message: `every point of this list has \`${field}\`, and only that` }]]
          : [],
      )
      if (problems.length > 0) return left(problems)
      const later = unsorted(points, field)
      return later.length > 0 ? left(later) : right({ since, points })
    },
    ({ since, points }) => points.map(({ at, value }) => (since === 'run' ? { at, value } : { after: at, value })),
  )
}

/** Why a usage cannot be divided among containers: its times are those of one container. */
const ownTime = (spec: UsageSpec): ProblemAt | undefined => {
  const hint = 'written with `at`, `daily`, or as a constant'
  const problem: Problem = { code: 'WT029', message: 'there is no container to count its time from', hint }
  if ('leak' in spec) return [['leak'], problem]
  if ('steps' in spec && spec.steps.since === 'container') return [['steps'], problem]
  return 'lines' in spec && spec.lines.since === 'container' ? [['lines'], problem] : undefined
}

/** The codec of one form, which is its own key. */
const formOf = <A>(kind: Form, codec: Codec<A>, doc: string): Codec<UsageSpec> =>
  mapped<{ readonly [key: string]: A }, UsageSpec>(
    object(kind, { [kind]: required(codec, doc) }),
    isSpec,
    (written) => right(written as unknown as UsageSpec),
    (spec) => spec as unknown as { readonly [key: string]: A },
  )

type Forms = Partial<Readonly<Record<Form, Codec<UsageSpec>>>>

const EXAMPLE = 'for example `{steps: [{after: 0s, value: 1}]}`'

/** One of the forms, or one value, which is constant. */
const oneForm = (name: string, unit: Codec<number>, forms: Forms): Codec<UsageSpec> => {
  const names = FORMS.filter((form) => forms[form] !== undefined)
  const plain: Codec<UsageSpec> = mapped<number, UsageSpec>(
    unit,
    (u): u is UsageSpec => formIn(u) === 'constant',
    (n) => right({ constant: n }),
    (spec) => ('constant' in spec ? spec.constant : 0),
  )
  return variant(
    name,
    [plain, ...names.map((form) => forms[form]!)],
    (u) => {
      if (Array.isArray(u))
        return { code: 'WT042', message: `expected a usage, found ${describeValue(u)}`, hint: EXAMPLE }
      if (!isRecord(u)) return plain
      const keys = Object.keys(u)
      const known = names.filter((one) => keys.includes(one))
      if (known.length === 1) return forms[known[0]!]!
      if (known.length > 1) return { code: 'WT022', message: `a usage has one form, found ${known.join(' and ')}` }
      if (keys[0] === undefined)
        return { code: 'WT042', message: 'expected a usage, found an empty mapping', hint: EXAMPLE }
      return { code: 'WT042', message: `unknown usage \`${keys[0]}\``, hint: suggestion(keys[0], names) ?? EXAMPLE }
    },
    (spec) => ('constant' in spec ? plain : forms[formIn(spec) ?? 'constant']!),
  )
}

/** The forms of one curve. */
const curveForms = (name: string, unit: Codec<number>, resource: string): Forms => {
  const points = usagePoints(unit)
  const positive: Codec<number> = mapped<number, number>(
    unit,
    (u): u is number => unit.is(u) && u > 0,
    (n) => (n > 0 ? right(n) : left({ code: 'WT016', message: 'must be greater than 0' })),
    (n) => n,
  )
  const leak = object('UsageLeak', {
    from: defaulted(unit, 0, 'What is in use at the start of the container.'),
    rise: required(positive, 'How much is added.'),
    every: required(PositiveDuration, 'How long it takes to add that much.'),
    max: optional(unit, 'Where it ends; without it, it grows for ever.'),
  })
  const checkedLeak = mapped<t.TypeOf<typeof leak>, t.TypeOf<typeof leak>>(
    leak,
    leak.is,
    (one) =>
      one.max !== undefined && one.max < one.from
        ? left([[['max'], { code: 'WT029', message: '`max` is below `from`' }]])
        : right(one),
    (one) => one,
  )
  const dayPoint = object('DayPoint', {
    at: required(TimeOfDay, 'Time of day, UTC.'),
    value: required(unit, 'What is in use.'),
  })
  const dayPoints = mapped<readonly UsagePoint[], readonly UsagePoint[]>(
    list(dayPoint, 1),
    (u): u is readonly UsagePoint[] => Array.isArray(u),
    (list) => {
      const later = unsorted(list, 'at')
      return later.length > 0 ? left(later) : right(list)
    },
    (list) => list,
  )
  const wave = object('DayWave', {
    low: required(unit, 'In use twelve hours from the peak.'),
    high: required(unit, 'In use at the peak.'),
    peak: required(TimeOfDay, 'Time of day of the peak, UTC.'),
  })
  const checkedWave = mapped<t.TypeOf<typeof wave>, t.TypeOf<typeof wave>>(
    wave,
    wave.is,
    (one) => (one.low > one.high ? left([[['low'], { code: 'WT029', message: '`low` is above `high`' }]]) : right(one)),
    (one) => one,
  )
  type Daily = (UsageSpec & { readonly daily: unknown })['daily']
  const daily = variant<Daily>(
    `${name}Daily`,
    [dayPoints as Codec<Daily>, checkedWave as Codec<Daily>],
    (u) => (Array.isArray(u) ? dayPoints : checkedWave) as Codec<Daily>,
    (a) => (Array.isArray(a) ? dayPoints : checkedWave) as Codec<Daily>,
  )
  const file = object('UsageFile', {
    file: required(text, 'Path of the file, from the scenario file.'),
    column: defaulted(text, resource, 'Name of the column with the values.'),
    between: defaulted(
      oneOf('steps', 'lines'),
      'steps',
      'Each value until the next one, or straight lines between them.',
    ),
  })
  const path = mapped<string, UsageFile>(
    text,
    (u): u is UsageFile => isRecord(u) && u.column === resource && u.between === 'steps',
    (written) => right({ file: written, column: resource, between: 'steps' }),
    (one) => one.file,
  )
  const csv = variant<UsageFile>(
    `${name}Csv`,
    [path, file as Codec<UsageFile>],
    (u) => (isRecord(u) ? (file as Codec<UsageFile>) : path),
    (a) => (path.is(a) ? path : (file as Codec<UsageFile>)),
  )
  return {
    constant: formOf('constant', unit, 'Always this much.'),
    steps: formOf('steps', points, 'Each value until the next one; nothing before the first.'),
    lines: formOf(
      'lines',
      points,
      'Straight lines between the points; before the first and after the last, their values.',
    ),
    leak: formOf('leak', checkedLeak, 'Grows steadily from the start of the container.'),
    daily: formOf(
      'daily',
      daily,
      'The same every day by the simulated clock, in UTC: straight lines between points, or a wave between `low` and `high`.',
    ),
    csv: formOf('csv', csv, 'A table with a column `after` (since the start of the container) or `at` (of the run).'),
  }
}

/** What is no container's own: its times are those of the run, or of day. */
export const wholeUsage = (name: string, unit: Codec<number>, column: string): Codec<UsageSpec> =>
  mapped<UsageSpec, UsageSpec>(
    oneForm(name, unit, curveForms(name, unit, column)),
    isSpec,
    (spec) => {
      const problem = ownTime(spec)
      return problem === undefined ? right(spec) : left([problem])
    },
    (spec) => spec,
  )

/**
 * What a container uses of one resource, in the unit that the codec reads.
 *
 * @param divisible whether several containers may divide one load
 */
export const usageSpec = (
  name: string,
  unit: Codec<number>,
  resource: string,
  divisible: boolean,
): Codec<UsageSpec> => {
  const forms = curveForms(name, unit, resource)
  if (!divisible) return oneForm(name, unit, forms)
  const whole = wholeUsage(`${name}Whole`, unit, resource)
  const doc =
    'What all containers of this behaviour use together: it is divided evenly among those whose pods are Ready, the others use none.'
  return oneForm(name, unit, { ...forms, shared: formOf('shared', whole, doc) })
}

/** The curve of a usage that needs no file. */
export const usageCurveOf = (
  spec: Exclude<UsageSpec, { readonly csv: unknown } | { readonly shared: unknown }>,
): UsageCurve => {
  if ('constant' in spec) return constantUsage(spec.constant)
  if ('steps' in spec) return stepUsage(spec.steps.since, spec.steps.points)
  if ('lines' in spec) return linearUsage(spec.lines.since, spec.lines.points)
  if ('leak' in spec) return leakUsage(spec.leak.from, spec.leak.rise, spec.leak.every, spec.leak.max)
  const { daily } = spec
  return 'low' in daily ? dayWave(daily.low, daily.high, daily.peak) : dailyUsage(daily)
}

const TIME_COLUMNS = ['after', 'at'] as const

/** The curve of a table; every problem of the table at once. */
export const usageOfCsv = (
  written: string,
  { column, between }: UsageFile,
  unit: Codec<number>,
): Either<readonly CsvProblem[], UsageCurve> => {
  const table = readCsv(written)
  const { header, rows } = table
  const problems: CsvProblem[] = [...table.problems]
  const names = header.map(({ text }) => text)
  const time = names.findIndex((name) => (TIME_COLUMNS as readonly string[]).includes(name))
  const value = names.indexOf(column)
  const { line, column: place } = header[0] ?? { line: 1, column: 1 }
  const missing = (what: string, hint: string | undefined): void => {
    problems.push({ code: 'WT041', message: `the table has no column ${what}`, hint, line, column: place })
  }
  if (time < 0) missing('`after` or `at`', 'times since the start of the container are `after`, those of the run `at`')
  if (value < 0) missing(`\`${column}\``, suggestion(column, names) ?? `it has ${names.join(', ')}`)
  if (rows.length === 0) problems.push({ code: 'WT041', message: 'the table has no rows', line, column: place })
  if (time < 0 || value < 0) return left(problems)
  const points: UsagePoint[] = []
  for (const row of rows) {
    const at = readCell(DurationMillis, row[time]!, readTime(row[time]!.text))
    const amount = readCell(unit, row[value]!, row[value]!.text)
    if (isLeft(at)) problems.push(at.left)
    if (isLeft(amount)) problems.push(amount.left)
    if (isLeft(at) || isLeft(amount)) continue
    const { line: here, column: there } = row[time]!
    if (points.length > 0 && at.right <= points[points.length - 1]!.at)
      problems.push({ code: 'WT029', message: 'does not come after the row before it', line: here, column: there })
    else points.push({ at: at.right, value: amount.right })
  }
  if (problems.length > 0) return left(problems)
  const since = names[time] === 'at' ? 'run' : 'container'
  return right(between === 'lines' ? linearUsage(since, points) : stepUsage(since, points))
}

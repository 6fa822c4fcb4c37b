import { cronProblem } from '@wavetank/cluster/api'
import { type CronExpression, CronExpressionParser } from 'cron-parser'
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import { spanAt, type TimeZone } from './time-zone.ts'

/**
 * When a CronJob runs: Kubernetes’ dialect of cron (robfig/cron v3, ParseStandard) over cron-parser.
 *
 *   text ──read as robfig does──▶ plain lists ──cron-parser, in UTC──▶ local times ──the zone’s spans──▶ instants
 *
 * 1. cron-parser gets nothing that the two would read differently: every field is `*` or a list of numbers, and the
 *    question whether days match by AND or by OR is settled before.
 * 2. cron-parser only ever computes in UTC, as if it were local time. Which instant a local time is, and how often,
 *    follows from the zone: a skipped one is none, a repeated one two. cron-parser by itself would run a job of the
 *    skipped hour in the next one, and once in the repeated one.
 */
export interface Schedule {
  /** The first time after `epochMillis`, in epoch milliseconds; undefined if there is none within five years. */
  readonly next: (epochMillis: number) => number | undefined
}

interface Bounds {
  readonly min: number
  readonly max: number
  readonly names: Readonly<Record<string, number>>
}

const namesFrom = (words: string, first: number): Bounds['names'] =>
  Object.fromEntries(words.split(' ').map((word, i) => [word, first + i]))

const FIELDS: readonly Bounds[] = [
  { min: 0, max: 59, names: {} },
  { min: 0, max: 23, names: {} },
  { min: 1, max: 31, names: {} },
  { min: 1, max: 12, names: namesFrom('jan feb mar apr may jun jul aug sep oct nov dec', 1) },
  { min: 0, max: 6, names: namesFrom('sun mon tue wed thu fri sat', 0) },
]

const MACROS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
}

interface Field {
  readonly values: ReadonlySet<number>
  /** `*` or `?` stands in it, without a step above 1: for days, "whatever the other field says". */
  readonly star: boolean
  readonly full: boolean
}

/** Source: robfig/cron/v3/parser.go, getField, getRange. The text is known to be valid. */
const fieldOf = (text: string, { min, max, names }: Bounds): Field => {
  const values = new Set<number>()
  let star = false
  const numberOf = (word: string): number => names[word.toLowerCase()] ?? Number(word)
  for (const expression of text.split(',')) {
    if (expression === '') continue
    const [range = '', stepText] = expression.split('/')
    const [low = '', high] = range.split('-')
    const step = stepText === undefined ? 1 : Number(stepText)
    const any = low === '*' || low === '?'
    if (any && step === 1) star = true
    const first = any ? min : numberOf(low)
    // `N/step` runs to the end of the range.
    const last = any || (high === undefined && stepText !== undefined) ? max : numberOf(high ?? low)
    for (let value = first; value <= last; value += step) values.add(value)
  }
  return { values, star, full: values.size === max - min + 1 }
}

const listOf = ({ values, full }: Field): string => (full ? '*' : [...values].sort((a, b) => a - b).join(','))

/** The same schedule in words that cron-parser reads the same way. */
export const plainExpression = (schedule: string): string => {
  const [minute, hour, day, month, weekday] = (MACROS[schedule] ?? schedule)
    .split(/\s+/)
    .map((text, i) => fieldOf(text, FIELDS[i]!)) as [Field, Field, Field, Field, Field]
  const head = `${listOf(minute)} ${listOf(hour)}`
  // Without a star either day will do, and then one that is always right makes every day right. A star field is full,
  // so with one of them AND leaves the other.
  if (!day.star && !weekday.star && (day.full || weekday.full)) return `${head} * ${listOf(month)} *`
  return `${head} ${listOf(day)} ${listOf(month)} ${listOf(weekday)}`
}

const UNIT_NANOS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
}

/** Go’s `1h30m0.5s` in whole seconds, the rest cut off. */
const durationSeconds = (text: string): number => {
  let nanos = 0n
  for (const [, whole = '', fraction = '', unit = ''] of text.matchAll(/(\d*)\.?(\d*)(ns|us|µs|ms|s|m|h)/g)) {
    const scale = UNIT_NANOS[unit] as bigint
    nanos += BigInt(whole || 0) * scale + (BigInt(fraction || 0) * scale) / 10n ** BigInt(fraction.length)
  }
  return text.startsWith('-') ? 0 : Number(nanos / 1_000_000_000n)
}

const EVERY = '@every '
const YEARS_MAX = 5

const wholeSecond = (epochMillis: number): number => Math.floor(epochMillis / 1_000) * 1_000

/** Source: robfig/cron/v3/constantdelay.go: counted from the reference, not from the clock. */
const everySchedule = (seconds: number): Schedule => {
  const delay = Math.max(1, seconds) * 1_000
  return { next: (epochMillis) => wholeSecond(epochMillis) + delay }
}

const yearOf = (epochMillis: number): number => new Date(epochMillis).getUTCFullYear()

/** The first match after a local time, both as if they were UTC. */
const nextLocal = (expression: CronExpression, local: number): number | undefined => {
  expression.reset(new Date(local))
  try {
    const found = expression.next().getTime()
    return yearOf(found) > yearOf(local + 1_000) + YEARS_MAX ? undefined : found
  } catch {
    // It gives up after ten thousand steps, which are more than five years.
    return undefined
  }
}

const parsePlain = (plain: string): CronExpression | undefined => {
  try {
    return CronExpressionParser.parse(plain, { currentDate: new Date(0), tz: 'UTC' })
  } catch {
    // It refuses days that no month has, as in `0 0 31 2 *`; robfig takes them and never finds one.
    return undefined
  }
}

const NEVER: Schedule = { next: () => undefined }

/** A schedule as Kubernetes reads it, or its complaint. */
export const parseSchedule = (text: string, zone: TimeZone): Either<string, Schedule> => {
  const problem = cronProblem(text)
  if (problem !== undefined) return left(problem)
  if (text.startsWith(EVERY)) return right(everySchedule(durationSeconds(text.slice(EVERY.length))))
  const expression = parsePlain(plainExpression(text.trim()))
  if (expression === undefined) return right(NEVER)
  return right({
    next: (epochMillis) => {
      let from = wholeSecond(epochMillis)
      const limit = yearOf(from + 1_000) + YEARS_MAX + 1
      for (let i = spanAt(zone, from); i < zone.spans.length; i++) {
        const { until, offset } = zone.spans[i]!
        const local = nextLocal(expression, from + offset)
        if (local !== undefined && local - offset < until) return local - offset
        if (until === Number.POSITIVE_INFINITY || yearOf(until) > limit) return undefined
        // In the next span the same local time may come again, or some may be missing.
        from = until - 1_000
      }
      return undefined
    },
  })
}

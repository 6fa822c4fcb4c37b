import * as t from 'io-ts'

interface MillisBrand {
  readonly Millis: unique symbol
}

/**
 * Virtual time, and spans of it, in whole milliseconds since the start of the run.
 *
 * Whole, because float time and its epsilons make two runs disagree; milliseconds, because nothing in a cluster that
 * we model is decided faster.
 */
export const Millis = t.brand(
  t.number,
  (n): n is t.Branded<number, MillisBrand> => Number.isSafeInteger(n) && n >= 0,
  'Millis',
)
export type Millis = t.TypeOf<typeof Millis>

/** Rounds to a whole number of milliseconds, half up; a negative span becomes 0. */
export const millis = (n: number): Millis => (n <= 0 ? 0 : Math.floor(n + 0.5)) as Millis
export const seconds = (n: number): Millis => millis(n * 1_000)
export const minutes = (n: number): Millis => millis(n * 60_000)
export const hours = (n: number): Millis => millis(n * 3_600_000)
export const days = (n: number): Millis => millis(n * 86_400_000)

/** The later instant: `at` plus a span. */
export const later = (at: Millis, span: number): Millis => (at + span) as Millis

/** `1h2m3.004s`, as Go prints a duration; `0s` for nothing. */
export const formatMillis = (span: number): string => {
  if (span === 0) return '0s'
  const sign = span < 0 ? '-' : ''
  const whole = Math.abs(span)
  if (whole < 1_000) return `${sign}${whole}ms`
  const hour = Math.floor(whole / 3_600_000)
  const minute = Math.floor((whole % 3_600_000) / 60_000)
  const second = (whole % 60_000) / 1_000
  return `${sign}${hour > 0 ? `${hour}h` : ''}${hour > 0 || minute > 0 ? `${minute}m` : ''}${second}s`
}

const UNIT_MICROS: Readonly<Record<string, number>> = {
  ns: 0.001,
  us: 1,
  µs: 1,
  μs: 1,
  ms: 1_000,
  s: 1_000_000,
  m: 60_000_000,
  h: 3_600_000_000,
}

/** Microseconds of a duration as Go writes it, `1h30m`; undefined for any other text. */
export const durationMicros = (written: string): number | undefined => {
  const parts = [...written.matchAll(/(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== written) return undefined
  // Whole microseconds keep sums of tenths exact.
  let micros = 0
  for (const [, number, unit] of parts) micros += Number(number) * UNIT_MICROS[unit!]!
  return micros
}

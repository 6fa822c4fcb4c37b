import { durationMicros, type Millis, millis } from '@wavetank/kernel'
import { type Either, isRight, left, right } from 'fp-ts/lib/Either.js'
import { type Codec, describeValue, type Problem, value } from './codec.ts'

const EXAMPLES = 'written as `250ms`, `30s`, `5m` or `1h30m`'
const refuse = (message: string, hint: string = EXAMPLES): Either<Problem, never> =>
  left({ code: 'WT014', message, hint })

/**
 * A duration as Go and Kubernetes write it: numbers, each with its unit (`h`, `m`, `s`, `ms`, `us`, `ns`).
 *
 * Refuses what Go would take and virtual time cannot hold: parts of a millisecond and negative spans. Refuses what Go
 * refuses, a number without a unit and days, with what was probably meant.
 */
export const parseDuration = (u: unknown): Either<Problem, Millis> => {
  if (typeof u === 'number')
    return refuse(
      u < 0 ? `a duration cannot be negative, found ${u}` : `expected a duration, found the number ${u}`,
      u < 0 ? EXAMPLES : `a duration needs a unit: did you mean \`${u}s\`?`,
    )
  if (typeof u !== 'string') return refuse(`expected a duration, found ${describeValue(u)}`)
  const written = u.trim()
  if (written === '0') return right(millis(0))
  if (/^\d+(\.\d+)?$/.test(written))
    return refuse(`expected a duration, found "${u}"`, `a duration needs a unit: did you mean \`${written}s\`?`)
  if (written.startsWith('-')) return refuse(`a duration cannot be negative, found "${u}"`)
  const micros = durationMicros(written)
  if (micros === undefined) return refuse(`expected a duration, found "${u}"`, unitHint(written))
  const rounded = Math.floor(micros + 0.5)
  if (!Number.isSafeInteger(rounded)) return refuse(`"${u}" is too long`, 'at most about 285 years')
  if (Math.abs(micros - rounded) > 1e-6 * Math.max(1, micros / 1e9) || rounded % 1_000 !== 0)
    return refuse(
      `"${u}" is not a whole number of milliseconds`,
      'one millisecond is the smallest step of virtual time',
    )
  return right(millis(rounded / 1_000))
}

const unitHint = (written: string): string => {
  const days = /^(\d+(?:\.\d+)?)\s*d(ays?)?$/i.exec(written)
  if (days !== null) return `there is no unit for days: did you mean \`${Number(days[1]) * 24}h\`?`
  const words = /^(\d+)\s*(ms|milliseconds?|millis|secs?|seconds?|mins?|minutes?|hrs?|hours?|s|m|h)$/i.exec(written)
  if (words === null) return EXAMPLES
  const word = words[2]!.toLowerCase()
  const unit = word.startsWith('ms') || word.startsWith('milli') ? 'ms' : word[0]
  return `did you mean \`${words[1]}${unit}\`?`
}

/** `1h30m`, `5m`, `1.5s`, `250ms`: short, and read back as the same number of milliseconds. */
export const formatDuration = (span: Millis): string => {
  if (span === 0) return '0s'
  const hours = Math.floor(span / 3_600_000)
  const minutes = Math.floor((span % 3_600_000) / 60_000)
  const rest = span % 60_000
  const tail = rest === 0 ? '' : rest < 1_000 ? `${rest}ms` : `${rest / 1_000}s`
  return `${hours > 0 ? `${hours}h` : ''}${minutes > 0 ? `${minutes}m` : ''}${tail}`
}

/** A span of virtual time, in whole milliseconds once decoded. */
export const Duration: Codec<Millis> = value<Millis>({
  name: 'Duration',
  schema: {
    title: 'Duration',
    type: 'string',
    pattern: '^(0|(([0-9]+(\\.[0-9]*)?|\\.[0-9]+)(ns|us|µs|ms|s|m|h))+)$',
    examples: ['250ms', '30s', '5m', '1h30m'],
  },
  is: (u): u is Millis => Number.isSafeInteger(u) && (u as number) >= 0,
  parse: parseDuration,
  print: formatDuration,
})

/** The same for those who count in plain numbers of milliseconds. */
export const DurationMillis: Codec<number> = value<number>({
  ...{ name: 'Duration', schema: Duration.schema, parse: parseDuration },
  is: (u): u is number => Duration.is(u),
  print: (span) => formatDuration(span as Millis),
})

/** A span that is longer than nothing. */
export const PositiveDuration: Codec<Millis> = value<Millis>({
  ...{ name: 'PositiveDuration', schema: Duration.schema, print: formatDuration },
  is: (u): u is Millis => Duration.is(u) && u > 0,
  parse: (u) => {
    const parsed = parseDuration(u)
    return isRight(parsed) && parsed.right === 0 ? refuse('must be longer than 0s') : parsed
  },
})

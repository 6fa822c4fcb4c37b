import { left, right } from 'fp-ts/lib/Either.js'
import { type Codec, describeValue, value } from './codec.ts'

const PATTERN = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,3}))?)?(Z|z|[+-]\d{2}:\d{2})$/

/** An instant on the wall clock, with its zone; in milliseconds since 1970-01-01T00:00:00Z once decoded. */
export const Instant: Codec<number> = value<number>({
  name: 'Instant',
  schema: { type: 'string', examples: ['2025-01-01T00:00:00Z'] },
  is: (u): u is number => Number.isSafeInteger(u),
  parse: (u) => {
    const refuse = (message: string, hint: string) => left({ code: 'WT019' as const, message, hint })
    if (typeof u !== 'string')
      return refuse(`expected an instant, found ${describeValue(u)}`, 'written as `2025-01-01T00:00:00Z`')
    const match = PATTERN.exec(u)
    if (match === null)
      return refuse(
        `expected an instant, found "${u}"`,
        /\d{2}:\d{2}(:\d{2})?$/.test(u) && !/[+-]\d{2}:\d{2}$/.test(u)
          ? `the zone is missing: did you mean \`${u}Z\`?`
          : /^\d{4}-\d{2}-\d{2}$/.test(u)
            ? `did you mean \`${u}T00:00:00Z\`?`
            : 'written as `2025-01-01T00:00:00Z` or `2025-01-01T08:00:00+08:00`',
      )
    const [, year, month, day, hour, minute, second = '0', fraction = '0', zone] = match
    const parts = [Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)] as const
    const local = Date.UTC(...parts, Number(fraction.padEnd(3, '0')))
    // Date.UTC carries over: the 31st of April would silently be the 1st of May.
    const there = new Date(local)
    const carried =
      there.getUTCMonth() !== parts[1] ||
      there.getUTCDate() !== parts[2] ||
      there.getUTCHours() !== parts[3] ||
      there.getUTCMinutes() !== parts[4] ||
      there.getUTCSeconds() !== parts[5]
    if (carried) return refuse(`there is no such day or time: "${u}"`, 'check month, day, hours, minutes and seconds')
    const [offsetHours, offsetMinutes] = /z/i.test(zone!) ? [0, 0] : zone!.slice(1).split(':').map(Number)
    const offset = (offsetHours! * 60 + offsetMinutes!) * 60_000 * (zone!.startsWith('-') ? -1 : 1)
    return right(local - offset)
  },
  print: (instant) => new Date(instant).toISOString(),
})

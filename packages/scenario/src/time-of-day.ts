import { left, right } from 'fp-ts/lib/Either.js'
import { type Codec, describeValue, value } from './codec.ts'

/** A time of day, `09:30` or `09:30:15`; in milliseconds since midnight once decoded. */
export const TimeOfDay: Codec<number> = value<number>({
  name: 'TimeOfDay',
  schema: { type: 'string', pattern: '^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?$', examples: ['09:30'] },
  is: (u): u is number => Number.isSafeInteger(u) && (u as number) >= 0 && (u as number) < 86_400_000,
  parse: (u) => {
    const match = typeof u === 'string' ? /^([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d))?$/.exec(u) : null
    if (match === null) {
      const hint = 'written as `09:30`, in quotes, between `00:00` and `23:59:59`'
      return left({ code: 'WT019', message: `expected a time of day, found ${describeValue(u)}`, hint })
    }
    const [, hours, minutes, seconds = '0'] = match
    return right((Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000)
  },
  print: (time) => {
    const two = (n: number): string => String(n).padStart(2, '0')
    const seconds = Math.floor(time / 1_000)
    return `${two(Math.floor(seconds / 3_600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`
  },
})

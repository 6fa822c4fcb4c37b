import { formatBytes, formatMillis, parseQuantity, quantityMillis, quantityWhole } from '@wavetank/cluster/api'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { type Codec, describeValue, type Problem, value } from './codec.ts'
import type { JsonSchema } from './json-schema.ts'

const schema: JsonSchema = {
  title: 'Quantity',
  anyOf: [
    { type: 'string', pattern: '^\\+?[0-9.]+([eEinumkKMGTP]*[-+]?[0-9]*)$', examples: ['500m', '128Mi', '1G'] },
    { type: 'number', minimum: 0 },
  ],
}

/** The text of a quantity that is not negative. */
const parse = (u: unknown): Either<Problem, string> => {
  const written = typeof u === 'number' ? String(u) : u
  if (typeof written !== 'string')
    return left({
      code: 'WT015',
      message: `expected a quantity, found ${describeValue(u)}`,
      hint: 'such as `500m` or `128Mi`',
    })
  const parsed = parseQuantity(written)
  if (isLeft(parsed)) return left({ code: 'WT015', message: `"${written}": ${parsed.left}`, hint: unitHint(written) })
  if (parsed.right.nanos < 0n) return left({ code: 'WT015', message: `must not be negative, found ${written}` })
  return right(written)
}

const unitHint = (written: string): string => {
  const bytes = /^(\d+(?:\.\d+)?)\s*([kmgt])i?b?$/i.exec(written)
  if (bytes === null) return 'such as `500m` or `0.5` CPU, `128Mi` or `1G` of memory'
  const letter = bytes[2]!.toUpperCase()
  return `did you mean \`${bytes[1]}${letter}i\`, or \`${bytes[1]}${letter === 'K' ? 'k' : letter}\`?`
}

/** A quantity as a number that `count` reads off it. */
export const counted = (
  name: string,
  count: (written: string) => number,
  print: (n: number) => string,
): Codec<number> =>
  value<number>({
    name,
    schema,
    is: (u): u is number => Number.isSafeInteger(u) && (u as number) >= 0,
    parse: (u) => {
      const written = parse(u)
      return isLeft(written) ? written : right(count(written.right))
    },
    print,
  })

/** CPU, in millicores once decoded: `500m` is 500, `2` is 2000. */
export const CpuMillis: Codec<number> = counted('CpuMillis', quantityMillis, formatMillis)

/** Memory and other sizes, in bytes once decoded: `128Mi` is 134217728. */
export const Bytes: Codec<number> = counted('Bytes', quantityWhole, formatBytes)

/** How many there are: `2000`, `10k`. */
export const Count: Codec<number> = counted('Count', quantityWhole, String)

/** A quantity as it is written, checked. */
export const Quantity: Codec<string> = value<string>({
  name: 'Quantity',
  schema,
  is: (u): u is string => typeof u === 'string',
  parse,
})

/** An eviction threshold: a quantity, or a percentage of what the node has. */
export const Threshold: Codec<string> = value<string>({
  name: 'Threshold',
  schema: {
    title: 'Threshold',
    anyOf: [
      { type: 'string', pattern: '^\\+?[0-9.]+([eEinumkKMGTP]*[-+]?[0-9]*|%)$', examples: ['100Mi', '10%'] },
      { type: 'number', minimum: 0 },
    ],
  },
  is: (u): u is string => typeof u === 'string',
  parse: (u) => {
    if (typeof u !== 'string' || !u.endsWith('%')) return parse(u)
    // Source: pkg/kubelet/eviction/helpers.go, parseThresholdStatement.
    if (!/^[0-9]+(\.[0-9]+)?%$/.test(u) || Number(u.slice(0, -1)) > 100)
      return left({ code: 'WT016', message: `must be a percentage from 0% to 100%, found ${u}` })
    return right(u)
  },
})

/** True if the first is more than the second. */
export const quantityExceeds = (a: string, b: string): boolean => quantityMillis(a) > quantityMillis(b)

import { type Either, left, right } from 'fp-ts/lib/Either.js'
import { type Codec, describeValue, type Problem, value } from './codec.ts'

const suffixes: Readonly<Record<string, number>> = {
  m: 0.001,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
}

const parse = (u: unknown, scale: number): Either<Problem, number> => {
  const match = typeof u === 'number' || typeof u === 'string' ? /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(String(u)) : null
  if (match === null || suffixes[match[2]!] === undefined)
    return left({ code: 'WT015', message: `expected a quantity, found ${describeValue(u)}` })
  return right(Math.ceil(Number(match[1]) * suffixes[match[2]!]! * scale))
}

const quantityCodec = (name: string, scale: number): Codec<number> =>
  value<number>({
    name,
    schema: { anyOf: [{ type: 'string' }, { type: 'number', minimum: 0 }] },
    is: (u): u is number => Number.isSafeInteger(u) && (u as number) >= 0,
    parse: (u) => parse(u, scale),
    print: (n) => (scale === 1 ? String(n) : `${n}m`),
  })

/** CPU, in millicores once decoded: `500m` is 500, `2` is 2000. */
export const CpuMillis: Codec<number> = quantityCodec('CpuMillis', 1_000)
/** Memory and other sizes, in bytes once decoded: `128Mi` is 134217728. */
export const Bytes: Codec<number> = quantityCodec('Bytes', 1)

import seedrandom from 'seedrandom'

/**
 * A random number as a function: uniform in [0, 1), the same for the same seed, stream and key, whoever asks and
 * whenever. So controllers stay pure, and two what-ifs meet the same pod with the same luck (common random numbers).
 *
 * seedrandom gives each stream of a run 64 bits of its own; they seed the hash that turns a key into its number. A
 * generator for every key would do the same at four times the cost (Tyche-i, the quickest to seed: 430 ns against 100).
 */
export type Draw = (stream: string, key: string) => number

/**
 * 53 bits that name a text: two 32-bit multiplicative hashes (Knuth's and L'Ecuyer's multipliers), crossed by the
 * murmur3 finaliser. Not cryptographic; it only has to keep keys apart.
 */
const hash53 = (text: string, a0: number, b0: number): number => {
  let a = a0
  let b = b0
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 2654435761)
    b = Math.imul(b ^ code, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return 4294967296 * (b & 0x1fffff) + (a >>> 0)
}

interface StreamSeed {
  readonly a: number
  readonly b: number
}

const seedOf = (seed: number, stream: string): StreamSeed => {
  const generator = seedrandom.alea(`${seed}\n${stream}`)
  return { a: generator.int32(), b: generator.int32() }
}

const TWO_POW_53 = 9007199254740992

/** The random source of a run. `seed` is any safe integer. */
export const createDraw = (seed: number): Draw => {
  const streams = new Map<string, StreamSeed>()
  return (stream, key) => {
    let own = streams.get(stream)
    if (own === undefined) {
      own = seedOf(seed, stream)
      streams.set(stream, own)
    }
    return hash53(key, own.a, own.b) / TWO_POW_53
  }
}

/** A short name for a text, 53 bits: the same text has the same one everywhere. */
export const fingerprint = (text: string): number => hash53(text, 0x2545f491, 0x4f6cdd1d)

const hex = (n: number, digits: number): string => n.toString(16).padStart(digits, '0')

/**
 * A UUID that is a function of the seed and a text (the layout of RFC 9562 version 8, "custom"): identifiers must not
 * come from the surroundings.
 */
export const uuidOf = (seed: number, text: string): string => {
  const first = hash53(text, seed | 0, 0x9e3779b9)
  const second = hash53(text, 0x85ebca6b, (seed ^ 0x165667b1) | 0)
  const a = hex(first, 14)
  const b = hex(second, 14)
  const variant = '89ab'[first & 3]!
  return `${a.slice(0, 8)}-${a.slice(8, 12)}-8${b.slice(0, 3)}-${variant}${b.slice(3, 6)}-${b.slice(6, 14)}${a.slice(10, 14)}`
}

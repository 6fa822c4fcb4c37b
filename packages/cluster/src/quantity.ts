/**
 * Kubernetes quantities, exactly: `100m`, `1.5Gi`, `1e3`, `+.5`.
 *
 * A quantity is a whole number of nano-units and the notation it was written in. Amounts finer than a nano-unit round
 * away from zero, as in Kubernetes (`apimachinery/pkg/api/resource/quantity.go: ParseQuantity`): who asks for a little
 * gets a little. Objects keep quantities as text, the way the API prints them; arithmetic is done on plain integers,
 * millicores and whole units, both rounded up.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'

export type QuantityFormat = 'DecimalSI' | 'BinarySI' | 'DecimalExponent'

export interface ParsedQuantity {
  /** In 10^-9 of a unit. */
  readonly nanos: bigint
  /** The notation it was written in, which is also the one it is printed in. */
  readonly format: QuantityFormat
}

const DECIMAL_EXPONENTS: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  '': 0,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
}
const DECIMAL_SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'] as const
const BINARY_SUFFIXES = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'] as const

const NANOS_PER_UNIT = 1_000_000_000n
const NANOS_PER_MILLI = 1_000_000n

// The three refusals of ParseQuantity, word for word.
const FORMAT_WRONG = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
const SUFFIX_WRONG = "unable to parse quantity's suffix"
const TOO_BIG = 'is too large: whole units up to 9007199254740991 can be counted'

const QUANTITY = /^([+-]?)([0-9]*)(?:(\.)([0-9]*))?([eEinumkKMGTP]*)([-+]?[0-9]*)$/

/** Away from zero, which is up for everything that can be asked for. */
const divideUp = (value: bigint, by: bigint): bigint => {
  const quotient = value / by
  if (value % by === 0n) return quotient
  return value < 0n ? quotient - 1n : quotient + 1n
}

const parse = (text: string): Either<string, ParsedQuantity> => {
  const match = QUANTITY.exec(text)
  if (match === null) return left(FORMAT_WRONG)
  const [, sign = '', whole = '', , fraction = '', letters = '', trailing = ''] = match
  if (whole === '' && fraction === '') return left(FORMAT_WRONG)

  let scale: bigint
  let divisor = 10n ** BigInt(fraction.length)
  let format: QuantityFormat
  const binary = BINARY_SUFFIXES.indexOf(letters as (typeof BINARY_SUFFIXES)[number])
  if ((letters === 'e' || letters === 'E') && trailing !== '') {
    const exponent = Number(trailing)
    // `1e+` has no number after the sign; exponents beyond these can only be zero or far too big.
    if (!/[0-9]/.test(trailing)) return left(SUFFIX_WRONG)
    if (Math.abs(exponent) > 100) return left(SUFFIX_WRONG)
    format = 'DecimalExponent'
    scale = exponent >= 0 ? 10n ** BigInt(exponent) : 1n
    if (exponent < 0) divisor *= 10n ** BigInt(-exponent)
  } else if (trailing !== '') {
    return left(SUFFIX_WRONG)
  } else if (binary > 0) {
    format = 'BinarySI'
    scale = 1024n ** BigInt(binary)
  } else {
    const exponent = DECIMAL_EXPONENTS[letters]
    if (exponent === undefined) return left(SUFFIX_WRONG)
    format = 'DecimalSI'
    scale = exponent >= 0 ? 10n ** BigInt(exponent) : 1n
    if (exponent < 0) divisor *= 10n ** BigInt(-exponent)
  }
  const magnitude = divideUp(BigInt(whole + fraction) * scale * NANOS_PER_UNIT, divisor)
  const nanos = sign === '-' ? -magnitude : magnitude
  if (magnitude / NANOS_PER_UNIT > BigInt(Number.MAX_SAFE_INTEGER)) return left(TOO_BIG)
  return right({ nanos, format })
}

interface Measured {
  readonly parsed: Either<string, ParsedQuantity>
  readonly millis: number
  readonly whole: number
  readonly text: string
}

// Hot path. A cluster of 10,000 pods spells its requests in a few dozen ways, so each spelling is measured once.
const measured = new Map<string, Measured>()
const MEASURED_MAX = 4096

/**
 * What the API shows of a quantity. What was written with a binary suffix and comes out without one is read as decimal
 * when it comes back from etcd, and printed so: `42406.25Ki` is written as `43424000` and read as `43424k`.
 */
const storedText = (quantity: ParsedQuantity): string => {
  const text = formatQuantity(quantity)
  const again = quantity.format === 'BinarySI' ? parse(text) : undefined
  return again === undefined || isLeft(again) ? text : formatQuantity(again.right)
}

const measure = (text: string): Measured => {
  const known = measured.get(text)
  if (known !== undefined) return known
  const parsed = parse(text)
  const entry: Measured = isLeft(parsed)
    ? { parsed, millis: Number.NaN, whole: Number.NaN, text }
    : {
        parsed,
        millis: Number(divideUp(parsed.right.nanos, NANOS_PER_MILLI)),
        whole: Number(divideUp(parsed.right.nanos, NANOS_PER_UNIT)),
        text: storedText(roundUpToMilli(parsed.right)),
      }
  if (measured.size >= MEASURED_MAX) measured.clear()
  measured.set(text, entry)
  return entry
}

/** Reads a quantity; the left side is Kubernetes' own refusal. */
export const parseQuantity = (text: string): Either<string, ParsedQuantity> => measure(text).parsed

/** Thousandths of a unit, rounded up: `100.5m` is 101. NaN for text that is no quantity, which decoded objects never hold. */
export const quantityMillis = (text: string): number => measure(text).millis

/** Whole units, rounded up: `1500m` is 2. NaN for text that is no quantity, which decoded objects never hold. */
export const quantityWhole = (text: string): number => measure(text).whole

/** As the API shows amounts of resources: rounded up to a thousandth, in canonical form. Other text stays as it is. */
export const canonicalQuantity = (text: string): string => measure(text).text

/** The API's own rounding of resource amounts (`pkg/apis/core/v1/defaults.go: SetDefaults_ResourceList`). */
export const roundUpToMilli = (quantity: ParsedQuantity): ParsedQuantity => ({
  nanos: divideUp(quantity.nanos, NANOS_PER_MILLI) * NANOS_PER_MILLI,
  format: quantity.format,
})

/**
 * The canonical form: no fraction, the largest suffix that keeps the number whole.
 *
 * Binary notation is given up below 1024 and for broken amounts, as in `quantity.go: CanonicalizeBytes`.
 */
export const formatQuantity = ({ nanos, format }: ParsedQuantity): string => {
  if (nanos === 0n) return '0'
  const sign = nanos < 0n ? '-' : ''
  const magnitude = nanos < 0n ? -nanos : nanos
  if (format === 'BinarySI' && magnitude % NANOS_PER_UNIT === 0n && magnitude >= 1024n * NANOS_PER_UNIT) {
    let mantissa = magnitude / NANOS_PER_UNIT
    let step = 0
    while (step < BINARY_SUFFIXES.length - 1 && mantissa % 1024n === 0n) {
      mantissa /= 1024n
      step += 1
    }
    return `${sign}${mantissa}${BINARY_SUFFIXES[step]}`
  }
  let mantissa = magnitude
  let step = 0
  while (step < DECIMAL_SUFFIXES.length - 1 && mantissa % 1000n === 0n) {
    mantissa /= 1000n
    step += 1
  }
  if (format !== 'DecimalExponent') return `${sign}${mantissa}${DECIMAL_SUFFIXES[step]}`
  const exponent = step * 3 - 9
  return exponent === 0 ? `${sign}${mantissa}` : `${sign}${mantissa}e${exponent}`
}

/** Millicores as the API prints them: 1500 is `1500m`, 2000 is `2`. */
export const formatMillis = (millis: number): string =>
  formatQuantity({ nanos: BigInt(millis) * NANOS_PER_MILLI, format: 'DecimalSI' })

/** Bytes as the API prints them: 1073741824 is `1Gi`. */
export const formatBytes = (bytes: number): string =>
  formatQuantity({ nanos: BigInt(bytes) * NANOS_PER_UNIT, format: 'BinarySI' })

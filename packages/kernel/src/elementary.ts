/**
 * Elementary functions from the four operations of IEEE 754 alone.
 *
 * ECMAScript leaves the last digits of `Math.exp` and `Math.log` to the engine, and engines have changed them; one
 * digit is enough to move an event by a millisecond and change every byte after it. These give the same bits
 * everywhere, within 2 units in the last place.
 */

const ln2High = 6.9314718036912381649e-1
const ln2Low = 1.90821492927058770002e-10

/** 2^k for a whole k in the range of normal doubles: repeated squaring, exact. */
const powerOfTwo = (k: number): number => {
  let result = 1
  let base = k < 0 ? 0.5 : 2
  for (let n = Math.abs(k); n > 0; n = Math.floor(n / 2)) {
    if (n % 2 === 1) result *= base
    base *= base
  }
  return result
}

/** e^x. Above 709 infinite, below −708 zero: no distribution asks for more. */
export const exp = (x: number): number => {
  if (Number.isNaN(x)) return x
  if (x > 709) return Number.POSITIVE_INFINITY
  if (x < -708) return 0
  // x = k·ln 2 + r with |r| <= ln 2 / 2; e^r by its Taylor series, which 22 terms exhaust at that size.
  const k = Math.floor(x / Math.LN2 + 0.5)
  const r = x - k * ln2High - k * ln2Low
  let sum = 1
  for (let n = 22; n >= 1; n--) sum = 1 + (r / n) * sum
  return sum * powerOfTwo(k)
}

/** The natural logarithm. Negative infinity at 0, NaN below. */
export const ln = (x: number): number => {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN
  if (x === Number.POSITIVE_INFINITY) return x
  let mantissa = x
  let k = 0
  while (mantissa > Math.SQRT2) {
    mantissa /= 2
    k++
  }
  while (mantissa < Math.SQRT1_2) {
    mantissa *= 2
    k--
  }
  // ln(1 + f) = 2·artanh(z) with z = f/(2 + f), at most 0.1716 here, summed so that f, which is exact, comes last: as
  // fdlibm does it, f − (f²/2 − z·(f²/2 + R)) with R the series of artanh after its first term.
  const f = mantissa - 1
  const z = f / (2 + f)
  const z2 = z * z
  let sum = 0
  for (let n = 23; n >= 3; n -= 2) sum = sum * z2 + 2 / n
  const half = 0.5 * f * f
  return k * ln2High - (half - (z * (half + sum * z2) + k * ln2Low) - f)
}

/** x^y for positive x. */
export const power = (x: number, y: number): number => exp(y * ln(x))

const polynomial = (x: number, coefficients: readonly number[]): number => {
  let sum = 0
  for (let i = coefficients.length - 1; i >= 0; i--) sum = sum * x + coefficients[i]!
  return sum
}

/**
 * The quantile of the standard normal distribution, 0 < p < 1: Wichura's algorithm AS 241 (PPND16, Applied Statistics
 * 37, 1988), relative error about 1e-16.
 */
export const normalQuantile = (p: number): number => {
  const q = p - 0.5
  if (Math.abs(q) <= 0.425) {
    const r = 0.180625 - q * q
    return (q * polynomial(r, centreTop)) / polynomial(r, centreBottom)
  }
  const tail = Math.sqrt(-ln(q < 0 ? p : 1 - p))
  const value =
    tail <= 5
      ? polynomial(tail - 1.6, middleTop) / polynomial(tail - 1.6, middleBottom)
      : polynomial(tail - 5, farTop) / polynomial(tail - 5, farBottom)
  return q < 0 ? -value : value
}

const centreTop = [
  3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125, 45921.953931549871457,
  67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
]
const centreBottom = [
  1, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077, 21213.794301586595867, 39307.89580009271061,
  28729.085735721942674, 5226.495278852545925,
]
const middleTop = [
  1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504, 1.27045825245236838258,
  2.4178072517745061177e-1, 2.27238449892691845833e-2, 7.7454501427834140764e-4,
]
const middleBottom = [
  1, 2.05319162663775882187, 1.6763848301838038494, 6.8976733498510000455e-1, 1.4810397642748007459e-1,
  1.51986665636164571966e-2, 5.475938084995344946e-4, 1.05075007164441684324e-9,
]
const farTop = [
  6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 2.9656057182850489123e-1,
  2.6532189526576123093e-2, 1.2426609473880784386e-3, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
]
const farBottom = [
  1, 5.9983220655588793769e-1, 1.3692988092273580531e-1, 1.48753612908506148525e-2, 7.868691311456132591e-4,
  1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15,
]

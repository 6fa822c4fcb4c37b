import { type Estimate, formatValue, type Measure } from '@wavetank/study'

type Unit = Measure['unit']

/** Of a difference of truth values, which may be below 0. */
export const differenceUnit = (unit: Unit): Unit => (unit === 'truth' ? 'ratio' : unit)

/** So many digits behind the point that two of them say something about the half-width; at most 9. */
const decimalsFor = (halfWidth: number): number => {
  let decimals = 0
  for (let size = halfWidth; size < 10 && decimals < 9; size *= 10) decimals++
  return decimals
}

const plain = (value: number, halfWidth: number, unit: Unit): string => {
  if (unit === 'milliseconds' || !(halfWidth > 0) || !Number.isFinite(halfWidth)) return formatValue(value, unit)
  return Math.abs(value) >= 1e15 ? formatValue(value, unit) : value.toFixed(decimalsFor(halfWidth))
}

/** The mean, with no more digits than its interval allows. */
export const formatMean = ({ count, mean, halfWidth }: Estimate, unit: Unit): string =>
  count === 0 ? '–' : plain(mean, halfWidth, unit)

/** `±0.0002`; the ends where the mean is not in the middle; nothing where nothing is known. */
export const formatSpread = ({ count, low, high, halfWidth }: Estimate, unit: Unit): string => {
  if (count === 0 || !Number.isFinite(halfWidth)) return ''
  if (unit === 'truth') return `${plain(low, halfWidth, unit)} to ${plain(high, halfWidth, unit)}`
  return halfWidth === 0 ? 'in every run' : `±${plain(halfWidth, halfWidth, unit)}`
}

export const formatDifference = (estimate: Estimate, unit: Unit): string => {
  const own = differenceUnit(unit)
  const spread = estimate.halfWidth === 0 ? 'in every pair' : formatSpread(estimate, own)
  return `${estimate.mean > 0 ? '+' : ''}${formatMean(estimate, own)} ${spread}`.trimEnd()
}

/** What is a share lies between 0 and 1, whatever Student says. */
export const withinBounds = <E extends Estimate>(estimate: E, unit: Unit): E =>
  unit !== 'ratio' && unit !== 'truth'
    ? estimate
    : { ...estimate, low: Math.max(0, estimate.low), high: Math.min(1, estimate.high) }

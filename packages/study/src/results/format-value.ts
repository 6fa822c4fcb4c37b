import type { Measure } from '../measures/measure.ts'

const HOUR = 3_600_000
const MINUTE = 60_000

/** As many digits as say something, without an exponent where people would not write one. */
const digits = (value: number, figures = 4): string => {
  if (value === 0) return '0'
  if (!Number.isFinite(value)) return Number.isNaN(value) ? '–' : value > 0 ? '∞' : '-∞'
  const size = Math.abs(value)
  if (size >= 1e15 || size < 1e-6) return value.toExponential(figures - 1)
  if (size >= 10 ** figures) return String(Math.floor(value + 0.5))
  const text = value.toPrecision(figures)
  const plain = text.includes('e') ? value.toFixed(12) : text
  return plain.includes('.') ? plain.replace(/\.?0+$/, '') : plain
}

/** `1h05m`, `5m12s`, `12.3s`, `250ms`. */
const span = (millis: number): string => {
  if (!Number.isFinite(millis)) return digits(millis)
  const sign = millis < 0 ? '-' : ''
  const size = Math.abs(millis)
  if (size >= HOUR) {
    const minutes = Math.floor(size / MINUTE + 0.5)
    return `${sign}${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`
  }
  if (size >= MINUTE) {
    const seconds = Math.floor(size / 1_000 + 0.5)
    return `${sign}${Math.floor(seconds / 60)}m${String(seconds % 60).padStart(2, '0')}s`
  }
  return size >= 1_000 ? `${sign}${digits(size / 1_000, 3)}s` : `${sign}${digits(size, 3)}ms`
}

/** A value of a measure, for people. */
export const formatValue = (value: number, unit: Measure['unit']): string => {
  if (unit === 'milliseconds') return span(value)
  // Availabilities differ behind the nines.
  if (unit === 'ratio' || unit === 'truth') return digits(value, 5)
  return digits(value)
}

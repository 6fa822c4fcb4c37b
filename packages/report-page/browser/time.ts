const UNITS: readonly (readonly [number, string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'm'],
  [1_000, 's'],
]

/** `1h30m`, `2m4.5s`, `12ms`: a time of the run, or a span, without zeros. */
export const formatTime = (millis: number): string => {
  const whole = Math.round(millis)
  if (whole === 0) return '0s'
  if (Math.abs(whole) < 1_000) return `${whole}ms`
  let rest = Math.abs(whole)
  let text = whole < 0 ? '-' : ''
  for (const [size, unit] of UNITS) {
    if (unit === 's') {
      if (rest > 0) text += `${Number((rest / 1_000).toFixed(3))}s`
    } else if (rest >= size) {
      text += `${Math.floor(rest / size)}${unit}`
      rest %= size
    }
  }
  return text
}

/** The same to the second, where the span shown makes more of no use. */
export const formatRounded = (millis: number, span: number): string =>
  formatTime(span >= 120_000 ? Math.round(millis / 1_000) * 1_000 : millis)

const PARTS = /(\d+(?:\.\d+)?)(ms|d|h|m|s)/g
const SIZES: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `1h30m` in milliseconds; undefined if it is not a time. */
export const parseTime = (text: string): number | undefined => {
  const compact = text.replaceAll(' ', '')
  if (!/^(\d+(\.\d+)?(ms|d|h|m|s))+$/.test(compact)) return compact === '0' ? 0 : undefined
  let sum = 0
  for (const [, number, unit] of compact.matchAll(PARTS)) sum += Number(number) * SIZES[unit!]!
  return sum
}

const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500].concat(
  [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200].map((s) => s * 1_000),
)
const DAY = 86_400_000

/** Round instants for an axis, at most `most` of them. */
export const ticks = (from: number, to: number, most: number): readonly number[] => {
  const least = (to - from) / Math.max(1, most)
  let step = STEPS.find((size) => size >= least)
  if (step === undefined) {
    step = DAY
    while (step < least) step *= 2
  }
  const found: number[] = []
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) found.push(at)
  return found
}

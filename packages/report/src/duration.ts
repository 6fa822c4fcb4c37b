const SECOND = 1_000

/**
 * How long ago, in two units at most: `119s`, `9m59s`, `7d23h`.
 *
 * Source: apimachinery/pkg/util/duration/duration.go, HumanDuration.
 *
 * @param millis any sign; the rest of a second is dropped, and a year has 365 days
 */
export const humanDuration = (millis: number): string => {
  const seconds = Math.trunc(millis / SECOND)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 120) return `${seconds}s`
  const minutes = Math.trunc(seconds / 60)
  if (minutes < 10) return withRest(minutes, 'm', seconds % 60, 's')
  if (minutes < 180) return `${minutes}m`
  const hours = Math.trunc(minutes / 60)
  if (hours < 8) return withRest(hours, 'h', minutes % 60, 'm')
  if (hours < 48) return `${hours}h`
  const days = Math.trunc(hours / 24)
  if (hours < 192) return withRest(days, 'd', hours % 24, 'h')
  if (hours < 17_520) return `${days}d`
  const years = Math.trunc(days / 365)
  return hours < 70_080 ? withRest(years, 'y', days % 365, 'd') : `${years}y`
}

const withRest = (whole: number, unit: string, rest: number, restUnit: string): string =>
  rest === 0 ? `${whole}${unit}` : `${whole}${unit}${rest}${restUnit}`

/** The same in one unit: `59s`, `59m`, `23h`, `364d`, `1y`. Source: ShortHumanDuration, same file. */
export const shortHumanDuration = (millis: number): string => {
  const seconds = Math.trunc(millis / SECOND)
  if (seconds < -1) return '<invalid>'
  if (seconds < 0) return '0s'
  if (seconds < 60) return `${seconds}s`
  const minutes = Math.trunc(seconds / 60)
  if (minutes < 60) return `${minutes}m`
  const hours = Math.trunc(minutes / 60)
  if (hours < 24) return `${hours}h`
  const days = Math.trunc(hours / 24)
  return days < 365 ? `${days}d` : `${Math.trunc(days / 365)}y`
}

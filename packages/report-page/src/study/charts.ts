import { formatMillis } from '@wavetank/kernel'
import { type Estimate, formatValue, type Measure } from '@wavetank/study'
import { type Html, html, raw } from '../html.ts'
import { type Scale, scaleOf } from './scale.ts'

/**
 * Pictures of intervals, as SVG that needs no script. What they show stands in words or in a table beside them; a picture
 * is there to be seen at a glance.
 */

type Unit = Measure['unit']

const at = (place: number): string => place.toFixed(1)
const formatTick = (tick: number, unit: Unit): string =>
  isTime(unit) && tick >= 0
    ? formatMillis(tick)
        .replace(/(?<=m)0s$/, '')
        .replace(/(?<=h)0m$/, '')
    : formatValue(tick, unit)
const isTime = (unit: Unit): boolean => unit === 'milliseconds'
/** The ends of an interval, or the mean alone where it has none. */
const ends = ({ low, high, mean }: Estimate): readonly number[] =>
  Number.isFinite(low) && Number.isFinite(high) ? [low, high, mean] : [mean]

export const rangeOf = (estimates: readonly Estimate[]): readonly number[] =>
  estimates.filter(({ count }) => count > 0).flatMap(ends)

const BAR = { width: 120, height: 12, margin: 5 }

export const barScale = (estimates: readonly Estimate[], besides: readonly number[] = []): Scale =>
  scaleOf([...rangeOf(estimates), ...besides], { from: BAR.margin, to: BAR.width - BAR.margin })

/** An interval on the scale of its column; `zero` marks no difference. */
export const intervalBar = (estimate: Estimate, scale: Scale, style = 'plain', zero = false): Html | undefined => {
  if (estimate.count === 0) return undefined
  const { low, high, mean } = estimate
  const middle = BAR.height / 2
  const whisker = Number.isFinite(high - low)
    ? html`<path class="whisker ${style}" d="M${at(scale.place(low))} ${middle}H${at(scale.place(high))}"/>`
    : undefined
  const mark = zero ? html`<path class="zero" d="M${at(scale.place(0))} 0V${BAR.height}"/>` : undefined
  return html`<svg class="bar-of" viewBox="0 0 ${BAR.width} ${BAR.height}" aria-hidden="true"><path class="axis" d="M0 ${middle}H${BAR.width}"/>${mark}${whisker}<circle class="spot-${style}" cx="${at(scale.place(mean))}" cy="${middle}" r="3.2"/></svg>`
}

const PLOT = { width: 340, height: 190, left: 58, right: 12, top: 16, bottom: 34 }

const yScale = (values: readonly number[], unit: Unit, height = PLOT.height): Scale =>
  scaleOf(values, { from: height - PLOT.bottom, to: PLOT.top, isTime: isTime(unit) })

const yAxis = (scale: Scale, unit: Unit, width: number): readonly Html[] =>
  scale.ticks.map((tick) => {
    const y = at(scale.place(tick))
    return html`<path class="axis" d="M${PLOT.left} ${y}H${width - PLOT.right}"/><text x="${PLOT.left - 6}" y="${y}" text-anchor="end" dominant-baseline="middle">${formatTick(tick, unit)}</text>`
  })

/** Names under a plot, cut where they would run into each other. */
const names = (levels: readonly string[], place: (i: number) => number, room: number): readonly Html[] => {
  const letters = Math.max(3, Math.floor(room / levels.length / 6))
  return levels.map((level, i) => {
    const short = level.length > letters ? `${level.slice(0, letters - 1)}…` : level
    return html`<text class="label" x="${at(place(i))}" y="${PLOT.height - 18}" text-anchor="middle">${short}<title>${level}</title></text>`
  })
}

const levelPlace =
  (count: number, width: number) =>
  (i: number): number => {
    const room = (width - PLOT.left - PLOT.right) / count
    return PLOT.left + room * (i + 0.5)
  }

/** A dot with its interval at each level, joined in their order. */
export const effectChart = (
  title: string,
  axis: string,
  levels: readonly string[],
  estimates: readonly Estimate[],
  values: readonly number[],
  unit: Unit,
): Html => {
  const scale = yScale(values, unit)
  const place = levelPlace(levels.length, PLOT.width)
  return html`<svg class="chart" viewBox="0 0 ${PLOT.width} ${PLOT.height}" role="img" aria-label="${title}">${yAxis(scale, unit, PLOT.width)}${seriesOf(estimates, place, scale, 1)}${names(levels, place, PLOT.width - PLOT.left - PLOT.right)}<text x="${at((PLOT.left + PLOT.width - PLOT.right) / 2)}" y="${PLOT.height - 3}" text-anchor="middle">${axis}</text></svg>`
}

const seriesOf = (
  estimates: readonly Estimate[],
  place: (i: number) => number,
  scale: Scale,
  series: number,
  shift = 0,
): Html => {
  const there = estimates.flatMap((estimate, i) => (estimate.count === 0 ? [] : [[i, estimate] as const]))
  const path = there.map(([i, { mean }], k) => `${k === 0 ? 'M' : 'L'}${at(place(i) + shift)} ${at(scale.place(mean))}`)
  const whiskers = there.map(([i, { low, high }]) =>
    Number.isFinite(high - low)
      ? html`<path class="whisker s${series}" stroke-dasharray="none" d="M${at(place(i) + shift)} ${at(scale.place(low))}V${at(scale.place(high))}"/>`
      : undefined,
  )
  const dots = there.map(
    ([i, { mean }]) =>
      html`<circle class="d${series}" cx="${at(place(i) + shift)}" cy="${at(scale.place(mean))}" r="3.5"/>`,
  )
  return html`<path class="line s${series}" d="${path.join('')}"/>${whiskers}${dots}`
}

/** Colours and dashes that can be told apart. */
export const SERIES_MAX = 6

/** A line for each level of the second axis over the levels of the first: parallel where they do not interact. */
export const interactionChart = (
  title: string,
  axis: string,
  levels: readonly string[],
  lines: readonly (readonly Estimate[])[],
  names2: readonly string[],
  unit: Unit,
): Html => {
  const scale = yScale(rangeOf(lines.flat()), unit)
  const place = levelPlace(levels.length, PLOT.width)
  const drawn = lines.map((estimates, j) => seriesOf(estimates, place, scale, j + 1, (j - (lines.length - 1) / 2) * 5))
  const height = PLOT.height + 6 + 16 * lines.length
  const legend = names2.map((name, j) => {
    const y = PLOT.height + 10 + 16 * j
    return html`<path class="line s${j + 1}" d="M${PLOT.left} ${y}h34"/><circle class="d${j + 1}" cx="${PLOT.left + 17}" cy="${y}" r="3.5"/><text class="label" x="${PLOT.left + 42}" y="${y}" dominant-baseline="middle">${name}</text>`
  })
  return html`<svg class="chart" viewBox="0 0 ${PLOT.width} ${height}" role="img" aria-label="${title}">${yAxis(scale, unit, PLOT.width)}${drawn}${names(levels, place, PLOT.width - PLOT.left - PLOT.right)}<text x="${at((PLOT.left + PLOT.width - PLOT.right) / 2)}" y="${PLOT.height - 3}" text-anchor="middle">${axis}</text>${legend}</svg>`
}

export interface FrontierSpot {
  readonly label: string
  readonly cost: Estimate
  readonly worth: Estimate
  readonly isBest: boolean
}

/** What one pays to the right, what one gets upwards, and the steps along the best of it. */
export const frontierChart = (
  title: string,
  spots: readonly FrontierSpot[],
  cost: { readonly name: string; readonly unit: Unit },
  worth: { readonly name: string; readonly unit: Unit },
): Html => {
  const width = 680
  const height = 320
  const there = spots.filter((spot) => spot.cost.count > 0 && spot.worth.count > 0)
  const x = scaleOf(rangeOf(there.map((spot) => spot.cost)), {
    from: PLOT.left + 14,
    to: width - PLOT.right - 30,
    isTime: isTime(cost.unit),
    ticks: 7,
  })
  const y = yScale(rangeOf(there.map((spot) => spot.worth)), worth.unit, height)
  const best = there.filter(({ isBest }) => isBest)
  const steps = best.map(({ cost: own, worth: value }, i) =>
    i === 0
      ? `M${at(x.place(own.mean))} ${at(y.place(value.mean))}`
      : `H${at(x.place(own.mean))}V${at(y.place(value.mean))}`,
  )
  const xTicks = x.ticks.map(
    (tick) =>
      html`<text x="${at(x.place(tick))}" y="${height - 18}" text-anchor="middle">${formatTick(tick, cost.unit)}</text>`,
  )
  // Points that lie on each other share one label.
  const labels = new Map<
    string,
    { readonly place: readonly [number, number]; text: string; more: number; isBest: boolean }
  >()
  const drawn = there.map(({ label, cost: own, worth: value, isBest }) => {
    const style = isBest ? 'best' : 'plain'
    const place = [x.place(own.mean), y.place(value.mean)] as const
    const [px, py] = [at(place[0]), at(place[1])]
    const near = `${Math.floor(place[0] / 10)} ${Math.floor(place[1] / 12)}`
    const shared = labels.get(near)
    if (shared === undefined) labels.set(near, { place, text: label, more: 0, isBest })
    else {
      shared.more++
      if (isBest && !shared.isBest) Object.assign(shared, { text: label, isBest })
    }
    const up = Number.isFinite(value.high - value.low)
      ? html`<path class="whisker ${style}" d="M${px} ${at(y.place(value.low))}V${at(y.place(value.high))}"/>`
      : undefined
    const across = Number.isFinite(own.high - own.low)
      ? html`<path class="whisker ${style}" d="M${at(x.place(own.low))} ${py}H${at(x.place(own.high))}"/>`
      : undefined
    return html`${up}${across}<circle class="spot-${style}" cx="${px}" cy="${py}" r="${isBest ? 5 : 3.5}"><title>${label}</title></circle>`
  })
  const words = [...labels.values()].map(({ place: [px, py], text, more, isBest }) => {
    const isFar = px > width * 0.7
    return html`<text${raw(isBest ? ' class="label"' : '')} x="${at(px + (isFar ? -8 : 8))}" y="${at(py - 7)}"${raw(isFar ? ' text-anchor="end"' : '')}>${more > 0 ? `${text} and ${more} more` : text}</text>`
  })
  return html`<svg class="chart" viewBox="0 0 ${width} ${height}" role="img" aria-label="${title}">${yAxis(y, worth.unit, width)}<path class="line best" d="${steps.join('')}"/>${drawn}${words}${xTicks}<text x="${at((PLOT.left + width - PLOT.right) / 2)}" y="${height - 3}" text-anchor="middle">${cost.name} →</text></svg>`
}

import uPlot from 'uplot'
import { announce, element, textTable } from './dom.ts'
import { fillOf, inks, isDark, LINES, type Look } from './palette.ts'
import { swatch } from './swatch.ts'
import { formatRounded, formatTime, ticks } from './time.ts'
import type { TimeWindow } from './time-window.ts'

/**
 * A chart over the part of the run that is shown. uPlot draws it; what it shows is computed anew for every part, so that
 * it is as fine as the screen.
 */

export interface ChartSeries {
  readonly label: string
  /** Of an area; a line without one. */
  readonly look?: Look
}

export interface ChartOptions {
  readonly title: string
  /** One sentence with the figures that matter, for those who do not see the chart. */
  readonly summary: () => string
  readonly series: readonly ChartSeries[]
  /** Areas one on top of another, the first at the bottom. */
  readonly stacked: boolean
  readonly format: (value: number) => string
  /** What the values are divided by for the axis, so that its numbers are round. */
  readonly unit?: number
  /** Whole things are counted, so that the axis has no parts of them. */
  readonly counts: boolean
  /** Of each series, its values at `steps + 1` evenly spread instants; NaN where there is none. */
  readonly values: (from: number, to: number, steps: number) => readonly ArrayLike<number>[]
  readonly window: TimeWindow
}

/** The dashes of a line. */
const lineSwatch = (position: number): HTMLCanvasElement => {
  const canvas = element('canvas', { width: 72, height: 28, class: 'swatch line', 'aria-hidden': 'true' })
  const draw = (): void => {
    const { light, dark, dash } = LINES[position % LINES.length]!
    const context = canvas.getContext('2d')!
    context.setTransform(2, 0, 0, 2, 0, 0)
    context.clearRect(0, 0, 36, 14)
    context.strokeStyle = isDark() ? dark : light
    context.lineWidth = 2
    context.setLineDash([...dash])
    context.beginPath()
    context.moveTo(0, 7)
    context.lineTo(36, 7)
    context.stroke()
  }
  draw()
  canvas.addEventListener('theme', draw)
  return canvas
}

export interface Chart {
  readonly element: HTMLElement
  readonly refresh: () => void
  /** Drawn from scratch: colours and sizes of text are read only then. */
  readonly rebuild: () => void
}

const HEIGHT = 180
const STEP_PIXELS = 2
const TABLE_ROWS = 24
const WHOLE = [1, 2, 5].flatMap((n) => Array.from({ length: 9 }, (_, power) => n * 10 ** power)).sort((a, b) => a - b)
const KEYS =
  'Left and right move the cursor, plus and minus zoom, Shift with left and right moves in time, 0 shows all.'

export const createChart = (options: ChartOptions): Chart => {
  const { title, summary, series, stacked, format, unit = 1, counts, values, window: time } = options
  const holder = element('div', {
    class: 'chart',
    tabindex: 0,
    role: 'application',
    'aria-roledescription': 'chart',
    'aria-label': `${title}. ${KEYS}`,
  })
  const valueHolders = series.map(() => element('span', { class: 'value' }))
  const timeHolder = element('span', { class: 'value' })
  const legend = element(
    'ul',
    { class: 'legend' },
    element('li', {}, 'at ', timeHolder),
    ...series.map(({ label, look }, s) =>
      element('li', {}, look === undefined ? lineSwatch(s) : swatch(look), ` ${label} `, valueHolders[s]),
    ),
  )
  const caption = element('figcaption')
  const tableHolder = element('div')
  const button = element('button', { type: 'button', 'aria-expanded': 'false', onclick: () => toggle() }, 'As a table')
  const root = element(
    'figure',
    {},
    element('h3', {}, title),
    holder,
    legend,
    element('div', { class: 'below' }, caption, button),
    tableHolder,
  )
  let plot: uPlot | undefined
  let raw: readonly ArrayLike<number>[] = []
  let isTable = false
  let width = 0

  const dataNow = (): uPlot.AlignedData => {
    const steps = Math.max(20, Math.floor((width - 70) / STEP_PIXELS))
    const from = time.from()
    const to = time.to()
    raw = values(from, to, steps)
    const xs = Array.from({ length: steps + 1 }, (_, step) => from + ((to - from) * step) / steps)
    const drawn: number[][] = []
    raw.forEach((own, s) => {
      const below = stacked && s > 0 ? drawn[s - 1] : undefined
      drawn.push(Array.from(own, (value, step) => value / unit + (below === undefined ? 0 : below[step]!)))
    })
    // What is on top is drawn first, so that what is below covers its foot.
    const ordered = stacked ? drawn.reverse() : drawn
    return [xs, ...ordered.map((ys) => ys.map((y) => (Number.isNaN(y) ? null : y)))] as uPlot.AlignedData
  }

  /** What the series are at the cursor, or at the end of what is shown. */
  const showValues = (): void => {
    const from = time.from()
    const to = time.to()
    const at = Math.min(to, Math.max(from, time.cursor() ?? to))
    const text = formatRounded(at, to - from)
    if (timeHolder.textContent !== text) timeHolder.textContent = text
    raw.forEach((own, s) => {
      const value = own[Math.round(((at - from) / (to - from)) * (own.length - 1))]!
      valueHolders[s]!.textContent = Number.isNaN(value) ? '–' : format(value)
    })
  }

  const seriesOptions = (): uPlot.Series[] => {
    const stepped = uPlot.paths.stepped!({ align: 1 })
    const made = series.map(({ label, look }, s): uPlot.Series => {
      const line = LINES[s % LINES.length]!
      const shown = { label, paths: stepped, points: { show: false } }
      if (look === undefined)
        return { ...shown, width: 2, stroke: () => (isDark() ? line.dark : line.light), dash: [...line.dash] }
      return {
        ...shown,
        width: 1,
        stroke: () => inks().faint,
        fill: (own) => fillOf(own.ctx, look) as CanvasRenderingContext2D['fillStyle'],
      }
    })
    return stacked ? made.reverse() : made
  }

  const build = (): void => {
    plot?.destroy()
    width = holder.clientWidth
    if (width === 0) return
    const axis = { stroke: () => inks().faint, font: '11px system-ui, sans-serif' }
    const lines = { stroke: () => inks().rule, width: 1 }
    plot = new uPlot(
      {
        width,
        height: HEIGHT,
        ms: 1,
        scales: {
          x: { time: false, range: () => [time.from(), time.to()] },
          y: { range: (_, __, most) => [0, Math.max(counts ? 4 : 0, most * 1.06) || 1] },
        },
        axes: [
          {
            ...axis,
            grid: lines,
            ticks: lines,
            size: 30,
            splits: (_, __, from, to) => [...ticks(from, to, width / 100)],
            values: (_, splits) => splits.map((at) => formatRounded(at, time.to() - time.from())),
          },
          {
            ...axis,
            grid: lines,
            ticks: lines,
            size: 56,
            ...(counts ? { incrs: WHOLE } : {}),
            values: (_, splits) => splits.map((y) => `${Number(y.toPrecision(6))}`),
          },
        ],
        series: [{}, ...seriesOptions()],
        cursor: { drag: { x: true, y: false, setScale: false }, points: { show: false } },
        legend: { show: false },
        hooks: {
          setSelect: [
            (own) => {
              if (own.select.width < 3) return
              const from = own.posToVal(own.select.left, 'x')
              const to = own.posToVal(own.select.left + own.select.width, 'x')
              own.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
              time.set(from, to)
            },
          ],
        },
      },
      dataNow(),
      holder,
    )
    showValues()
    const over = plot.over
    over.addEventListener('mousemove', (event) => {
      if (plot !== undefined) time.point(plot.posToVal(event.offsetX, 'x'))
    })
    over.addEventListener('mouseleave', () => time.point(undefined))
    over.addEventListener('dblclick', () => time.reset())
    over.addEventListener(
      'wheel',
      (event) => {
        if (!event.ctrlKey && !event.metaKey) return
        event.preventDefault()
        time.zoom(event.deltaY > 0 ? 1.25 : 0.8, plot?.posToVal(event.offsetX, 'x'))
      },
      { passive: false },
    )
  }

  const showCursor = (): void => {
    showValues()
    const at = time.cursor()
    if (plot === undefined || plot.over.matches(':hover')) return
    if (at === undefined || at < time.from() || at > time.to()) plot.setCursor({ left: -10, top: -10 }, false)
    else plot.setCursor({ left: plot.valToPos(at, 'x'), top: HEIGHT / 3 }, false)
  }

  const renderTable = (): void => {
    const from = time.from()
    const to = time.to()
    const sampled = values(from, to, TABLE_ROWS)
    const rows = Array.from({ length: TABLE_ROWS + 1 }, (_, step) => [
      formatRounded(from + ((to - from) * step) / TABLE_ROWS, to - from),
      ...sampled.map((own) => (Number.isNaN(own[step]!) ? '–' : format(own[step]!))),
    ])
    const heads = ['Time', ...series.map(({ label }) => label)]
    tableHolder.replaceChildren(textTable(`${title}, ${formatTime(from)} to ${formatTime(to)}`, heads, rows))
  }
  const toggle = (): void => {
    isTable = !isTable
    button.setAttribute('aria-expanded', String(isTable))
    button.textContent = isTable ? 'Hide the table' : 'As a table'
    if (isTable) renderTable()
    else tableHolder.replaceChildren()
  }

  const refresh = (): void => {
    caption.textContent = summary()
    if (plot !== undefined) {
      plot.setData(dataNow())
      showValues()
    }
    if (isTable) renderTable()
  }

  const sayCursor = (): void => {
    const at = time.cursor() ?? time.to()
    const span = time.to() - time.from()
    const steps = 1_000
    const step = Math.min(steps, Math.max(0, Math.round(((at - time.from()) / span) * steps)))
    const sampled = values(time.from(), time.to(), steps)
    const said = series.map(
      ({ label }, s) => `${label} ${Number.isNaN(sampled[s]![step]!) ? 'none' : format(sampled[s]![step]!)}`,
    )
    announce(`at ${formatRounded(at, span)}: ${said.join(', ')}`)
  }
  holder.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const move = (share: number): void => {
      const from = time.cursor() ?? (time.from() + time.to()) / 2
      time.point(Math.min(time.to(), Math.max(time.from(), from + share * (time.to() - time.from()))))
      sayCursor()
    }
    const known: Readonly<Record<string, () => void>> = {
      ArrowRight: () => (event.shiftKey ? time.pan(0.25) : move(0.02)),
      ArrowLeft: () => (event.shiftKey ? time.pan(-0.25) : move(-0.02)),
      '+': () => time.zoom(0.5),
      '=': () => time.zoom(0.5),
      '-': () => time.zoom(2),
      '0': () => time.reset(),
    }
    const action = known[event.key]
    if (action === undefined) return
    event.preventDefault()
    action()
  })

  let shownFrom = -1
  let shownTo = -1
  time.watch(() => {
    if (shownFrom !== time.from() || shownTo !== time.to()) refresh()
    shownFrom = time.from()
    shownTo = time.to()
    showCursor()
  })
  new ResizeObserver(() => {
    if (holder.clientWidth !== width) build()
  }).observe(holder)
  return {
    element: root,
    refresh,
    rebuild: () => {
      build()
      caption.textContent = summary()
    },
  }
}

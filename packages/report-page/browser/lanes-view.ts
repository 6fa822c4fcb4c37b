import { announce, element, plural, textTable } from './dom.ts'
import type { Frame, LaneSource } from './lane-source.ts'
import { ROW_FONT, xOf } from './paint-lane.ts'
import { inks, type Look } from './palette.ts'
import { swatch } from './swatch.ts'
import { formatRounded, formatTime, ticks } from './time.ts'
import type { TimeWindow } from './time-window.ts'

/**
 * Lanes on a canvas: a row for each thing, time from left to right. Only rows on the screen are drawn, so a hundred
 * thousand cost no more than a hundred.
 *
 * The scrolled box is a list for those who use a keyboard or a screen reader: its one option stands for the row that the
 * keys have reached, and its text says how that row is at the time of the cursor.
 */

export interface LanesView {
  readonly element: HTMLElement
  /** Draws anew; with `rows` true other rows than before. */
  readonly refresh: (rows?: boolean) => void
}

export interface Mark {
  readonly at: number
  readonly sign: string
}

export interface LanesViewOptions {
  readonly name: string
  readonly source: LaneSource
  readonly window: TimeWindow
  readonly marks: readonly Mark[]
}

const ROW = 20
const AXIS = 32
const ROWS_SHOWN_MAX = 22
const ROWS_SHOWN_MIN = 1
/** Browsers do not make boxes of any height. */
const HEIGHT_MAX = 8_000_000
const PAGE = 50
const KEYS =
  'Keys: up and down choose a row, left and right go to its changes, plus and minus zoom, Shift with left and right moves in time, 0 shows the whole run, Enter opens a group.'

let views = 0

const legendOf = (looks: readonly Look[]): HTMLElement =>
  element(
    'ul',
    { class: 'legend' },
    ...looks.map((look) => element('li', {}, swatch(look), document.createTextNode(` ${look.label}`))),
  )

/** The end of a name says more than its middle. */
const fitted = (context: CanvasRenderingContext2D, text: string, width: number): string => {
  if (context.measureText(text).width <= width) return text
  let keep = Math.max(4, Math.floor((text.length * width) / context.measureText(text).width) - 1)
  for (;;) {
    const head = Math.ceil(keep * 0.4)
    const short = `${text.slice(0, head)}…${text.slice(text.length - (keep - head))}`
    if (keep <= 4 || context.measureText(short).width <= width) return short
    keep--
  }
}

export const createLanesView = ({ name, source, window: time, marks }: LanesViewOptions): LanesView => {
  const id = `lanes-${++views}`
  const canvas = element('canvas', { 'aria-hidden': 'true' })
  const option = element('div', { role: 'option', id: `${id}-option`, class: 'unseen', 'aria-selected': 'true' })
  const spacer = element('div', { class: 'spacer', 'aria-hidden': 'true' })
  const box = element(
    'div',
    {
      class: 'lanes',
      tabindex: 0,
      role: 'listbox',
      'aria-label': name,
      'aria-describedby': `${id}-keys`,
      'aria-activedescendant': option.id,
    },
    canvas,
    spacer,
    option,
  )
  const says = element('p', { class: 'says' })
  const keys = element('p', { class: 'keys', id: `${id}-keys` }, KEYS)
  const tableHolder = element('div', { class: 'as-table' })
  const tableButton = element(
    'button',
    { type: 'button', 'aria-expanded': 'false', onclick: () => toggleTable() },
    'As a table',
  )
  const root = element(
    'div',
    { class: 'lanes-view' },
    legendOf(source.legend),
    box,
    says,
    element('div', { class: 'below' }, keys, tableButton),
    tableHolder,
  )

  let chosen = 0
  let hovered = -1
  let width = 0
  let shownRows = 1
  let tablePage = -1
  let drag: { readonly x: number; readonly at: number; readonly pans: boolean; moved: boolean } | undefined
  let selection: readonly [number, number] | undefined

  const labelWidth = (): number => (width < 560 ? 104 : Math.min(320, Math.round(width * 0.26)))
  const rowsHeight = (): number => shownRows * ROW
  const isWhole = (): boolean => AXIS + source.rows() * ROW <= HEIGHT_MAX
  const firstRow = (): number => {
    const rows = source.rows()
    const scrollable = box.scrollHeight - box.clientHeight
    if (scrollable <= 0 || rows <= shownRows) return 0
    return isWhole() ? box.scrollTop / ROW : (box.scrollTop / scrollable) * (rows - shownRows)
  }
  const scrollTo = (row: number): void => {
    const rows = source.rows()
    const first = firstRow()
    const target = row < first ? row : row >= first + shownRows - 1 ? row - shownRows + 1 : first
    if (target === first) return
    const scrollable = box.scrollHeight - box.clientHeight
    box.scrollTop = isWhole() ? target * ROW : (target / Math.max(1, rows - shownRows)) * scrollable
  }

  const frameOf = (context: CanvasRenderingContext2D): Frame => {
    const left = labelWidth()
    return { context, left, width: Math.max(10, width - left), from: time.from(), to: time.to() }
  }
  const timeAt = (x: number): number => {
    const left = labelWidth()
    const share = Math.min(1, Math.max(0, (x - left) / Math.max(1, width - left)))
    return time.from() + share * (time.to() - time.from())
  }

  const layout = (): void => {
    const rows = source.rows()
    shownRows = Math.max(ROWS_SHOWN_MIN, Math.min(ROWS_SHOWN_MAX, rows))
    box.style.height = `${AXIS + rowsHeight()}px`
    const whole = Math.min(HEIGHT_MAX, AXIS + rows * ROW)
    // The canvas stands still in the box and takes its height itself.
    spacer.style.height = `${Math.max(0, whole - AXIS - rowsHeight())}px`
    width = box.clientWidth
    const scale = devicePixelRatio || 1
    const height = AXIS + rowsHeight()
    canvas.style.width = `${width}px`
    canvas.style.height = `${height}px`
    if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
      canvas.width = Math.round(width * scale)
      canvas.height = Math.round(height * scale)
    }
  }

  const drawAxis = (frame: Frame): void => {
    const { context, left } = frame
    const { paper, faint, rule, mark } = inks()
    const height = AXIS + rowsHeight()
    context.fillStyle = paper
    context.fillRect(0, 0, width, AXIS)
    context.font = ROW_FONT
    context.textAlign = 'center'
    context.lineWidth = 1
    const span = frame.to - frame.from
    for (const at of ticks(frame.from, frame.to, frame.width / 90)) {
      const x = Math.round(xOf(frame, at)) + 0.5
      context.strokeStyle = rule
      context.beginPath()
      context.moveTo(x, AXIS - 4)
      context.lineTo(x, AXIS)
      context.stroke()
      context.fillStyle = faint
      const text = formatRounded(at, span)
      const half = context.measureText(text).width / 2
      context.fillText(text, Math.min(width - half - 2, Math.max(left + half, x)), 10)
    }
    context.strokeStyle = rule
    context.beginPath()
    context.moveTo(0, AXIS - 0.5)
    context.lineTo(width, AXIS - 0.5)
    context.stroke()
    context.strokeStyle = context.fillStyle = mark
    let lastX = Number.NEGATIVE_INFINITY
    for (const { at, sign } of marks) {
      if (at < frame.from || at > frame.to) continue
      const x = Math.round(xOf(frame, at)) + 0.5
      context.globalAlpha = 0.4
      context.setLineDash([3, 3])
      context.beginPath()
      context.moveTo(x, AXIS)
      context.lineTo(x, height)
      context.stroke()
      context.setLineDash([])
      context.globalAlpha = 1
      if (x - lastX < 9) continue
      lastX = x
      context.fillText(sign, Math.min(width - 6, Math.max(left + 6, x)), AXIS - 8)
    }
  }

  const drawRow = (frame: Frame, row: number, top: number): void => {
    const { context, left } = frame
    const { text, rule, focus } = inks()
    const isChosen = row === chosen && document.activeElement === box
    if (isChosen || row === hovered) {
      context.fillStyle = focus
      context.globalAlpha = isChosen ? 0.16 : 0.08
      context.fillRect(0, top, left, ROW)
      context.globalAlpha = 1
    }
    const open = source.isOpen?.(row)
    context.font = ROW_FONT
    context.textAlign = 'left'
    context.fillStyle = text
    const sign = open === undefined ? '' : open ? '▾' : '▸'
    context.fillText(sign, 6, top + ROW / 2)
    const inset = sign !== '' || source.isMember?.(row) === true ? 20 : 6
    const room = left - inset - 6
    const label = source.label(row)
    const isLong = source.short !== undefined && context.measureText(label).width > room
    context.fillText(fitted(context, isLong ? source.short!(row) : label, room), inset, top + ROW / 2)
    source.paint(frame, row, top + 2, ROW - 4)
    context.fillStyle = rule
    context.fillRect(0, top + ROW - 0.5, width, 0.5)
    if (isChosen) {
      context.strokeStyle = focus
      context.lineWidth = 2
      context.strokeRect(1, top + 1, width - 2, ROW - 2)
    }
  }

  const draw = (): void => {
    layout()
    if (width === 0) return
    const context = canvas.getContext('2d')!
    const scale = devicePixelRatio || 1
    context.setTransform(scale, 0, 0, scale, 0, 0)
    context.textBaseline = 'middle'
    const { paper, text, focus, mark, faint } = inks()
    context.fillStyle = paper
    context.fillRect(0, 0, width, AXIS + rowsHeight())
    const frame = frameOf(context)
    const rows = source.rows()
    const first = firstRow()
    if (rows === 0) {
      context.font = ROW_FONT
      context.textAlign = 'left'
      context.fillStyle = faint
      context.fillText(`no ${source.noun} matches`, 6, AXIS + ROW / 2)
    }
    context.save()
    context.beginPath()
    context.rect(0, AXIS, width, rowsHeight())
    context.clip()
    for (let row = Math.floor(first); row < Math.min(rows, Math.ceil(first + shownRows)); row++)
      drawRow(frame, row, AXIS + (row - first) * ROW)
    context.restore()
    drawAxis(frame)
    const cursor = time.cursor()
    if (cursor !== undefined && cursor >= frame.from && cursor <= frame.to) {
      const x = Math.round(xOf(frame, cursor)) + 0.5
      context.strokeStyle = text
      context.beginPath()
      context.moveTo(x, AXIS - 6)
      context.lineTo(x, AXIS + rowsHeight())
      context.stroke()
    }
    if (selection !== undefined) {
      const [a, b] = selection.map((at) => xOf(frame, at)) as [number, number]
      context.fillStyle = focus
      context.globalAlpha = 0.2
      context.fillRect(Math.min(a, b), AXIS, Math.abs(b - a), rowsHeight())
      context.globalAlpha = 1
      context.strokeStyle = mark
    }
    say()
  }

  const rowAt = (y: number): number => {
    const row = Math.floor(firstRow() + (y - AXIS) / ROW)
    return y < AXIS || row >= source.rows() ? -1 : row
  }

  const sentence = (row: number): string => {
    const at = time.cursor() ?? time.to()
    return `${source.label(row)}, at ${formatTime(at)}: ${source.describe(row, at)}`
  }

  const say = (): void => {
    const rows = source.rows()
    const row = hovered >= 0 ? hovered : chosen
    const text = rows === 0 ? `no ${source.noun} matches` : row < rows ? sentence(row) : ''
    if (says.textContent !== text) says.textContent = text
    if (rows === 0) {
      option.textContent = `no ${source.noun} matches`
      return
    }
    option.setAttribute('aria-setsize', String(rows))
    option.setAttribute('aria-posinset', String(Math.min(chosen, rows - 1) + 1))
    const open = source.isOpen?.(chosen)
    const group = open === undefined ? '' : open ? ', open group' : ', closed group'
    option.textContent = sentence(Math.min(chosen, rows - 1)) + group
  }

  const choose = (row: number): void => {
    const rows = source.rows()
    if (rows === 0) return
    chosen = Math.min(rows - 1, Math.max(0, row))
    hovered = -1
    scrollTo(chosen)
    draw()
    announce(option.textContent ?? '')
  }

  const step = (forward: boolean): void => {
    const at = time.cursor() ?? (forward ? time.from() - 1 : time.to())
    const next = source.change?.(chosen, at, forward)
    const jump = (time.to() - time.from()) / 20
    const target = source.change === undefined ? at + (forward ? jump : -jump) : next
    if (target === undefined) {
      announce(`no ${forward ? 'later' : 'earlier'} change`)
      return
    }
    time.point(target)
    if (target < time.from() || target > time.to()) {
      const span = time.to() - time.from()
      time.set(target - span / 2, target + span / 2)
    }
    draw()
    announce(option.textContent ?? '')
  }

  const onKey = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return
    const { key, shiftKey } = event
    const known: Readonly<Record<string, () => void>> = {
      ArrowDown: () => choose(chosen + 1),
      ArrowUp: () => choose(chosen - 1),
      PageDown: () => choose(chosen + shownRows),
      PageUp: () => choose(chosen - shownRows),
      Home: () => choose(0),
      End: () => choose(source.rows() - 1),
      ArrowRight: () => (shiftKey ? time.pan(0.25) : step(true)),
      ArrowLeft: () => (shiftKey ? time.pan(-0.25) : step(false)),
      '+': () => time.zoom(0.5),
      '=': () => time.zoom(0.5),
      '-': () => time.zoom(2),
      '0': () => time.reset(),
      Enter: () => {
        source.toggle?.(chosen)
        draw()
        announce(option.textContent ?? '')
      },
      ' ': () => {
        source.toggle?.(chosen)
        draw()
      },
    }
    const action = known[key]
    if (action === undefined) return
    event.preventDefault()
    action()
  }

  const place = (event: MouseEvent): readonly [number, number] => {
    const bounds = canvas.getBoundingClientRect()
    return [event.clientX - bounds.left, event.clientY - bounds.top]
  }
  box.addEventListener('keydown', onKey)
  box.addEventListener('focus', draw)
  box.addEventListener('blur', draw)
  box.addEventListener('scroll', draw)
  canvas.addEventListener('pointermove', (event) => {
    const [x, y] = place(event)
    hovered = rowAt(y)
    if (x >= labelWidth() || drag !== undefined) time.point(timeAt(x))
    if (drag !== undefined && Math.abs(x - drag.x) > 3) {
      drag.moved = true
      if (drag.pans) {
        const by = drag.at - timeAt(x)
        time.set(time.from() + by, time.to() + by)
      } else selection = [drag.at, timeAt(x)]
    }
    draw()
  })
  canvas.addEventListener('pointerleave', () => {
    hovered = -1
    if (drag === undefined) time.point(undefined)
    draw()
  })
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return
    const [x, y] = place(event)
    const row = rowAt(y)
    if (row >= 0) chosen = row
    box.focus({ preventScroll: true })
    if (x < labelWidth()) {
      if (row >= 0) source.toggle?.(row)
      draw()
      return
    }
    if (event.pointerType === 'mouse') {
      canvas.setPointerCapture(event.pointerId)
      drag = { x, at: timeAt(x), pans: event.shiftKey, moved: false }
    } else time.point(timeAt(x))
    draw()
  })
  canvas.addEventListener('pointerup', () => {
    const chosenSpan = selection
    const wasDrag = drag
    drag = undefined
    selection = undefined
    if (wasDrag?.moved === true && !wasDrag.pans && chosenSpan !== undefined)
      time.set(Math.min(...chosenSpan), Math.max(...chosenSpan))
    draw()
  })
  canvas.addEventListener('dblclick', (event) => {
    if (place(event)[0] >= labelWidth()) time.reset()
  })
  box.addEventListener(
    'wheel',
    (event) => {
      if (!event.ctrlKey && !event.metaKey && event.deltaX === 0) return
      event.preventDefault()
      if (event.deltaX !== 0 && !event.ctrlKey) time.pan(event.deltaX / 800)
      else time.zoom(event.deltaY > 0 ? 1.25 : 0.8, timeAt(place(event)[0]))
    },
    { passive: false },
  )

  const renderTable = (): void => {
    const rows = source.rows()
    const pages = Math.max(1, Math.ceil(rows / PAGE))
    tablePage = Math.min(pages - 1, tablePage)
    const first = tablePage * PAGE
    const last = Math.min(rows, first + PAGE)
    const cells: (readonly string[])[] = []
    for (let row = first; row < last; row++) cells.push(source.cells(row, time.from(), time.to()))
    const span = `${formatTime(time.from())} to ${formatTime(time.to())}`
    const caption = `${name}: ${rows === 0 ? 'none' : `${first + 1} to ${last} of ${rows}`}, ${span}`
    const turn = (by: number, text: string): HTMLElement =>
      element(
        'button',
        {
          type: 'button',
          disabled: tablePage + by < 0 || tablePage + by >= pages,
          onclick: () => {
            tablePage += by
            renderTable()
            tableHolder.querySelector<HTMLElement>('.scroll')?.focus()
          },
        },
        text,
      )
    tableHolder.replaceChildren(
      textTable(caption, source.headings, cells),
      element('p', {}, turn(-1, 'Rows before'), ' ', turn(1, 'Rows after')),
    )
  }
  const toggleTable = (): void => {
    const show = tablePage < 0
    tablePage = show ? Math.floor(firstRow() / PAGE) : -1
    tableButton.setAttribute('aria-expanded', String(show))
    tableButton.textContent = show ? 'Hide the table' : 'As a table'
    if (show) renderTable()
    else tableHolder.replaceChildren()
  }

  let shownFrom = -1
  let shownTo = -1
  time.watch(() => {
    draw()
    if (tablePage >= 0 && (shownFrom !== time.from() || shownTo !== time.to())) renderTable()
    shownFrom = time.from()
    shownTo = time.to()
  })
  new ResizeObserver(() => {
    if (box.clientWidth !== width) draw()
  }).observe(box)

  return {
    element: root,
    refresh: (rows = false) => {
      if (rows) {
        chosen = 0
        box.scrollTop = 0
        if (tablePage >= 0) {
          tablePage = 0
          renderTable()
        }
      }
      draw()
      announce(rows ? plural(source.rows(), source.noun) : '')
    },
  }
}

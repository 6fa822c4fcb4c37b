import type { EventRow, Model } from './data.ts'
import { byId, element, plural, textTable } from './dom.ts'
import { formatTime } from './time.ts'
import type { TimeWindow } from './time-window.ts'

const PAGE = 100
const WAIT = 150

const cellsOf = ({ at, lastAt, times, rest, type, reason, object, message }: EventRow): readonly string[] => [
  lastAt > at ? `${formatTime(at)} to ${formatTime(lastAt)}` : formatTime(at),
  type === 'Warning' ? '⚠ Warning' : 'Normal',
  reason,
  object,
  rest > 0 ? `${rest} more like: ${message}` : message,
  String(times),
]

/** Events, searched and page by page: a browser is slow with tens of thousands of rows. */
export const createEventsTable = ({ events }: Model, time: TimeWindow): void => {
  const search = byId('event-search') as HTMLInputElement
  const type = byId('event-type') as HTMLSelectElement
  const within = byId('event-within') as HTMLInputElement
  const holder = byId('event-table')
  const counts = byId('event-count')
  const texts = events.map(({ reason, object, message }) => `${reason} ${object} ${message}`.toLowerCase())
  let page = 0

  const matching = (): readonly EventRow[] => {
    const words = search.value
      .toLowerCase()
      .split(/\s+/)
      .filter((word) => word !== '')
    const from = time.from()
    const to = time.to()
    return events.filter(
      (row, i) =>
        (type.value === '' || row.type === type.value) &&
        (!within.checked || (row.at <= to && row.lastAt >= from)) &&
        words.every((word) => texts[i]!.includes(word)),
    )
  }

  const render = (): void => {
    const found = matching()
    const pages = Math.max(1, Math.ceil(found.length / PAGE))
    page = Math.min(page, pages - 1)
    const first = page * PAGE
    const shown = found.slice(first, first + PAGE)
    const range = found.length === 0 ? 'none' : `${first + 1} to ${first + shown.length} of ${found.length}`
    counts.textContent = plural(found.length, 'row')
    const turn = (by: number, text: string): HTMLElement =>
      element(
        'button',
        {
          type: 'button',
          disabled: page + by < 0 || page + by >= pages,
          onclick: () => {
            page += by
            render()
            holder.querySelector<HTMLElement>('.scroll')?.focus()
          },
        },
        text,
      )
    holder.replaceChildren(
      textTable(`Events: ${range}`, ['Time', 'Type', 'Reason', 'Object', 'Message', 'Count'], shown.map(cellsOf)),
      element('p', {}, turn(-1, 'Earlier rows'), ' ', turn(1, 'Later rows')),
    )
  }

  let waiting: ReturnType<typeof setTimeout> | undefined
  const soon = (): void => {
    clearTimeout(waiting)
    waiting = setTimeout(() => {
      page = 0
      render()
    }, WAIT)
  }
  for (const field of [search, type, within]) field.addEventListener('input', soon)
  let shown = ''
  time.watch(() => {
    const span = `${time.from()} ${time.to()}`
    if (span !== shown && within.checked) soon()
    shown = span
  })
  render()
}

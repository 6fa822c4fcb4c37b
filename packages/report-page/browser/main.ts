import { createCharts } from './charts.ts'
import type { Model } from './data.ts'
import { announce, byId } from './dom.ts'
import { createEventsTable } from './events-table.ts'
import { createFilter, type Filter } from './filter.ts'
import { createLanesView, type LanesView, type Mark } from './lanes-view.ts'
import { onThemeChange, setPrinting } from './palette.ts'
import { reasonTable } from './pending.ts'
import { type Grouping, type Order, podRows } from './pod-rows.ts'
import { readModel } from './read-model.ts'
import { nodeRows, type RowOrder, workloadRows } from './simple-rows.ts'
import { repaintSwatches } from './swatch.ts'
import { formatTime, parseTime } from './time.ts'
import { createTimeWindow, type TimeWindow } from './time-window.ts'

/** Of a sheet of A4 or Letter between its margins. */
const PAPER_WIDTH = '700px'

const GROUPED_FROM = 200
const ROWS_AT_A_GLANCE = 22

const SIGNS = { fault: '▼', mended: '▲', command: '◆', failedCommand: '◇', other: '•' } as const

const marksOf = ({ facts }: Model): readonly Mark[] => facts.moments.map(({ at, kind }) => ({ at, sign: SIGNS[kind] }))

/** The fields and buttons of the bar that say which part of the run is shown. */
const connectTime = (time: TimeWindow): void => {
  const from = byId('time-from') as HTMLInputElement
  const to = byId('time-to') as HTMLInputElement
  const show = (): void => {
    if (document.activeElement !== from) from.value = formatTime(time.from())
    if (document.activeElement !== to) to.value = formatTime(time.to())
  }
  const read = (): void => {
    const [a, b] = [parseTime(from.value), parseTime(to.value)]
    from.setAttribute('aria-invalid', String(a === undefined))
    to.setAttribute('aria-invalid', String(b === undefined))
    if (a === undefined || b === undefined || b <= a) {
      announce('a time is like 1h30m or 90s, and the first is before the second')
      return
    }
    time.set(a, b)
  }
  for (const field of [from, to]) {
    field.addEventListener('change', read)
    field.addEventListener('blur', show)
  }
  const actions: Readonly<Record<string, () => void>> = {
    'zoom-in': () => time.zoom(0.5),
    'zoom-out': () => time.zoom(2),
    earlier: () => time.pan(-0.25),
    later: () => time.pan(0.25),
    'whole-run': () => time.reset(),
  }
  for (const [id, action] of Object.entries(actions))
    byId(id).addEventListener('click', () => {
      action()
      announce(`${formatTime(time.from())} to ${formatTime(time.to())}`)
    })
  time.watch(show)
}

/** Links of the tables above to what they are about: an instant, and a pod or a node. */
const connectLinks = ({ facts, pods, nodes, endedAt }: Model, time: TimeWindow, filter: Filter): void => {
  const known = new Set(nodes.names)
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-at]')) {
    button.hidden = false
    button.addEventListener('click', () => {
      const at = Number(button.dataset.at)
      const span = Math.min(endedAt, Math.max(60_000, endedAt / 10))
      time.set(at - span / 2, at + span / 2)
      time.point(at)
      const words = (button.dataset.about ?? '').split(/[\s(),:;"'`]+/)
      const pod = words.find((word) => {
        const [namespace, name, ...more] = word.split('/')
        return (
          more.length === 0 && name !== undefined && facts.namespaces.includes(namespace!) && pods.names.includes(name)
        )
      })
      const node = words.find((word) => known.has(word))
      filter.set(pod === undefined ? (node === undefined ? {} : { node }) : { name: pod })
      const target = byId(pod === undefined && node !== undefined ? 'nodes' : 'pods')
      target.scrollIntoView()
      target.querySelector<HTMLElement>('[role="listbox"]')?.focus({ preventScroll: true })
    })
  }
}

const start = async (): Promise<void> => {
  const model = await readModel()
  const time = createTimeWindow(model.endedAt)
  const filter = createFilter(model)
  const marks = marksOf(model)
  const rows = { workloads: workloadRows(model), nodes: nodeRows(model), pods: podRows(model) }

  const grouping = byId('pod-grouping') as HTMLSelectElement
  const orders = {
    workloads: byId('workload-order') as HTMLSelectElement,
    nodes: byId('node-order') as HTMLSelectElement,
    pods: byId('pod-order') as HTMLSelectElement,
  }
  // Where not all rows are on the screen, those to be looked at come first.
  if (model.workloads.count > ROWS_AT_A_GLANCE) orders.workloads.value = 'trouble'
  if (model.nodes.count > ROWS_AT_A_GLANCE) orders.nodes.value = 'trouble'
  if (model.pods.count > GROUPED_FROM) {
    grouping.value = 'workload'
    orders.pods.value = 'trouble'
  }
  const arrange = {
    workloads: () => rows.workloads.arrange(filter.workloads(), orders.workloads.value as RowOrder),
    nodes: () => rows.nodes.arrange(filter.nodes(), orders.nodes.value as RowOrder),
    pods: () => rows.pods.arrange(filter.pods(), grouping.value as Grouping, orders.pods.value as Order),
  }

  const viewOf = (id: keyof typeof rows, name: string): LanesView => {
    const view = createLanesView({ name, source: rows[id], window: time, marks })
    byId(`${id}-lanes`).replaceChildren(view.element)
    for (const field of id === 'pods' ? [grouping, orders.pods] : [orders[id]])
      field.addEventListener('input', () => {
        arrange[id]()
        view.refresh(true)
      })
    return view
  }
  const views = [
    viewOf('workloads', 'Workloads over time'),
    viewOf('nodes', 'Nodes over time'),
    viewOf('pods', 'Pods over time'),
  ]
  const charts = createCharts(model, filter, time)
  for (const [id, own] of Object.entries(charts)) byId(id).replaceChildren(...own.map(({ element }) => element))
  const all = Object.values(charts).flat()
  const table = reasonTable(model)
  if (table !== undefined) byId('pending-charts').append(table)

  const select = (): void => {
    for (const lay of Object.values(arrange)) lay()
    for (const view of views) view.refresh(true)
    for (const chart of all) chart.refresh()
    const shown = `${filter.pods().length} of ${model.pods.count} pods, ${rows.nodes.rows()} of ${model.nodes.count} nodes`
    byId('filter-count').textContent = shown
    announce(shown)
  }
  filter.watch(select)
  const repaint = (): void => {
    for (const view of views) view.refresh()
    for (const chart of all) chart.rebuild()
    repaintSwatches()
  }
  onThemeChange(repaint)
  const print = (on: boolean): void => {
    setPrinting(on)
    // What is drawn does not shrink by itself.
    document.body.style.width = on ? PAPER_WIDTH : ''
    repaint()
  }
  window.addEventListener('beforeprint', () => print(true))
  window.addEventListener('afterprint', () => print(false))
  connectTime(time)
  connectLinks(model, time, filter)
  createEventsTable(model, time)
  for (const part of document.querySelectorAll<HTMLElement>('.needs-script')) part.hidden = false
  byId('loading').remove()
  select()
  time.touch()
  document.documentElement.dataset.ready = 'true'
}

start().catch((error: unknown) => {
  byId('loading').textContent = `The data of this page could not be read: ${String(error)}. The tables still stand.`
  throw error
})

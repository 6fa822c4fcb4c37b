import { type Entry, formatMillis, type SimEvent } from '@wavetank/kernel'

/**
 * The time line of scenarios/node-failure.yaml, drawn from the log of its run: what the API server says of each pod,
 * and where nobody is left to contradict it.
 */

type Fields = Readonly<Record<string, unknown>>
type State = 'starting' | 'ready' | 'gone' | 'not ready' | 'terminating'

interface Span {
  readonly state: State
  readonly from: number
  to: number
}

interface Row {
  readonly name: string
  node: string
  readonly spans: Span[]
}

// Okabe and Ito's colours, which colour-blind readers can tell apart.
const COLORS: Readonly<Record<State, string>> = {
  starting: '#56b4e9',
  ready: '#009e73',
  gone: 'url(#gone)',
  'not ready': '#e69f00',
  terminating: '#999999',
}

const LEGEND: readonly (readonly [State, string])[] = [
  ['ready', 'Ready'],
  ['gone', 'dead, but still Ready for the API server'],
  ['not ready', 'NotReady'],
  ['terminating', 'Terminating for ever: no kubelet is left to confirm'],
]

const turn = (row: Row | undefined, state: State, at: number): void => {
  if (row === undefined) return
  const last = row.spans.at(-1)
  if (last?.state === state) return
  if (last !== undefined) last.to = at
  row.spans.push({ state, from: at, to: Number.NaN })
}

const rowsOf = (
  entries: readonly Entry<SimEvent>[],
  end: number,
): { nodes: readonly Row[]; pods: readonly Row[]; marks: readonly (readonly [number, string])[] } => {
  const nodes = new Map<string, Row>()
  const pods = new Map<string, Row>()
  const marks: [number, string][] = []
  const mark = (at: number, text: string): void => {
    if (!marks.some(([, known]) => known === text)) marks.push([at, text])
  }
  for (const { at, event } of entries) {
    const fields = event as unknown as Fields
    const node = nodes.get(String(fields.node))
    const pod = pods.get(String(fields.pod))
    switch (event.kind) {
      case 'NodeCreated':
        nodes.set(String(fields.node), { name: String(fields.node), node: '', spans: [] })
        turn(nodes.get(String(fields.node)), 'ready', at)
        break
      case 'NodeFailed':
        mark(at, `${node?.name} loses power`)
        turn(node, 'gone', at)
        for (const row of pods.values()) if (row.node === node?.name) turn(row, 'gone', at)
        break
      case 'NodeMarkedUnknown':
        mark(at, 'NotReady, tainted')
        turn(node, 'not ready', at)
        break
      case 'PodCreated':
        pods.set(String(fields.pod), {
          name: String(fields.pod).replace(/.*\//, ''),
          node: String(fields.node ?? ''),
          spans: [],
        })
        turn(pods.get(String(fields.pod)), 'starting', at)
        break
      // A pod that names its node itself is never bound.
      case 'PodBound':
      case 'PodAccepted':
        if (pod !== undefined) pod.node = String(fields.node)
        break
      case 'PodStatusReported':
        turn(pod, fields.ready === true ? 'ready' : 'starting', at)
        break
      case 'PodMarkedNotReady':
        turn(pod, 'not ready', at)
        break
      case 'PodMarkedForDeletion':
        mark(at, 'evicted, replaced')
        turn(pod, 'terminating', at)
        break
      case 'PodDeleted':
        if (pod?.spans.at(-1) !== undefined) pod.spans.at(-1)!.to = at
        break
    }
  }
  for (const row of [...nodes.values(), ...pods.values()]) {
    const last = row.spans.at(-1)
    if (last !== undefined && Number.isNaN(last.to)) last.to = end
  }
  return { nodes: [...nodes.values()], pods: [...pods.values()], marks }
}

const WIDTH = 960
const LEFT = 190
const RIGHT = 24
const TOP = 84
const ROW = 26
const BAR = 16

const xmlText = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

/** @param end the last instant of the run, in milliseconds */
export const nodeFailurePicture = (entries: readonly Entry<SimEvent>[], end: number): string => {
  const { nodes, pods, marks } = rowsOf(entries, end)
  const x = (at: number): number => Math.round((LEFT + (at / end) * (WIDTH - LEFT - RIGHT)) * 10) / 10
  const parts: string[] = []
  const text = (left: number, top: number, content: string, rest = ''): void => {
    parts.push(`<text x="${left}" y="${top}"${rest}>${xmlText(content)}</text>`)
  }
  let top = TOP
  const draw = ({ name, node, spans }: Row): void => {
    text(14, top + 13, name)
    if (node !== '') text(LEFT - 12, top + 13, node, ' text-anchor="end" fill="#666666"')
    for (const { state, from, to } of spans) {
      const width = Math.max(1, Math.round((x(to) - x(from)) * 10) / 10)
      parts.push(
        `<rect x="${x(from)}" y="${top}" width="${width}" height="${BAR}" fill="${COLORS[state]}">` +
          `<title>${name}: ${state}, ${formatMillis(from)} to ${formatMillis(to)}</title></rect>`,
      )
    }
    top += ROW
  }
  for (const row of nodes) draw(row)
  top += 10
  for (const row of pods) draw(row)
  const bottom = top
  for (let at = 0; at <= end; at += 60_000 * 5) {
    parts.push(`<path d="M${x(at)} ${bottom}v5" stroke="#666666"/>`)
    text(x(at), bottom + 20, `${at / 60_000} min`, ' text-anchor="middle" fill="#666666"')
  }
  marks.forEach(([at, label], index) => {
    const high = index % 2 === 0 ? 30 : 52
    parts.push(`<path d="M${x(at)} ${high + 6}V${bottom}" stroke="#222222" stroke-dasharray="3 3"/>`)
    text(x(at) + (index === 0 ? -4 : 4), high, `${formatMillis(at)}  ${label}`, index === 0 ? ' text-anchor="end"' : '')
  })
  let left = 14
  for (const [state, label] of LEGEND) {
    parts.push(`<rect x="${left}" y="${bottom + 36}" width="12" height="12" fill="${COLORS[state]}"/>`)
    text(left + 18, bottom + 46, label)
    left += 44 + Math.ceil(label.length * 5.9)
  }
  const height = bottom + 64
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" font-family="Helvetica, Arial, sans-serif" font-size="13" fill="#222222">
<title>A node fails</title>
<desc>${marks.map(([at, label]) => `${formatMillis(at)}: ${xmlText(label)}.`).join(' ')}</desc>
<defs><pattern id="gone" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="#ffffff"/><rect width="3" height="6" fill="#d55e00"/></pattern></defs>
<rect width="${WIDTH}" height="${height}" rx="8" fill="#ffffff"/>
${parts.join('\n')}
</svg>
`
}

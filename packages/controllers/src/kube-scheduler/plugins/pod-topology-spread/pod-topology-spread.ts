import type { ClusterView } from '@wavetank/cluster'
import { ln } from '@wavetank/kernel'
import { definePlugin, type NodeView, type PodView } from '../plugin.ts'

/** The system defaults: soft, over hosts and over zones. Source: podtopologyspread/plugin.go, systemDefaultConstraints. */
const CONSTRAINTS = [
  { topology: 'kubernetes.io/hostname', maxSkew: 3, of: (node: NodeView) => node.name },
  {
    topology: 'topology.kubernetes.io/zone',
    maxSkew: 5,
    of: (node: NodeView) => node.labels['topology.kubernetes.io/zone'],
  },
] as const

/** How many siblings (pods of the same controller, not terminating) stand in each place. */
const siblingsIn = (
  view: ClusterView,
  uid: string,
  place: (node: NodeView) => string | undefined,
): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const [name, count] of view.spread.get(uid) ?? []) {
    const node = view.nodes.get(name)
    const where = node === undefined ? undefined : place(node)
    if (where !== undefined) counts.set(where, (counts.get(where) ?? 0) + count)
  }
  return counts
}

const scores = (pod: PodView, nodes: readonly NodeView[], view: ClusterView): readonly number[] | undefined => {
  const uid = pod.owner?.uid
  if (uid === undefined) return undefined
  const raw = nodes.map(() => 0)
  for (const { maxSkew, of } of CONSTRAINTS) {
    const counts = siblingsIn(view, uid, of)
    const places = new Set(nodes.map(of).filter((place) => place !== undefined))
    const weight = ln(places.size + 2)
    nodes.forEach((node, i) => {
      const place = of(node)
      if (place !== undefined) raw[i] = raw[i]! + (counts.get(place) ?? 0) * weight + (maxSkew - 1)
    })
  }
  const rounded = raw.map((score) => Math.floor(score + 0.5))
  const most = Math.max(...rounded)
  const least = Math.min(...rounded)
  return rounded.map((score) => (most === 0 ? 100 : Math.floor((100 * (most + least - score)) / most)))
}

/** Source: pkg/scheduler/framework/plugins/podtopologyspread/scoring.go, with the system default constraints. */
export const podTopologySpread = definePlugin({
  name: 'PodTopologySpread',
  doc: 'Prefers hosts and zones with fewer pods of the same controller.',
  score: { weight: 2, of: scores },
})

import type { ClusterView } from '@wavetank/cluster'
import type { Draw } from '@wavetank/kernel'
import type { NodeView, Plugin, PodView } from './plugins/plugin.ts'

/** Where a pod goes, or why it goes nowhere. */
export type Placement = { readonly node: string } | { readonly message: string }

/** Reasons by how many nodes gave them, as kube-scheduler prints them. Source: framework/types.go, FitError.Error. */
export const fitErrorMessage = (nodes: number, reasons: ReadonlyMap<string, number>): string => {
  if (nodes === 0) return 'no nodes available to schedule pods'
  const parts = [...reasons].map(([reason, count]) => `${count} ${reason}`).sort()
  return `0/${nodes} nodes are available: ${parts.join(', ')}.`
}

/** One scheduling cycle: filter, score, choose; among equals a draw decides. Source: pkg/scheduler/schedule_one.go. */
export const findNode = (view: ClusterView, pod: PodView, plugins: readonly Plugin[], draw: Draw): Placement => {
  const feasible: NodeView[] = []
  const reasons = new Map<string, number>()
  for (const node of view.nodes.values()) {
    let refused: readonly string[] | undefined
    for (const plugin of plugins) {
      refused = plugin.filter?.(pod, node)
      if (refused !== undefined) break
    }
    if (refused === undefined) feasible.push(node)
    else for (const reason of refused) reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
  }
  if (feasible.length === 0) return { message: fitErrorMessage(view.nodes.size, reasons) }
  if (feasible.length === 1) return { node: feasible[0]!.name }

  const totals = feasible.map(() => 0)
  for (const { score } of plugins) {
    const scores = score?.of(pod, feasible, view)
    if (score === undefined || scores === undefined) continue
    for (let i = 0; i < totals.length; i++) totals[i] = totals[i]! + score.weight * scores[i]!
  }
  const best = Math.max(...totals)
  const equals = feasible.filter((_, i) => totals[i] === best)
  const chosen = equals[Math.floor(draw('node-choice', pod.key) * equals.length)]
  return { node: chosen!.name }
}

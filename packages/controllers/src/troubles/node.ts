import { conditionOf, type Node } from '@wavetank/cluster'
import { drainBlock } from '../kubectl/drain-block.ts'
import type { Own } from '../kubectl/kubectl.ts'
import type { TroubledObject, TroubleOf } from './trouble.ts'

/** How a node stands, and what a drain of it waits for. */
export const nodeTrouble: TroubleOf = ({ view, slices }, key) => {
  const node = view.nodes.get(key)
  if (node === undefined) return undefined
  const ready = conditionOf(node as Node, 'Ready')
  const isReady = ready?.status === 'True'
  const standing = [
    isReady ? 'Ready' : 'NotReady',
    ...(node.unschedulable ? ['cordoned'] : []),
    `${node.pods.size} pods`,
  ].join(', ')
  const reasons: string[] = isReady
    ? []
    : [`${ready?.reason ?? 'NoStatus'}: ${ready?.message ?? 'it has not said anything yet'}`]
  for (const { key: taint, value, effect } of node.taints)
    if (effect === 'NoExecute' || effect === 'NoSchedule')
      reasons.push(`taint ${taint}${value === undefined || value === '' ? '' : `=${value}`}:${effect}`)
  const objects: TroubledObject[] = []
  for (const drain of (slices.kubectl as Own | undefined)?.drains.values() ?? []) {
    if (drain.over || !drain.nodes.includes(key)) continue
    const current = drain.nodes[drain.index]
    if (current !== key) {
      if (drain.nodes.indexOf(key) > drain.index) reasons.push(`\`kubectl ${drain.line}\` is still at node ${current}`)
      continue
    }
    const block = drainBlock(view, drain)
    reasons.push(...block.reasons.map((reason) => `\`kubectl ${drain.line}\` waits: ${reason}`))
    objects.push(
      ...block.budgets.map((budget) => ({ kind: 'PodDisruptionBudget', key: budget })),
      ...[...drain.asking.keys(), ...drain.waiting].map((pod) => ({ kind: 'Pod', key: pod })),
    )
  }
  return { standing, reasons, objects }
}

import { type ClusterView, type KubectlCommand, NodeCordoned, NodeUncordoned } from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'
import { gathering, type Outcome, outcomeOf } from './outcome.ts'
import { findNodes } from './targets.ts'

type Cordon = Extract<KubectlCommand, { readonly verb: 'cordon' | 'uncordon' }>

/** Sets or takes away `spec.unschedulable`, and says which of the two it was. */
export const markUnschedulable = (
  view: ClusterView,
  node: string,
  wanted: boolean,
): { readonly events: readonly SimEvent[]; readonly line: string } => {
  const word = wanted ? 'cordoned' : 'uncordoned'
  if (view.nodes.get(node)?.unschedulable === wanted) return { events: [], line: `node/${node} already ${word}` }
  return { events: [wanted ? NodeCordoned({ node }) : NodeUncordoned({ node })], line: `node/${node} ${word}` }
}

/** Source: staging/src/k8s.io/kubectl/pkg/cmd/drain/drain.go, RunCordonOrUncordon. */
export const cordon = (view: ClusterView, { verb, nodes }: Cordon): Outcome => {
  const { objects, problems } = findNodes(view, nodes)
  const result = gathering(problems)
  // One node that is not there, and nothing happens to the others: kubectl looks all of them up first.
  if (problems.length > 0) return outcomeOf(result)
  for (const { name } of objects) {
    const { events, line } = markUnschedulable(view, name, verb === 'cordon')
    result.events.push(...events)
    result.output.push(line)
  }
  return outcomeOf(result)
}

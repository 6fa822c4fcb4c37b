import type { Disruption, FailureSource, ReclaimTerms } from '@wavetank/controllers'
import { CONTROL_PLANE_FAULTS, FAULT_ENDS, matcherOf, type Scenario } from '@wavetank/scenario'

/** What a fault says of how machines are taken back. */
export const reclaimTerms = ({ notice, drain, deleteNode }: ReclaimTerms): ReclaimTerms => ({
  notice,
  drain,
  deleteNode,
})

/** What of the control plane goes down, and what ends that. */
const outageOf = (fault: string, target: object): NonNullable<FailureSource['outage']> => {
  const { controller, by } = target as { readonly controller?: string; readonly by?: number }
  if (controller !== undefined) {
    const named = { what: 'controller', name: controller } as const
    return { begins: { turn: 'down', ...named }, ends: { turn: 'up', ...named } }
  }
  const apiServer = { what: 'apiServer', name: 'kube-apiserver' } as const
  return fault === 'slowApiServer'
    ? { begins: { turn: 'slow', ...apiServer, factor: by }, ends: { turn: 'mended', ...apiServer } }
    : { begins: { turn: 'down', ...apiServer }, ends: { turn: 'up', ...apiServer } }
}

type Written = Scenario['failures'][number]

/** What breaks nodes, as the controller of failures takes it: one for each fault of a record. */
export const failureSourcesOf = (written: Written): readonly FailureSource[] => {
  const endOf = (fault: string): Disruption | undefined => FAULT_ENDS[fault] as Disruption | undefined
  if (!('recorded' in written)) {
    const { name, fault, target, timeToFailure, timeToRepair, together, atMost } = written
    if (CONTROL_PLANE_FAULTS.has(fault)) {
      const times = { timeToFailure, timeToRepair }
      const source = { model: name, fault: fault as FailureSource['fault'], outage: outageOf(fault, target), times }
      return [{ ...source, end: undefined, covers: () => false, together: undefined, atMost: undefined }]
    }
    const covers = matcherOf(target)
    const reclaim = fault === 'reclaim' ? reclaimTerms(target as ReclaimTerms) : undefined
    const factor = 'by' in target ? (target as { readonly by: number }).by : undefined
    const times = { timeToFailure, timeToRepair }
    const end = endOf(fault)
    return [{ model: name, fault: fault as Disruption, end, covers, together, reclaim, factor, atMost, times }]
  }
  const spans = new Map<string, Map<string, (number | undefined)[]>>()
  for (const { fault, node, at, until } of written.recorded) {
    const byNode = spans.get(fault) ?? new Map<string, (number | undefined)[]>()
    spans.set(fault, byNode)
    byNode.set(node, [...(byNode.get(node) ?? []), until === undefined ? undefined : until - at])
  }
  return [...spans].map(([fault, byNode]) => ({
    model: written.name,
    fault: fault as Disruption,
    end: endOf(fault),
    covers: (name) => byNode.has(name),
    together: undefined,
    atMost: undefined,
    times: byNode,
  }))
}

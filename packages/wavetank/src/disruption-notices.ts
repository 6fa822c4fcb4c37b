import { DisruptionDue, type Disruption as DisruptionKind, type ReclaimTerms } from '@wavetank/controllers'
import type { SimEvent } from '@wavetank/kernel'
import { type Disruption, disruptions, nodesOfTarget, type Scenario } from '@wavetank/scenario'
import { reclaimTerms } from './failure-sources.ts'

export type NodeDisruption = Extract<Disruption, { readonly kind: DisruptionKind }>

/** What ends a fault that lasts for a while. */
const ENDS: ReadonlyMap<string, string | undefined> = new Map(disruptions.map(({ name, end }) => [name, end]))

/** A fault of the timeline, one entry for each node that it is aimed at, and its end. */
export const disruptionNotices = (
  at: number,
  { kind, ...target }: NodeDisruption,
  nodes: Scenario['nodes'],
): readonly { readonly at: number; readonly event: SimEvent }[] => {
  const labelled = nodes.map(({ metadata }) => [metadata.name, metadata.labels ?? {}] as const)
  const names = nodesOfTarget(target, labelled)
  const more = {
    ...('disk' in target ? { disk: target.disk } : {}),
    ...('inodes' in target ? { fill: { bytes: target.by, inodes: target.inodes } } : {}),
  }
  const factor = kind === 'slowDisk' && 'by' in target ? { factor: target.by } : {}
  const reclaim = kind === 'reclaim' ? { reclaim: reclaimTerms(target as ReclaimTerms) } : {}
  const notice = (when: number, disruption: DisruptionKind) =>
    names.map((node) => ({ at: when, event: DisruptionDue({ disruption, node, ...more, ...factor, ...reclaim }) }))
  const end = ENDS.get(kind) as DisruptionKind | undefined
  const span = 'for' in target ? target.for : undefined
  return span === undefined || end === undefined ? notice(at, kind) : [...notice(at, kind), ...notice(at + span, end)]
}

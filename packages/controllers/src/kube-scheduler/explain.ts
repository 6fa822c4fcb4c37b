import type { ClusterView } from '@wavetank/cluster'
import type { Draw } from '@wavetank/kernel'
import { DEFAULT_CONFIGURATION, type SchedulerConfiguration } from './configuration/configuration.ts'
import { zoneInterleaved } from './node-order.ts'
import { type Own, profileFor } from './own.ts'
import type { Profile } from './profile.ts'
import { findNodeByReference, runScores, type Search, totalsOf, walkNodes } from './reference.ts'
import { createSnapshot, nodeInfoWith, type PodView, withNode } from './snapshot.ts'

/**
 * Why a pod goes where it goes: the table of a scheduling cycle, worked out again from the state at any moment.
 *
 * A pod that is on a node already is looked at as if it were not, so the table says what the cluster of that moment
 * would do with it.
 */
export interface PodExplanation {
  readonly pod: string
  readonly schedulerName: string
  /** Why no node was looked at; empty if they were. */
  readonly preFilter: string
  /** PreFilter of each plugin: whether it had anything to filter. */
  readonly preFilters: readonly { readonly plugin: string; readonly skips: boolean }[]
  /** In the order of the node tree. */
  readonly nodes: readonly NodeExplanation[]
  /** The nodes with the highest total; a draw decides. */
  readonly best: readonly string[]
  /** `undefined` if no node fits. */
  readonly chosen: string | undefined
}

export interface NodeExplanation {
  readonly node: string
  /** False if enough feasible nodes were found before. */
  readonly isEvaluated: boolean
  /** Up to the first plugin that refuses. */
  readonly filters: readonly { readonly plugin: string; readonly reasons: readonly string[] }[]
  readonly isFeasible: boolean
  /** Empty if the node is not feasible, or the only one. */
  readonly scores: readonly PluginScore[]
  /** Sum of weight times normalised score. */
  readonly total: number | undefined
}

export interface PluginScore {
  readonly plugin: string
  readonly raw: number
  /** 0 to 100. */
  readonly normalized: number
  readonly weight: number
}

const withoutPod = (view: ClusterView, names: readonly string[], pod: PodView): Search['cycle']['snapshot'] => {
  const snapshot = createSnapshot(view, names)
  const info = snapshot.byName(pod.node)
  return info === undefined
    ? snapshot
    : withNode(
        snapshot,
        nodeInfoWith(
          info.node,
          info.pods.filter(({ key }) => key !== pod.key),
        ),
      )
}

const filtersOf = (
  profile: Profile,
  refusedBy: string | undefined,
  reasons: readonly string[],
): NodeExplanation['filters'] => {
  const filters: NodeExplanation['filters'][number][] = []
  for (const { plugin } of profile.filters) {
    const isRefusing = plugin.name === refusedBy
    filters.push({ plugin: plugin.name, reasons: isRefusing ? reasons : [] })
    if (isRefusing) break
  }
  return filters
}

/**
 * @param own the scheduler’s memory at that moment
 * @returns undefined if no profile schedules the pod
 */
export const explainPod = (
  view: ClusterView,
  own: Own,
  pod: PodView,
  draw: Draw,
  configuration: SchedulerConfiguration = DEFAULT_CONFIGURATION,
): PodExplanation | undefined => {
  const profile = profileFor(pod, configuration)
  if (profile === undefined) return undefined
  const names = zoneInterleaved(own.cache.table.tree)
  const search: Search = {
    cycle: { view, pod, snapshot: withoutPod(view, names, pod) },
    profile,
    start: own.start,
    attempt: (own.queue.pods.get(pod.key)?.attempts ?? 0) + 1,
    nominatedTo: (node) => [...(own.nominator.podsOf.get(node) ?? [])].flatMap((key) => view.pods.get(key) ?? []),
    draw,
  }
  const { feasible, refused, preFiltered } = walkNodes(search)
  const scores = feasible.length > 1 ? runScores(search.cycle, profile.scores, feasible) : []
  const totals = totalsOf(scores, feasible.length)
  const best = totals.reduce((most, total) => Math.max(most, total), Number.NEGATIVE_INFINITY)
  const rowOf = new Map(feasible.map(({ node }, i) => [node.name, i]))
  const placement = names.length === 0 ? undefined : findNodeByReference(search)
  return {
    pod: pod.key,
    schedulerName: profile.schedulerName,
    preFilter: preFiltered.rejected?.status.reasons.join(', ') ?? '',
    preFilters: [...preFiltered.states].map(([plugin, state]) => ({ plugin, skips: state === 'skip' })),
    nodes: names.map((node) => {
      const row = rowOf.get(node)
      const rejection = refused.get(node)
      const isFeasible = row !== undefined
      return {
        node,
        isEvaluated: isFeasible || rejection !== undefined,
        filters:
          isFeasible || rejection !== undefined
            ? filtersOf(profile, rejection?.plugin, rejection?.status.reasons ?? [])
            : [],
        isFeasible,
        scores: isFeasible
          ? scores.map(({ plugin, weight, raw, normalized }) => ({
              plugin,
              raw: raw[row]!,
              normalized: normalized[row]!,
              weight,
            }))
          : [],
        total: isFeasible && scores.length > 0 ? totals[row] : undefined,
      }
    }),
    best: feasible.filter((_, i) => totals[i] === best).map(({ node }) => node.name),
    chosen: placement !== undefined && 'node' in placement ? placement.node : undefined,
  }
}

const PREFIX = 'kube-scheduler-simulator.sigs.k8s.io/'

type Cells = Readonly<Record<string, Readonly<Record<string, string>>>>

/**
 * The annotations that kube-scheduler-simulator leaves on a pod, so that its front end and scripts can read them.
 *
 * Source: kubernetes-sigs/kube-scheduler-simulator, simulator/scheduler/plugin/annotation/annotation.go.
 */
export const simulatorAnnotations = (explanation: PodExplanation): Readonly<Record<string, string>> => {
  const { nodes, preFilters, chosen } = explanation
  const cells = (
    rows: readonly NodeExplanation[],
    of: (node: NodeExplanation) => readonly (readonly [string, string])[],
  ): Cells => Object.fromEntries(rows.map((node) => [node.node, Object.fromEntries(of(node))]))
  const scored = nodes.filter(({ scores }) => scores.length > 0)
  const values: Readonly<Record<string, unknown>> = {
    'prefilter-result-status': Object.fromEntries(
      preFilters.map(({ plugin, skips }) => [plugin, skips ? '' : 'success']),
    ),
    'filter-result': cells(
      nodes.filter(({ isEvaluated }) => isEvaluated),
      ({ filters }) =>
        filters.map(({ plugin, reasons }) => [plugin, reasons.length === 0 ? 'passed' : reasons.join(', ')] as const),
    ),
    'score-result': cells(scored, ({ scores }) => scores.map(({ plugin, raw }) => [plugin, String(raw)] as const)),
    'finalscore-result': cells(scored, ({ scores }) =>
      scores.map(({ plugin, normalized, weight }) => [plugin, String(normalized * weight)] as const),
    ),
  }
  return {
    ...Object.fromEntries(Object.entries(values).map(([name, value]) => [`${PREFIX}${name}`, JSON.stringify(value)])),
    ...(chosen === undefined ? {} : { [`${PREFIX}selected-node`]: chosen }),
  }
}

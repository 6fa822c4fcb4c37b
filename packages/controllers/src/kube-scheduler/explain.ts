import type { ClusterView } from '@wavetank/cluster'
import type { Draw } from '@wavetank/kernel'
import { lowestPriority } from './cache.ts'
import { DEFAULT_CONFIGURATION, type SchedulerConfiguration } from './configuration/configuration.ts'
import { failureOf } from './failure.ts'
import { zoneInterleaved } from './node-order.ts'
import { type Own, profileFor } from './own.ts'
import type { Profile } from './profile.ts'
import {
  diagnose,
  findNodeByReference,
  type PreFiltered,
  type Rejection,
  runScores,
  type Search,
  totalsOf,
  walkNodes,
} from './reference.ts'
import { createSnapshot, nodeInfoWith, type PodView, withNode } from './snapshot.ts'

/**
 * Why a pod goes where it goes: the table of a scheduling cycle, worked out again from the state at any moment.
 *
 * At the moment of an attempt it is that attempt. A pod that is on a node already is looked at as if it were not, so the
 * table says what the cluster of that moment would do with it.
 */
export interface PodExplanation {
  readonly pod: string
  readonly schedulerName: string
  readonly attempt: number
  /** PreFilter of each plugin that has one, as far as they were asked. */
  readonly preFilters: readonly PreFilterOutcome[]
  /** Nodes outside of which nobody looked, if plugins said so. */
  readonly confinedTo: { readonly plugins: readonly string[]; readonly nodes: readonly string[] } | undefined
  /** In the order of the node tree. */
  readonly nodes: readonly NodeExplanation[]
  /** PreScore of each plugin that has one; none if there was nothing to choose. */
  readonly preScores: readonly { readonly plugin: string; readonly skips: boolean }[]
  /** The nodes with the highest total; a draw decides. */
  readonly best: readonly string[]
  /** `undefined` if no node fits. */
  readonly chosen: string | undefined
  /** What the pod’s condition says if no node fits: `0/3 nodes are available: …`. */
  readonly message: string | undefined
  /** Room that preemption makes, if no node fits and it can. */
  readonly preemption: { readonly node: string; readonly victims: readonly string[] } | undefined
}

export interface PreFilterOutcome {
  readonly plugin: string
  /** `skip`: it has nothing to filter. */
  readonly outcome: 'success' | 'skip' | 'rejected'
  /** Of a rejection, in kube-scheduler’s words. */
  readonly reasons: readonly string[]
}

export interface NodeExplanation {
  readonly node: string
  /** False if enough feasible nodes were found before, or nobody looked here. */
  readonly isEvaluated: boolean
  /** Those that were asked, up to the first that refuses; who refuses has reasons. */
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

const preFiltersOf = ({ filters }: Profile, { states, rejected }: PreFiltered): readonly PreFilterOutcome[] =>
  filters.flatMap(({ plugin }): readonly PreFilterOutcome[] => {
    if (plugin.preFilter === undefined) return []
    if (rejected?.plugin === plugin.name)
      return [{ plugin: plugin.name, outcome: 'rejected', reasons: rejected.status.reasons }]
    const state = states.get(plugin.name)
    return state === undefined
      ? []
      : [{ plugin: plugin.name, outcome: state === 'skip' ? 'skip' : 'success', reasons: [] }]
  })

const filtersOf = (
  { filters }: Profile,
  { states }: PreFiltered,
  rejection: Rejection | undefined,
): NodeExplanation['filters'] => {
  const asked: NodeExplanation['filters'][number][] = []
  for (const { plugin } of filters) {
    if (states.get(plugin.name) === 'skip') continue
    const isRefusing = plugin.name === rejection?.plugin
    asked.push({ plugin: plugin.name, reasons: isRefusing ? rejection!.status.reasons : [] })
    if (isRefusing) break
  }
  return asked
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
  const underWay = own.current?.queued
  const search: Search = {
    cycle: { view, pod, snapshot: withoutPod(view, names, pod) },
    profile,
    start: own.start,
    attempt: underWay?.key === pod.key ? underWay.attempts : (own.queue.pods.get(pod.key)?.attempts ?? 0) + 1,
    nominatedTo: (node) => [...(own.nominator.podsOf.get(node) ?? [])].flatMap((key) => view.pods.get(key) ?? []),
    draw,
  }
  const walk = walkNodes(search)
  const { feasible, refused, preFiltered } = walk
  const { confined } = preFiltered
  const isChoice = feasible.length > 1
  const scores = isChoice ? runScores(search.cycle, profile.scores, feasible) : []
  const totals = totalsOf(scores, feasible.length)
  const best = totals.reduce((most, total) => Math.max(most, total), Number.NEGATIVE_INFINITY)
  const rowOf = new Map(feasible.map(({ node }, i) => [node.name, i]))
  const placement = feasible.length === 0 ? undefined : findNodeByReference(search)
  const failure =
    feasible.length === 0 ? failureOf(search, diagnose(search, walk), lowestPriority(own.cache)) : undefined
  const candidate = failure?.candidate
  return {
    pod: pod.key,
    schedulerName: profile.schedulerName,
    attempt: search.attempt,
    preFilters: preFiltersOf(profile, preFiltered),
    confinedTo:
      confined === undefined
        ? undefined
        : { plugins: confined.plugins, nodes: names.filter((name) => confined.nodes.has(name)) },
    nodes: names.map((node): NodeExplanation => {
      const row = rowOf.get(node)
      const rejection = refused.get(node)
      const isFeasible = row !== undefined
      const isEvaluated = isFeasible || rejection !== undefined
      return {
        node,
        isEvaluated,
        filters: isEvaluated ? filtersOf(profile, preFiltered, rejection) : [],
        isFeasible,
        scores: isFeasible
          ? scores.map(({ plugin, weight, raw, normalized }) => ({
              plugin,
              raw: raw[row]!,
              normalized: normalized[row]!,
              weight,
            }))
          : [],
        total: isFeasible && isChoice ? totals[row] : undefined,
      }
    }),
    preScores: isChoice
      ? profile.scores.flatMap(({ plugin }) =>
          // ImageLocality counts at PreScore here, and when it scores in Kubernetes.
          plugin.preScore === undefined || plugin.name === 'ImageLocality'
            ? []
            : [{ plugin: plugin.name, skips: !scores.some((score) => score.plugin === plugin.name) }],
        )
      : [],
    best: feasible.filter((_, i) => totals[i] === best).map(({ node }) => node.name),
    chosen: placement !== undefined && 'node' in placement ? placement.node : undefined,
    message: failure?.message,
    preemption:
      candidate === undefined ? undefined : { node: candidate.node, victims: candidate.victims.map(({ key }) => key) },
  }
}

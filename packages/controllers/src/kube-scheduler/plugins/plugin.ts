import type { ClusterView } from '@wavetank/cluster'
import type { QueueingHints } from '../changes.ts'
import type { NodeInfo, PodView, Snapshot } from '../snapshot.ts'
import type { Status } from '../status.ts'

export type { NodeInfo, NodeView, PodView, Snapshot } from '../snapshot.ts'
export { specOf } from '../snapshot.ts'

/** One attempt to place one pod. */
export interface Cycle {
  readonly view: ClusterView
  readonly snapshot: Snapshot
  readonly pod: PodView
}

/** What PreFilter comes to. */
export type PreFilterResult<State> =
  /** The plugin has nothing to filter for this pod. */
  | 'skip'
  | {
      readonly state: State
      /** Only these nodes are visited. */
      readonly nodes?: ReadonlySet<string>
    }
  /** No node will do. */
  | { readonly rejected: Status }

/**
 * A scheduling plugin: a folder, and a line in the registry.
 *
 * These functions are the reference: plain, one node at a time. find-node.ts answers the same from columns, and a
 * property compares both.
 */
export interface Plugin<Args = unknown, FilterState = unknown, ScoreState = unknown> {
  readonly name: string
  readonly doc: string
  readonly defaultArgs: Args
  /** Weight of the score in the default profile. */
  readonly weight?: number
  /** PreFilter counts the pods on nodes, so it has to be asked again when they change. */
  readonly readsOtherPods?: true
  readonly preFilter?: (cycle: Cycle, args: Args) => PreFilterResult<FilterState>
  readonly filter?: (cycle: Cycle, info: NodeInfo, state: FilterState, args: Args) => Status | undefined
  readonly preScore?: (cycle: Cycle, nodes: readonly NodeInfo[], args: Args) => 'skip' | { readonly state: ScoreState }
  /** A whole number; from 0 to 100 unless `normalize` makes it so. */
  readonly score?: (cycle: Cycle, info: NodeInfo, state: ScoreState, args: Args) => number
  /** From raw scores to 0…100, all nodes at once. */
  readonly normalize?: (scores: readonly number[], nodes: readonly NodeInfo[], state: ScoreState) => readonly number[]
  readonly hints?: QueueingHints<Args>
}

/** Any plugin, for registries and loops that do not care which. */
// biome-ignore lint/suspicious/noExplicitAny: a plugin is invariant in its states, so no narrower type holds them all.
export type AnyPlugin = Plugin<any, any, any>

export const definePlugin = <Args = undefined, FilterState = undefined, ScoreState = undefined>(
  plugin: Plugin<Args, FilterState, ScoreState>,
): Plugin<Args, FilterState, ScoreState> => plugin

export const MAX_NODE_SCORE = 100

/** Source: pkg/scheduler/framework/plugins/helper/normalize_score.go, DefaultNormalizeScore. */
export const defaultNormalize = (scores: readonly number[], reverse: boolean): readonly number[] => {
  let most = 0
  for (const score of scores) most = Math.max(most, score)
  if (most === 0) return reverse ? scores.map(() => MAX_NODE_SCORE) : scores
  return scores.map((score) => {
    const share = Math.floor((MAX_NODE_SCORE * score) / most)
    return reverse ? MAX_NODE_SCORE - share : share
  })
}

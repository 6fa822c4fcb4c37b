import type { Codec, ProblemAt } from '../codec.ts'
import type { NodeTarget } from './node-target.ts'

export type Labels = Readonly<Record<string, string>>

/** What a disruption is checked against when the scenario is loaded. */
export interface DisruptionScene {
  /** The nodes that the scenario brings, with their labels. */
  readonly nodes: ReadonlyMap<string, Labels>
  /** Names of the pools that nodes come from. */
  readonly pools: ReadonlySet<string>
  readonly dependencies: ReadonlySet<string>
  /** Hosts that the images of the scenario come from. */
  readonly registries: ReadonlySet<string>
}

/** A fault, or its end, that the timeline of a scenario can bring. */
export interface DisruptionDefinition<K extends string, A> {
  /** The field of the timeline entry: `{at: 5m, fail: …}`. */
  readonly name: K
  readonly doc: string
  /** What it is aimed at: the value of the field. */
  readonly target: Codec<A>
  /** What ends it, if it lasts until something does. */
  readonly end?: string
  /** The value of the field in `failures`, for what happens to machines by itself. */
  readonly recurring?: Codec<NodeTarget>
  /** It happens to no node. */
  readonly isOfControlPlane?: true
  /** What the codec cannot know: whether the target exists. */
  readonly check: (target: A, scene: DisruptionScene) => readonly ProblemAt[]
}

export const defineDisruption = <const K extends string, A>(
  definition: DisruptionDefinition<K, A>,
): DisruptionDefinition<K, A> => definition

import type { AnyPlugin } from './plugins/plugin.ts'
import { plugins } from './plugins/registry.ts'

/** A plugin with its arguments. */
export interface BoundPlugin {
  readonly plugin: AnyPlugin
  readonly args: unknown
  /** Of the score; 0 if the plugin does not score here. */
  readonly weight: number
}

/** How the pods that name one scheduler are scheduled. */
export interface Profile {
  readonly schedulerName: string
  /** 0 lets the number of nodes decide. */
  readonly percentageOfNodesToScore: number
  /** Plugins with PreEnqueue: a pod that one of them holds back is not tried. */
  readonly gates: readonly BoundPlugin[]
  readonly filters: readonly BoundPlugin[]
  readonly scores: readonly BoundPlugin[]
  /** What is tried when no node fits. */
  readonly preemption: BoundPlugin | undefined
  /** Every plugin by its name. */
  readonly bound: ReadonlyMap<string, BoundPlugin>
}

const isGate = (plugin: AnyPlugin): boolean => plugin.name === 'SchedulingGates'
const isPreemption = (plugin: AnyPlugin): boolean => plugin.name === 'DefaultPreemption'

/** The profile of these plugins, each at every extension point that it has. */
export const profileOf = (
  schedulerName: string,
  bound: readonly BoundPlugin[],
  percentageOfNodesToScore = 0,
): Profile => ({
  schedulerName,
  percentageOfNodesToScore,
  gates: bound.filter(({ plugin }) => isGate(plugin)),
  filters: bound.filter(({ plugin }) => plugin.filter !== undefined),
  scores: bound.filter(({ plugin, weight }) => plugin.score !== undefined && weight > 0),
  preemption: bound.find(({ plugin }) => isPreemption(plugin)),
  bound: new Map(bound.map((each) => [each.plugin.name, each])),
})

export const DEFAULT_SCHEDULER_NAME = 'default-scheduler'

export const DEFAULT_PROFILE: Profile = profileOf(
  DEFAULT_SCHEDULER_NAME,
  plugins.map((plugin) => ({ plugin, args: plugin.defaultArgs, weight: plugin.weight ?? 0 })),
)

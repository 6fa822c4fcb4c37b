import { type ClusterView, clusterEvents, defaultsOf, type KubeletNodeFlags, type MachineSpec } from '@wavetank/cluster'
import { type BehaviorSubject, type ContainerBehavior, controllers, DEFAULT_BEHAVIOR } from '@wavetank/controllers'
import type { AnyEventDefinition, BoundController } from '@wavetank/kernel'
import { type Behavior, compileBehaviors, type Scenario } from '@wavetank/scenario'
import { expectationEvents } from './expectations/events.ts'
import { failureSourcesOf } from './failure-sources.ts'
import { schedulerConfigurationOf } from './scheduler-configuration.ts'
import { hasUsage } from './settings.ts'

/** Every event kind that a log can hold. */
export const catalogue: ReadonlyMap<string, AnyEventDefinition> = new Map(
  [...clusterEvents, ...controllers.flatMap(({ events }) => events), ...expectationEvents].map((definition) => [
    definition.kind,
    definition,
  ]),
)

/** The behaviour of each container, looked up once for all containers that look the same. */
const behaviorLookup = (behaviors: readonly Behavior[]): ((subject: BehaviorSubject) => ContainerBehavior) => {
  if (behaviors.length === 0) return () => DEFAULT_BEHAVIOR
  const find = compileBehaviors(behaviors)
  let usages = 0
  const acts = behaviors.map(
    (behavior): ContainerBehavior => (hasUsage(behavior) ? { ...behavior, usage: usages++ } : behavior),
  )
  return (subject) => acts[find(subject)] ?? DEFAULT_BEHAVIOR
}

/** What the controllers of a run go by; a scenario has it, and so has the header of its log. */
export type ControllerSettings = Pick<Scenario, 'flags' | 'schedulerConfiguration'>

/** The settings of the kubelet on a node; those of a pool are one object for all of its nodes. */
const kubeletLookup = (all: KubeletNodeFlags, kubelets: Scenario['kubelets']): ((node: string) => KubeletNodeFlags) => {
  const merged = new Map<object, KubeletNodeFlags>()
  return (node) => {
    const own = kubelets[node]
    if (own === undefined) return all
    let flags = merged.get(own)
    if (flags === undefined) {
      flags = { ...all, ...own }
      merged.set(own, flags)
    }
    return flags
  }
}

/** What controllers go by that fold nothing from it, so that replay does without. */
export type LiveSettings = Pick<Scenario, 'behaviors' | 'kubelets' | 'machines' | 'failures'>

const NOTHING_LIVE: LiveSettings = { behaviors: [], kubelets: {}, machines: {}, failures: [] }

/** The controllers with the settings of a scenario. */
export const bindControllers = (
  { flags, schedulerConfiguration }: ControllerSettings,
  { behaviors, kubelets, machines, failures }: LiveSettings = NOTHING_LIVE,
): readonly BoundController<ClusterView>[] => {
  const behaviorOf = behaviorLookup(behaviors)
  const kubeletOf = kubeletLookup(flags.kubelet as never, kubelets)
  const plain: MachineSpec = {}
  const machineOf = (node: string): MachineSpec => machines[node] ?? plain
  const configuration = schedulerConfigurationOf(schedulerConfiguration)
  const failureSources = failures.flatMap(failureSourcesOf)
  return controllers.map((controller) => ({
    controller,
    // A log need not know all flags.
    config: {
      ...defaultsOf(controller.flags),
      ...flags[controller.component],
      behaviorOf,
      kubeletOf,
      machineOf,
      configuration,
      failureSources,
    },
  }))
}

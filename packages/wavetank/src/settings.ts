import { type ContainerUsage, isDumped, type Settings } from '@wavetank/cluster'
import type { Behavior, Scenario } from '@wavetank/scenario'
import type { ApiServerFlags, MetricsServerFlags } from './flags.ts'

const usageOf = (behavior: Behavior): ContainerUsage => {
  const { cpu, sharedCpu, memory, disk, inodes, logs, processes, volumes } = behavior
  const all = { cpu, sharedCpu, memory, disk, inodes, logs, processes, volumes }
  return Object.fromEntries(Object.entries(all).filter(([, curve]) => curve !== undefined))
}

/** Behaviours that say what their containers use are numbered in the order of the scenario. */
export const hasUsage = (behavior: Behavior): boolean => Object.keys(usageOf(behavior)).length > 0

/** `kubectl get all` leaves out what pods are configured with: in a dump without any, all of it is taken to be there. */
const assumedKinds = ({ objects }: Scenario): readonly string[] =>
  objects.some(isDumped)
    ? ['ConfigMap', 'Secret'].filter((kind) => !objects.some((object) => object.kind === kind))
    : []

/** What is the same for the whole run, as the first entry of the log has it. */
export const settingsOf = (scenario: Scenario, seed: number): Settings => {
  const apiServer = scenario.flags['kube-apiserver'] as unknown as ApiServerFlags
  const metricsServer = scenario.flags['metrics-server'] as unknown as MetricsServerFlags
  return {
    seed,
    everyTick: scenario.fidelity === 'every-tick',
    start: scenario.start,
    latencies: scenario.latencies,
    imageBytes: scenario.imageBytes,
    imageSizes: scenario.imageSizes,
    missingImages: scenario.missingImages,
    rootImages: scenario.rootImages,
    assumedKinds: assumedKinds(scenario),
    usage: scenario.behaviors.filter(hasUsage).map(usageOf),
    metrics: scenario.metrics,
    metricResolution: metricsServer['metric-resolution'],
    notReadyTolerationSeconds: apiServer['default-not-ready-toleration-seconds'],
    unreachableTolerationSeconds: apiServer['default-unreachable-toleration-seconds'],
  }
}

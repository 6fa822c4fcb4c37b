import { isDumped, type Settings } from '@wavetank/cluster'
import type { Behavior, Scenario } from '@wavetank/scenario'
import type { ApiServerFlags, MetricsServerFlags } from './flags.ts'

/** Behaviours that say what their containers use are numbered in the order of the scenario. */
export const hasUsage = ({ cpu, sharedCpu, memory }: Behavior): boolean =>
  cpu !== undefined || sharedCpu !== undefined || memory !== undefined

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
    usage: scenario.behaviors.filter(hasUsage).map(({ cpu, sharedCpu, memory }) => ({
      ...(cpu === undefined ? {} : { cpu }),
      ...(sharedCpu === undefined ? {} : { sharedCpu }),
      ...(memory === undefined ? {} : { memory }),
    })),
    metrics: scenario.metrics,
    metricResolution: metricsServer['metric-resolution'],
    notReadyTolerationSeconds: apiServer['default-not-ready-toleration-seconds'],
    unreachableTolerationSeconds: apiServer['default-unreachable-toleration-seconds'],
  }
}

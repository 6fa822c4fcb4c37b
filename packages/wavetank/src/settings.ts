import type { Settings } from '@wavetank/cluster'
import type { Behavior, Scenario } from '@wavetank/scenario'
import type { ApiServerFlags } from './flags.ts'

/** Behaviours that say what their containers use are numbered in the order of the scenario. */
export const hasUsage = ({ cpu, memory }: Behavior): boolean => cpu !== undefined || memory !== undefined

/** What is the same for the whole run, as the first entry of the log has it. */
export const settingsOf = (scenario: Scenario, seed: number): Settings => {
  const apiServer = scenario.flags['kube-apiserver'] as unknown as ApiServerFlags
  return {
    seed,
    start: scenario.start,
    latencies: scenario.latencies,
    imageBytes: scenario.imageBytes,
    imageSizes: scenario.imageSizes,
    usage: scenario.behaviors.filter(hasUsage).map(({ cpu, memory }) => ({
      ...(cpu === undefined ? {} : { cpu }),
      ...(memory === undefined ? {} : { memory }),
    })),
    notReadyTolerationSeconds: apiServer['default-not-ready-toleration-seconds'],
    unreachableTolerationSeconds: apiServer['default-unreachable-toleration-seconds'],
  }
}

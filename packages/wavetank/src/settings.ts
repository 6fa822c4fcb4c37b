import type { Settings } from '@wavetank/cluster'
import type { Scenario } from '@wavetank/scenario'
import type { ApiServerFlags } from './flags.ts'

/** What is the same for the whole run, as the first entry of the log has it. */
export const settingsOf = (scenario: Scenario, seed: number): Settings => {
  const apiServer = scenario.flags['kube-apiserver'] as unknown as ApiServerFlags
  return {
    seed,
    start: scenario.start,
    latencies: scenario.latencies,
    imageBytes: scenario.imageBytes,
    imageSizes: scenario.imageSizes,
    notReadyTolerationSeconds: apiServer['default-not-ready-toleration-seconds'],
    unreachableTolerationSeconds: apiServer['default-unreachable-toleration-seconds'],
  }
}

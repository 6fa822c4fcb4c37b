import { DEFAULT_PROFILE, type Profile } from '../profile.ts'

/** What a KubeSchedulerConfiguration file comes to. */
export interface SchedulerConfiguration {
  readonly profiles: readonly Profile[]
  /** Milliseconds. */
  readonly podInitialBackoff: number
  /** Milliseconds; 0 turns back-off off. */
  readonly podMaxBackoff: number
  /** API calls a second; absent: the scenario’s flags decide. */
  readonly qps: number | undefined
  readonly burst: number | undefined
}

export const DEFAULT_CONFIGURATION: SchedulerConfiguration = {
  profiles: [DEFAULT_PROFILE],
  podInitialBackoff: 1_000,
  podMaxBackoff: 10_000,
  qps: undefined,
  burst: undefined,
}

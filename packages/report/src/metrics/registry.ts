import type { MetricResults } from '../metric.ts'
import { availability } from './availability/availability.ts'
import { disruptions } from './disruptions/disruptions.ts'
import { nodes } from './nodes/nodes.ts'
import { podStartup } from './pod-startup/pod-startup.ts'
import { pods } from './pods/pods.ts'
import { requested } from './requested/requested.ts'
import { restarts } from './restarts/restarts.ts'
import { scheduling } from './scheduling/scheduling.ts'
import { used } from './used/used.ts'

/** Every metric; a summary has all of them. */
export const metrics = [
  pods,
  podStartup,
  availability,
  restarts,
  scheduling,
  nodes,
  requested,
  used,
  disruptions,
] as const

export type RunMetrics = MetricResults<typeof metrics>

import type { Table } from '../define-table.ts'
import { actions } from './actions.ts'
import { containerRuns } from './container-runs.ts'
import { entries } from './entries.ts'
import { expectations } from './expectations.ts'
import { jobStates } from './job-states.ts'
import { nodeRequests } from './node-requests.ts'
import { nodeStates } from './node-states.ts'
import { podStates } from './pod-states.ts'
import { pods } from './pods.ts'
import { run } from './run.ts'
import { workloadStates } from './workload-states.ts'

/** Every table; a new one is a file and a line here. */
export const tables: readonly Table[] = [
  entries,
  pods,
  podStates,
  containerRuns,
  nodeStates,
  nodeRequests,
  workloadStates,
  jobStates,
  expectations,
  actions,
  run,
]

import { DeploymentStalled, DisruptionIgnored, KubectlCompleted, NodeDrainBlocked } from '@wavetank/controllers'
import { type Entry, type EventOf, formatMillis } from '@wavetank/kernel'

/** What a user should be told about an entry: a command that failed, a fault that changed nothing, a rollout or a drain that stalls. */
export const warningOf = ({ at, event }: Entry): string | undefined => {
  if (event.kind === KubectlCompleted.kind) {
    const { line, exitCode, output } = event as EventOf<typeof KubectlCompleted>
    return exitCode === 0 ? undefined : `t=${formatMillis(at)} kubectl ${line}: ${output.join('; ')}`
  }
  if (event.kind === DisruptionIgnored.kind) {
    const { disruption, node, reason } = event as EventOf<typeof DisruptionIgnored>
    return `t=${formatMillis(at)} ${disruption} ${node}: ${reason}`
  }
  if (event.kind === DeploymentStalled.kind) {
    const { object, reasons } = event as EventOf<typeof DeploymentStalled>
    return `t=${formatMillis(at)} the rollout of Deployment ${object} has stalled: ${reasons.join('; ')}`
  }
  if (event.kind === NodeDrainBlocked.kind) {
    const { node, reasons } = event as EventOf<typeof NodeDrainBlocked>
    return `t=${formatMillis(at)} the drain of node ${node} waits: ${reasons.join('; ')}`
  }
  return undefined
}

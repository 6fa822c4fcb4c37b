import {
  type DeepReadonly,
  matchesNodeAffinity,
  type Node,
  type PodTemplate,
  type Taint,
  toleratesTaint,
} from '@wavetank/cluster'
import { daemonTolerations } from './pod-content.ts'

/** Whether a node should get a pod, and whether it may keep the one it has. */
export interface Eligibility {
  readonly shouldRun: boolean
  readonly shouldContinue: boolean
}

const YES: Eligibility = { shouldRun: true, shouldContinue: true }
const KEEP: Eligibility = { shouldRun: false, shouldContinue: true }
const NO: Eligibility = { shouldRun: false, shouldContinue: false }

type NodeView = DeepReadonly<Node>

/**
 * Not asked: whether the node is ready, cordoned or full. A pod that finds no room there waits for it.
 *
 * Source: pkg/controller/daemon/daemon_controller.go, NodeShouldRunDaemonPod.
 */
export const eligibilityOf = (template: DeepReadonly<PodTemplate>, node: NodeView): Eligibility => {
  const { nodeName = '' } = template.spec
  if (nodeName !== '' && nodeName !== node.name) return NO
  if (!matchesNodeAffinity(template.spec, node)) return NO
  const tolerations = daemonTolerations(template)
  let result = YES
  for (const taint of node.taints as readonly Taint[]) {
    if (taint.effect === 'PreferNoSchedule') continue
    if (tolerations.some((toleration) => toleratesTaint(toleration, taint))) continue
    if (taint.effect === 'NoExecute') return NO
    result = KEEP
  }
  return result
}

import { nodeAffinity } from './node-affinity/node-affinity.ts'
import { nodeName } from './node-name/node-name.ts'
import { nodeResourcesFit } from './node-resources-fit/node-resources-fit.ts'
import { nodeUnschedulable } from './node-unschedulable/node-unschedulable.ts'
import type { Plugin } from './plugin.ts'
import { podTopologySpread } from './pod-topology-spread/pod-topology-spread.ts'
import { taintToleration } from './taint-toleration/taint-toleration.ts'

/** In the order in which they filter. Source: pkg/scheduler/apis/config/v1/default_plugins.go. */
export const plugins: readonly Plugin[] = [
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  nodeResourcesFit,
  podTopologySpread,
]

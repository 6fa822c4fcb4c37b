import { defaultPreemption } from './default-preemption/default-preemption.ts'
import { imageLocality } from './image-locality/image-locality.ts'
import { interPodAffinity } from './inter-pod-affinity/inter-pod-affinity.ts'
import { nodeAffinity } from './node-affinity/node-affinity.ts'
import { nodeName } from './node-name/node-name.ts'
import { nodePorts } from './node-ports/node-ports.ts'
import { nodeResourcesBalancedAllocation } from './node-resources-balanced-allocation/node-resources-balanced-allocation.ts'
import { nodeResourcesFit } from './node-resources-fit/node-resources-fit.ts'
import { nodeUnschedulable } from './node-unschedulable/node-unschedulable.ts'
import { nodeVolumeLimits } from './node-volume-limits/node-volume-limits.ts'
import type { AnyPlugin } from './plugin.ts'
import { podTopologySpread } from './pod-topology-spread/pod-topology-spread.ts'
import { schedulingGates } from './scheduling-gates/scheduling-gates.ts'
import { taintToleration } from './taint-toleration/taint-toleration.ts'
import { volumeBinding } from './volume-binding/volume-binding.ts'
import { volumeRestrictions } from './volume-restrictions/volume-restrictions.ts'
import { volumeZone } from './volume-zone/volume-zone.ts'

/** In the order of the default profile. Source: pkg/scheduler/apis/config/v1/default_plugins.go. */
export const plugins: readonly AnyPlugin[] = [
  schedulingGates,
  nodeUnschedulable,
  nodeName,
  taintToleration,
  nodeAffinity,
  nodePorts,
  nodeResourcesFit,
  volumeRestrictions,
  nodeVolumeLimits,
  volumeBinding,
  volumeZone,
  podTopologySpread,
  interPodAffinity,
  defaultPreemption,
  nodeResourcesBalancedAllocation,
  imageLocality,
]

export const pluginByName: ReadonlyMap<string, AnyPlugin> = new Map(plugins.map((plugin) => [plugin.name, plugin]))

import { type DeepReadonly, deletePod, type Pod, PodDisruptionTargeted } from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'

/**
 * What a POST to the eviction subresource comes to. Here is where PodDisruptionBudgets will have their say: for now
 * none is simulated, so every eviction is granted.
 *
 * Source: pkg/registry/core/pod/storage/eviction.go, addConditionAndDeletePod.
 */
export const evictPod = (pod: DeepReadonly<Pod>, graceSeconds?: number): readonly SimEvent[] => [
  PodDisruptionTargeted({ pod: pod.key, reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting' }),
  ...deletePod(pod, graceSeconds),
]

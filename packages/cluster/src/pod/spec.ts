import type { PodSpec } from '../api/core/pod-spec.ts'
import type { Volume } from '../api/core/volume.ts'
import type { DeepReadonly } from '../tables.ts'
import type { Pod } from './pod.ts'

/**
 * The spec of a pod: its template's, with what is the pod's alone.
 *
 * Pods that differ in a node name or in the names of their claims share one template, so a DaemonSet on 5,000 nodes has
 * one template in memory and in the log, not 5,000.
 */

type PodView = DeepReadonly<Pick<Pod, 'template' | 'affinityNode' | 'claims'>>

const own = new WeakMap<object, PodSpec>()

/** Source: pkg/controller/daemon/util/daemonset_util.go, ReplaceDaemonSetPodNodeNameNodeAffinity. */
const pinned = (affinity: PodSpec['affinity'], node: string): PodSpec['affinity'] => ({
  ...affinity,
  nodeAffinity: {
    ...affinity?.nodeAffinity,
    requiredDuringSchedulingIgnoredDuringExecution: {
      nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: [node] }] }],
    },
  },
})

/** Source: pkg/controller/statefulset/stateful_set_utils.go, updateStorage. */
const volumesWith = (
  volumes: readonly Volume[] | undefined,
  claims: Readonly<Record<string, string>>,
): readonly Volume[] => [
  ...Object.entries(claims).map(([name, claimName]): Volume => ({ name, persistentVolumeClaim: { claimName } })),
  ...(volumes ?? []).filter(({ name }) => claims[name] === undefined),
]

/** The spec as the API server has it, without the node that the scheduler chose. The same object every time. */
export const podSpecOf = (pod: PodView): PodSpec => {
  const { affinityNode, claims } = pod
  const spec = pod.template.spec as PodSpec
  if (affinityNode === undefined && claims === undefined) return spec
  let result = own.get(pod)
  if (result === undefined) {
    result = {
      ...spec,
      ...(affinityNode === undefined ? {} : { affinity: pinned(spec.affinity, affinityNode) }),
      ...(claims === undefined ? {} : { volumes: volumesWith(spec.volumes, claims) }),
    }
    own.set(pod, result)
  }
  return result
}

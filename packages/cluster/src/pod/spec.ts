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

type PodView = DeepReadonly<Pick<Pod, 'template' | 'affinityNode' | 'claims'> & Partial<Pick<Pod, 'schedulingGates'>>>

const own = new WeakMap<object, { readonly spec: PodSpec; readonly gates: number }>()

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

/** The spec as the API server has it, without the node that the scheduler chose. The same object until a gate goes. */
export const podSpecOf = (pod: PodView): PodSpec => {
  const { affinityNode, claims } = pod
  const spec = pod.template.spec as PodSpec
  const gates = pod.schedulingGates ?? (spec.schedulingGates ?? []).map(({ name }) => name)
  const isUngated = gates.length < (spec.schedulingGates ?? []).length
  if (affinityNode === undefined && claims === undefined && !isUngated) return spec
  const known = own.get(pod)
  if (known !== undefined && known.gates === gates.length) return known.spec
  const { schedulingGates, ...rest } = spec
  const left = schedulingGates?.filter(({ name }) => gates.includes(name)) ?? []
  const result: PodSpec = {
    ...rest,
    ...(affinityNode === undefined ? {} : { affinity: pinned(spec.affinity, affinityNode) }),
    ...(claims === undefined ? {} : { volumes: volumesWith(spec.volumes, claims) }),
    ...(left.length === 0 ? {} : { schedulingGates: left }),
  }
  own.set(pod, { spec: result, gates: gates.length })
  return result
}

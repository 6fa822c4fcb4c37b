import { podRequests } from '@wavetank/cluster'
import { type ApiObject, isKind, type PodSpec } from '@wavetank/cluster/api'

/** A pool of nodes that the workloads fit on. */
export interface Pool {
  readonly count: number
  readonly cpu: number
  readonly memoryGi: number
  readonly labels: Readonly<Record<string, string>>
  readonly zones: boolean
}

const GI = 1024 ** 3

/** Cores and memory of machines that clouds rent. */
const SIZES = [4, 8, 16, 32, 64, 128].map((cpu) => ({ cpu, memoryGi: 4 * cpu }))

/** Nodes are filled to this share at first: what a node leaves has to fit on the others. */
const FILL = 0.6
const PODS_PER_NODE = 80

interface Demand {
  readonly spec: PodSpec
  readonly pods: number
}

/** The pods that an object brings, if it is not made by another one of them. */
const demandOf = (object: ApiObject, most: ReadonlyMap<string, number>): Demand | undefined => {
  const { kind, metadata } = object
  if ((metadata.ownerReferences ?? []).some(({ controller }) => controller === true)) return undefined
  const scaled = most.get(`${kind}/${metadata.namespace}/${metadata.name}`) ?? 0
  if (isKind(object, 'Pod')) return { spec: object.spec, pods: 1 }
  if (isKind(object, 'Deployment') || isKind(object, 'ReplicaSet') || isKind(object, 'StatefulSet'))
    return { spec: object.spec.template.spec, pods: Math.max(scaled, object.spec.replicas ?? 1) }
  if (isKind(object, 'ReplicationController')) {
    const { template, replicas } = object.spec
    return template === undefined ? undefined : { spec: template.spec, pods: Math.max(scaled, replicas ?? 1) }
  }
  if (isKind(object, 'Job')) return { spec: object.spec.template.spec, pods: object.spec.parallelism ?? 1 }
  if (isKind(object, 'CronJob')) {
    const { spec } = object.spec.jobTemplate
    return { spec: spec.template.spec, pods: spec.parallelism ?? 1 }
  }
  return undefined
}

/** The pods that autoscalers may make of their targets. */
const mostReplicas = (objects: readonly ApiObject[]): ReadonlyMap<string, number> =>
  new Map(
    objects.flatMap((object) => {
      if (!isKind(object, 'HorizontalPodAutoscaler')) return []
      const { scaleTargetRef, maxReplicas } = object.spec
      return [[`${scaleTargetRef.kind}/${object.metadata.namespace}/${scaleTargetRef.name}`, maxReplicas] as const]
    }),
  )

const spreads = ({ affinity, topologySpreadConstraints }: PodSpec, key: string): boolean =>
  (affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []).some(
    ({ topologyKey }) => topologyKey === key,
  ) || (topologySpreadConstraints ?? []).some(({ topologyKey }) => topologyKey === key)

/** Labels that every node has, so that no pool need have them. */
const isOwnLabel = (key: string): boolean => key.startsWith('kubernetes.io/')

/** A pool on which the workloads fit, with room for one node that fails. */
export const poolFor = (objects: readonly ApiObject[]): Pool => {
  const most = mostReplicas(objects)
  const demands = objects.flatMap((object) => demandOf(object, most) ?? [])
  const daemons = objects.flatMap((object) => (isKind(object, 'DaemonSet') ? [object.spec.template.spec] : []))
  const sum = (specs: readonly PodSpec[]) =>
    specs.reduce(
      (all, spec) => {
        const { cpuMillis, memoryBytes } = podRequests(spec)
        return { cpu: all.cpu + cpuMillis / 1_000, memory: all.memory + memoryBytes / GI }
      },
      { cpu: 0, memory: 0 },
    )
  const everyNode = sum(daemons)
  let cpu = 0
  let memory = 0
  let pods = 0
  let largestCpu = 0
  let largestMemory = 0
  let apart = 0
  for (const { spec, pods: count } of demands) {
    const one = sum([spec])
    cpu += count * one.cpu
    memory += count * one.memory
    pods += count
    largestCpu = Math.max(largestCpu, one.cpu)
    largestMemory = Math.max(largestMemory, one.memory)
    if (spreads(spec, 'kubernetes.io/hostname')) apart = Math.max(apart, count)
  }
  const fits = ({ cpu: cores, memoryGi }: (typeof SIZES)[number]): boolean =>
    largestCpu + everyNode.cpu <= cores * FILL && largestMemory + everyNode.memory <= memoryGi * FILL
  const size = SIZES.find(fits) ?? SIZES[SIZES.length - 1]!
  const roomCpu = Math.max(size.cpu * FILL - everyNode.cpu, 0.1)
  const roomMemory = Math.max(size.memoryGi * FILL - everyNode.memory, 0.1)
  const count = Math.max(
    3,
    apart + 1,
    Math.ceil(cpu / roomCpu),
    Math.ceil(memory / roomMemory),
    Math.ceil(pods / PODS_PER_NODE),
  )
  const labels = Object.fromEntries(
    demands.flatMap(({ spec }) => Object.entries(spec.nodeSelector ?? {})).filter(([key]) => !isOwnLabel(key)),
  )
  const zones = demands.some(({ spec }) => spreads(spec, 'topology.kubernetes.io/zone'))
  return { count, ...size, labels, zones }
}

/** The same with more nodes. */
export const withMoreNodes = (pool: Pool): Pool => ({ ...pool, count: Math.ceil(pool.count * 1.5) })

/** Whether more nodes would help a pod that no node takes. */
export const wantsMoreNodes = (message: string): boolean => /Insufficient (cpu|memory)|Too many pods/.test(message)

/** What a node has, for those who want to see it in words. */
export const capacityOf = ({ cpu, memoryGi }: Pool): Readonly<Record<string, string>> => ({
  cpu: String(cpu),
  memory: `${memoryGi}Gi`,
})

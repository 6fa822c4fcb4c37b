import { allocatableOf, type KubeletNodeFlags, kubeletNodeFlags, type MachineSpec } from '@wavetank/cluster'
import { left, right } from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { nameProblem } from './cluster-objects.ts'
import {
  anyText,
  type Codec,
  defaulted,
  dictionary,
  integer,
  list,
  mapped,
  object,
  oneOf,
  optional,
  type ProblemAt,
  required,
  text,
} from './codec.ts'
import { someFlags } from './flags.ts'
import { ManifestItem } from './manifest-item.ts'
import { Bytes, Count, Quantity, quantityExceeds } from './resource-quantity.ts'

/** A name as Kubernetes takes it for most objects. */
export const Name: Codec<string> = mapped<string, string>(
  text,
  (u): u is string => typeof u === 'string',
  (name) => {
    const problem = nameProblem(name)
    return problem === undefined ? right(name) : left({ code: 'WT020', message: `"${name}" is not a name: ${problem}` })
  },
  (name) => name,
)

const Taint = object('Taint', {
  key: required(text, 'The key of the taint.'),
  value: optional(text, 'The value of the taint.'),
  effect: required(
    oneOf('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
    'What it does to pods that do not tolerate it.',
  ),
})

/** What a node of a pool has when the pool does not say; `pods` is the kubelet’s `maxPods`. */
export const POOL_CAPACITY: Readonly<Record<string, string>> = {
  cpu: '4',
  memory: '16Gi',
  'ephemeral-storage': '100Gi',
}

const Disks = object('Disks', {
  imagefs: optional(
    Bytes,
    'Size of a file system for images and what containers write. Without it they are on the node’s own, whose size is `ephemeral-storage`.',
  ),
  containerfs: optional(
    oneOf('imagefs', 'nodefs'),
    'On which of the two containers write, if there is an `imagefs`: that one by default.',
  ),
  nodefsInodes: optional(Count, 'Files and folders that fit on the node’s own; one for every 16Ki by default.'),
  imagefsInodes: optional(Count, 'Those that fit on `imagefs`.'),
})

export const NodePool = object('NodePool', {
  name: required(Name, 'Nodes are called `<name>-1`, `<name>-2` and so on.'),
  count: required(integer(0, 100_000), 'How many nodes.'),
  zones: optional(list(text, 1), 'Zones, taken in turn: the first node is in the first one.'),
  capacity: defaulted(
    dictionary(Quantity),
    {},
    'What each node has, as Kubernetes quantities. What is not given is cpu 4, memory 16Gi, ephemeral-storage 100Gi, and as many pods as `maxPods` says.',
  ),
  allocatable: optional(
    dictionary(Quantity),
    'What of it pods may request. What is not given is what the kubelet computes: the capacity, less what is reserved and the hard eviction thresholds.',
  ),
  kubelet: optional(
    someFlags('kubelet', kubeletNodeFlags),
    'Settings of the kubelets of these nodes where they differ from `flags.kubelet`.',
  ),
  disks: optional(Disks, 'File systems of each node.'),
  pids: optional(
    integer(1, 4_194_304),
    'Processes that a node can have at a time (`kernel.pid_max`), 32768 by default.',
  ),
  labels: defaulted(dictionary(anyText), {}, 'Labels besides hostname, os, arch and zone.'),
  taints: defaulted(list(Taint), [], 'Taints of each node.'),
  staticPods: defaulted(
    list(ManifestItem),
    [],
    'Static pods: manifests of pods that each node has in its static pod path. Its kubelet runs them by itself, and makes a mirror pod of each in the API server.',
  ),
})
export type NodePool = t.TypeOf<typeof NodePool>

/** Resources that a pool promises to pods and does not have. */
export const poolProblems = ({ capacity, allocatable = {}, kubelet, disks }: NodePool): readonly ProblemAt[] => {
  const misplaced = (['containerfs', 'imagefsInodes'] as const).flatMap((field): readonly ProblemAt[] =>
    disks?.[field] === undefined || disks.imagefs !== undefined
      ? []
      : [[['disks', field], { code: 'WT029', message: 'there is no `imagefs` that it could be about' }]],
  )
  const has: Readonly<Record<string, string>> = {
    ...POOL_CAPACITY,
    ...(kubelet?.maxPods === undefined ? {} : { pods: `${kubelet.maxPods}` }),
    ...capacity,
  }
  const promised = Object.keys(allocatable).flatMap((resource): readonly ProblemAt[] => {
    const most = has[resource]
    // `maxPods` of all kubelets is not known here.
    if (resource === 'pods' && most === undefined) return []
    if (most !== undefined && !quantityExceeds(allocatable[resource]!, most)) return []
    const message = `allocatable ${allocatable[resource]} is more than the capacity, ${most ?? 'which has none of it'}`
    return [[['allocatable', resource], { code: 'WT029', message }]]
  })
  return [...promised, ...misplaced]
}

/** What the Node objects of a pool do not say; nothing, if there is nothing to say. */
export const machineOfPool = ({ disks, pids }: NodePool): MachineSpec | undefined =>
  disks === undefined && pids === undefined ? undefined : { ...disks, ...(pids === undefined ? {} : { pids }) }

/** The Node manifests of a pool, as somebody would have written them. `flags` are those of every kubelet. */
export const nodesOfPool = (pool: NodePool, flags: KubeletNodeFlags): readonly Readonly<Record<string, unknown>>[] => {
  const kubelet: KubeletNodeFlags = { ...flags, ...pool.kubelet }
  const capacity = { ...POOL_CAPACITY, pods: String(kubelet.maxPods), ...pool.capacity }
  const allocatable = { ...allocatableOf(capacity, kubelet), ...pool.allocatable }
  return Array.from({ length: pool.count }, (_, index) => {
    const name = `${pool.name}-${index + 1}`
    const zone = pool.zones?.[index % pool.zones.length]
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: {
        name,
        labels: {
          'kubernetes.io/hostname': name,
          'kubernetes.io/os': 'linux',
          'kubernetes.io/arch': 'amd64',
          ...(zone === undefined ? {} : { 'topology.kubernetes.io/zone': zone }),
          ...pool.labels,
        },
      },
      spec: pool.taints.length === 0 ? {} : { taints: pool.taints },
      status: { capacity, allocatable },
    }
  })
}

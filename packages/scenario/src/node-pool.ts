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
import { Quantity, quantityExceeds } from './resource-quantity.ts'

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

/** What a node of a pool has when the pool does not say. */
export const POOL_CAPACITY: Readonly<Record<string, string>> = {
  cpu: '4',
  memory: '16Gi',
  pods: '110',
  'ephemeral-storage': '100Gi',
}

export const NodePool = object('NodePool', {
  name: required(Name, 'Nodes are called `<name>-1`, `<name>-2` and so on.'),
  count: required(integer(0, 100_000), 'How many nodes.'),
  zones: optional(list(text, 1), 'Zones, taken in turn: the first node is in the first one.'),
  capacity: defaulted(
    dictionary(Quantity),
    {},
    'What each node has, as Kubernetes quantities. What is not given is cpu 4, memory 16Gi, pods 110, ephemeral-storage 100Gi.',
  ),
  allocatable: optional(dictionary(Quantity), 'What of it pods may request; what is not given is the capacity.'),
  labels: defaulted(dictionary(anyText), {}, 'Labels besides hostname, os, arch and zone.'),
  taints: defaulted(list(Taint), [], 'Taints of each node.'),
})
export type NodePool = t.TypeOf<typeof NodePool>

/** Resources that a pool promises to pods and does not have. */
export const poolProblems = ({ capacity, allocatable = {} }: NodePool): readonly ProblemAt[] => {
  const has = { ...POOL_CAPACITY, ...capacity }
  return Object.keys(allocatable).flatMap((resource): readonly ProblemAt[] => {
    const most = has[resource]
    if (most !== undefined && !quantityExceeds(allocatable[resource]!, most)) return []
    const message = `allocatable ${allocatable[resource]} is more than the capacity, ${most ?? 'which has none of it'}`
    return [[['allocatable', resource], { code: 'WT029', message }]]
  })
}

/** The Node manifests of a pool, as somebody would have written them. */
export const nodesOfPool = (pool: NodePool): readonly Readonly<Record<string, unknown>>[] =>
  Array.from({ length: pool.count }, (_, index) => {
    const name = `${pool.name}-${index + 1}`
    const zone = pool.zones?.[index % pool.zones.length]
    const capacity = { ...POOL_CAPACITY, ...pool.capacity }
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
      status: { capacity, allocatable: { ...capacity, ...pool.allocatable } },
    }
  })

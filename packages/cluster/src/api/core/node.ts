import type * as t from 'io-ts'
import { labelKeyProblems, labelValueProblems } from '../../labels.ts'
import type { Codec } from '../codec.ts'
import {
  anything,
  defaultedZero,
  flag,
  integer,
  list,
  omitEmpty,
  optional,
  present,
  requiredText,
  resourceList,
  struct,
  text,
  time,
  words,
} from '../codec.ts'
import { defineKind, objectCodec } from '../define-kind.ts'
import { NAME_RULES } from '../meta/object-meta.ts'
import { complain, duplicate, within } from '../trail.ts'
import { validateAmount } from './container-validation.ts'

const taint = struct('Taint', {
  key: requiredText,
  value: omitEmpty(text),
  effect: words('NoSchedule', 'PreferNoSchedule', 'NoExecute'),
  timeAdded: optional(time),
})
export interface Taint extends t.TypeOf<typeof taint> {}
export const Taint: Codec<Taint> = taint

const nodeSpec = struct('NodeSpec', {
  unschedulable: optional(flag),
  taints: optional(list(Taint)),
  providerID: omitEmpty(text),
  podCIDR: omitEmpty(text),
  podCIDRs: optional(list(text)),
  externalID: optional(anything),
  configSource: optional(anything),
})
export interface NodeSpec extends t.TypeOf<typeof nodeSpec> {}
export const NodeSpec: Codec<NodeSpec> = nodeSpec

const nodeCondition = struct('NodeCondition', {
  type: requiredText,
  status: words('True', 'False', 'Unknown'),
  reason: omitEmpty(text),
  message: omitEmpty(text),
  lastHeartbeatTime: omitEmpty(time),
  lastTransitionTime: omitEmpty(time),
})
export interface NodeCondition extends t.TypeOf<typeof nodeCondition> {}
export const NodeCondition: Codec<NodeCondition> = nodeCondition

const nodeAddress = struct('NodeAddress', { type: requiredText, address: requiredText })
export interface NodeAddress extends t.TypeOf<typeof nodeAddress> {}
export const NodeAddress: Codec<NodeAddress> = nodeAddress

const containerImage = struct('ContainerImage', { names: optional(list(text)), sizeBytes: defaultedZero(integer, 0) })
export interface ContainerImage extends t.TypeOf<typeof containerImage> {}
export const ContainerImage: Codec<ContainerImage> = containerImage

const nodeSystemInfo = struct('NodeSystemInfo', {
  machineID: defaultedZero(text, ''),
  systemUUID: defaultedZero(text, ''),
  bootID: defaultedZero(text, ''),
  kernelVersion: defaultedZero(text, ''),
  osImage: defaultedZero(text, ''),
  containerRuntimeVersion: defaultedZero(text, ''),
  kubeletVersion: defaultedZero(text, ''),
  kubeProxyVersion: defaultedZero(text, ''),
  operatingSystem: defaultedZero(text, ''),
  architecture: defaultedZero(text, ''),
  swap: optional(anything),
})
export interface NodeSystemInfo extends t.TypeOf<typeof nodeSystemInfo> {}
export const NodeSystemInfo: Codec<NodeSystemInfo> = nodeSystemInfo

const nodeStatus = struct('NodeStatus', {
  capacity: optional(resourceList),
  allocatable: optional(resourceList),
  conditions: optional(list(NodeCondition)),
  addresses: optional(list(NodeAddress)),
  images: optional(list(ContainerImage)),
  nodeInfo: optional(NodeSystemInfo),
  phase: optional(anything),
  daemonEndpoints: optional(anything),
  volumesInUse: optional(anything),
  volumesAttached: optional(anything),
  config: optional(anything),
  runtimeHandlers: optional(anything),
  features: optional(anything),
  declaredFeatures: optional(anything),
})
export interface NodeStatus extends t.TypeOf<typeof nodeStatus> {}
export const NodeStatus: Codec<NodeStatus> = nodeStatus

const node = objectCodec('v1', 'Node', { spec: present(NodeSpec), status: present(NodeStatus) })
export interface Node extends t.TypeOf<typeof node> {}
export const Node: Codec<Node> = node

export const nodeKind = defineKind<Node>({
  kind: 'Node',
  apiVersion: 'v1',
  codec: Node,
  nameRule: NAME_RULES.subdomain,
  // `SetDefaults_NodeStatus`.
  complete: (object) => {
    const { capacity, allocatable } = object.status
    if (allocatable !== undefined || capacity === undefined) return object
    return { ...object, status: { ...object.status, allocatable: capacity } }
  },
  validate: (trail, { spec, status }) => {
    const seen = new Set<string>()
    spec.taints?.forEach(({ key, value, effect }, i) => {
      trail.steps.push('spec', 'taints', i)
      if (key !== '') within(trail, 'key', () => complain(trail, 'WT110', key, labelKeyProblems(key)))
      if (value !== undefined) within(trail, 'value', () => complain(trail, 'WT110', value, labelValueProblems(value)))
      if (seen.has(`${key}:${effect}`)) duplicate(trail, { key, value, effect })
      seen.add(`${key}:${effect}`)
      trail.steps.length -= 3
    })
    for (const field of ['capacity', 'allocatable'] as const) {
      const amounts = status[field]
      for (const resource in amounts) {
        trail.steps.push('status', field, { key: resource })
        validateAmount(trail, resource, amounts[resource]!)
        trail.steps.length -= 3
      }
    }
  },
})

import { uuidOf } from '@wavetank/kernel'
import type { JsonObject } from '../api/codec.ts'
import type { Node as NodeObject } from '../api/core/node.ts'
import { DEFAULT_MAX_PODS } from '../node/apply.ts'
import type { Node } from '../node/node.ts'
import { canonicalQuantity } from '../quantity.ts'
import type { ClusterView, DeepReadonly } from '../tables.ts'
import { sorted, unlessBlank, unlessEmpty } from './json.ts'
import { memoised } from './memo.ts'
import { renderMetadata, timestamp } from './metadata.ts'

type NodeView = DeepReadonly<Node>

/** Most images that a kubelet reports. Source: kubelet flag `node-status-max-images`. */
const MAX_IMAGES = 50
const KUBELET_VERSION = 'v1.34.0'

const quantities = (
  amounts: Readonly<Record<string, string>> | undefined,
  maxPods: number,
): Readonly<Record<string, string>> => {
  const canonical: Record<string, string> = {}
  for (const [resource, amount] of Object.entries(amounts ?? {})) canonical[resource] = canonicalQuantity(amount)
  canonical.pods ??= String(maxPods)
  return canonical
}

/** Largest first, as the kubelet lists them. */
const renderImages = (node: NodeView): readonly JsonObject[] =>
  [...node.images]
    .filter(([name]) => !node.imageAliases.has(name))
    .sort(([a, bytesOfA], [b, bytesOfB]) => bytesOfB - bytesOfA || (a < b ? -1 : 1))
    .slice(0, MAX_IMAGES)
    .map(([name, sizeBytes]) => ({
      names: [name, ...[...node.imageAliases].flatMap(([other, first]) => (first === name ? [other] : []))],
      sizeBytes,
    }))

/** The machine: what the manifest says of it; a machine that has started again has another boot id. */
const renderNodeInfo = (view: ClusterView, node: NodeView, object: Partial<NodeObject>): JsonObject => {
  const { boots } = node.machine
  const { seed } = view.settings
  const own = object.status?.nodeInfo
  const upgraded = node.kubeletVersion === undefined ? {} : { kubeletVersion: node.kubeletVersion }
  const info = own ?? {
    architecture: node.labels['kubernetes.io/arch'] ?? 'amd64',
    containerRuntimeVersion: '',
    kernelVersion: '',
    kubeProxyVersion: '',
    kubeletVersion: KUBELET_VERSION,
    machineID: uuidOf(seed, `machine ${node.name}`).replaceAll('-', ''),
    operatingSystem: node.labels['kubernetes.io/os'] ?? 'linux',
    osImage: '',
    systemUUID: uuidOf(seed, `system ${node.name}`),
  }
  const given = own?.bootID ?? ''
  return {
    ...info,
    ...upgraded,
    bootID: boots > 1 || given === '' ? uuidOf(seed, `boot ${node.name} ${boots}`) : given,
  }
}

const renderSpec = (node: NodeView, object: Partial<NodeObject>): JsonObject => {
  const { podCIDR, podCIDRs, providerID } = object.spec ?? {}
  return {
    podCIDR,
    podCIDRs,
    providerID,
    taints: unlessEmpty(node.taints),
    unschedulable: node.unschedulable ? true : undefined,
  }
}

const renderStatus = (view: ClusterView, node: NodeView, object: Partial<NodeObject>): JsonObject => {
  const { capacity, allocatable, daemonEndpoints, features, runtimeHandlers } = object.status ?? {}
  return {
    addresses: node.addresses,
    allocatable: quantities(allocatable ?? capacity, DEFAULT_MAX_PODS),
    capacity: quantities(capacity, DEFAULT_MAX_PODS),
    conditions: node.conditions.map(({ type, status, reason, message, lastTransitionAt, lastHeartbeatAt }) => ({
      lastHeartbeatTime: timestamp(view, lastHeartbeatAt),
      lastTransitionTime: timestamp(view, lastTransitionAt),
      message: unlessBlank(message),
      reason: unlessBlank(reason),
      status,
      type,
    })),
    daemonEndpoints: daemonEndpoints ?? { kubeletEndpoint: { Port: 10_250 } },
    features,
    images: unlessEmpty(renderImages(node)),
    nodeInfo: renderNodeInfo(view, node, object),
    runtimeHandlers,
  }
}

/** A node as `kubectl get node -o yaml` shows it. */
export const renderNode = memoised<NodeView>(
  (view, node) => {
    const object = node.object as Partial<NodeObject>
    return {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: sorted(renderMetadata(view, node, { generation: false, gracePeriod: true })),
      spec: sorted(renderSpec(node, object)),
      status: sorted(renderStatus(view, node, object)),
    }
  },
  // An image that arrives is not a write to the Node object; the kubelet's next heartbeat brings it.
  (_view, node) => node.imageChanges,
)

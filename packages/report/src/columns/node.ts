import { conditionOf, type DeepReadonly, type Node } from '@wavetank/cluster'
import { AGE, defineColumns, NAME, NONE, UNKNOWN } from './define-columns.ts'

type NodeView = DeepReadonly<Node>

/** What a kubelet of the version that is modelled posts; pools do not say. */
const KUBELET_VERSION = 'v1.34.0'

const ROLE_PREFIX = 'node-role.kubernetes.io/'

/** The STATUS of `kubectl get nodes`. */
export const nodeStatus = (node: NodeView): string => {
  const ready = conditionOf(node as Node, 'Ready')
  const health = ready === undefined ? 'Unknown' : ready.status === 'True' ? 'Ready' : 'NotReady'
  return node.unschedulable ? `${health},SchedulingDisabled` : health
}

/** Source: pkg/printers/internalversion/printers.go, findNodeRoles. */
const rolesOf = ({ labels }: NodeView): string => {
  const roles = new Set<string>()
  for (const [key, value] of Object.entries(labels)) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) roles.add(key.slice(ROLE_PREFIX.length))
    else if (key === 'kubernetes.io/role' && value !== '') roles.add(value)
  }
  return roles.size === 0 ? NONE : [...roles].sort().join(',')
}

const addressOf = ({ addresses }: NodeView, type: string): string =>
  addresses.find((address) => address.type === type)?.address ?? NONE

interface NodeInfo {
  readonly kubeletVersion?: string
  readonly osImage?: string
  readonly kernelVersion?: string
  readonly containerRuntimeVersion?: string
}

const infoOf = ({ object }: NodeView): NodeInfo =>
  (object as { readonly status?: { readonly nodeInfo?: NodeInfo } }).status?.nodeInfo ?? {}

const known = (text: string | undefined): string => (text === undefined || text === '' ? UNKNOWN : text)

/** Source: pkg/printers/internalversion/printers.go, printNode. */
export const nodeColumns = defineColumns<NodeView>({
  kind: 'Node',
  list: ({ view }) => view.nodes.values(),
  columns: [
    NAME,
    { header: 'STATUS', cell: nodeStatus },
    { header: 'ROLES', cell: rolesOf },
    AGE,
    { header: 'VERSION', cell: (node) => node.kubeletVersion ?? (infoOf(node).kubeletVersion || KUBELET_VERSION) },
    { header: 'INTERNAL-IP', wide: true, cell: (node) => addressOf(node, 'InternalIP') },
    { header: 'EXTERNAL-IP', wide: true, cell: (node) => addressOf(node, 'ExternalIP') },
    { header: 'OS-IMAGE', wide: true, cell: (node) => known(infoOf(node).osImage) },
    { header: 'KERNEL-VERSION', wide: true, cell: (node) => known(infoOf(node).kernelVersion) },
    { header: 'CONTAINER-RUNTIME', wide: true, cell: (node) => known(infoOf(node).containerRuntimeVersion) },
  ],
})

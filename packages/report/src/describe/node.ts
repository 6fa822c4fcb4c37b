import { type Amount, amountOf, type ClusterView, formatAmount, plus, podAmounts } from '@wavetank/cluster'
import { describeEvents } from './events.ts'
import {
  annotations,
  type Describer,
  type Describing,
  formatDate,
  indent,
  type Json,
  list,
  NONE,
  pairs,
  record,
  since,
  text,
} from './parts.ts'

/** Source: describeNode and what it calls. Leases are no objects here, and have no lines. */

const ROLE = 'node-role.kubernetes.io/'

/** Source: findNodeRoles. */
const rolesOf = (labels: Json): string => {
  const roles = Object.entries(labels).flatMap(([key, value]) =>
    key.startsWith(ROLE) ? [key.slice(ROLE.length)] : key === 'kubernetes.io/role' ? [text(value)] : [],
  )
  return (
    roles
      .filter((role) => role !== '')
      .sort()
      .join(',') || NONE
  )
}

/** Source: printTaintsMultilineWithIndent. */
const taints = (all: readonly Json[]): readonly string[] => {
  if (all.length === 0) return [`Taints:\t${NONE}`]
  const order = ({ effect, key }: Json): string => `${text(effect)},${text(key)}`
  return [...all]
    .sort((a, b) => (order(a) < order(b) ? -1 : 1))
    .map(({ key, value, effect }, i) => {
      const shown = text(value) === '' ? text(key) : `${text(key)}=${text(value)}`
      return `${i === 0 ? 'Taints:' : ''}\t${shown}:${text(effect)}`
    })
}

const conditions = (all: readonly Json[]): readonly string[] =>
  all.length === 0
    ? []
    : [
        'Conditions:',
        indent(1, 'Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage'),
        indent(1, '----\t------\t-----------------\t------------------\t------\t-------'),
        ...all.map(({ type, status, lastHeartbeatTime, lastTransitionTime, reason, message }) =>
          indent(
            1,
            `${text(type)} \t${text(status)} \t${formatDate(lastHeartbeatTime)} \t${formatDate(lastTransitionTime)} \t${text(reason)} \t${text(message)}`,
          ),
        ),
      ]

const amountsOf = (title: string, amounts: Json): readonly string[] => {
  const names = Object.keys(amounts).sort()
  return names.length === 0 ? [] : [`${title}:`, ...names.map((name) => indent(1, `${name}:\t${text(amounts[name])}`))]
}

const NOTHING: Amount = { value: 0, format: 'DecimalSI' }

const sums = (
  view: ClusterView,
  pods: readonly string[],
  field: 'requests' | 'limits',
): ReadonlyMap<string, Amount> => {
  const total = new Map<string, Amount>()
  for (const key of pods)
    for (const [resource, amount] of podAmounts(view.pods.get(key)!.template.spec as never, field))
      total.set(resource, plus(total.get(resource) ?? NOTHING, amount))
  return total
}

/** Source: describeNodeResource. */
const resources = (name: string, status: Json, { view, at }: Describing): readonly string[] => {
  const allocatable = record(status.allocatable ?? status.capacity)
  const share = (resource: string, amount: Amount | undefined): string => {
    const all = allocatable[resource] === undefined ? 0 : amountOf(resource, text(allocatable[resource])).value
    const { value } = amount ?? NOTHING
    return `${formatAmount(resource, amount ?? NOTHING)} (${all === 0 ? 0 : Math.floor((value / all) * 100)}%)`
  }
  const pods = [...view.pods.values()]
    .filter(({ node, phase }) => node === name && phase !== 'Succeeded' && phase !== 'Failed')
    .map(({ key }) => key)
    .sort()
  const [requests, limits] = [sums(view, pods, 'requests'), sums(view, pods, 'limits')]
  const isPlain = (resource: string): boolean => ['cpu', 'memory', 'ephemeral-storage', 'pods'].includes(resource)
  const isHuge = (resource: string): boolean => resource.startsWith('hugepages-')
  const others = Object.keys(allocatable)
    .sort()
    .filter((resource) => !isPlain(resource))
  const row = (resource: string): string =>
    indent(1, `${resource}\t${share(resource, requests.get(resource))}\t${share(resource, limits.get(resource))}`)
  const extended = (resource: string): string =>
    indent(
      1,
      [resource, requests.get(resource), limits.get(resource)]
        .map((cell) => (typeof cell === 'string' ? cell : formatAmount(resource, cell ?? NOTHING)))
        .join('\t'),
    )
  return [
    `Non-terminated Pods:\t(${pods.length} in total)`,
    indent(1, 'Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge'),
    indent(1, '---------\t----\t\t------------\t----------\t---------------\t-------------\t---'),
    ...pods.map((key) => {
      const pod = view.pods.get(key)!
      const spec = pod.template.spec as never
      const [asks, may] = [podAmounts(spec, 'requests'), podAmounts(spec, 'limits')]
      const cells = [asks, may].map((amounts) => share('cpu', amounts.get('cpu')))
      const memory = [asks, may].map((amounts) => share('memory', amounts.get('memory')))
      const created = new Date(view.settings.start + pod.createdAt).toISOString()
      return indent(
        1,
        [pod.namespace, pod.name, '', ...cells, ...memory, since(created, { view, at, events: [] })].join('\t'),
      )
    }),
    'Allocated resources:',
    indent(1, '(Total limits may be over 100 percent, i.e., overcommitted.)'),
    indent(1, 'Resource\tRequests\tLimits'),
    indent(1, '--------\t--------\t------'),
    ...['cpu', 'memory', 'ephemeral-storage', ...others.filter(isHuge)].map(row),
    ...others.filter((resource) => !isHuge(resource)).map(extended),
  ]
}

export const describeNode: Describer = (object, describing) => {
  const metadata = record(object.metadata)
  const spec = record(object.spec)
  const status = record(object.status)
  const info = record(status.nodeInfo)
  const cidrs = (spec.podCIDRs as readonly string[] | undefined) ?? []
  return [
    `Name:\t${text(metadata.name)}`,
    `Roles:\t${rolesOf(record(metadata.labels))}`,
    ...pairs('Labels', metadata.labels, '='),
    ...annotations('Annotations', metadata.annotations),
    `CreationTimestamp:\t${formatDate(metadata.creationTimestamp)}`,
    ...taints(list(spec.taints)),
    `Unschedulable:\t${spec.unschedulable === true}`,
    ...conditions(list(status.conditions)),
    'Addresses:',
    ...list(status.addresses).map(({ type, address }) => indent(1, `${text(type)}:\t${text(address)}`)),
    ...amountsOf('Capacity', record(status.capacity)),
    ...amountsOf('Allocatable', record(status.allocatable)),
    'System Info:',
    ...(
      [
        ['Machine ID', info.machineID],
        ['System UUID', info.systemUUID],
        ['Boot ID', info.bootID],
        ['Kernel Version', info.kernelVersion],
        ['OS Image', info.osImage],
        ['Operating System', info.operatingSystem],
        ['Architecture', info.architecture],
        ['Container Runtime Version', info.containerRuntimeVersion],
        ['Kubelet Version', info.kubeletVersion],
      ] as const
    ).map(([title, value]) => indent(1, `${title}:\t${text(value)}`)),
    ...(text(spec.podCIDR) === '' ? [] : [`PodCIDR:\t${text(spec.podCIDR)}`]),
    ...(cidrs.length === 0 ? [] : [`PodCIDRs:\t${cidrs.join(',')}`]),
    ...(text(spec.providerID) === '' ? [] : [`ProviderID:\t${text(spec.providerID)}`]),
    ...resources(text(metadata.name), status, describing),
    ...describeEvents(({ involvedObject: { kind, name } }) => kind === 'Node' && name === metadata.name, describing),
  ]
}

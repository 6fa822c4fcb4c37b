import { describeContainer } from './containers.ts'
import { describeEvents } from './events.ts'
import {
  annotations,
  controlledBy,
  type Describer,
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
import { describeSpread, describeTolerations, describeVolumes } from './pod-spec.ts'

/** Source: describePod. */
export const describePod: Describer = (object, describing) => {
  const metadata = record(object.metadata)
  const spec = record(object.spec)
  const status = record(object.status)
  const statusOf = (field: string, name: unknown): Json | undefined =>
    list(status[field]).find((one) => one.name === name)
  const containers = (title: string, specs: readonly Json[], field: string): readonly string[] =>
    specs.length === 0 ? [] : [title, ...specs.flatMap((one) => describeContainer(one, statusOf(field, one.name)))]
  const ips = list(status.podIPs)
  const ended = status.phase === 'Succeeded' || status.phase === 'Failed'
  const conditions = list(status.conditions)
  return [
    `Name:\t${text(metadata.name)}`,
    `Namespace:\t${text(metadata.namespace)}`,
    `Priority:\t${text(spec.priority ?? 0)}`,
    ...(text(spec.priorityClassName) === '' ? [] : [`Priority Class Name:\t${text(spec.priorityClassName)}`]),
    `Service Account:\t${text(spec.serviceAccountName ?? 'default')}`,
    `Node:\t${text(spec.nodeName) === '' ? NONE : `${text(spec.nodeName)}/${text(status.hostIP)}`}`,
    ...(status.startTime === undefined ? [] : [`Start Time:\t${formatDate(status.startTime)}`]),
    ...pairs('Labels', metadata.labels, '='),
    ...annotations('Annotations', metadata.annotations),
    ...(metadata.deletionTimestamp === undefined || ended
      ? [`Status:	${text(status.phase)}`]
      : [
          `Status:	Terminating (lasts ${since(metadata.deletionTimestamp, describing)})`,
          `Termination Grace Period:	${text(metadata.deletionGracePeriodSeconds)}s`,
        ]),
    ...(text(status.reason) === '' ? [] : [`Reason:\t${text(status.reason)}`]),
    ...(text(status.message) === '' ? [] : [`Message:\t${text(status.message)}`]),
    `IP:\t${text(status.podIP)}`,
    ...(ips.length === 0 ? [`IPs:\t${NONE}`] : ['IPs:', ...ips.map(({ ip }) => indent(1, `IP:\t${text(ip)}`))]),
    ...controlledBy(metadata),
    ...(text(status.nominatedNodeName) === '' ? [] : [`NominatedNodeName:\t${text(status.nominatedNodeName)}`]),
    ...containers('Init Containers:', list(spec.initContainers), 'initContainerStatuses'),
    ...containers('Containers:', list(spec.containers), 'containerStatuses'),
    ...(conditions.length === 0
      ? []
      : [
          'Conditions:',
          indent(1, 'Type \tStatus'),
          ...conditions.map(({ type, status: is }) => indent(1, `${text(type)} \t${text(is)} `)),
        ]),
    ...describeVolumes(list(spec.volumes)),
    `QoS Class:\t${text(status.qosClass)}`,
    ...pairs('Node-Selectors', spec.nodeSelector, '='),
    ...describeTolerations(list(spec.tolerations)),
    ...describeSpread(list(spec.topologySpreadConstraints)),
    ...describeEvents(({ involvedObject }) => involvedObject.uid === metadata.uid, describing),
  ]
}

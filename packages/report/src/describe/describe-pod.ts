import { type ClusterView, type DeepReadonly, LAST_APPLIED, type Pod, renderPod } from '@wavetank/cluster'
import { eventInterval } from '../kube-events/format-kube-events.ts'
import type { KubeEvent } from '../kube-events/kube-event.ts'
import { alignTabs } from './tab-writer.ts'

/** `kubectl describe pod`. Source: kubectl/pkg/describe/describe.go, describePod and what it calls. */

type Json = Readonly<Record<string, unknown>>
const NONE = '<none>'

const record = (u: unknown): Json => (typeof u === 'object' && u !== null ? (u as Json) : {})
const list = (u: unknown): readonly Json[] => (Array.isArray(u) ? (u as readonly Json[]) : [])
const text = (u: unknown): string => (u === undefined || u === null ? '' : String(u))
const indent = (level: number, line: string): string => `${'  '.repeat(level)}${line}`

const DAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Tue, 02 Sep 2025 10:00:01 +0000`, from RFC 3339. */
const formatDate = (time: unknown): string => {
  const match = /^(\d+)-(\d+)-(\d+)T([\d:]+)/.exec(text(time))
  if (match === null) return text(time)
  const [, year, month, day, clock] = match
  const days = Math.floor(Date.UTC(Number(year), Number(month) - 1, Number(day)) / 86_400_000)
  return `${DAYS[((days % 7) + 7) % 7]}, ${day} ${MONTHS[Number(month) - 1]} ${year} ${clock} +0000`
}

/** Source: printLabelsMultiline: sorted, one a line. */
const pairs = (title: string, map: unknown, separator: string): readonly string[] => {
  const entries = Object.entries(record(map)).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  if (entries.length === 0) return [`${title}:\t${NONE}`]
  return entries.map(([key, value], i) => `${i === 0 ? `${title}:` : ''}\t${key}${separator}${text(value)}`)
}

/** Source: describe.go, skipAnnotations. */
const shownAnnotations = (annotations: unknown): unknown =>
  Object.fromEntries(Object.entries(record(annotations)).filter(([key]) => key !== LAST_APPLIED))

/** Source: DescribeProbe. */
export const describeProbe = (probe: Json): string => {
  const number = (name: string, absent: number): string => text(probe[name] ?? absent)
  const terms = `delay=${number('initialDelaySeconds', 0)}s timeout=${number('timeoutSeconds', 1)}s period=${number('periodSeconds', 10)}s #success=${number('successThreshold', 1)} #failure=${number('failureThreshold', 3)}`
  const { exec, httpGet, tcpSocket, grpc } = probe
  if (exec !== undefined) return `exec [${(record(exec).command as string[] | undefined)?.join(' ') ?? ''}] ${terms}`
  if (httpGet !== undefined) {
    const { scheme = 'HTTP', host = '', port, path = '' } = record(httpGet)
    return `http-get ${text(scheme).toLowerCase()}://${text(host)}:${text(port)}${text(path)} ${terms}`
  }
  if (tcpSocket !== undefined) {
    const { host = '', port } = record(tcpSocket)
    return `tcp-socket ${text(host)}:${text(port)} ${terms}`
  }
  if (grpc !== undefined) return `grpc <pod>:${text(record(grpc).port)} ${text(record(grpc).service)} ${terms}`
  return `unknown ${terms}`
}

const describeState = (title: string, state: Json, level: number): readonly string[] => {
  const { running, waiting, terminated } = state
  if (running !== undefined)
    return [
      indent(level, `${title}:\tRunning`),
      indent(level + 1, `Started:\t${formatDate(record(running).startedAt)}`),
    ]
  if (terminated !== undefined) {
    const { reason, message, exitCode, startedAt, finishedAt } = record(terminated)
    return [
      indent(level, `${title}:\tTerminated`),
      ...(text(reason) === '' ? [] : [indent(level + 1, `Reason:\t${text(reason)}`)]),
      ...(text(message) === '' ? [] : [indent(level + 1, `Message:\t${text(message)}`)]),
      indent(level + 1, `Exit Code:\t${text(exitCode)}`),
      indent(level + 1, `Started:\t${formatDate(startedAt)}`),
      indent(level + 1, `Finished:\t${formatDate(finishedAt)}`),
    ]
  }
  const reason = text(record(waiting).reason)
  return [
    indent(level, `${title}:\tWaiting`),
    ...(waiting === undefined || reason === '' ? [] : [indent(level + 1, `Reason:\t${reason}`)]),
  ]
}

const resources = (title: string, amounts: unknown): readonly string[] => {
  const entries = Object.entries(record(amounts)).sort(([a], [b]) => (a < b ? -1 : 1))
  return entries.length === 0
    ? []
    : [indent(2, `${title}:`), ...entries.map(([name, amount]) => indent(3, `${name}:\t${text(amount)}`))]
}

/** Source: describeContainers, describeContainerBasicInfo, describeContainerState. */
const describeContainer = (spec: Json, status: Json | undefined): readonly string[] => {
  const ports = list(spec.ports)
  const shown = (field: string): string =>
    ports.map((port) => `${text(port[field] ?? 0)}/${text(port.protocol ?? 'TCP')}`).join(', ')
  const lines = [indent(1, `${text(spec.name)}:`)]
  if (status !== undefined) lines.push(indent(2, `Container ID:\t${text(status.containerID)}`))
  lines.push(indent(2, `Image:\t${text(spec.image)}`))
  if (status !== undefined) lines.push(indent(2, `Image ID:\t${text(status.imageID)}`))
  lines.push(
    indent(2, ports.length > 1 ? `Ports:\t${shown('containerPort')}` : `Port:\t${shown('containerPort') || NONE}`),
  )
  lines.push(
    indent(2, ports.length > 1 ? `Host Ports:\t${shown('hostPort')}` : `Host Port:\t${shown('hostPort') || NONE}`),
  )
  for (const [title, words] of [
    ['Command', spec.command],
    ['Args', spec.args],
  ] as const) {
    if (!Array.isArray(words) || words.length === 0) continue
    lines.push(indent(2, `${title}:`), ...words.map((word) => indent(3, text(word))))
  }
  if (status !== undefined) {
    lines.push(...describeState('State', record(status.state), 2))
    if (record(status.lastState).terminated !== undefined)
      lines.push(...describeState('Last State', record(status.lastState), 2))
    lines.push(indent(2, `Ready:\t${status.ready === true ? 'True' : 'False'}`))
    lines.push(indent(2, `Restart Count:\t${text(status.restartCount)}`))
  }
  const { limits, requests } = record(spec.resources)
  lines.push(...resources('Limits', limits), ...resources('Requests', requests))
  for (const [title, probe] of [
    ['Liveness', spec.livenessProbe],
    ['Readiness', spec.readinessProbe],
    ['Startup', spec.startupProbe],
  ] as const)
    if (probe !== undefined) lines.push(indent(2, `${title}:\t${describeProbe(record(probe))}`))
  const env = list(spec.env)
  lines.push(indent(2, env.length === 0 ? `Environment:\t${NONE}` : 'Environment:'))
  for (const { name, value, valueFrom } of env)
    lines.push(indent(3, `${text(name)}:\t${text(value)}${source(record(valueFrom))}`))
  const mounts = [...list(spec.volumeMounts)].sort((a, b) => (text(a.mountPath) < text(b.mountPath) ? -1 : 1))
  lines.push(indent(2, mounts.length === 0 ? `Mounts:\t${NONE}` : 'Mounts:'))
  for (const { mountPath, name, readOnly, subPath } of mounts) {
    const flags = [readOnly === true ? 'ro' : 'rw', ...(text(subPath) === '' ? [] : [`path="${text(subPath)}"`])]
    lines.push(indent(3, `${text(mountPath)} from ${text(name)} (${flags.join(',')})`))
  }
  return lines
}

const source = ({ secretKeyRef, configMapKeyRef, fieldRef }: Json): string => {
  const isOptional = (ref: Json): string => `Optional: ${ref.optional === true}`
  if (secretKeyRef !== undefined) {
    const ref = record(secretKeyRef)
    return `<set to the key '${text(ref.key)}' in secret '${text(ref.name)}'>\t${isOptional(ref)}`
  }
  if (configMapKeyRef !== undefined) {
    const ref = record(configMapKeyRef)
    return `<set to the key '${text(ref.key)}' of config map '${text(ref.name)}'>\t${isOptional(ref)}`
  }
  return fieldRef === undefined
    ? ''
    : ` (${text(record(fieldRef).apiVersion ?? 'v1')}:${text(record(fieldRef).fieldPath)})`
}

/** The kinds of volumes that most pods have; the others are named as their field is. Source: describeVolumes. */
const describeVolume = (volume: Json): readonly string[] => {
  const { name: _, ...sources } = volume
  const [kind = '', fields] = Object.entries(sources)[0] ?? []
  const of = record(fields)
  switch (kind) {
    case 'emptyDir':
      return [
        "Type:\tEmptyDir (a temporary directory that shares a pod's lifetime)",
        `Medium:\t${text(of.medium)}`,
        `SizeLimit:\t${text(of.sizeLimit ?? '<unset>')}`,
      ]
    case 'configMap':
      return [
        'Type:\tConfigMap (a volume populated by a ConfigMap)',
        `Name:\t${text(of.name)}`,
        `Optional:\t${of.optional === true}`,
      ]
    case 'secret':
      return [
        'Type:\tSecret (a volume populated by a Secret)',
        `SecretName:\t${text(of.secretName)}`,
        `Optional:\t${of.optional === true}`,
      ]
    case 'hostPath':
      return [
        'Type:\tHostPath (bare host directory volume)',
        `Path:\t${text(of.path)}`,
        `HostPathType:\t${text(of.type)}`,
      ]
    case 'persistentVolumeClaim':
      return [
        'Type:\tPersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)',
        `ClaimName:\t${text(of.claimName)}`,
        `ReadOnly:\t${of.readOnly === true}`,
      ]
    default:
      return [`Type:\t${kind}`]
  }
}

const describeVolumes = (volumes: readonly Json[]): readonly string[] =>
  volumes.length === 0
    ? [`Volumes:\t${NONE}`]
    : [
        'Volumes:',
        ...volumes.flatMap((volume) => [
          indent(1, `${text(volume.name)}:`),
          ...describeVolume(volume).map((line) => indent(2, line)),
        ]),
      ]

/** Source: printPodTolerationsMultiline: sorted by key. */
const describeTolerations = (tolerations: readonly Json[]): readonly string[] => {
  if (tolerations.length === 0) return [`Tolerations:\t${NONE}`]
  return [...tolerations]
    .sort((a, b) => (text(a.key) < text(b.key) ? -1 : text(a.key) > text(b.key) ? 1 : 0))
    .map(({ key, value, effect, operator, tolerationSeconds }, i) => {
      const shown = `${text(key)}${text(value) === '' ? '' : `=${text(value)}`}${text(effect) === '' ? '' : `:${text(effect)}`}`
      const exists = operator === 'Exists' ? `${shown === '' ? '' : ' '}op=Exists` : ''
      const span = tolerationSeconds === undefined ? '' : ` for ${text(tolerationSeconds)}s`
      return `${i === 0 ? 'Tolerations:' : ''}\t${shown}${exists}${span}`
    })
}

/** Source: DescribeEvents. */
const describeEvents = (events: readonly KubeEvent[], view: ClusterView, at: number): readonly string[] => {
  if (events.length === 0) return [`Events:\t${NONE}`]
  const sorted = [...events].sort((a, b) => (a.lastAt ?? -1) - (b.lastAt ?? -1) || a.order - b.order)
  return [
    'Events:',
    indent(1, 'Type\tReason\tAge\tFrom\tMessage'),
    indent(1, '----\t------\t----\t----\t-------'),
    ...sorted.map((event) =>
      indent(
        1,
        `${event.type}\t${event.reason}\t${eventInterval(event, { view, at })}\t${event.source.component}\t${event.message.trim()}`,
      ),
    ),
  ]
}

/**
 * A pod as `kubectl describe pod` prints it.
 *
 * @param events all Events that exist; those of the pod are taken
 * @param at milliseconds of the run, for ages
 */
export const describePod = (
  view: ClusterView,
  pod: DeepReadonly<Pod>,
  events: readonly KubeEvent[],
  at: number,
): string => {
  const { metadata: meta, spec: podSpec, status: podStatus } = renderPod(view, pod) as Json
  const metadata = record(meta)
  const spec = record(podSpec)
  const status = record(podStatus)
  const statusOf = (field: string, name: unknown): Json | undefined =>
    list(status[field]).find((one) => one.name === name)
  const containers = (title: string, specs: readonly Json[], field: string): readonly string[] =>
    specs.length === 0 ? [] : [title, ...specs.flatMap((one) => describeContainer(one, statusOf(field, one.name)))]
  const ips = list(status.podIPs)
  const ended = pod.phase === 'Succeeded' || pod.phase === 'Failed'
  const conditions = list(status.conditions)
  const lines = [
    `Name:\t${pod.name}`,
    `Namespace:\t${pod.namespace}`,
    `Priority:\t${text(spec.priority ?? 0)}`,
    ...(text(spec.priorityClassName) === '' ? [] : [`Priority Class Name:\t${text(spec.priorityClassName)}`]),
    `Service Account:\t${text(spec.serviceAccountName ?? 'default')}`,
    `Node:\t${pod.node === '' ? NONE : `${pod.node}/${text(status.hostIP)}`}`,
    ...(status.startTime === undefined ? [] : [`Start Time:\t${formatDate(status.startTime)}`]),
    ...pairs('Labels', metadata.labels, '='),
    ...pairs('Annotations', shownAnnotations(metadata.annotations), ': '),
    ...(pod.deletion === undefined || ended
      ? [`Status:\t${pod.phase}`]
      : [
          `Status:\tTerminating (lasts ${at < pod.deletion.deadline ? '<invalid>' : `${Math.floor((at - pod.deletion.deadline) / 1_000)}s`})`,
          `Termination Grace Period:\t${pod.deletion.graceSeconds}s`,
        ]),
    ...(text(status.reason) === '' ? [] : [`Reason:\t${text(status.reason)}`]),
    ...(text(status.message) === '' ? [] : [`Message:\t${text(status.message)}`]),
    `IP:\t${text(status.podIP)}`,
    ...(ips.length === 0 ? [`IPs:\t${NONE}`] : ['IPs:', ...ips.map(({ ip }) => indent(1, `IP:\t${text(ip)}`))]),
    ...(pod.owner === undefined ? [] : [`Controlled By:\t${pod.owner.kind}/${pod.owner.name}`]),
    ...(pod.nominatedNode === '' ? [] : [`NominatedNodeName:\t${pod.nominatedNode}`]),
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
    ...describeEvents(
      events.filter(({ involvedObject }) => involvedObject.uid === pod.uid),
      view,
      at,
    ),
  ]
  return `${alignTabs(lines.join('\n'))}\n`
}

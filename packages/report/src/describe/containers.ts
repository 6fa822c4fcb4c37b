import { formatDate, indent, type Json, list, NONE, record, text } from './parts.ts'

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
export const describeContainer = (spec: Json, status: Json | undefined, space = ''): readonly string[] => {
  const ports = list(spec.ports)
  const shown = (field: string): string =>
    ports.map((port) => `${text(port[field] ?? 0)}/${text(port.protocol ?? 'TCP')}`).join(', ')
  const lines = [indent(1, `${space === '' ? '' : ' '}${text(spec.name)}:`)]
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

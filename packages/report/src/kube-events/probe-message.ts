import type { Container, DeepReadonly, Probe } from '@wavetank/cluster'

/** What the prober read, as it stands in an Event. Source: pkg/probe/{http,tcp,exec,grpc}, pkg/kubelet/prober/prober.go. */

interface Asked {
  readonly probe: DeepReadonly<Probe>
  readonly container: DeepReadonly<Container>
  /** Of the pod. */
  readonly ip: string
  /** As the log has it. */
  readonly answer: string
  readonly output: string | undefined
}

/** A port by its number, or by its name in the container. */
const portOf = (port: number | string | undefined, container: DeepReadonly<Container>): number | string => {
  if (typeof port !== 'string') return port ?? ''
  return container.ports?.find(({ name }) => name === port)?.containerPort ?? port
}

const httpOutput = ({ probe: { httpGet }, container, ip, answer }: Asked): string => {
  const host = httpGet?.host ?? ip
  const address = `${host}:${portOf(httpGet?.port, container)}`
  const path = httpGet?.path ?? '/'
  const url = `${(httpGet?.scheme ?? 'HTTP').toLowerCase()}://${address}${path.startsWith('/') ? '' : '/'}${path}`
  if (answer === 'refused') return `Get "${url}": dial tcp ${address}: connect: connection refused`
  if (answer === 'timeout') {
    return `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)`
  }
  return `HTTP probe failed with statuscode: ${answer}`
}

/** The text after `Liveness probe failed: `. */
export const probeOutput = (asked: Asked): string => {
  const { probe, container, ip, answer, output } = asked
  const timeout = probe.timeoutSeconds ?? 1
  if (probe.httpGet !== undefined) return httpOutput(asked)
  if (probe.tcpSocket !== undefined) {
    const address = `${probe.tcpSocket.host ?? ip}:${portOf(probe.tcpSocket.port, container)}`
    return `dial tcp ${address}: ${answer === 'timeout' ? 'i/o timeout' : 'connect: connection refused'}`
  }
  if (probe.grpc !== undefined) {
    if (answer !== 'refused' && answer !== 'timeout') return 'service unhealthy (responded with "NOT_SERVING")'
    return `timeout: failed to connect service "${ip}:${probe.grpc.port}" within ${timeout}s: context deadline exceeded`
  }
  if (answer === 'timeout') {
    return `command timed out: "${(probe.exec?.command ?? []).join(' ')}" timed out after ${timeout}s`
  }
  return output ?? ''
}

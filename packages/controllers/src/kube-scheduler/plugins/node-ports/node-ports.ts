import type { PodSpec } from '@wavetank/cluster'
import { unschedulable } from '../../status.ts'
import { definePlugin, type PodView, specOf } from '../plugin.ts'

export interface HostPort {
  readonly protocol: string
  readonly port: number
  /** `0.0.0.0` is every address. */
  readonly ip: string
}

const REFUSAL = unschedulable("node(s) didn't have free ports for the requested pod ports")

const known = new WeakMap<PodSpec, readonly HostPort[]>()

/** Host ports of containers and sidecars. Source: pkg/scheduler/util/utils.go, GetHostPorts. */
export const hostPortsOf = (pod: PodView): readonly HostPort[] => {
  const spec = specOf(pod)
  let ports = known.get(spec)
  if (ports === undefined) {
    const sidecars = (spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
    ports = [...spec.containers, ...sidecars].flatMap((container) =>
      (container.ports ?? []).flatMap(({ hostPort, protocol, hostIP }) =>
        hostPort === undefined || hostPort <= 0 ? [] : [{ protocol, port: hostPort, ip: hostIP ?? '0.0.0.0' }],
      ),
    )
    known.set(spec, ports)
  }
  return ports
}

const collide = (a: HostPort, b: HostPort): boolean =>
  a.port === b.port && a.protocol === b.protocol && (a.ip === b.ip || a.ip === '0.0.0.0' || b.ip === '0.0.0.0')

/** Source: staging/src/k8s.io/kube-scheduler/framework/types.go, HostPortInfo.CheckConflict. */
export const portsCollide = (wanted: readonly HostPort[], pod: PodView): boolean => {
  const used = hostPortsOf(pod)
  return used.length > 0 && wanted.some((port) => used.some((other) => collide(port, other)))
}

/** Source: pkg/scheduler/framework/plugins/nodeports/node_ports.go. */
export const nodePorts = definePlugin<undefined, readonly HostPort[]>({
  name: 'NodePorts',
  doc: 'Keeps pods off nodes where one of their host ports is taken.',
  defaultArgs: undefined,
  preFilter: ({ pod }) => {
    const ports = hostPortsOf(pod)
    return ports.length === 0 ? 'skip' : { state: ports }
  },
  filter: (_cycle, { pods }, ports) => (pods.some((pod) => portsCollide(ports, pod)) ? REFUSAL : undefined),
  hints: {
    NodeAdded: () => true,
    AssignedPodDeleted: (pod, { pod: gone }) => portsCollide(hostPortsOf(pod), gone),
  },
})

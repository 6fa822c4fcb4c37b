import type {
  Container,
  ContainerBackedOff,
  ContainerExited,
  ContainerStarted,
  ContainerStatus,
  ContainerStopping,
  ImagePulled,
  ImagePullStarted,
  PodKilledByKubelet,
  PodRejected,
  PodResumed,
} from '@wavetank/cluster'
import { type ClusterView, type PodSpec, podAddress } from '@wavetank/cluster'
import type { Entry, EventOf } from '@wavetank/kernel'
import type { PodStopping, ProbeDue, ShutdownGroupDue } from './events.ts'
import { type LocalContainer, type LocalPod, newLocalPod, specOf } from './local-pod.ts'

/** An image pull that waits for its turn on a node, or has it. */
export interface Pull {
  readonly pod: string
  readonly container: string
  readonly image: string
  readonly since: number
}

/** The memory of all kubelets. */
export interface KubeletState {
  readonly pods: Map<string, LocalPod>
  /** By node, in the order of asking. */
  readonly pulls: Map<string, readonly Pull[]>
  /** By node: which group of pods a shutdown has come to. */
  readonly shutdowns: Map<string, { readonly group: number; readonly reboot: boolean }>
}

type PodEvent = { readonly kind: string; readonly pod: string }

const containerIn = (own: KubeletState, pod: string, name: string): LocalContainer | undefined =>
  own.pods.get(pod)?.containers.find((container) => container.name === name)

const forgetPulls = (own: KubeletState, node: string, pod: string): void => {
  const pulls = own.pulls.get(node)
  if (pulls?.some((pull) => pull.pod === pod))
    own.pulls.set(
      node,
      pulls.filter((pull) => pull.pod !== pod),
    )
}

const startedAgain = (container: LocalContainer, at: number, restart: number): void => {
  container.previous = container.exit ?? container.previous
  container.exit = undefined
  container.waiting = undefined
  container.stopping = 'no'
  container.instance = restart
  container.running = true
  container.startedAt = at
  container.warm = false
}

/** What each restart waits longer. Source: pkg/kubelet/kubelet.go, backOffPeriod, MaxContainerBackOff. */
const backoffAfter = (restarts: number): number => Math.min(10_000 * 2 ** Math.min(restarts - 1, 5), 300_000)

/** The container as its status has it. */
const resume = (container: LocalContainer, status: ContainerStatus, spec: Container, at: number): void => {
  const { running, waiting, terminated, lastTermination, restartCount } = status
  container.running = running !== undefined
  container.startedAt = at
  container.exit = terminated ?? (running === undefined ? lastTermination : undefined)
  container.previous = running !== undefined || terminated !== undefined ? lastTermination : undefined
  if (container.exit !== undefined && terminated === undefined) container.waiting = waiting
  if (container.running || container.exit !== undefined) container.instance = restartCount
  if (restartCount > 0) container.backoff = { millis: backoffAfter(restartCount), updatedAt: at }
  if (!container.running || container.role === 'init') return
  container.warm = true
  const { probes } = container
  if (spec.livenessProbe !== undefined) probes.liveness = { result: 'success', asked: 0, at }
  if (spec.readinessProbe !== undefined) {
    probes.readiness = { result: status.ready ? 'success' : 'failure', asked: status.ready ? 1 : 0, at }
  }
  if (spec.startupProbe !== undefined) {
    probes.startup = { result: status.started === true ? 'success' : 'unknown', asked: 0, at }
  }
}

export const applyKubelet = {
  PodAccepted: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event } = entry as Entry<PodEvent>
    const pod = view.pods.get(event.pod)
    if (pod === undefined) return
    own.pods.set(pod.key, newLocalPod(pod.key, pod.uid, pod.node, pod.template.spec as PodSpec))
  },
  PodRejected: (own: KubeletState, entry: Entry<never>): void => {
    const { event } = entry as Entry<EventOf<typeof PodRejected>>
    const local = own.pods.get(event.pod)
    if (local !== undefined) local.killed = { reason: event.reason, message: event.message, disruption: undefined }
  },
  PodKilledByKubelet: (own: KubeletState, entry: Entry<never>): void => {
    const { event } = entry as Entry<EventOf<typeof PodKilledByKubelet>>
    const { reason, message, disruption } = event
    const local = own.pods.get(event.pod)
    if (local !== undefined) local.killed = { reason, message, disruption }
  },
  ShutdownGroupDue: (own: KubeletState, entry: Entry<never>): void => {
    const { node, group, reboot } = (entry as Entry<EventOf<typeof ShutdownGroupDue>>).event
    own.shutdowns.set(node, { group, reboot })
  },
  PodResumed: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event, at } = entry as Entry<EventOf<typeof PodResumed>>
    const pod = view.pods.get(event.pod)
    const node = view.nodes.get(pod?.node ?? '')
    if (pod === undefined || node === undefined || event.ip === undefined) return
    const local = newLocalPod(pod.key, pod.uid, pod.node, pod.template.spec as PodSpec)
    local.stage = 'active'
    local.ip = event.ip
    local.workersSince = at
    for (const container of local.containers) {
      const status = [...(event.initContainers ?? []), ...event.containers].find(({ name }) => name === container.name)
      const spec = specOf(pod.template.spec as PodSpec, container.name)
      if (status !== undefined && spec !== undefined) resume(container, status, spec as Container, at)
    }
    own.pods.set(pod.key, local)
  },
  PodSandboxStarted: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event, at } = entry as Entry<PodEvent>
    const local = own.pods.get(event.pod)
    const node = view.nodes.get(local?.node ?? '')
    if (local === undefined || node === undefined) return
    local.stage = 'active'
    local.ip = podAddress(node.index, node.sandboxes - 1)
    local.workersSince = at
  },
  ImagePullStarted: (own: KubeletState, entry: Entry<never>): void => {
    const { event, at } = entry as Entry<EventOf<typeof ImagePullStarted>>
    const { pod, container, image, node } = event
    const local = own.pods.get(pod)
    if (local !== undefined) local.pulling = container
    own.pulls.set(node, [...(own.pulls.get(node) ?? []), { pod, container, image, since: at }])
  },
  ImagePulled: (own: KubeletState, entry: Entry<never>): void => {
    const { event } = entry as Entry<EventOf<typeof ImagePulled>>
    const local = own.pods.get(event.pod)
    if (local !== undefined) local.pulling = undefined
    forgetPulls(own, event.node, event.pod)
  },
  ContainerStarted: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event, at } = entry as Entry<EventOf<typeof ContainerStarted>>
    const container = containerIn(own, event.pod, event.container)
    const pod = view.pods.get(event.pod)
    if (container === undefined || pod === undefined) return
    startedAgain(container, at, event.restart)
    if (event.backoffMillis !== undefined) container.backoff = { millis: event.backoffMillis, updatedAt: at }
    const spec = specOf(pod.template.spec as PodSpec, event.container)
    if (spec === undefined || container.role === 'init') return
    const { probes } = container
    // Initial values. Source: pkg/kubelet/prober/worker.go, newWorker.
    if (spec.livenessProbe !== undefined) probes.liveness = { result: 'success', asked: 0, at }
    if (spec.readinessProbe !== undefined) probes.readiness = { result: 'failure', asked: 0, at }
    if (spec.startupProbe !== undefined) probes.startup = { result: 'unknown', asked: 0, at }
  },
  ContainerStopping: (own: KubeletState, entry: Entry<never>): void => {
    const { event } = entry as Entry<EventOf<typeof ContainerStopping>>
    const container = containerIn(own, event.pod, event.container)
    if (container === undefined) return
    container.stopping = own.pods.get(event.pod)?.stage === 'active' ? 'probe' : 'pod'
  },
  ContainerExited: (own: KubeletState, entry: Entry<never>): void => {
    const { event, at } = entry as Entry<EventOf<typeof ContainerExited>>
    const container = containerIn(own, event.pod, event.container)
    if (container === undefined) return
    container.running = false
    container.exit = {
      exitCode: event.exitCode,
      reason: event.reason,
      startedAt: container.startedAt,
      finishedAt: at,
    }
  },
  ContainerBackedOff: (own: KubeletState, entry: Entry<never>): void => {
    const { event } = entry as Entry<EventOf<typeof ContainerBackedOff>>
    const container = containerIn(own, event.pod, event.container)
    if (container === undefined) return
    container.stopping = 'no'
    container.waiting = { reason: 'CrashLoopBackOff', message: event.message }
  },
  ProbeDue: (own: KubeletState, entry: Entry<never>): void => {
    const { event, at } = entry as Entry<EventOf<typeof ProbeDue>>
    const probe = containerIn(own, event.pod, event.container)?.probes[event.probe as 'liveness']
    if (probe === undefined) return
    probe.result = event.result as 'success' | 'failure'
    probe.asked = event.asked
    probe.at = at
  },
  PodStopping: (own: KubeletState, entry: Entry<never>): void => {
    const { event } = entry as Entry<EventOf<typeof PodStopping>>
    const local = own.pods.get(event.pod)
    if (local === undefined) return
    local.stage = 'stopping'
    local.graceSeconds = event.graceSeconds
    local.pulling = undefined
    forgetPulls(own, local.node, local.key)
  },
  PodStoppedDue: (own: KubeletState, entry: Entry<never>): void => {
    const local = own.pods.get((entry as Entry<PodEvent>).event.pod)
    if (local !== undefined) local.stage = 'finished'
  },
  PodDeleted: (own: KubeletState, entry: Entry<never>): void => {
    const { pod } = (entry as Entry<PodEvent>).event
    const local = own.pods.get(pod)
    if (local === undefined) return
    forgetPulls(own, local.node, pod)
    own.pods.delete(pod)
  },
  NodeFailed: (own: KubeletState, entry: Entry<never>): void => {
    const { node } = (entry as Entry<{ kind: string; node: string }>).event
    own.pulls.delete(node)
    own.shutdowns.delete(node)
  },
  /** Sandboxes and containers of before the crash are gone; pods that were running start again from a new sandbox. */
  NodeRebooted: (own: KubeletState, entry: Entry<never>, view: ClusterView): void => {
    const { event, at } = entry as Entry<{ kind: string; node: string }>
    const node = view.nodes.get(event.node)
    for (const pod of node?.pods ?? []) {
      const local = own.pods.get(pod.key)
      if (local === undefined || local.stage === 'finished') continue
      // What the kubelet was about to say is forgotten; what it has said stays.
      local.killed = undefined
      if (pod.phase === 'Succeeded' || pod.phase === 'Failed') {
        local.stage = 'finished'
        continue
      }
      local.pulling = undefined
      for (const container of local.containers) {
        if (!container.running) continue
        container.running = false
        container.stopping = 'no'
        // What containerd says of a task that it lost.
        container.exit = { exitCode: 255, reason: 'Unknown', startedAt: container.startedAt, finishedAt: at }
      }
      // Back-off is in the kubelet's memory alone.
      for (const container of local.containers) container.backoff = undefined
      local.stage = 'preparing'
      local.ip = undefined
    }
  },
}

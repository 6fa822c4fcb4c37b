import {
  type ClusterView,
  ContainerBackedOff,
  ContainerStarted,
  ContainerStopping,
  type DeepReadonly,
  ImagePulled,
  ImagePullStarted,
  NodeCordoned,
  NodeCreated,
  NodeRebooted,
  NodeShutdownStarted,
  NodeStatusPosted,
  NodeUncordoned,
  type Pod,
  PodDeleted,
  PodKilledByKubelet,
  PodRejected,
  PodSandboxStarted,
  type Probe,
  ProbeFailed,
  renderNode,
} from '@wavetank/cluster'
import { type Entry, formatMillis, type SimEvent } from '@wavetank/kernel'
import { containerReference, defineKubeEvents, nodeReference, podReference, SILENT } from './define-kube-events.ts'
import type { InvolvedObject, KubeEventDraft } from './kube-event.ts'

type PodView = DeepReadonly<Pod>

const facts = {
  ImagePullStarted,
  ImagePulled,
  PodRejected,
  PodKilledByKubelet,
  PodSandboxStarted,
  ContainerStarted,
  ContainerStopping,
  ContainerBackedOff,
  ProbeFailed,
  PodDeleted,
  NodeCreated,
  NodeRebooted,
  NodeShutdownStarted,
  NodeStatusPosted,
  NodeCordoned,
  NodeUncordoned,
}

const said = (
  host: string,
  involvedObject: InvolvedObject,
  type: KubeEventDraft['type'],
  reason: string,
  message: string,
  at?: number,
): KubeEventDraft => ({
  type,
  reason,
  message,
  involvedObject,
  source: { component: 'kubelet', host },
  recorder: 'core',
  at,
})

const containerOf = (pod: PodView, name: string) =>
  pod.template.spec.containers.find((container) => container.name === name) ??
  (pod.template.spec.initContainers ?? []).find((container) => container.name === name)

const ofContainer = (
  view: ClusterView,
  { pod: key, container }: { readonly pod: string; readonly container: string },
  say: (
    pod: PodView,
    tell: (type: KubeEventDraft['type'], reason: string, message: string, at?: number) => KubeEventDraft,
  ) => readonly KubeEventDraft[],
): readonly KubeEventDraft[] => {
  const pod = view.pods.get(key)
  if (pod === undefined) return SILENT
  const reference = containerReference(pod, container)
  return say(pod, (type, reason, message, at) => said(pod.node, reference, type, reason, message, at))
}

const ofPod = (view: ClusterView, key: string, reason: string, message: string): readonly KubeEventDraft[] => {
  const pod = view.pods.get(key)
  return pod === undefined ? SILENT : [said(pod.node, podReference(pod), 'Warning', reason, message)]
}

/** Source: kuberuntime_container.go, killContainer. */
const killing = (container: string, reason: string): string =>
  reason === 'Liveness' || reason === 'Startup'
    ? `Container ${container} failed ${reason.toLowerCase()} probe, will be restarted`
    : `Stopping container ${container}`

/** What the prober would have read; the log has no bodies, and of HTTP statuses that the probe failed. Source: pkg/probe. */
const probeOutput = (probe: DeepReadonly<Probe> | undefined, ip: string | undefined): string => {
  if (probe?.httpGet !== undefined) return 'HTTP probe failed with statuscode: 503'
  const port = (probe?.tcpSocket as { readonly port?: number | string } | undefined)?.port
  if (port !== undefined) return `dial tcp ${ip ?? ''}:${port}: connect: connection refused`
  return probe?.grpc !== undefined ? 'service unhealthy (responded with "NOT_SERVING")' : ''
}

type ProbeName = 'livenessProbe' | 'readinessProbe' | 'startupProbe'

/**
 * Every attempt is an Event of its own. The log has the one that made the difference and how many in a row it was; the
 * others were a period apart before it. Attempts that change nothing any more are not in the log.
 */
const unhealthy = (
  view: ClusterView,
  { event, at }: Entry<ReturnType<typeof ProbeFailed>>,
): readonly KubeEventDraft[] =>
  ofContainer(view, event, (pod, tell) => {
    const probe = containerOf(pod, event.container)?.[`${event.probe}Probe` as ProbeName] as
      | DeepReadonly<Probe>
      | undefined
    const period = (probe?.periodSeconds ?? 10) * 1_000
    const name = event.probe.charAt(0).toUpperCase() + event.probe.slice(1)
    const message = `${name} probe failed: ${probeOutput(probe, pod.ip)}`
    return Array.from({ length: event.failures }, (_, i) =>
      tell('Warning', 'Unhealthy', message, Math.max(0, at - (event.failures - 1 - i) * period)),
    )
  })

/** The kubelet refers to its node by name in place of a uid. Source: pkg/kubelet/kubelet.go, NewMainKubelet (nodeRef). */
const ofNode = (node: string, type: KubeEventDraft['type'], reason: string, message: string): KubeEventDraft =>
  said(node, { ...nodeReference(node, node), apiVersion: '' }, type, reason, message)

const statusIsNow = (node: string, reason: string): KubeEventDraft =>
  ofNode(node, 'Normal', reason, `Node ${node} status is now: ${reason}`)

/** Reasons that a kubelet gives when a condition changes. Source: pkg/kubelet/nodestatus/setters.go. */
const CONDITION_REASONS: Readonly<Record<string, { readonly True: string; readonly False: string }>> = {
  MemoryPressure: { True: 'NodeHasInsufficientMemory', False: 'NodeHasSufficientMemory' },
  DiskPressure: { True: 'NodeHasDiskPressure', False: 'NodeHasNoDiskPressure' },
  PIDPressure: { True: 'NodeHasInsufficientPID', False: 'NodeHasSufficientPID' },
  Ready: { True: 'NodeReady', False: 'NodeNotReady' },
}

const conditionsChanged = (view: ClusterView, name: string, at: number): readonly KubeEventDraft[] => {
  const drafts: KubeEventDraft[] = []
  for (const { type, status, lastTransitionAt } of view.nodes.get(name)?.conditions ?? []) {
    const reasons = CONDITION_REASONS[type]
    if (lastTransitionAt !== at || status === 'Unknown' || reasons === undefined) continue
    drafts.push(statusIsNow(name, reasons[status]))
  }
  return drafts
}

const cordonSeen = (view: ClusterView, name: string, reason: string): readonly KubeEventDraft[] =>
  view.nodes.get(name)?.machine.power === 'on' ? [statusIsNow(name, reason)] : SILENT

const bootId = (view: ClusterView, name: string): string => {
  const node = view.nodes.get(name)
  const { status } = (node === undefined ? {} : renderNode(view, node)) as {
    readonly status?: { readonly nodeInfo?: { readonly bootID?: string } }
  }
  return status?.nodeInfo?.bootID ?? ''
}

export const kubeletEvents = defineKubeEvents({
  component: 'kubelet',
  facts,
  create: () => {
    /** Containers whose image has been pulled for the start that comes next. */
    const pulled = new Set<string>()
    /** Pods that had a sandbox when their node lost power. */
    const lostSandboxes = new Set<string>()
    return {
      ImagePullStarted: ({ event }, view) =>
        ofContainer(view, event, (_, tell) => [tell('Normal', 'Pulling', `Pulling image "${event.image}"`)]),
      ImagePulled: ({ event }, view) =>
        ofContainer(view, event, (_, tell) => {
          const { image, millis, waitedMillis, bytes } = event
          pulled.add(`${event.pod} ${event.container}`)
          const span = `${formatMillis(millis)} (${formatMillis(waitedMillis)} including waiting)`
          const message = `Successfully pulled image "${image}" in ${span}. Image size: ${bytes} bytes.`
          return [tell('Normal', 'Pulled', message)]
        }),
      PodSandboxStarted: ({ event }, view) => {
        const pod = view.pods.get(event.pod)
        if (pod === undefined || !lostSandboxes.delete(pod.uid)) return SILENT
        const message = 'Pod sandbox changed, it will be killed and re-created.'
        return [said(pod.node, podReference(pod), 'Normal', 'SandboxChanged', message)]
      },
      PodRejected: ({ event }, view) => ofPod(view, event.pod, event.reason, event.message),
      // A shutdown says it once, of the node.
      PodKilledByKubelet: ({ event }, view) =>
        event.reason === 'Terminated' ? SILENT : ofPod(view, event.pod, event.reason, event.message),
      NodeShutdownStarted: ({ event }) => [
        ofNode(event.node, 'Normal', 'Shutdown', 'Shutdown manager detected shutdown event'),
      ],
      ContainerStarted: ({ event }, view) =>
        ofContainer(view, event, (pod, tell) => {
          const { container } = event
          const drafts = [
            tell('Normal', 'Created', `Created container: ${container}`),
            tell('Normal', 'Started', `Started container ${container}`),
          ]
          const spec = containerOf(pod, container)
          // With policy Always the registry is asked each time, which the log has as a pull or not at all.
          if (pulled.delete(`${event.pod} ${container}`) || spec?.imagePullPolicy === 'Always') return drafts
          const message = `Container image "${spec?.image ?? ''}" already present on machine`
          return [tell('Normal', 'Pulled', message), ...drafts]
        }),
      ContainerStopping: ({ event }, view) =>
        ofContainer(view, event, (_, tell) => [tell('Normal', 'Killing', killing(event.container, event.reason))]),
      ContainerBackedOff: ({ event }, view) =>
        ofContainer(view, event, ({ name, namespace, uid }, tell) => {
          const message = `Back-off restarting failed container ${event.container} in pod ${name}_${namespace}(${uid})`
          return [tell('Warning', 'BackOff', message)]
        }),
      ProbeFailed: (entry, view) => unhealthy(view, entry),
      PodDeleted: ({ event }, view) => {
        const pod = view.removedPod
        if (pod === undefined) return SILENT
        lostSandboxes.delete(pod.uid)
        for (const { name } of [...pod.containers, ...pod.initContainers]) pulled.delete(`${event.pod} ${name}`)
        return SILENT
      },
      // Nodes of the beginning have been there for long; what they said then has been forgotten.
      NodeCreated: ({ event, at }, view) =>
        at === 0
          ? SILENT
          : [ofNode(event.node, 'Normal', 'Starting', 'Starting kubelet.'), ...conditionsChanged(view, event.node, at)],
      NodeRebooted: ({ event }, view) => {
        for (const { uid, ip } of view.nodes.get(event.node)?.pods ?? []) if (ip !== undefined) lostSandboxes.add(uid)
        const message = `Node ${event.node} has been rebooted, boot id: ${bootId(view, event.node)}`
        return [
          ofNode(event.node, 'Normal', 'Starting', 'Starting kubelet.'),
          ofNode(event.node, 'Warning', 'Rebooted', message),
        ]
      },
      NodeStatusPosted: ({ event, at }, view) => conditionsChanged(view, event.node, at),
      NodeCordoned: ({ event }, view) => cordonSeen(view, event.node, 'NodeNotSchedulable'),
      NodeUncordoned: ({ event }, view) => cordonSeen(view, event.node, 'NodeSchedulable'),
    }
  },
  restarted: ({ event }) =>
    event.kind === 'NodeRebooted'
      ? { component: 'kubelet', host: (event as SimEvent & { readonly node: string }).node }
      : undefined,
})

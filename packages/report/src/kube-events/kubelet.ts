import {
  type ClusterView,
  ContainerBackedOff,
  ContainerExited,
  ContainerRefused,
  ContainerStarted,
  ContainerStartFailed,
  ContainerStopping,
  type DeepReadonly,
  EvictionThresholdMet,
  ImageCollectionFailed,
  ImagePullBackedOff,
  ImagePulled,
  ImagePullFailed,
  ImagePullStarted,
  isHeard,
  KubeletStarted,
  KubeletStopped,
  NodeCordoned,
  NodeCreated,
  NodeFailed,
  NodeFrozen,
  NodeOutOfMemory,
  NodeRebooted,
  NodeShutdownStarted,
  NodeStatusPosted,
  NodeUncordoned,
  neverPull,
  nextMount,
  nextRetry,
  type Pod,
  PodDeleted,
  PodKilledByKubelet,
  PodMarkedForDeletion,
  PodRejected,
  PodSandboxStarted,
  PostStartHookEnded,
  PreStopHookFailed,
  type Probe,
  ProbeAnswered,
  podAddress,
  pullError,
  renderNode,
  VolumeMounted,
  VolumeMountFailed,
} from '@wavetank/cluster'
import { createDraw, type Draw, type Entry, formatMillis, type SimEvent } from '@wavetank/kernel'
import {
  containerReference,
  defineKubeEvents,
  LATER,
  nodeReference,
  podReference,
  type SayAll,
  SILENT,
} from './define-kube-events.ts'
import type { InvolvedObject, KubeEventDraft } from './kube-event.ts'
import { probeOutput } from './probe-message.ts'
import { createRepeats } from './repeats.ts'

type PodView = DeepReadonly<Pod>
type Tell = (type: KubeEventDraft['type'], reason: string, message: string, at?: number) => KubeEventDraft
type ProbeName = 'livenessProbe' | 'readinessProbe' | 'startupProbe'

const succeeds = (answer: string): boolean => /^[23]/.test(answer)

const draws = new Map<number, Draw>()
/** The draws of a run, which decide when a kubelet tries again. */
const drawOf = ({ settings: { seed } }: ClusterView): Draw => {
  let draw = draws.get(seed)
  if (draw === undefined) {
    draw = createDraw(seed)
    draws.set(seed, draw)
  }
  return draw
}

const facts = {
  ImagePullStarted,
  ContainerRefused,
  ContainerStartFailed,
  VolumeMountFailed,
  VolumeMounted,
  ImagePullBackedOff,
  ImagePulled,
  ImagePullFailed,
  PodRejected,
  PodKilledByKubelet,
  PodSandboxStarted,
  ContainerStarted,
  ContainerStopping,
  PostStartHookEnded,
  PreStopHookFailed,
  ContainerBackedOff,
  ContainerExited,
  ProbeAnswered,
  PodMarkedForDeletion,
  PodDeleted,
  NodeFailed,
  NodeFrozen,
  KubeletStopped,
  NodeCreated,
  NodeRebooted,
  KubeletStarted,
  EvictionThresholdMet,
  ImageCollectionFailed,
  NodeOutOfMemory,
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
  say: (pod: PodView, tell: Tell) => readonly KubeEventDraft[],
): readonly KubeEventDraft[] => {
  const pod = view.pods.get(key)
  if (pod === undefined) return SILENT
  const reference = containerReference(pod, container)
  return say(pod, (type, reason, message, at) => said(pod.node, reference, type, reason, message, at))
}

const ofPod = (
  view: ClusterView,
  key: string,
  reason: string,
  message: string,
  type: KubeEventDraft['type'] = 'Warning',
): readonly KubeEventDraft[] => {
  const pod = view.pods.get(key)
  return pod === undefined ? SILENT : [said(pod.node, podReference(pod), type, reason, message)]
}

const imageOf = (
  view: ClusterView,
  { pod: key, container }: { readonly pod: string; readonly container: string },
): string => {
  const pod = view.pods.get(key)
  return (pod === undefined ? undefined : containerOf(pod, container)?.image) ?? ''
}

/** Source: image_manager.go, EnsureImageExists. */
const present = (image: string): string => `Container image "${image}" already present on machine`

/** Source: kuberuntime_container.go, killContainer. */
const killing = (container: string, reason: string): string =>
  reason === 'Liveness' || reason === 'Startup'
    ? `Container ${container} failed ${reason.toLowerCase()} probe, will be restarted`
    : reason === 'PostStartHook'
      ? 'FailedPostStartHook'
      : `Stopping container ${container}`

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

const isHeardAt = (view: ClusterView, name: string): boolean => {
  const machine = view.nodes.get(name)?.machine
  return machine !== undefined && isHeard(machine)
}

const cordonSeen = (view: ClusterView, name: string, reason: string): readonly KubeEventDraft[] =>
  isHeardAt(view, name) ? [statusIsNow(name, reason)] : SILENT

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
    /** Addresses of pods, which the kubelet knows before it has reported them. */
    const addresses = new Map<string, string>()
    /** How long the last request of a probe took. */
    const lags = new Map<string, number>()
    const repeats = createRepeats()
    const repeat = (
      view: ClusterView,
      { pod: key, container }: { readonly pod: string; readonly container: string },
      name: string,
      at: number,
      say: (pod: PodView, tell: Tell, when?: number) => KubeEventDraft,
      next: (last: number) => number | undefined,
    ): void => {
      const pod = view.pods.get(key)
      if (pod === undefined) return
      const reference = containerReference(pod, container)
      const tell: Tell = (type, reason, message, when) => said(pod.node, reference, type, reason, message, when)
      repeats.start(key, name, at, { next, say: (when) => say(pod, tell, when) })
    }
    /** What is said of a container that has been made. */
    const created = (
      view: ClusterView,
      event: { readonly pod: string; readonly container: string },
      at: number,
      outcome: (tell: Tell) => KubeEventDraft,
    ): readonly KubeEventDraft[] =>
      ofContainer(view, event, (pod, tell) => {
        const { container } = event
        // All of it has been said by now; it is not said again.
        for (const what of ['restart', 'image', 'image error'])
          repeats.stop(view, pod.key, `${what} ${container}`, at, false)
        const drafts = [tell('Normal', 'Created', `Created container: ${container}`), outcome(tell)]
        const spec = containerOf(pod, container)
        // With policy Always the registry is asked each time, which the log has as a pull or not at all.
        if (pulled.delete(`${event.pod} ${container}`) || spec?.imagePullPolicy === 'Always') return drafts
        return [tell('Normal', 'Pulled', present(spec?.image ?? '')), ...drafts]
      })
    const stopMounting = (view: ClusterView, key: string, at: number): readonly KubeEventDraft[] =>
      (view.pods.get(key)?.template.spec.volumes ?? []).flatMap(({ name }) =>
        repeats.stop(view, key, `mount ${name}`, at, false),
      )
    const kubeletPaused = (view: ClusterView, node: string, at: number): readonly KubeEventDraft[] =>
      [...(view.nodes.get(node)?.pods ?? [])].flatMap(({ key }) => stopMounting(view, key, at))
    const says = {
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
        const node = view.nodes.get(pod?.node ?? '')
        if (node !== undefined) addresses.set(event.pod, podAddress(node.index, node.sandboxes - 1))
        if (pod === undefined || !lostSandboxes.delete(pod.uid)) return SILENT
        const message = 'Pod sandbox changed, it will be killed and re-created.'
        return [said(pod.node, podReference(pod), 'Normal', 'SandboxChanged', message)]
      },
      PodRejected: ({ event }, view) => ofPod(view, event.pod, event.reason, event.message),
      // A shutdown says it once, of the node.
      PodKilledByKubelet: ({ event }, view) =>
        event.reason === 'Terminated'
          ? SILENT
          : ofPod(
              view,
              event.pod,
              event.reason,
              event.message,
              event.reason === 'DeadlineExceeded' ? 'Normal' : 'Warning',
            ),
      EvictionThresholdMet: ({ event }) => [
        ofNode(event.node, 'Warning', 'EvictionThresholdMet', `Attempting to reclaim ${event.resource}`),
      ],
      // Source: image_gc_manager.go, GarbageCollect; kubelet.go, StartGarbageCollection.
      ImageCollectionFailed: ({ event: { node, wantedBytes, freedBytes, isRepeated } }) => {
        const message = `Failed to garbage collect required amount of images. Attempted to free ${wantedBytes} bytes, but only found ${freedBytes} bytes eligible to free.`
        const failed = ofNode(node, 'Warning', 'FreeDiskSpaceFailed', message)
        return isRepeated ? [failed, ofNode(node, 'Warning', 'ImageGCFailed', message)] : [failed]
      },
      NodeOutOfMemory: ({ event }) => {
        const message = `System OOM encountered, victim process: ${event.container}, pid: ${event.pid}`
        return [ofNode(event.node, 'Warning', 'SystemOOM', message)]
      },
      NodeShutdownStarted: ({ event }) => [
        ofNode(event.node, 'Normal', 'Shutdown', 'Shutdown manager detected shutdown event'),
      ],
      ContainerStarted: ({ event, at }, view) =>
        created(view, event, at, (tell) => tell('Normal', 'Started', `Started container ${event.container}`)),
      ContainerStartFailed: ({ event, at }, view) =>
        created(view, event, at, (tell) => tell('Warning', 'Failed', `Error: ${event.message}`)),
      PostStartHookEnded: ({ event }, view) =>
        event.failure === undefined
          ? SILENT
          : ofContainer(view, event, (_, tell) => [tell('Warning', 'FailedPostStartHook', 'PostStartHook failed')]),
      PreStopHookFailed: ({ event }, view) =>
        ofContainer(view, event, (_, tell) => [tell('Warning', 'FailedPreStopHook', 'PreStopHook failed')]),
      ContainerStopping: ({ event, at }, view) => [
        ...repeats.stop(view, event.pod, `liveness ${event.container}`, at, true),
        ...repeats.stop(view, event.pod, `startup ${event.container}`, at, true),
        ...ofContainer(view, event, (_, tell) => [tell('Normal', 'Killing', killing(event.container, event.reason))]),
      ],
      ImagePullFailed: ({ event }, view) =>
        ofContainer(view, event, (_, tell) => [
          tell('Warning', 'Failed', `Failed to pull image "${event.image}": ${pullError(event.image, event.error)}`),
          tell('Warning', 'Failed', 'Error: ErrImagePull'),
        ]),
      ImagePullBackedOff: ({ event, at }, view) => {
        const image = imageOf(view, event)
        const retries = (last: number): number | undefined => {
          const next = nextRetry(drawOf(view), event.pod, last)
          return next < event.until ? next : undefined
        }
        const backOff = (_: PodView, tell: Tell, when?: number) =>
          tell('Normal', 'BackOff', `Back-off pulling image "${image}"`, when)
        const failed = (_: PodView, tell: Tell, when?: number) =>
          tell('Warning', 'Failed', 'Error: ImagePullBackOff', when)
        repeat(view, event, `image ${event.container}`, at, backOff, retries)
        repeat(view, event, `image error ${event.container}`, at, failed, retries)
        return ofContainer(view, event, (pod, tell) => [backOff(pod, tell), failed(pod, tell)])
      },
      ContainerRefused: ({ event, at }, view) => {
        const { reason, message, backoffMillis } = event
        const image = imageOf(view, event)
        const retries = (last: number): number => nextRetry(drawOf(view), event.pod, last)
        const policy = containerOf(view.pods.get(event.pod)!, event.container)?.imagePullPolicy
        const isAboutImage = reason === 'ErrImageNeverPull' || reason === 'InvalidImageName'
        const wasPulled = pulled.delete(`${event.pod} ${event.container}`)
        const first = (_: PodView, tell: Tell, when?: number) =>
          reason === 'ErrImageNeverPull'
            ? tell('Warning', reason, neverPull(image), when)
            : reason === 'InvalidImageName'
              ? tell('Warning', 'InspectFailed', message ?? '', when)
              : tell('Normal', 'Pulled', present(image), when)
        const failed = (_: PodView, tell: Tell, when?: number) =>
          tell('Warning', 'Failed', `Error: ${isAboutImage ? reason : message}`, when)
        const names = [`image ${event.container}`, `image error ${event.container}`] as const
        if (backoffMillis !== undefined || (policy === 'Always' && !isAboutImage)) {
          // Each try is in the log then.
          for (const name of names) repeats.stop(view, event.pod, name, at, false)
        } else {
          repeat(view, event, names[0], at, first, retries)
          repeat(view, event, names[1], at, failed, retries)
        }
        const isSilent = !isAboutImage && (wasPulled || policy === 'Always')
        return ofContainer(view, event, (pod, tell) =>
          isSilent ? [failed(pod, tell)] : [first(pod, tell), failed(pod, tell)],
        )
      },
      VolumeMountFailed: ({ event, at }, view) => {
        const text = `MountVolume.SetUp failed for volume "${event.volume}" : ${event.message}`
        const say = (pod: PodView, when?: number): KubeEventDraft =>
          said(pod.node, podReference(pod), 'Warning', 'FailedMount', text, when)
        const pod = view.pods.get(event.pod)
        if (pod === undefined) return SILENT
        repeats.start(event.pod, `mount ${event.volume}`, at, {
          next: (last) => nextMount(event.since, last),
          say: (when) => say(pod, when),
        })
        return [say(pod)]
      },
      VolumeMounted: ({ event, at }, view) => repeats.stop(view, event.pod, `mount ${event.volume}`, at, false),
      ContainerBackedOff: ({ event, at }, view) => {
        for (const what of ['image', 'image error'])
          repeats.stop(view, event.pod, `${what} ${event.container}`, at, false)
        const say = ({ name, namespace, uid }: PodView, tell: Tell, when?: number) =>
          tell(
            'Warning',
            'BackOff',
            `Back-off restarting failed container ${event.container} in pod ${name}_${namespace}(${uid})`,
            when,
          )
        repeat(view, event, `restart ${event.container}`, at, say, (last) => {
          const next = nextRetry(drawOf(view), event.pod, last)
          return next < event.until ? next : undefined
        })
        return ofContainer(view, event, (pod, tell) => [say(pod, tell)])
      },
      ProbeAnswered: ({ event, at }, view) => {
        const name = `${event.probe} ${event.container}`
        const pod = view.pods.get(event.pod)
        const container = pod === undefined ? undefined : containerOf(pod, event.container)
        const probe = container?.[`${event.probe}Probe` as ProbeName] as DeepReadonly<Probe> | undefined
        const timeout = (probe?.timeoutSeconds ?? 1) * 1_000
        const lag = event.answer === 'timeout' ? timeout : 0
        // Requests before this one were answered as the one before them, those that timed out a little later.
        const lastLag = lags.get(`${event.pod} ${name}`) ?? 0
        const before = [
          ...repeats.stop(view, event.pod, name, at - lag + lastLag, false),
          ...repeats.until(view, event.pod, at, false),
        ]
        lags.delete(`${event.pod} ${name}`)
        if (container === undefined || probe === undefined || succeeds(event.answer)) return before
        if (lag > 0) lags.set(`${event.pod} ${name}`, lag)
        const { answer, output } = event
        const kind = event.probe.charAt(0).toUpperCase() + event.probe.slice(1)
        const say = ({ key, ip }: PodView, tell: Tell, when?: number) => {
          const text = probeOutput({ probe, container, ip: ip ?? addresses.get(key) ?? '', answer, output })
          return tell('Warning', 'Unhealthy', `${kind} probe failed: ${text}`, when)
        }
        const period = probe.periodSeconds ?? 10
        const step = Math.max(period * 1_000, lag)
        repeat(view, event, name, at, say, (last) => last + step)
        return [...before, ...ofContainer(view, event, (one, tell) => [say(one, tell)])]
      },
      // A restart comes with the sync that nobody is told to go away in; a deletion is seen by the next sync.
      PodMarkedForDeletion: ({ event, at }, view) => [
        ...stopMounting(view, event.pod, at),
        ...['restart', 'image', 'image error'].flatMap((what) =>
          (view.pods.get(event.pod)?.template.spec.containers ?? [])
            .concat(view.pods.get(event.pod)?.template.spec.initContainers ?? [])
            .flatMap(({ name }) => repeats.stop(view, event.pod, `${what} ${name}`, at, false)),
        ),
      ],
      // Its process says no more.
      KubeletStopped: ({ event, at }, view) =>
        [...(view.nodes.get(event.node)?.pods ?? [])].flatMap(({ key }) =>
          repeats.stop(view, key, undefined, at, false),
        ),
      NodeFrozen: ({ event, at }, view) => kubeletPaused(view, event.node, at),
      ContainerExited: ({ event, at }, view) =>
        (['liveness', 'readiness', 'startup'] as const).flatMap((probe) =>
          repeats.stop(view, event.pod, `${probe} ${event.container}`, at, false),
        ),
      PodDeleted: ({ event, at }, view) => {
        const pod = view.removedPod
        if (pod === undefined) return SILENT
        lostSandboxes.delete(pod.uid)
        addresses.delete(pod.key)
        for (const { name } of [...pod.containers, ...pod.initContainers]) pulled.delete(`${event.pod} ${name}`)
        return repeats.stop(view, event.pod, undefined, at, false)
      },
      NodeFailed: ({ event, at }, view) =>
        [...(view.nodes.get(event.node)?.pods ?? [])].flatMap(({ key }) =>
          repeats.stop(view, key, undefined, at, true),
        ),
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
      KubeletStarted: ({ event }) => [ofNode(event.node, 'Normal', 'Starting', 'Starting kubelet.')],
      NodeStatusPosted: ({ event, at }, view) => conditionsChanged(view, event.node, at),
      NodeCordoned: ({ event }, view) => cordonSeen(view, event.node, 'NodeNotSchedulable'),
      NodeUncordoned: ({ event }, view) => cordonSeen(view, event.node, 'NodeSchedulable'),
    } satisfies SayAll<typeof facts>
    // What has been repeated until now was said before.
    const inTurn = Object.entries(says).map(([kind, say]) => [
      kind,
      (entry: Entry<never>, view: ClusterView) => {
        const { event, at } = entry as Entry<SimEvent & { readonly pod?: string }>
        const before =
          event.pod === undefined || kind === 'ProbeAnswered' ? SILENT : repeats.until(view, event.pod, at, false)
        const said = (say as (entry: Entry<never>, view: ClusterView) => readonly KubeEventDraft[])(entry, view)
        return before.length === 0 ? said : [...before, ...said]
      },
    ])
    return {
      ...(Object.fromEntries(inTurn) as typeof says),
      [LATER]: (view: ClusterView, at: number) => repeats.allUntil(view, at),
    }
  },
  restarted: ({ event }) =>
    event.kind === 'NodeRebooted' || event.kind === 'KubeletStarted'
      ? { component: 'kubelet', host: (event as SimEvent & { readonly node: string }).node }
      : undefined,
})

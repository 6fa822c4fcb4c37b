import {
  type Container,
  type ContainerStatus,
  type DeepReadonly,
  type PodPhase,
  type PodSpec,
  type Probe,
  retryAt,
  type Termination,
} from '@wavetank/cluster'
import type { Draw } from '@wavetank/kernel'
import type { ProbeKind } from './behavior.ts'
import type { ImageBackoff } from './image-backoff.ts'
import { type ProbeWorker, termsOf } from './probe-worker.ts'

/** What the kubelet knows of a container that the API server may not know yet. */
export interface LocalContainer {
  readonly name: string
  readonly role: 'init' | 'sidecar' | 'regular'
  /** Restart count of the newest instance; −1 before the first. */
  instance: number
  running: boolean
  startedAt: number
  /** How long its machine has hung since. */
  pausedMillis: number
  /** How the newest instance ended, once it has. */
  exit: Termination | undefined
  /** How the one before it ended. */
  previous: Termination | undefined
  /** Why it was not started at the last attempt. */
  waiting: ContainerStatus['waiting']
  /** Milliseconds of its work that earlier instances have done. */
  progress: number
  /** The instance for which its image has been pulled. */
  imageFor: number
  /** The sync of the pod in which it could not be started. */
  failedIn: number
  /** SIGTERM was sent; restarted in the same sync if a probe is the reason. */
  stopping: 'no' | 'probe' | 'hook' | 'pod'
  stoppingAt: number
  stopGraceSeconds: number
  /** Its postStart hook has not ended, or has failed and the container is being killed for it. */
  isHooked: boolean
  hookFailure: string | undefined
  /** The claim that keeps its work beyond its pod. */
  keptIn: string | undefined
  readonly probes: { -readonly [K in ProbeKind]?: ProbeWorker }
  backoff: { readonly millis: number; readonly updatedAt: number } | undefined
  /** Its newest instance ran in a sandbox that is gone. */
  isOfLostSandbox: boolean
  /** The running instance began before the run: it has started up long ago. */
  warm: boolean
}

/** A pod on its node, as the kubelet there sees it. */
export interface LocalPod {
  readonly key: string
  readonly uid: string
  readonly node: string
  stage: 'preparing' | 'active' | 'stopping' | 'finished'
  ip: string | undefined
  /** When the probe workers started. */
  workersSince: number
  readonly containers: LocalContainer[]
  /** The container whose image is being pulled. */
  pulling: string | undefined
  graceSeconds: number
  /** Why the kubelet ends the pod, if not because it is deleted or done. */
  killed:
    | {
        readonly reason: string
        readonly message: string
        /** Message of the condition DisruptionTarget, if it gets one. */
        readonly disruption: string | undefined
        /** The API server has been told already: the pod was refused. */
        readonly isSaid: boolean
      }
    | undefined
  /** What was left of its containers has been removed. */
  removed: boolean
  /** By image. */
  readonly imageBackoffs: Map<string, ImageBackoff>
  /** Volumes that cannot be mounted, and why. */
  readonly unmounted: Map<string, string>
  /** When the first try to mount them was. */
  mountingSince: number
  /** ConfigMaps and Secrets on which it depends whether a container or a volume, by name, goes on waiting. */
  readonly needs: Map<string, readonly string[]>
  /** How often the worker of the pod has synced. */
  syncs: number
  /** Something has started since. */
  unseen: boolean
  /** When the worker of the pod last synced. */
  syncedAt: number
  /** The failed sync from which its retries count. */
  retryFrom: number | undefined
}

/** A sync has failed, and there will be another in 10 to 15 s. */
export const isRetrying = ({ stage, retryFrom, containers }: LocalPod): boolean =>
  stage === 'active' && retryFrom !== undefined && containers.some(({ waiting }) => waiting !== undefined)

/** Whether this is one of the retries, which nobody had to ask for. */
export const isOnRetry = (draw: Draw, local: LocalPod, at: number): boolean =>
  isRetrying(local) && retryAt(draw, local.key, local.retryFrom ?? at, at) === at

export const roleOf = (container: DeepReadonly<Container>, init: boolean): LocalContainer['role'] =>
  init ? (container.restartPolicy === 'Always' ? 'sidecar' : 'init') : 'regular'

const newContainer = (name: string, role: LocalContainer['role']): LocalContainer => ({
  name,
  role,
  instance: -1,
  running: false,
  startedAt: 0,
  pausedMillis: 0,
  exit: undefined,
  previous: undefined,
  waiting: undefined,
  progress: 0,
  imageFor: -1,
  failedIn: -1,
  stopping: 'no',
  stoppingAt: 0,
  stopGraceSeconds: 0,
  isHooked: false,
  hookFailure: undefined,
  keptIn: undefined,
  probes: {},
  backoff: undefined,
  isOfLostSandbox: false,
  warm: false,
})

export const newLocalPod = (key: string, uid: string, node: string, spec: DeepReadonly<PodSpec>): LocalPod => ({
  key,
  uid,
  node,
  stage: 'preparing',
  ip: undefined,
  workersSince: 0,
  containers: [
    ...(spec.initContainers ?? []).map((container) => newContainer(container.name, roleOf(container, true))),
    ...spec.containers.map((container) => newContainer(container.name, 'regular')),
  ],
  pulling: undefined,
  graceSeconds: 30,
  killed: undefined,
  removed: false,
  imageBackoffs: new Map(),
  unmounted: new Map(),
  mountingSince: -1,
  needs: new Map(),
  syncs: 0,
  unseen: false,
  syncedAt: -1,
  retryFrom: undefined,
})

export const specOf = (spec: DeepReadonly<PodSpec>, name: string): DeepReadonly<Container> | undefined => {
  // Hot path: most pods have one container.
  for (const container of spec.containers) if (container.name === name) return container
  return spec.initContainers?.find((container) => container.name === name)
}

/** Running, and past its startup probe if it has one. Source: prober_manager.go, isContainerStarted. */
export const isStarted = (container: LocalContainer): boolean =>
  container.running && (container.probes.startup === undefined || container.probes.startup.result === 'success')

export const PROBE_KINDS: readonly ProbeKind[] = ['liveness', 'readiness', 'startup']

export const probeOf = (
  container: DeepReadonly<Container> | undefined,
  kind: ProbeKind,
): DeepReadonly<Probe> | undefined => container?.[`${kind}Probe`] as DeepReadonly<Probe> | undefined

/**
 * Whether the probe is asked: the startup probe first, the others once it has succeeded; readiness from the sync on that
 * first sees the container. Source: worker.go, doProbe; prober_manager.go, UpdatePodStatus.
 */
export const isProbed = (container: LocalContainer, kind: ProbeKind): boolean => {
  if (!container.running || container.isHooked) return false
  if (kind === 'startup') return container.probes.startup?.result === 'unknown'
  return isStarted(container) && (kind === 'liveness' || container.probes.readiness?.origin !== undefined)
}

/** The first tick that asks the instance that runs. */
export const firstTick = (
  { origin, since }: Readonly<ProbeWorker>,
  { workersSince }: Readonly<Pick<LocalPod, 'workersSince'>>,
  { startedAt, pausedMillis }: Readonly<Pick<LocalContainer, 'startedAt' | 'pausedMillis'>>,
  probe: DeepReadonly<Probe>,
): number => {
  const { period } = termsOf(probe)
  const start = origin ?? workersSince
  const earliest = Math.max(since, startedAt + pausedMillis + (probe.initialDelaySeconds ?? 0) * 1_000)
  return start + Math.max(0, Math.ceil((earliest - start) / period)) * period
}

const isReadyContainer = (container: LocalContainer): boolean => {
  if (container.role === 'init') return !container.running && container.exit?.exitCode === 0
  if (!isStarted(container)) return false
  return container.probes.readiness === undefined || container.probes.readiness.result === 'success'
}

type RestartPolicy = 'Always' | 'OnFailure' | 'Never'
export const restartPolicyOf = (spec: DeepReadonly<PodSpec>): RestartPolicy =>
  (spec.restartPolicy as RestartPolicy | undefined) ?? 'Always'

/** Source: pkg/kubelet/container/helpers.go, ShouldContainerBeRestarted. */
export const restarts = (container: LocalContainer, policy: RestartPolicy): boolean => {
  if (container.exit === undefined) return true
  if (container.role === 'sidecar') return true
  if (container.role === 'init') return container.exit.exitCode !== 0 && policy !== 'Never'
  return policy === 'Always' || (policy === 'OnFailure' && container.exit.exitCode !== 0)
}

/**
 * Whether nothing is left of it for the runtime: with a new sandbox the records of init containers are removed. Only the sync
 * that makes the sandbox, and starts the first of them, remembers. Source: kuberuntime_manager.go, SyncPod, purgeInitContainers.
 */
export const isPurged = (local: LocalPod, container: LocalContainer): boolean =>
  container.isOfLostSandbox &&
  container.role !== 'regular' &&
  (container !== local.containers[0] || container.waiting !== undefined)

/** Source: pkg/kubelet/kubelet_pods.go, getPhase. `terminal`: every container was stopped by the termination path. */
export const phaseOf = (local: LocalPod, policy: RestartPolicy, terminal: boolean): PodPhase => {
  let pendingInit = 0
  let failedInit = 0
  let pendingSidecar = 0
  let waiting = 0
  let running = 0
  let stopped = 0
  let succeeded = 0
  const initialised = local.containers.some(({ role, instance }) => role === 'regular' && instance >= 0)
  for (const container of local.containers) {
    const { role, exit } = container
    if (role === 'init') {
      if (container.running || exit === undefined) pendingInit++
      else if (exit.exitCode !== 0) failedInit++
    } else if (role === 'sidecar') {
      if (container.running) {
        running++
        if (!isStarted(container)) pendingSidecar++
      } else if (exit === undefined) {
        pendingSidecar++
        waiting++
      }
    } else if (container.running) running++
    else if (exit === undefined) waiting++
    else {
      stopped++
      if (exit.exitCode === 0 && container.waiting === undefined) succeeded++
    }
  }
  if (terminal) return stopped === succeeded && waiting === 0 && failedInit === 0 ? 'Succeeded' : 'Failed'
  if (failedInit > 0 && policy === 'Never') return 'Failed'
  if (pendingInit > 0 || failedInit > 0 || (pendingSidecar > 0 && !initialised) || waiting > 0) return 'Pending'
  if (running > 0) return 'Running'
  if (stopped === 0) return 'Pending'
  if (policy === 'Always') return 'Running'
  if (stopped === succeeded) return 'Succeeded'
  return policy === 'Never' ? 'Failed' : 'Running'
}

/** Source: kubelet_pods.go, convertToAPIContainerStatuses. Hot path: literals, nothing spread. */
const statusOf = (container: LocalContainer, hasInit: boolean): ContainerStatus => {
  const { name, exit, previous, waiting } = container
  const ready = isReadyContainer(container)
  const restartCount = Math.max(0, container.instance)
  const started = container.role === 'init' ? undefined : isStarted(container)
  const lastTermination = previous
  if (container.running) {
    return { name, ready, restartCount, started, running: { startedAt: container.startedAt }, lastTermination }
  }
  if (exit === undefined) {
    const reason = waiting ?? { reason: hasInit ? 'PodInitializing' : 'ContainerCreating' }
    return { name, ready, restartCount, started, waiting: reason }
  }
  if (waiting !== undefined) return { name, ready, restartCount, started, waiting, lastTermination: exit }
  return { name, ready, restartCount, started, terminated: exit, lastTermination }
}

export interface LocalStatus {
  readonly initContainers: readonly ContainerStatus[]
  readonly containers: readonly ContainerStatus[]
  readonly ready: boolean
}

export const containerStatusesOf = (local: LocalPod): LocalStatus => {
  const initContainers: ContainerStatus[] = []
  const containers: ContainerStatus[] = []
  let ready = true
  // Init containers come first in the list.
  for (const container of local.containers) {
    const status = statusOf(container, local.containers[0]!.role !== 'regular')
    if (container.role === 'regular') containers.push(status)
    else initContainers.push(status)
    if (container.role !== 'init' && !status.ready) ready = false
  }
  return { initContainers, containers, ready }
}

const sameTermination = (a: Termination | undefined, b: Termination | undefined): boolean =>
  a === b || (a?.finishedAt === b?.finishedAt && a?.exitCode === b?.exitCode && a?.reason === b?.reason)

const sameStatus = (a: ContainerStatus, b: ContainerStatus): boolean =>
  a.name === b.name &&
  a.ready === b.ready &&
  a.started === b.started &&
  a.restartCount === b.restartCount &&
  a.running?.startedAt === b.running?.startedAt &&
  a.waiting?.reason === b.waiting?.reason &&
  a.waiting?.backoffMillis === b.waiting?.backoffMillis &&
  a.waiting?.error === b.waiting?.error &&
  a.waiting?.message === b.waiting?.message &&
  sameTermination(a.terminated, b.terminated) &&
  sameTermination(a.lastTermination, b.lastTermination)

/** Whether two lists of container statuses say the same. */
export const sameStatuses = (
  a: readonly DeepReadonly<ContainerStatus>[],
  b: readonly DeepReadonly<ContainerStatus>[],
): boolean =>
  a.length === b.length && a.every((status, i) => sameStatus(status as ContainerStatus, b[i] as ContainerStatus))

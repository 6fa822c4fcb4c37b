import { ContainerExited, ContainerStopping, PreStopHookFailed } from '@wavetank/cluster'
import { cancel, type Emission, emit, QUIET, timer } from '@wavetank/kernel'
import { hookOf } from './hooks.ts'
import type { LocalContainer, LocalPod } from './local-pod.ts'
import { stopProbes } from './probing.ts'
import { behaviorOf, exitKey, hookKey, type KubeletScene, latency, type PodView } from './scene.ts'

/**
 * How containers are stopped: preStop, SIGTERM, SIGKILL. All of a pod are told at once; sidecars wait with SIGTERM until
 * those that they serve have ended.
 *
 * Source: pkg/kubelet/kuberuntime/kuberuntime_container.go (killContainer), kuberuntime_termination_order.go.
 */

/** At least 2 s between SIGTERM and SIGKILL. */
const MIN_STOP_SECONDS = 2

/** Whether the container need not wait for others: of sidecars, the last one that is left has its turn. */
const isItsTurn = (local: LocalPod, container: LocalContainer): boolean => {
  if (container.role !== 'sidecar') return true
  const own = local.containers.indexOf(container)
  return !local.containers.some(
    ({ role, running }, i) => running && (role === 'regular' || (role === 'sidecar' && i > own)),
  )
}

/** From SIGTERM to the end of the process. */
const lastMoments = (
  scene: KubeletScene,
  pod: PodView,
  container: LocalContainer,
  patienceSeconds: number,
  at: number,
): { readonly millis: number; readonly exitCode: number } => {
  const { onSigterm } = behaviorOf(scene, pod, container.name)
  const patience = Math.max(MIN_STOP_SECONDS, patienceSeconds) * 1_000
  const handled = onSigterm === undefined ? { exitCode: 143, after: 0 } : onSigterm
  if (handled === 'ignore' || handled.after > patience) return { millis: patience, exitCode: 137 }
  const overhead = latency(scene, 'stopContainer', `${pod.key} ${container.name} ${at}`)
  return { millis: handled.after + overhead, exitCode: handled.exitCode }
}

const exitIn = (pod: PodView, container: LocalContainer, wait: number, exitCode: number): Emission =>
  timer(
    exitKey(pod.key, container.name),
    wait,
    ContainerExited({
      pod: pod.key,
      container: container.name,
      restart: container.instance,
      exitCode,
      reason: exitCode === 0 ? 'Completed' : 'Error',
    }),
  )

interface PreStop {
  /** Milliseconds that it is given. */
  readonly millis: number
  /** Seconds that it leaves of the grace period, of which it is counted in whole ones. */
  readonly leftSeconds: number
  readonly hasFailed: boolean
}

const preStopOf = (scene: KubeletScene, pod: PodView, container: LocalContainer, graceSeconds: number): PreStop => {
  const hook = graceSeconds > 0 ? hookOf(scene, pod, container, 'preStop') : undefined
  if (hook === undefined) return { millis: 0, leftSeconds: graceSeconds, hasFailed: false }
  const millis = Math.min(hook.millis, graceSeconds * 1_000)
  return {
    millis,
    leftSeconds: graceSeconds - Math.floor(millis / 1_000),
    // One that is not done in time is left alone, and nothing is said of it.
    hasFailed: hook.failure !== undefined && hook.millis === millis,
  }
}

/** What becomes of a container that is told to stop now. */
export const planStop = (
  scene: KubeletScene,
  pod: PodView,
  local: LocalPod,
  container: LocalContainer,
  graceSeconds: number,
  at: number,
): readonly Emission[] => {
  const { millis, leftSeconds, hasFailed } = preStopOf(scene, pod, container, graceSeconds)
  // The last of its time a sidecar waits for its turn.
  const waits = local.stage === 'stopping' && !isItsTurn(local, container)
  const term = millis + (waits ? leftSeconds * 1_000 : 0)
  const end = lastMoments(scene, pod, container, waits ? 0 : leftSeconds, at)
  const key = hookKey(pod.key, container.name)
  return [
    ...stopProbes(pod.key, container.name),
    ...(hasFailed ? [timer(key, millis, PreStopHookFailed({ pod: pod.key, container: container.name }))] : []),
    exitIn(pod, container, term + end.millis, end.exitCode),
  ]
}

/** Everything that runs of the pod is told to stop. */
export const stopAll = (pod: PodView, local: LocalPod): readonly Emission[] =>
  local.containers
    .filter(({ running }) => running)
    .map(({ name }) =>
      emit(ContainerStopping({ pod: pod.key, container: name, reason: 'Pod', graceSeconds: local.graceSeconds })),
    )

/**
 * A container of a pod that is being stopped has ended: sidecars that have waited for it get SIGTERM now.
 *
 * @param rest what ends the process by itself, from now on
 */
export const passTurn = (
  scene: KubeletScene,
  pod: PodView,
  local: LocalPod,
  ended: string,
  rest: (container: LocalContainer) => readonly Emission[],
  at: number,
): readonly Emission[] => {
  const due = local.containers.filter(
    (container) =>
      container.role === 'sidecar' && container.running && container.stopping === 'pod' && isItsTurn(local, container),
  )
  return due.flatMap((container) => {
    const role = local.containers.find(({ name }) => name === ended)?.role
    if (role === 'init') return QUIET
    const { millis, leftSeconds } = preStopOf(scene, pod, container, container.stopGraceSeconds)
    const hookEnd = container.stoppingAt + millis
    const term = Math.max(at, hookEnd)
    const waited = Math.floor((term - hookEnd) / 1_000)
    // Its time is over, and it has had SIGTERM.
    if (term >= hookEnd + leftSeconds * 1_000) return QUIET
    const end = lastMoments(scene, pod, container, leftSeconds - waited, at)
    return [
      cancel(exitKey(pod.key, container.name)),
      ...rest(container),
      exitIn(pod, container, term - at + end.millis, end.exitCode),
    ]
  })
}

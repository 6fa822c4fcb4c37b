import { PostStartHookEnded } from '@wavetank/cluster'
import { type Emission, type Entry, type EventOf, emit, QUIET, timer } from '@wavetank/kernel'
import { sample } from '../latency.ts'
import type { LocalContainer, LocalPod } from './local-pod.ts'
import { behaviorOf, hookKey, imageOf, type KubeletScene, type PodView } from './scene.ts'

/**
 * Lifecycle hooks: `sleep` takes as long as it says, of the other kinds the behaviour says how long they take and how
 * often they fail.
 *
 * Source: pkg/kubelet/lifecycle/handlers.go, kuberuntime/kuberuntime_container.go.
 */

export interface Hook {
  readonly millis: number
  /** What the kubelet says of its failure, if it fails. */
  readonly failure: string | undefined
  /** It goes on when its container has ended. */
  readonly isSleep: boolean
}

/** The hook of the newest instance of a container; undefined if its manifest has none. */
export const hookOf = (
  scene: KubeletScene,
  pod: PodView,
  container: LocalContainer,
  kind: 'postStart' | 'preStop',
): Hook | undefined => {
  const handler = imageOf(pod, container.name).lifecycle?.[kind]
  if (handler === undefined) return undefined
  const { exec, httpGet, sleep } = handler
  if (sleep !== undefined) return { millis: sleep.seconds * 1_000, failure: undefined, isSleep: true }
  const id = `${pod.key} ${container.name}#${container.instance} ${kind}`
  const { takes = { constant: 0 }, fails = 0 } = behaviorOf(scene, pod, container.name).hooks?.[kind] ?? {}
  const hasFailed = scene.draw('hook-failure', id) < fails
  const subject = `for Container "${container.name}" in Pod "${pod.name}_${pod.namespace}(${pod.uid})" failed`
  const millis = sample(takes, scene.draw, 'hook', id)
  if (exec !== undefined) {
    const command = exec.command ?? []
    const error = `error: command '${command.join(' ')}' exited with 1: , message: ""`
    return {
      millis,
      failure: hasFailed ? `Exec lifecycle hook ([${command.join(' ')}]) ${subject} - ${error}` : undefined,
      isSleep: false,
    }
  }
  if (httpGet !== undefined) {
    const failure = `HTTP lifecycle hook (${httpGet.path}) ${subject} - error: Get: EOF`
    return { millis, failure: hasFailed ? failure : undefined, isSleep: false }
  }
  // The API takes them, the kubelet does not know them. Source: handlers.go, Run.
  return { millis: 0, failure: `invalid handler: ${JSON.stringify(handler)}`, isSleep: false }
}

const endOf = (pod: PodView, container: LocalContainer, failure: string | undefined) =>
  PostStartHookEnded({ pod: pod.key, container: container.name, restart: container.instance, failure })

/** The rest of the pod waits until the hook has ended. */
export const planPostStart = (
  scene: KubeletScene,
  pod: PodView,
  container: LocalContainer,
  at: number,
): readonly Emission[] => {
  const hook = hookOf(scene, pod, container, 'postStart')
  if (hook === undefined) return QUIET
  const wait = Math.max(0, container.startedAt + container.pausedMillis + hook.millis - at)
  return [timer(hookKey(pod.key, container.name), wait, endOf(pod, container, hook.failure))]
}

/** Its container has ended under a hook: what ran in it has failed, a sleep goes on. */
export const postStartCutOff = (scene: KubeletScene, pod: PodView, container: LocalContainer): readonly Emission[] => {
  const hook = hookOf(scene, pod, container, 'postStart')
  if (hook === undefined || hook.isSleep) return QUIET
  return [emit(endOf(pod, container, hook.failure ?? 'container is not running'))]
}

export type HookEntry = Entry<EventOf<typeof PostStartHookEnded>>

/** The container whose postStart hook is running: nothing else of the pod is done until it has ended. */
export const hookedIn = ({ containers }: LocalPod): LocalContainer | undefined =>
  containers.find(({ isHooked }) => isHooked)

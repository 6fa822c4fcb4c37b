import type { ContainerStatus, DeepReadonly, Pod } from '@wavetank/cluster'

/** The cells of `kubectl get pods` that its containers decide. */
export interface PodStatusCells {
  readonly status: string
  readonly ready: number
  readonly total: number
  readonly restarts: number
  /** When the run before the newest restart ended; undefined if there was none. */
  readonly lastRestartAt: number | undefined
}

type PodView = DeepReadonly<Pod>
type Status = DeepReadonly<ContainerStatus>

const conditionOf = (pod: PodView, type: string) => pod.conditions.find((condition) => condition.type === type)

const later = (a: number | undefined, status: Status): number | undefined => {
  const ended = status.lastTermination?.finishedAt
  return ended !== undefined && (a === undefined || ended > a) ? ended : a
}

const ended = ({ reason, exitCode }: { readonly reason: string; readonly exitCode: number }): string =>
  reason === '' ? `ExitCode:${exitCode}` : reason

/**
 * STATUS, READY and RESTARTS of a pod.
 *
 * Phase or reason of the pod; over that the first init container that has not done its part; else the first regular
 * container, in the order of the spec, that has something to say; over all that, the deletion.
 *
 * Source: pkg/printers/internalversion/printers.go, printPod.
 */
export const podStatus = (pod: PodView): PodStatusCells => {
  const { spec } = pod.template
  const initContainers = spec.initContainers ?? []
  const sidecars = new Set(
    initContainers.filter(({ restartPolicy }) => restartPolicy === 'Always').map(({ name }) => name),
  )
  let status: string = pod.reason ?? pod.phase
  if (conditionOf(pod, 'PodScheduled')?.reason === 'SchedulingGated') status = 'SchedulingGated'
  let ready = 0
  let restarts = 0
  let sidecarRestarts = 0
  let lastRestartAt: number | undefined
  let lastSidecarRestartAt: number | undefined
  let initializing = false

  for (const [index, container] of pod.initContainers.entries()) {
    const isSidecar = sidecars.has(container.name)
    restarts += container.restartCount
    lastRestartAt = later(lastRestartAt, container)
    if (isSidecar) {
      sidecarRestarts += container.restartCount
      lastSidecarRestartAt = later(lastSidecarRestartAt, container)
    }
    const { terminated, waiting } = container
    if (terminated?.exitCode === 0) continue
    if (isSidecar && container.started === true) {
      if (container.ready) ready++
      continue
    }
    initializing = true
    if (terminated !== undefined) status = `Init:${ended(terminated)}`
    else if (waiting !== undefined && waiting.reason !== '' && waiting.reason !== 'PodInitializing') {
      status = `Init:${waiting.reason}`
    } else status = `Init:${index}/${initContainers.length}`
    break
  }

  if (!initializing || conditionOf(pod, 'Initialized')?.status === 'True') {
    restarts = sidecarRestarts
    lastRestartAt = lastSidecarRestartAt
    let hasRunning = false
    for (let i = pod.containers.length - 1; i >= 0; i--) {
      const container = pod.containers[i]!
      restarts += container.restartCount
      lastRestartAt = later(lastRestartAt, container)
      if (container.waiting !== undefined && container.waiting.reason !== '') status = container.waiting.reason
      else if (container.terminated !== undefined) status = ended(container.terminated)
      else if (container.ready && container.running !== undefined) {
        hasRunning = true
        ready++
      }
    }
    if (status === 'Completed' && hasRunning) {
      status = conditionOf(pod, 'Ready')?.status === 'True' ? 'Running' : 'NotReady'
    }
  }

  if (pod.deletion !== undefined) {
    if (pod.reason === 'NodeLost') status = 'Unknown'
    else if (pod.phase !== 'Succeeded' && pod.phase !== 'Failed') status = 'Terminating'
  }
  return { status, ready, total: spec.containers.length + sidecars.size, restarts, lastRestartAt }
}

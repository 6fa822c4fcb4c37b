import type { SimEvent } from '@wavetank/kernel'
import type { Pod as PodObject } from '../api/core/pod.ts'
import { keyOf } from '../ids.ts'
import { podAddress } from '../node/apply.ts'
import { type ContainerStatus, PodMarkedForDeletion, PodResumed } from '../pod/events.ts'
import type { ClusterView } from '../tables.ts'
import { type ContainerStatusJson, PodStatusJson, statusOf } from './status-json.ts'

/** Times of before the run are not known by its clock: what began then begins with it. */
const containerStatus = (json: ContainerStatusJson, sidecars: ReadonlySet<string>, at: number): ContainerStatus => {
  const { name, ready = false, restartCount = 0, state = {}, lastState = {} } = json
  const ended = ({ terminated }: NonNullable<ContainerStatusJson['state']>) => {
    if (terminated === undefined) return undefined
    const { exitCode, reason = exitCode === 0 ? 'Completed' : 'Error' } = terminated
    return { exitCode, reason, startedAt: at, finishedAt: at }
  }
  const lastTermination = ended(lastState)
  const { waiting, running } = state
  return {
    name,
    ready,
    restartCount,
    ...(sidecars.has(name) ? { started: json.started === true } : {}),
    ...(waiting === undefined ? {} : { waiting: { ...waiting, reason: waiting.reason ?? 'ContainerCreating' } }),
    ...(running === undefined ? {} : { running: { startedAt: at } }),
    ...(state.terminated === undefined ? {} : { terminated: ended(state)! }),
    ...(lastTermination === undefined ? {} : { lastTermination }),
  }
}

/** A container that ran, or is between two runs. One whose image never came is as good as new. */
const hasRun = ({ running, terminated, lastTermination }: ContainerStatus): boolean =>
  running !== undefined || terminated !== undefined || lastTermination !== undefined

/** What the status of a dumped pod comes to, once it is stored: it runs on, has ended, or is being deleted. */
export const resumedPod = (view: ClusterView, at: number, object: PodObject): readonly SimEvent[] => {
  const pod = view.pods.get(keyOf(object.metadata.namespace ?? '', object.metadata.name))
  if (pod === undefined) return []
  const { phase = 'Pending', reason, message, conditions = [], ...status } = statusOf(object, PodStatusJson)
  const { spec } = pod.template
  const lasting = new Set(
    [...spec.containers, ...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')].map(
      ({ name }) => name,
    ),
  )
  const containers = (status.containerStatuses ?? []).map((json) => containerStatus(json, lasting, at))
  const inits = (status.initContainerStatuses ?? []).map((json) => containerStatus(json, lasting, at))
  const initContainers = inits.length === 0 ? undefined : inits
  const ready = conditions.some((condition) => condition.type === 'Ready' && condition.status === 'True')
  const node = view.nodes.get(pod.node)
  const events: SimEvent[] = []
  const said = { pod: pod.key, phase, reason, message, initContainers, containers }
  if (phase === 'Succeeded' || phase === 'Failed') {
    events.push(PodResumed({ ...said, ready: false, sandboxReady: false }))
  } else if (node !== undefined && containers.length > 0 && [...inits, ...containers].some(hasRun)) {
    events.push(PodResumed({ ...said, ready, ip: podAddress(node.index, node.sandboxes) }))
  }
  const { deletionTimestamp, deletionGracePeriodSeconds = 30 } = object.metadata
  if (deletionTimestamp !== undefined && pod.node !== '') {
    events.push(PodMarkedForDeletion({ pod: pod.key, graceSeconds: Math.max(1, deletionGracePeriodSeconds) }))
  }
  return events
}

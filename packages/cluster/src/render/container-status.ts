import type { JsonObject } from '../api/codec.ts'
import type { ContainerStatus, Termination } from '../pod/events.ts'
import type { Pod } from '../pod/pod.ts'
import { waitingMessage } from '../pod/waiting.ts'
import type { ClusterView, DeepReadonly } from '../tables.ts'
import { digestOf, fullImage, imageId } from './image.ts'
import { timestamp } from './metadata.ts'

/** Containers have the same id in every what-if: it follows from the pod's uid and how often they have restarted. */
const containerId = (uid: string, name: string, instance: number): string =>
  `containerd://${digestOf(`container ${uid} ${name} ${instance}`)}`

const renderTermination = (
  view: ClusterView,
  id: string,
  { exitCode, reason, message, startedAt, finishedAt }: DeepReadonly<Termination>,
): JsonObject => ({
  terminated: {
    containerID: id,
    exitCode,
    finishedAt: timestamp(view, finishedAt),
    message,
    reason,
    startedAt: timestamp(view, startedAt),
  },
})

/** One of `status.containerStatuses`. */
export const renderContainerStatus = (
  view: ClusterView,
  pod: DeepReadonly<Pick<Pod, 'name' | 'namespace' | 'uid'>>,
  image: string,
  status: DeepReadonly<ContainerStatus>,
): JsonObject => {
  const { uid } = pod
  const { name, restartCount, waiting, running, terminated, lastTermination } = status
  const current = containerId(uid, name, restartCount)
  // While it waits for a restart, the instance that ended last is the newest there is.
  const isNewestOver = waiting !== undefined && lastTermination !== undefined
  const last = isNewestOver ? current : containerId(uid, name, restartCount - 1)
  const wasCreated = waiting === undefined || isNewestOver
  return {
    containerID: wasCreated ? current : undefined,
    image: wasCreated ? fullImage(image) : image,
    imageID: wasCreated ? imageId(image) : '',
    lastState: lastTermination === undefined ? {} : renderTermination(view, last, lastTermination),
    name,
    ready: status.ready,
    restartCount,
    started: status.started ?? false,
    state:
      running !== undefined
        ? { running: { startedAt: timestamp(view, running.startedAt) } }
        : terminated !== undefined
          ? renderTermination(view, current, terminated)
          : {
              waiting: { message: waitingMessage(pod, status, image), reason: waiting?.reason ?? 'ContainerCreating' },
            },
  }
}

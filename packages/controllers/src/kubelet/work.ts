import { podSpecOf } from '@wavetank/cluster'
import { durationMicros, millis } from '@wavetank/kernel'
import { sample } from '../latency.ts'
import type { ContainerBehavior } from './behavior.ts'
import type { LocalContainer } from './local-pod.ts'
import type { KubeletScene, PodView } from './scene.ts'

/** What a process has to do before it ends by itself, and what of it is done. */

type Run = NonNullable<ContainerBehavior['run']>

const INDEX = 'batch.kubernetes.io/job-completion-index'

/** What keeps the work of a container beyond its pod: the claim behind the volume; each index of a Job has its own. */
export const keptIn = (pod: PodView, container: string, run: ContainerBehavior['run']): string | undefined => {
  if (run?.checkpoint === undefined || run.checkpointVolume === undefined) return undefined
  const volume = podSpecOf(pod).volumes?.find(({ name }) => name === run.checkpointVolume)
  const claim = volume?.persistentVolumeClaim?.claimName
  if (claim === undefined) return undefined
  const index = pod.labels[INDEX] ?? pod.annotations[INDEX]
  return `${pod.namespace}/${claim} ${container}${index === undefined ? '' : `#${index}`}`
}

/** What an annotation of the pod says, in milliseconds; one that is no duration says nothing. */
const annotated = ({ annotations }: PodView, { forAnnotation }: Run): number | undefined => {
  const written = forAnnotation === undefined ? undefined : annotations[forAnnotation]
  const micros = written === undefined ? undefined : durationMicros(written.trim())
  return micros === undefined ? undefined : millis(micros / 1_000)
}

/** Milliseconds from the first start to the end; work that is saved is the same work in every instance. */
export const workOf = (scene: KubeletScene, pod: PodView, container: LocalContainer, run: Run): number =>
  annotated(pod, run) ??
  sample(
    run.for,
    scene.draw,
    'run',
    run.checkpoint === undefined
      ? `${pod.key} ${container.name}#${container.instance}`
      : (keptIn(pod, container.name, run) ?? `${pod.key} ${container.name}`),
  )

/** What the next instance need not do again: all up to the last checkpoint, unless it was done with. */
export const progressOf = (
  scene: KubeletScene,
  pod: PodView,
  container: LocalContainer,
  run: ContainerBehavior['run'],
): number | undefined => {
  if (run?.checkpoint === undefined) return undefined
  const done = doneBy(scene, pod, container, run)
  if (done >= workOf(scene, pod, container, run)) return undefined
  return done - (done % run.checkpoint) || undefined
}

const doneBy = (scene: KubeletScene, pod: PodView, container: LocalContainer, run: Run): number => {
  const claim = keptIn(pod, container.name, run)
  if (claim !== undefined) return scene.own.work.get(claim) ?? 0
  const { exit, progress } = container
  if (exit === undefined) return 0
  // When a machine that lost power stopped working is not known to its kubelet: what it had not saved before is lost.
  return exit.reason === 'Unknown' ? progress : progress + exit.finishedAt - exit.startedAt
}

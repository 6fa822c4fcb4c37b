import { sample } from '../latency.ts'
import type { ContainerBehavior } from './behavior.ts'
import type { LocalContainer } from './local-pod.ts'
import type { KubeletScene, PodView } from './scene.ts'

/** What a process has to do before it ends by itself, and what of it is done. */

type Run = NonNullable<ContainerBehavior['run']>

/** Milliseconds from the first start to the end; work that is saved is the same work in every instance. */
export const workOf = (scene: KubeletScene, pod: PodView, container: LocalContainer, run: Run): number =>
  sample(
    run.for,
    scene.draw,
    'run',
    run.checkpoint === undefined
      ? `${pod.key} ${container.name}#${container.instance}`
      : `${pod.key} ${container.name}`,
  )

/** What the next instance need not do again: all up to the last checkpoint, unless it was done with. */
export const progressOf = (
  scene: KubeletScene,
  pod: PodView,
  container: LocalContainer,
  run: ContainerBehavior['run'],
): number | undefined => {
  const { exit, progress } = container
  if (run?.checkpoint === undefined || exit === undefined) return undefined
  // When a machine that lost power stopped working is not known to its kubelet: what it had not saved before is lost.
  const done = exit.reason === 'Unknown' ? progress : progress + exit.finishedAt - exit.startedAt
  if (done >= workOf(scene, pod, container, run)) return undefined
  return done - (done % run.checkpoint) || undefined
}

import { type ClusterView, defineController, formatTime, isApiServerUp, type KubectlCommand } from '@wavetank/cluster'
import { type Emission, type Entry, type EventOf, emit, type Scene } from '@wavetank/kernel'
import { joinFolds } from '../api-client.ts'
import { apply, create, replace } from './apply.ts'
import { autoscale } from './autoscale.ts'
import { cordon } from './cordon.ts'
import { createJobCommand } from './create-job.ts'
import { remove } from './delete.ts'
import { applyDrain, type Drains, drainReactions, startDrain } from './drain.ts'
import {
  KubectlCompleted,
  KubectlIssued,
  NodeDrainBlocked,
  NodeDrainCheckDue,
  NodeDrainDue,
  NodeDrained,
  NodeDrainRetryDue,
  NodeDrainTimeoutDue,
  RolloutStatusTimeoutDue,
} from './events.ts'
import { expose } from './expose.ts'
import { mark } from './mark.ts'
import { NO_CONNECTION, type Outcome } from './outcome.ts'
import { patch } from './patch.ts'
import { history, pause, restart, resume, undo } from './rollout.ts'
import { applyRolloutStatus, rolloutStatusReactions, startRolloutStatus, type Watches } from './rollout-status.ts'
import { scale } from './scale.ts'
import { setEnv, setImage, setResources, setSelector } from './set.ts'
import { taint } from './taint.ts'

/**
 * kubectl, as the timeline of a scenario uses it: one file a verb.
 *
 * 1. What a command writes is stored at the instant of the command; how long it takes until anybody notices is a matter
 *    of those who notice.
 * 2. A command sees the cluster as it is when it is issued: what happens at that instant has happened, the last command
 *    included. It never writes the same object twice.
 * 3. A refusal is no error of the run: it is what the command prints, and its exit code. An API server that does not
 *    answer is one.
 */

export interface Own {
  readonly drains: Drains
  readonly watches: Watches
}
type KubectlScene = Scene<ClusterView, Own, unknown>

const run = (
  view: ClusterView,
  at: number,
  command: Exclude<KubectlCommand, { verb: 'drain' | 'rollout status' }>,
): Outcome => {
  switch (command.verb) {
    case 'scale':
      return scale(view, command)
    case 'autoscale':
      return autoscale(view, at, command)
    case 'delete':
      return remove(view, command)
    case 'label':
    case 'annotate':
      return mark(view, command)
    case 'cordon':
    case 'uncordon':
      return cordon(view, command)
    case 'taint':
      return taint(view, command)
    case 'apply':
      return apply(view, at, command)
    case 'create':
      return create(view, at, command)
    case 'replace':
      return replace(view, command)
    case 'create job':
      return createJobCommand(view, at, command)
    case 'expose':
      return expose(view, at, command)
    case 'patch':
      return patch(view, command)
    case 'set image':
      return setImage(view, command)
    case 'set resources':
      return setResources(view, command)
    case 'set env':
      return setEnv(view, command)
    case 'set selector':
      return setSelector(view, command)
    case 'rollout undo':
      return undo(view, command)
    case 'rollout restart':
      return restart(view, formatTime(view.settings.start + at), command)
    case 'rollout pause':
      return pause(view, command)
    case 'rollout resume':
      return resume(view, command)
    case 'rollout history':
      return history(view, command)
  }
}

const issue = (scene: KubectlScene, entry: Entry<EventOf<typeof KubectlIssued>>): readonly Emission[] => {
  const { line } = entry.event
  const command = entry.event.command as unknown as KubectlCommand
  if (!isApiServerUp(scene.view)) return [emit(KubectlCompleted({ line, exitCode: 1, output: [NO_CONNECTION] }))]
  if (command.verb === 'drain') return startDrain(scene, entry)
  if (command.verb === 'rollout status') return startRolloutStatus(scene, entry)
  const { events, output, exitCode } = run(scene.view, entry.at, command)
  return [...events, KubectlCompleted({ line, exitCode, output })].map(emit)
}

export const kubectl = defineController<Own, Record<string, never>>({
  name: 'kubectl',
  doc: 'Runs the kubectl commands of the scenario’s timeline.',
  component: 'wavetank',
  flags: {},
  events: [
    KubectlIssued,
    KubectlCompleted,
    NodeDrainDue,
    NodeDrainRetryDue,
    NodeDrainCheckDue,
    NodeDrainBlocked,
    NodeDrained,
    NodeDrainTimeoutDue,
    RolloutStatusTimeoutDue,
  ],
  own: {
    initial: () => ({ drains: new Map(), watches: new Map() }),
    apply: joinFolds<Own, unknown>(applyDrain, applyRolloutStatus),
  },
  on: {
    KubectlIssued: issue,
    ...drainReactions,
    ...rolloutStatusReactions,
  },
})

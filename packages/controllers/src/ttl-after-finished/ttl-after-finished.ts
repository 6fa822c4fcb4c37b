import {
  type ClusterView,
  type DeepReadonly,
  defineController,
  deleteStoredObject,
  finishedCondition,
  type Job,
  jobEvents,
  ObjectKey,
} from '@wavetank/cluster'
import { DECIDE, defineEvent, type Emission, type Entry, emit, QUIET, type Scene, timer } from '@wavetank/kernel'
import { reactionTime } from '../latency.ts'
import { relistObjects } from '../relist.ts'

/**
 * Deletes finished Jobs when their time is over, in the foreground: the Job stays until its pods are gone.
 *
 * Source: pkg/controller/ttlafterfinished/ttlafterfinished_controller.go (processJob, processTTL).
 */

export const JobTtlDue = defineEvent('JobTtlDue', {
  doc: '`ttlSecondsAfterFinished` of a Job may be over.',
  rank: DECIDE,
  data: { object: ObjectKey },
})

const name = 'ttl-after-finished-controller'

type TtlScene = Scene<ClusterView, unknown, unknown>
type ObjectEntry = Entry<{ readonly kind: string; readonly object: string }>

/** When the Job is to go, if it is to. */
const expiryOf = (job: DeepReadonly<Job>): number | undefined => {
  const seconds = job.spec.ttlSecondsAfterFinished
  const finished = finishedCondition(job as Job)
  if (seconds === undefined || finished === undefined || job.deletion !== undefined) return undefined
  return finished.lastTransitionAt + seconds * 1_000
}

const plan = (scene: TtlScene, { event, at }: ObjectEntry): readonly Emission[] => {
  const job = scene.view.jobs.get(event.object)
  const expiry = job === undefined ? undefined : expiryOf(job)
  if (job === undefined || expiry === undefined) return QUIET
  const wait = Math.max(expiry - at, reactionTime(scene.view, scene.draw, name, job.key, at))
  return [timer(job.key, wait, JobTtlDue({ object: job.key }))]
}

/** The time is looked up again: it may have been changed, or the Job replaced by another. */
const expire = ({ view }: TtlScene, { event, at }: ObjectEntry): readonly Emission[] => {
  const job = view.jobs.get(event.object)
  const expiry = job === undefined ? undefined : expiryOf(job)
  if (job === undefined || expiry === undefined) return QUIET
  if (expiry > at) return [timer(job.key, expiry - at, JobTtlDue({ object: job.key }))]
  return deleteStoredObject(job, 'Foreground').map(emit)
}

export const ttlAfterFinished = defineController<unknown, Record<string, never>>({
  name,
  doc: 'Deletes Jobs that have been finished for their ttlSecondsAfterFinished.',
  component: 'kube-controller-manager',
  flags: {},
  events: [JobTtlDue],
  on: {
    [jobEvents.Finished.kind]: plan,
    [jobEvents.SpecChanged.kind]: plan,
    JobTtlDue: expire,
  },
  restart: { relist: relistObjects((view) => view.jobs, plan) },
})

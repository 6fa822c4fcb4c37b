import { type ClusterView, cronJobEvents, defineController, jobEvents, type ObjectKey } from '@wavetank/cluster'
import { type Emission, type Entry, type EventOf, emit, QUIET, type Scene, timer } from '@wavetank/kernel'
import { reactionTime } from '../latency.ts'
import { relistObjects } from '../relist.ts'
import { CronJobSyncDue } from './events.ts'
import { childrenOf, syncCronJob, untilNextSchedule } from './sync.ts'

/**
 * The CronJob controller: what wakes a sync. The sync is in sync.ts.
 *
 * Unlike Kubernetes, a Job wakes its CronJob when it comes, ends or goes, not with every write to its status: those
 * syncs would find nothing, but for another Event about a Job that is in the way.
 *
 * Source: pkg/controller/cronjob/cronjob_controllerv2.go.
 */

const name = 'cronjob-controller'

interface Own {
  /** Jobs by the CronJob that their owner reference names, whatever its uid: `namespace/name`. */
  readonly children: Map<ObjectKey, Set<ObjectKey>>
}

type CronScene = Scene<ClusterView, Own, unknown>
type ObjectEntry = Entry<{ readonly kind: string; readonly object: string }>

const wake = (scene: CronScene, key: ObjectKey, at: number): readonly Emission[] => [
  timer(key, reactionTime(scene.view, scene.draw, name, key, at), CronJobSyncDue({ object: key })),
]

const wakeSelf = (scene: CronScene, { event, at }: ObjectEntry): readonly Emission[] => wake(scene, event.object, at)

/** A new schedule counts from its next run on; everything else at once. Source: updateCronJob. */
const specChanged = (
  scene: CronScene,
  { event, at }: Entry<EventOf<typeof cronJobEvents.SpecChanged>>,
): readonly Emission[] => {
  if (!event.scheduleChanged) return wake(scene, event.object, at)
  const cronJob = scene.view.cronJobs.get(event.object)
  const wait = cronJob === undefined ? undefined : untilNextSchedule(scene.view, cronJob, at)
  return wait === undefined ? QUIET : [timer(event.object, wait, CronJobSyncDue({ object: event.object }))]
}

interface Owned {
  readonly namespace: string
  readonly owner: { readonly kind: string; readonly name: string; readonly uid: string } | undefined
}

const wakeOwner = (scene: CronScene, job: Owned | undefined, at: number): readonly Emission[] => {
  if (job?.owner?.kind !== 'CronJob') return QUIET
  const cronJob = scene.view.cronJobs.get(`${job.namespace}/${job.owner.name}`)
  return cronJob?.uid === job.owner.uid ? wake(scene, cronJob.key, at) : QUIET
}

const jobChanged = (scene: CronScene, { event, at, by }: ObjectEntry): readonly Emission[] =>
  by === name && event.kind === jobEvents.Created.kind ? QUIET : wakeOwner(scene, scene.view.jobs.get(event.object), at)

const jobGone = (scene: CronScene, { at }: Entry): readonly Emission[] => wakeOwner(scene, scene.view.removedObject, at)

const sync = ({ view, own }: CronScene, { event, at }: ObjectEntry): readonly Emission[] => {
  const cronJob = view.cronJobs.get(event.object)
  if (cronJob === undefined) return QUIET
  const { events, again } = syncCronJob(view, cronJob, childrenOf(view, own.children.get(cronJob.key) ?? []), at)
  const emissions = events.map(emit)
  if (again !== undefined) emissions.push(timer(cronJob.key, again, CronJobSyncDue({ object: cronJob.key })))
  return emissions
}

const adopt = (own: Own, entry: Entry<never>, view: ClusterView): void => {
  const job = view.jobs.get((entry as unknown as ObjectEntry).event.object)
  if (job !== undefined) remember(own, job)
}

const remember = (own: Own, job: Owned & { readonly key: ObjectKey }): void => {
  if (job.owner === undefined) return
  const key = `${job.namespace}/${job.owner.name}`
  const children = own.children.get(key)
  if (children === undefined) own.children.set(key, new Set([job.key]))
  else children.add(job.key)
}

const disown = (own: Own, job: Owned & { readonly key: ObjectKey }): void => {
  if (job.owner === undefined) return
  const key = `${job.namespace}/${job.owner.name}`
  const children = own.children.get(key)
  children?.delete(job.key)
  if (children?.size === 0) own.children.delete(key)
}

export const cronJobController = defineController<Own, Record<string, never>>({
  name,
  doc: 'Makes a Job whenever the schedule of a CronJob says so, and keeps a few of the finished ones.',
  component: 'kube-controller-manager',
  flags: {},
  events: [CronJobSyncDue],
  own: {
    initial: () => ({ children: new Map() }),
    apply: {
      JobCreated: adopt,
      JobAdopted: adopt,
      JobReleased: (own, entry: Entry<never>) => {
        const { object, owner } = (entry as unknown as Entry<EventOf<typeof jobEvents.Released>>).event
        own.children.get(owner)?.delete(object)
      },
      JobDeleted: (own, _entry, view) => {
        const job = view.removedObject
        if (job !== undefined) disown(own, job)
      },
    },
  },
  on: {
    [cronJobEvents.Created.kind]: wakeSelf,
    [cronJobEvents.SpecChanged.kind]: specChanged,
    [jobEvents.Created.kind]: jobChanged,
    [jobEvents.Finished.kind]: jobChanged,
    [jobEvents.Deleted.kind]: jobGone,
    CronJobSyncDue: sync,
  },
  restart: {
    relist: relistObjects((view) => view.cronJobs, wakeSelf),
    remember: (own, view) => {
      for (const job of view.jobs.values()) remember(own, job)
    },
  },
})

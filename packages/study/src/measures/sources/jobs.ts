import { type ClusterView, jobEvents, PodBound } from '@wavetank/cluster'
import { type Listener, listen } from '../define-metric.ts'

/** A Job, from its creation to its end. Times are milliseconds of the run. */
export interface JobFacts {
  readonly namespace: string
  readonly name: string
  /** The name of the CronJob that made it. */
  readonly cronJob: string | undefined
  readonly createdAt: number
  readonly annotations: Readonly<Record<string, string>>
  /** When the first of its pods got a node. */
  startedAt: number | undefined
  finishedAt: number | undefined
  /** How it ended. */
  condition: 'Complete' | 'Failed' | undefined
  /** Deleted before it ended. */
  abandonedAt: number | undefined
}

/** The Jobs of a run, for every metric that asks. */
export interface JobSource {
  readonly listener: Listener
  /** In the order of their creation, those that are gone too. */
  readonly jobs: readonly JobFacts[]
  readonly follow: (changed: (job: JobFacts, at: number) => void) => void
}

export const createJobSource = (): JobSource => {
  const jobs: JobFacts[] = []
  const byUid = new Map<string, JobFacts>()
  const followers: ((job: JobFacts, at: number) => void)[] = []
  const tell = (job: JobFacts, at: number): void => {
    for (const follower of followers) follower(job, at)
  }
  const listener = listen(
    { Created: jobEvents.Created, Finished: jobEvents.Finished, Deleted: jobEvents.Deleted, PodBound },
    {
      Created: ({ event, at }, view: ClusterView) => {
        const job = view.jobs.get(event.object)
        if (job === undefined) return
        const { namespace, name, owner, annotations } = job
        const facts: JobFacts = {
          namespace,
          name,
          cronJob: owner?.kind === 'CronJob' ? owner.name : undefined,
          createdAt: at,
          annotations,
          startedAt: undefined,
          finishedAt: undefined,
          condition: undefined,
          abandonedAt: undefined,
        }
        jobs.push(facts)
        byUid.set(job.uid, facts)
        tell(facts, at)
      },
      PodBound: ({ event, at }, view) => {
        const owner = view.pods.get(event.pod)?.owner
        const job = owner?.kind === 'Job' ? byUid.get(owner.uid) : undefined
        if (job === undefined || job.startedAt !== undefined) return
        job.startedAt = at
        tell(job, at)
      },
      Finished: ({ event, at }, view) => {
        const job = byUid.get(view.jobs.get(event.object)?.uid ?? '')
        if (job === undefined || job.finishedAt !== undefined) return
        job.finishedAt = at
        job.condition = event.condition === 'Failed' ? 'Failed' : 'Complete'
        tell(job, at)
      },
      Deleted: ({ at }, view) => {
        const uid = view.removedObject?.uid ?? ''
        const job = byUid.get(uid)
        byUid.delete(uid)
        if (job === undefined || job.finishedAt !== undefined) return
        job.abandonedAt = at
        tell(job, at)
      },
    },
  )
  return { listener, jobs, follow: (changed) => followers.push(changed) }
}

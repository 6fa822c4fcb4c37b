import {
  type ClusterView,
  CONTROLLER_UID,
  type DeepReadonly,
  defineController,
  finishedCondition,
  type Job,
  jobEvents,
  type ObjectKey,
  removePodFinalizer,
  selects,
} from '@wavetank/cluster'
import { type Emission, type Entry, type EventOf, emit, QUIET, type Scene, timer } from '@wavetank/kernel'
import { type ClientConfig, clientFlags, clientRate } from '../api-client.ts'
import { reactionTime } from '../latency.ts'
import { fullBucket, spend, type TokenBucket, tokensAt, waitFor } from '../rate-limiter.ts'
import { relistAll, relistObjects, relistPods } from '../relist.ts'
import { exponentialBackoff } from '../retry.ts'
import { type BackoffRecord, NO_FAILURES } from './backoff.ts'
import { JobBackoffChanged, JobSyncDue, JobSyncFailed, OrphanedJobPodDue } from './events.ts'
import { isTracked, type JobView, type PodView } from './pods.ts'
import { BATCH_PERIOD, isManagedElsewhere, syncJob } from './sync.ts'

/**
 * The Job controller: what wakes a sync, and what it remembers between syncs.
 *
 * 1. The Job itself wakes at once, its pods a second later: the reactions to pods that end together are one.
 * 2. Of several wake-ups the earliest stays, as in Kubernetes' delaying queue.
 * 3. Unlike Kubernetes, the controller's own status writes and finalizer patches wake nothing: they would find nothing.
 *    And the calls of one sync other than creations are stored at once; what they overdraw delays what comes next.
 *
 * Source: pkg/controller/job/job_controller.go; the sync is in sync.ts.
 */

const name = 'job-controller'

/** Source: DefaultJobApiBackOff, MaxJobApiBackOff. */
const syncBackoff = exponentialBackoff(1_000, 60_000)

const flags = clientFlags
type Config = ClientConfig

export interface Own {
  readonly bucket: TokenBucket
  readonly records: Map<ObjectKey, BackoffRecord>
  /** Jobs whose claims may have changed: only a look at every pod can tell. */
  readonly stale: Set<ObjectKey>
  /** Whether the sync under way has to look at every pod. */
  looking: boolean
  /** When a Job without a start time was first looked at: a sync that the rate limit holds up began then. */
  readonly begun: Map<ObjectKey, number>
  /** Syncs in a row that failed. */
  readonly failures: Map<ObjectKey, number>
  /** Jobs whose selector was written by hand: any orphan may match it. */
  readonly manual: Set<ObjectKey>
}

type JobScene = Scene<ClusterView, Own, Config>
type ObjectEntry = Entry<{ readonly kind: string; readonly object: string }>
type PodEntry = Entry<{ readonly kind: string; readonly pod: string }>

const wake = (scene: JobScene, key: ObjectKey, at: number, batch: number): Emission =>
  timer(key, batch + reactionTime(scene.view, scene.draw, name, key, at), JobSyncDue({ object: key }))

const wakeSelf = (scene: JobScene, { event, at }: ObjectEntry): readonly Emission[] => [
  wake(scene, event.object, at, 0),
]

const jobOf = (view: ClusterView, pod: PodView): JobView | undefined =>
  pod.owner?.kind === 'Job' ? view.jobsByUid.get(pod.owner.uid) : undefined

/** Jobs that might adopt an orphan. */
const suitors = (view: ClusterView, own: DeepReadonly<Own>, pod: PodView): readonly JobView[] => {
  const named = view.jobsByUid.get(pod.labels[CONTROLLER_UID] ?? '')
  const jobs = [...own.manual].map((key) => view.jobs.get(key))
  return [named, ...jobs].filter(
    (job): job is JobView => job !== undefined && job.namespace === pod.namespace && selects(job.matcher, pod.labels),
  )
}

const releaseLater = (scene: JobScene, pod: PodView, at: number): readonly Emission[] =>
  isTracked(pod)
    ? [
        timer(
          `orphan ${pod.key}`,
          reactionTime(scene.view, scene.draw, name, `orphan ${pod.key}`, at),
          OrphanedJobPodDue({ pod: pod.key }),
        ),
      ]
    : QUIET

const wakeForPod = (scene: JobScene, pod: PodView | undefined, at: number): readonly Emission[] => {
  if (pod === undefined) return QUIET
  if (pod.owner === undefined) {
    return [
      ...releaseLater(scene, pod, at),
      ...suitors(scene.view, scene.own, pod).map(({ key }) => wake(scene, key, at, BATCH_PERIOD)),
    ]
  }
  if (pod.owner.kind !== 'Job') return QUIET
  const job = jobOf(scene.view, pod)
  // Its Job will not count it any more.
  if (job === undefined || finishedCondition(job as Job) !== undefined) {
    return pod.deletion === undefined ? QUIET : releaseLater(scene, pod, at)
  }
  return [wake(scene, job.key, at, BATCH_PERIOD)]
}

const podChanged = (scene: JobScene, { event, at }: PodEntry): readonly Emission[] =>
  wakeForPod(scene, scene.view.pods.get(event.pod), at)

const podGone = (scene: JobScene, { at }: Entry): readonly Emission[] => {
  const pod = scene.view.removedPod
  const job = pod === undefined ? undefined : jobOf(scene.view, pod)
  return job === undefined || finishedCondition(job as Job) !== undefined
    ? QUIET
    : [wake(scene, job.key, at, BATCH_PERIOD)]
}

const podReleased = (
  scene: JobScene,
  { event, at }: Entry<{ readonly kind: string; readonly pod: string; readonly owner: string }>,
): readonly Emission[] => {
  const orphan = wakeForPod(scene, scene.view.pods.get(event.pod), at)
  return scene.view.jobs.has(event.owner) ? [...orphan, wake(scene, event.owner, at, BATCH_PERIOD)] : orphan
}

/** Nobody will count the pods of a deleted Job. */
const jobGone = (scene: JobScene, { at }: Entry): readonly Emission[] => {
  const job = scene.view.removedObject
  if (job === undefined) return QUIET
  return [...(scene.view.podsByOwner.get(job.uid) ?? [])].flatMap((pod) => releaseLater(scene, pod, at))
}

/** Source: job_controller.go, handleSingleOrphanPod. */
const releaseOrphan = ({ view }: JobScene, { event }: PodEntry): readonly Emission[] => {
  const pod = view.pods.get(event.pod)
  if (pod === undefined) return QUIET
  if (pod.owner !== undefined) {
    if (pod.owner.kind !== 'Job') return QUIET
    const job = jobOf(view, pod)
    if (job !== undefined && (isManagedElsewhere(job) || finishedCondition(job as Job) === undefined)) return QUIET
  }
  return removePodFinalizer(pod, 'batch.kubernetes.io/job-tracking').map(emit)
}

const sync = (scene: JobScene, { event, at }: ObjectEntry): readonly Emission[] => {
  const { view, draw, own, config } = scene
  const job = view.jobs.get(event.object)
  if (job === undefined) return QUIET
  const again = (delay: number): Emission => timer(job.key, delay, JobSyncDue({ object: job.key }))
  const rate = clientRate(config)
  const tokens = tokensAt(own.bucket, rate, at)
  if (tokens < 1) return [again(Math.max(1, waitFor(own.bucket, rate, at)))]
  const result = syncJob({
    view,
    draw,
    at,
    job,
    record: own.records.get(job.key) ?? NO_FAILURES,
    begunAt: own.begun.get(job.key) ?? at,
    looking: own.looking,
    tokens,
    refusals: own.failures.get(job.key),
  })
  const emissions = result.events.map(emit)
  if (result.held) emissions.push(again(Math.max(1, waitFor(own.bucket, rate, at, tokens + 1))))
  if (result.again !== undefined) emissions.push(again(result.again))
  if (result.failure !== undefined) {
    const wait = syncBackoff(own.failures.get(job.key))
    emissions.push(emit(JobSyncFailed({ object: job.key, message: result.failure })), again(wait))
  }
  return emissions
}

// ── memory ───────────────────────────────────────────────────────────────────────────────────────────────────────

const spendOne = (own: Own, entry: Entry, _view: ClusterView, config: Config): void => {
  if (entry.by === name) spend(own.bucket, clientRate(config), entry.at)
}

/** A pod that came or whose labels changed from outside: every Job that it concerns has to look. */
const markStaleFor = (own: Own, entry: Entry<never>, view: ClusterView): void => {
  const { event, by } = entry as unknown as PodEntry
  const pod = view.pods.get(event.pod)
  if (pod === undefined || by === name) return
  const job = jobOf(view, pod)
  if (job !== undefined) own.stale.add(job.key)
  else if (pod.owner === undefined) for (const suitor of suitors(view, own, pod)) own.stale.add(suitor.key)
}

const syncBegins = (own: Own, entry: Entry<never>, view: ClusterView, config: Config): void => {
  const { event, at } = entry as unknown as ObjectEntry
  const job = view.jobs.get(event.object)
  // Without a token the sync does not take place.
  if (tokensAt(own.bucket, clientRate(config), at) < 1) return
  own.looking = own.stale.delete(event.object)
  if (job === undefined || job.spec.suspend || job.status.startAt !== undefined) return
  if (!own.begun.has(job.key)) own.begun.set(job.key, at)
}

const statusReported = (own: Own, entry: Entry<never>, view: ClusterView, config: Config): void => {
  spendOne(own, entry, view, config)
  own.begun.delete((entry as unknown as ObjectEntry).event.object)
}

const created = (own: Own, entry: Entry<never>, view: ClusterView): void => {
  const { object } = (entry as unknown as ObjectEntry).event
  own.stale.add(object)
  if (view.jobs.get(object)?.spec.manualSelector === true) own.manual.add(object)
}

const podCreated = (own: Own, entry: Entry<never>, view: ClusterView, config: Config): void => {
  if ((entry as Entry).by !== name) {
    markStaleFor(own, entry, view)
    return
  }
  spendOne(own, entry, view, config)
  const pod = view.pods.get((entry as unknown as PodEntry).event.pod)
  if (pod?.owner !== undefined) own.failures.delete(`${pod.namespace}/${pod.owner.name}`)
}

const podReleasedFrom = (own: Own, entry: Entry<never>, view: ClusterView, config: Config): void => {
  spendOne(own, entry, view, config)
  markStaleFor(own, entry, view)
}

const forget = (own: Own, entry: Entry<never>): void => {
  const { object } = (entry as unknown as ObjectEntry).event
  own.records.delete(object)
  own.failures.delete(object)
  own.begun.delete(object)
}

export const jobController = defineController<Own, typeof flags>({
  name,
  doc: 'Runs pods to completion for each Job: so many, so many at once, so many failures, so long.',
  component: 'kube-controller-manager',
  flags,
  events: [JobSyncDue, JobSyncFailed, JobBackoffChanged, OrphanedJobPodDue],
  own: {
    initial: (config) => ({
      bucket: fullBucket(clientRate(config)),
      records: new Map(),
      stale: new Set(),
      looking: false,
      begun: new Map(),
      failures: new Map(),
      manual: new Set(),
    }),
    apply: {
      JobCreated: created,
      JobSyncDue: syncBegins,
      JobSyncFailed: (own, entry: Entry<never>) => {
        const { object } = (entry as unknown as ObjectEntry).event
        own.failures.set(object, (own.failures.get(object) ?? 0) + 1)
      },
      JobBackoffChanged: (own, entry: Entry<never>) => {
        const { object, failures, lastFailureAt } = (entry as unknown as Entry<EventOf<typeof JobBackoffChanged>>).event
        own.records.set(object, { failures, lastFailureAt })
      },
      JobStatusReported: statusReported,
      JobFinished: forget,
      JobDeleted: (own, entry: Entry<never>) => {
        forget(own, entry)
        const { object } = (entry as unknown as ObjectEntry).event
        own.stale.delete(object)
        own.manual.delete(object)
      },
      PodCreated: podCreated,
      PodLabelled: markStaleFor,
      PodReleased: podReleasedFrom,
      PodAdopted: spendOne,
      PodFinalizersChanged: spendOne,
      PodMarkedForDeletion: spendOne,
    },
  },
  on: {
    [jobEvents.Created.kind]: wakeSelf,
    [jobEvents.SpecChanged.kind]: wakeSelf,
    [jobEvents.TemplateChanged.kind]: wakeSelf,
    [jobEvents.MarkedForDeletion.kind]: wakeSelf,
    [jobEvents.Deleted.kind]: jobGone,
    JobSyncDue: sync,
    OrphanedJobPodDue: releaseOrphan,
    PodCreated: podChanged,
    PodStatusReported: podChanged,
    PodMarkedNotReady: podChanged,
    PodMarkedForDeletion: podChanged,
    PodFailed: podChanged,
    PodLabelled: podChanged,
    PodAdopted: podChanged,
    PodReleased: podReleased,
    PodDeleted: podGone,
  },
  restart: {
    relist: relistAll(
      relistObjects((view) => view.jobs, wakeSelf),
      relistPods(podChanged),
    ),
    remember: (own, view) => {
      for (const { key, spec } of view.jobs.values()) {
        own.stale.add(key)
        if (spec.manualSelector === true) own.manual.add(key)
      }
    },
  },
})

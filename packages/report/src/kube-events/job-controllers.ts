import {
  type ClusterView,
  type ControllerRef,
  cronJobEvents,
  jobEvents,
  nameOf,
  namespaceOf,
  PodCreated,
  PodDeleted,
  PodMarkedForDeletion,
} from '@wavetank/cluster'
import { foreignFact } from '../facts.ts'
import { defineKubeEvents, SILENT } from './define-kube-events.ts'
import type { InvolvedObject, KubeEventDraft } from './kube-event.ts'

type Drafts = readonly KubeEventDraft[]

const said = (
  component: string,
  involvedObject: InvolvedObject,
  type: KubeEventDraft['type'],
  reason: string,
  message: string,
): Drafts => [{ type, reason, message, involvedObject, source: { component }, recorder: 'core' }]

const reference = (namespace: string, { apiVersion, kind, name, uid }: ControllerRef): InvolvedObject => ({
  apiVersion,
  kind,
  namespace,
  name,
  uid,
})

const JOB_CONTROLLER = 'job-controller'
const CRON_JOB_CONTROLLER = 'cronjob-controller'

const aboutJob = (
  view: ClusterView,
  key: string,
  type: KubeEventDraft['type'],
  reason: string,
  message: string,
): Drafts => {
  const job = view.jobs.get(key)
  return job === undefined ? SILENT : said(JOB_CONTROLLER, reference(job.namespace, job), type, reason, message)
}

const podDeleted = (owner: ControllerRef | undefined, pod: string): Drafts =>
  owner?.kind === 'Job'
    ? said(
        JOB_CONTROLLER,
        reference(namespaceOf(pod), owner),
        'Normal',
        'SuccessfulDelete',
        `Deleted pod: ${nameOf(pod)}`,
      )
    : SILENT

type SyncFailed = { readonly kind: 'JobSyncFailed'; readonly object: string; readonly message: string }

/** Source: pkg/controller/controller_utils.go, RealPodControl; pkg/controller/job/job_controller.go. */
export const jobControllerEvents = defineKubeEvents({
  component: JOB_CONTROLLER,
  facts: {
    PodCreated,
    PodMarkedForDeletion,
    PodDeleted,
    JobSuspended: jobEvents.Suspended,
    JobResumed: jobEvents.Resumed,
    JobFinished: jobEvents.Finished,
    JobSyncFailed: foreignFact<SyncFailed>('JobSyncFailed'),
  },
  create: () => ({
    PodCreated: ({ by, event: { owner, pod } }) =>
      by !== JOB_CONTROLLER || owner === undefined
        ? SILENT
        : said(
            JOB_CONTROLLER,
            reference(namespaceOf(pod), owner),
            'Normal',
            'SuccessfulCreate',
            `Created pod: ${nameOf(pod)}`,
          ),
    PodMarkedForDeletion: ({ by, event }, view) =>
      by === JOB_CONTROLLER ? podDeleted(view.pods.get(event.pod)?.owner, event.pod) : SILENT,
    // A pod that goes with its finalizer was deleted by somebody before, unless it was active until now.
    PodDeleted: ({ by, event }, view) =>
      by === JOB_CONTROLLER && view.removedPod?.deletion === undefined
        ? podDeleted(view.removedPod?.owner, event.pod)
        : SILENT,
    // What a dump says of a Job was told before the run.
    JobSuspended: ({ by, event }, view) =>
      by === JOB_CONTROLLER ? aboutJob(view, event.object, 'Normal', 'Suspended', 'Job suspended') : SILENT,
    JobResumed: ({ by, event }, view) =>
      by === JOB_CONTROLLER ? aboutJob(view, event.object, 'Normal', 'Resumed', 'Job resumed') : SILENT,
    JobFinished: ({ by, event: { object, condition, reason, message, surplus } }, view) => {
      if (by !== JOB_CONTROLLER) return SILENT
      if (condition !== 'Complete') return aboutJob(view, object, 'Warning', reason, message)
      const many = 'Too many succeeded pods running after completion count reached'
      return [
        ...(surplus === true ? aboutJob(view, object, 'Warning', 'TooManySucceededPods', many) : []),
        ...aboutJob(view, object, 'Normal', 'Completed', 'Job completed'),
      ]
    },
    JobSyncFailed: ({ event }, view) =>
      aboutJob(view, event.object, 'Warning', 'FailedCreate', `Error creating: ${event.message}`),
  }),
})

const jobDeleted = (namespace: string, owner: ControllerRef | undefined, job: string): Drafts =>
  owner?.kind === 'CronJob'
    ? said(CRON_JOB_CONTROLLER, reference(namespace, owner), 'Normal', 'SuccessfulDelete', `Deleted job ${job}`)
    : SILENT

/** Source: pkg/controller/cronjob/cronjob_controllerv2.go. */
export const cronJobControllerEvents = defineKubeEvents({
  component: CRON_JOB_CONTROLLER,
  facts: {
    JobCreated: jobEvents.Created,
    JobDeleted: jobEvents.Deleted,
    JobMarkedForDeletion: jobEvents.MarkedForDeletion,
    CronJobNoted: cronJobEvents.Noted,
  },
  create: () => ({
    JobCreated: ({ by, event: { owner, object } }) =>
      by !== CRON_JOB_CONTROLLER || owner === undefined
        ? SILENT
        : said(
            CRON_JOB_CONTROLLER,
            reference(namespaceOf(object), owner),
            'Normal',
            'SuccessfulCreate',
            `Created job ${nameOf(object)}`,
          ),
    JobDeleted: ({ by, event }, view) =>
      by === CRON_JOB_CONTROLLER
        ? jobDeleted(namespaceOf(event.object), view.removedObject?.owner, nameOf(event.object))
        : SILENT,
    JobMarkedForDeletion: ({ by, event }, view) =>
      by === CRON_JOB_CONTROLLER
        ? jobDeleted(namespaceOf(event.object), view.jobs.get(event.object)?.owner, nameOf(event.object))
        : SILENT,
    CronJobNoted: ({ event: { object, type, reason, message } }, view) => {
      const cronJob = view.cronJobs.get(object)
      return cronJob === undefined
        ? SILENT
        : said(CRON_JOB_CONTROLLER, reference(cronJob.namespace, cronJob), type, reason, message)
    },
  }),
})

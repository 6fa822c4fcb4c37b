import type { JobSpec as ApiJobSpec } from '../api/batch/job.ts'
import type { LabelSelectorLike, Selector } from '../labels.ts'
import type { Labels } from '../object/meta.ts'
import type { StoredObject } from '../object/stored-object.ts'
import { isTerminal, type Pod, type PodTemplate } from '../pod/pod.ts'
import type { JobConditionType } from './events.ts'

/** Keeps a finished pod until the Job has counted it. */
export const JOB_TRACKING = 'batch.kubernetes.io/job-tracking'

export const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid'

/** Everything but the template, which the log calls by its hash, and the selector. */
export type JobSpec = Omit<ApiJobSpec, 'template' | 'selector'>

export interface JobCondition {
  readonly type: JobConditionType
  readonly status: 'True' | 'False'
  readonly reason: string
  readonly message: string
  readonly lastTransitionAt: number
}

/** `status` without its conditions. Times are whole seconds of the wall clock, as they are stored. */
export interface JobStatus {
  readonly active: number
  /** Absent before the first sync, like `terminating`. */
  readonly ready: number | undefined
  readonly terminating: number | undefined
  readonly succeeded: number
  readonly failed: number
  readonly startAt: number | undefined
  readonly completionAt: number | undefined
  /** `1,3-5`. */
  readonly completedIndexes: string
  readonly failedIndexes: string | undefined
  /** Uids of finished pods that still have their finalizer. */
  readonly uncountedSucceeded: readonly string[]
  readonly uncountedFailed: readonly string[]
}

export interface Job extends StoredObject {
  readonly kind: 'Job'
  readonly apiVersion: 'batch/v1'
  spec: JobSpec
  readonly selector: LabelSelectorLike
  /** `selector`, compiled. */
  readonly matcher: Selector
  /** Without the labels that the API server adds for the selector: so all Jobs of a CronJob share one. */
  template: PodTemplate
  /** Labels of its pods, those included. */
  podLabels: Labels
  status: JobStatus
  conditions: readonly JobCondition[]
  /** How many pods it has ever made; gives the next pod its name. */
  podsMade: number
  /** Its pods that still matter: not terminal, or not counted yet; in order of creation. Kept by the folds. */
  readonly openPods: Set<Pod>
}

/** What the API server adds to the template of a Job that has no selector of its own. */
export const generatedLabels = ({ name, uid, spec }: Pick<Job, 'name' | 'uid' | 'spec'>): Labels =>
  spec.manualSelector === true
    ? {}
    : {
        [CONTROLLER_UID]: uid,
        'batch.kubernetes.io/job-name': name,
        'controller-uid': uid,
        'job-name': name,
      }

export const jobConditionOf = (conditions: readonly JobCondition[], type: JobConditionType): JobCondition | undefined =>
  conditions.find((condition) => condition.type === type)

/** The condition that ended it: Complete=True or Failed=True. Source: pkg/controller/job/util, FinishedCondition. */
export const finishedCondition = (job: { readonly conditions: readonly JobCondition[] }): JobCondition | undefined =>
  job.conditions.find(({ type, status }) => (type === 'Complete' || type === 'Failed') && status === 'True')

/** Whether a Job still has to look at the pod. */
export const isOpenPod = (pod: Pod): boolean => !isTerminal(pod) || pod.finalizers.includes(JOB_TRACKING)

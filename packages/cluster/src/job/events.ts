import { optional } from '@wavetank/kernel'
import * as t from 'io-ts'
import { ObjectKey } from '../ids.ts'
import { creationData, defineObjectEvent, defineObjectEvents } from '../object/object-events.ts'

export const JobConditionType = t.keyof(
  { Suspended: null, FailureTarget: null, SuccessCriteriaMet: null, Failed: null, Complete: null },
  'JobConditionType',
)
export type JobConditionType = t.TypeOf<typeof JobConditionType>

const uids = t.readonlyArray(t.string)

export const jobEvents = {
  ...defineObjectEvents('Job'),
  Created: defineObjectEvent('Job', 'Created', {
    doc:
      'A Job is stored. `spec` is as the API server defaults it, without its template; `template` is without the ' +
      'labels that are generated for the selector.',
    data: {
      ...creationData,
      spec: t.UnknownRecord,
      selector: t.UnknownRecord,
      template: t.string,
    },
  }),
  SpecChanged: defineObjectEvent('Job', 'SpecChanged', {
    doc: 'The spec changed, the template not; this is all of it.',
    data: { object: ObjectKey, spec: t.UnknownRecord },
  }),
  TemplateChanged: defineObjectEvent('Job', 'TemplateChanged', {
    doc: 'The pod template changed, which it may while the Job is suspended and never started.',
    data: { object: ObjectKey, template: t.string },
  }),
  StatusReported: defineObjectEvent('Job', 'StatusReported', {
    doc:
      'The controller wrote the status. Finished pods stand in `uncounted…` until their finalizer is gone, then in ' +
      '`succeeded` or `failed`.',
    data: {
      object: ObjectKey,
      active: t.number,
      ready: t.number,
      terminating: t.number,
      succeeded: t.number,
      failed: t.number,
      startAt: optional(t.number),
      completedIndexes: optional(t.string),
      failedIndexes: optional(t.string),
      uncountedSucceeded: optional(uids),
      uncountedFailed: optional(uids),
    },
  }),
  Suspended: defineObjectEvent('Job', 'Suspended', {
    doc: 'Condition Suspended=True: the pods of a suspended Job have been deleted.',
    data: { object: ObjectKey },
  }),
  Resumed: defineObjectEvent('Job', 'Resumed', {
    doc: 'Condition Suspended=False: the Job starts again, and so does its deadline.',
    data: { object: ObjectKey },
  }),
  Decided: defineObjectEvent('Job', 'Decided', {
    doc: 'Condition FailureTarget or SuccessCriteriaMet: how the Job will end once all of its pods are gone and counted.',
    data: { object: ObjectKey, condition: JobConditionType, reason: t.string, message: t.string },
  }),
  Finished: defineObjectEvent('Job', 'Finished', {
    doc: 'Condition Complete or Failed: the Job is over. `surplus`: more pods succeeded than it asked for.',
    data: {
      object: ObjectKey,
      condition: JobConditionType,
      reason: t.string,
      message: t.string,
      surplus: optional(t.boolean),
    },
  }),
}

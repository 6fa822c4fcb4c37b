import { optional } from '@wavetank/kernel'
import * as t from 'io-ts'
import { ObjectKey, Uid } from '../ids.ts'
import { creationData, defineObjectEvent, defineObjectEvents } from '../object/object-events.ts'

const ActiveJob = t.readonly(t.type({ name: t.string, uid: Uid }), 'ActiveJob')

export const cronJobEvents = {
  ...defineObjectEvents('CronJob'),
  Created: defineObjectEvent('CronJob', 'Created', {
    doc: 'A CronJob is stored, its spec as the API server defaults it.',
    data: {
      ...creationData,
      spec: t.UnknownRecord,
    },
  }),
  SpecChanged: defineObjectEvent('CronJob', 'SpecChanged', {
    doc: 'The spec changed; this is all of it.',
    data: {
      object: ObjectKey,
      spec: t.UnknownRecord,
      scheduleChanged: t.boolean,
    },
  }),
  StatusReported: defineObjectEvent('CronJob', 'StatusReported', {
    doc: 'The controller wrote the status: the Jobs that run, the scheduled time of the latest, the end of the latest success.',
    data: {
      object: ObjectKey,
      active: t.readonlyArray(ActiveJob),
      lastScheduleAt: optional(t.number),
      lastSuccessfulAt: optional(t.number),
    },
  }),
  Noted: defineObjectEvent('CronJob', 'Noted', {
    doc: 'The controller says why it did what it did, or did not, in the words of its core/v1 Event.',
    data: {
      object: ObjectKey,
      type: t.keyof({ Normal: null, Warning: null }),
      reason: t.string,
      message: t.string,
    },
  }),
}

import { optional } from '@wavetank/kernel'
import * as t from 'io-ts'
import { ObjectKey, Uid } from '../ids.ts'
import { Labels } from '../object/meta.ts'
import { defineObjectEvent, defineObjectEvents } from '../object/object-events.ts'

export const priorityClassEvents = {
  ...defineObjectEvents('PriorityClass'),
  Created: defineObjectEvent('PriorityClass', 'Created', {
    doc: 'A priority class is stored: pods that are created from here on can name it.',
    data: {
      object: ObjectKey,
      uid: Uid,
      labels: Labels,
      annotations: Labels,
      value: t.number,
      globalDefault: optional(t.boolean),
      description: optional(t.string),
      preemptionPolicy: t.keyof({ PreemptLowerPriority: null, Never: null }),
    },
  }),
  Changed: defineObjectEvent('PriorityClass', 'Changed', {
    doc: 'What may change of a priority class did: whether it is the default one, and its description.',
    data: { object: ObjectKey, globalDefault: optional(t.boolean), description: optional(t.string) },
  }),
}

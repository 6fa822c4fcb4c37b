import { optional } from '@wavetank/kernel'
import * as t from 'io-ts'
import { IntOrPercent } from '../api/int-or-percent.ts'
import { ObjectKey } from '../ids.ts'
import { creationData, defineObjectEvent, defineObjectEvents } from '../object/object-events.ts'

/** `spec.updateStrategy`; the two limits only where the type is RollingUpdate. */
export const DaemonSetStrategy = t.readonly(
  t.intersection([
    t.type({ type: t.keyof({ RollingUpdate: null, OnDelete: null }) }),
    t.partial({ maxUnavailable: IntOrPercent, maxSurge: IntOrPercent }),
  ]),
  'DaemonSetStrategy',
)
export type DaemonSetStrategy = t.TypeOf<typeof DaemonSetStrategy>

/** The spec as the log holds it: the template by its hash. */
export const DaemonSetSpec = t.readonly(
  t.type({
    selector: t.UnknownRecord,
    template: t.string,
    updateStrategy: DaemonSetStrategy,
    minReadySeconds: t.number,
    revisionHistoryLimit: t.number,
  }),
  'DaemonSetSpec',
)
export type DaemonSetSpec = t.TypeOf<typeof DaemonSetSpec>

export const daemonSetEvents = {
  ...defineObjectEvents('DaemonSet'),
  Created: defineObjectEvent('DaemonSet', 'Created', {
    doc: 'A DaemonSet is stored. `templateGeneration` counts its templates, if this is not the first.',
    data: {
      ...creationData,
      spec: DaemonSetSpec,
      templateGeneration: optional(t.number),
    },
  }),
  SpecChanged: defineObjectEvent('DaemonSet', 'SpecChanged', {
    doc: 'The spec changed; this is all of it. The selector never does.',
    data: { object: ObjectKey, spec: DaemonSetSpec },
  }),
  StatusReported: defineObjectEvent('DaemonSet', 'StatusReported', {
    doc: 'The controller wrote the status.',
    data: {
      object: ObjectKey,
      desiredNumberScheduled: t.number,
      currentNumberScheduled: t.number,
      numberMisscheduled: t.number,
      numberReady: t.number,
      numberAvailable: t.number,
      numberUnavailable: t.number,
      updatedNumberScheduled: t.number,
      observedGeneration: t.number,
      collisionCount: t.number,
    },
  }),
}

import * as t from 'io-ts'
import { ObjectKey } from '../ids.ts'
import { creationData, defineObjectEvent, defineObjectEvents } from '../object/object-events.ts'

/** `spec.updateStrategy`. Without a partition the manifest had no `rollingUpdate`, which is not the same as 0. */
export const StatefulSetStrategy = t.readonly(
  t.intersection([
    t.type({ type: t.keyof({ RollingUpdate: null, OnDelete: null }) }),
    t.partial({ partition: t.number }),
  ]),
  'StatefulSetStrategy',
)
export type StatefulSetStrategy = t.TypeOf<typeof StatefulSetStrategy>

const Retention = t.keyof({ Retain: null, Delete: null })

/** What becomes of the claims: `spec.persistentVolumeClaimRetentionPolicy`. */
export const ClaimRetention = t.readonly(t.type({ whenDeleted: Retention, whenScaled: Retention }), 'ClaimRetention')
export type ClaimRetention = t.TypeOf<typeof ClaimRetention>

/** The spec as the log holds it: the pod template by its hash, the templates of the claims as in the manifest. */
export const StatefulSetSpec = t.readonly(
  t.type({
    replicas: t.number,
    start: t.number,
    selector: t.UnknownRecord,
    template: t.string,
    serviceName: t.string,
    podManagementPolicy: t.keyof({ OrderedReady: null, Parallel: null }),
    updateStrategy: StatefulSetStrategy,
    minReadySeconds: t.number,
    revisionHistoryLimit: t.number,
    claimTemplates: t.readonlyArray(t.UnknownRecord),
    claimRetention: ClaimRetention,
  }),
  'StatefulSetSpec',
)
export type StatefulSetSpec = t.TypeOf<typeof StatefulSetSpec>

export const statefulSetEvents = {
  ...defineObjectEvents('StatefulSet'),
  Created: defineObjectEvent('StatefulSet', 'Created', {
    doc: 'A StatefulSet is stored.',
    data: {
      ...creationData,
      spec: StatefulSetSpec,
    },
  }),
  Scaled: defineObjectEvent('StatefulSet', 'Scaled', {
    doc: '`spec.replicas` changed, and nothing else.',
    data: { object: ObjectKey, replicas: t.number },
  }),
  SpecChanged: defineObjectEvent('StatefulSet', 'SpecChanged', {
    doc: 'The spec changed; this is all of it. Selector, service and claim templates never do.',
    data: { object: ObjectKey, spec: StatefulSetSpec },
  }),
  StatusReported: defineObjectEvent('StatefulSet', 'StatusReported', {
    doc: 'The controller wrote the status.',
    data: {
      object: ObjectKey,
      replicas: t.number,
      readyReplicas: t.number,
      availableReplicas: t.number,
      currentReplicas: t.number,
      updatedReplicas: t.number,
      currentRevision: t.string,
      updateRevision: t.string,
      observedGeneration: t.number,
      collisionCount: t.number,
    },
  }),
}

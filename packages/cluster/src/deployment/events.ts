import { optional } from '@wavetank/kernel'
import * as t from 'io-ts'
import { IntOrPercent } from '../api/int-or-percent.ts'
import { ObjectKey } from '../ids.ts'
import { Labels } from '../object/meta.ts'
import { creationData, defineObjectEvent, defineObjectEvents } from '../object/object-events.ts'

/** `spec.strategy`; the two limits only where the type is RollingUpdate. */
export const DeploymentStrategy = t.readonly(
  t.intersection([
    t.type({ type: t.keyof({ RollingUpdate: null, Recreate: null }) }),
    t.partial({ maxUnavailable: IntOrPercent, maxSurge: IntOrPercent }),
  ]),
  'DeploymentStrategy',
)
export type DeploymentStrategy = t.TypeOf<typeof DeploymentStrategy>

/** The spec as the log holds it: the template by its hash. */
export const DeploymentSpec = t.readonly(
  t.type({
    replicas: t.number,
    selector: t.UnknownRecord,
    template: t.string,
    strategy: DeploymentStrategy,
    minReadySeconds: t.number,
    revisionHistoryLimit: t.number,
    progressDeadlineSeconds: t.number,
    paused: t.boolean,
  }),
  'DeploymentSpec',
)
export type DeploymentSpec = t.TypeOf<typeof DeploymentSpec>

/** One of `status.conditions`; times are milliseconds of the run. */
export const DeploymentCondition = t.readonly(
  t.type({
    type: t.keyof({ Available: null, Progressing: null, ReplicaFailure: null }),
    status: t.keyof({ True: null, False: null, Unknown: null }),
    reason: t.string,
    message: t.string,
    lastUpdateAt: t.number,
    lastTransitionAt: t.number,
  }),
  'DeploymentCondition',
)
export type DeploymentCondition = t.TypeOf<typeof DeploymentCondition>

// One request that changes the spec is one event: the narrowest that says it.
export const deploymentEvents = {
  ...defineObjectEvents('Deployment'),
  Created: defineObjectEvent('Deployment', 'Created', {
    doc: 'A Deployment is stored.',
    data: {
      ...creationData,
      spec: DeploymentSpec,
    },
  }),
  Scaled: defineObjectEvent('Deployment', 'Scaled', {
    doc: '`spec.replicas` changed, and nothing else.',
    data: { object: ObjectKey, replicas: t.number },
  }),
  TemplateChanged: defineObjectEvent('Deployment', 'TemplateChanged', {
    doc: 'The pod template changed, and nothing else of the spec: a rollout begins, unless it is paused.',
    data: { object: ObjectKey, template: t.string, annotations: optional(Labels) },
  }),
  Paused: defineObjectEvent('Deployment', 'Paused', {
    doc: '`spec.paused` was set: no rollout goes on until it is resumed.',
    data: { object: ObjectKey },
  }),
  Resumed: defineObjectEvent('Deployment', 'Resumed', {
    doc: '`spec.paused` was cleared.',
    data: { object: ObjectKey },
  }),
  SpecChanged: defineObjectEvent('Deployment', 'SpecChanged', {
    doc: 'The spec changed in more or other ways; this is all of it. The selector never does.',
    data: { object: ObjectKey, spec: DeploymentSpec },
  }),
  StatusReported: defineObjectEvent('Deployment', 'StatusReported', {
    doc: 'The controller wrote the status; with `revision`, also the annotation that says which revision is the current one.',
    data: {
      object: ObjectKey,
      observedGeneration: t.number,
      replicas: t.number,
      updatedReplicas: t.number,
      readyReplicas: t.number,
      availableReplicas: t.number,
      unavailableReplicas: t.number,
      collisionCount: optional(t.number),
      conditions: t.readonlyArray(DeploymentCondition),
      revision: optional(t.string),
    },
  }),
}

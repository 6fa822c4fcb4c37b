import { ObjectKey } from '@wavetank/cluster'
import { DECIDE, defineEvent, optional } from '@wavetank/kernel'
import * as t from 'io-ts'

export const DeploymentSyncDue = defineEvent('DeploymentSyncDue', {
  doc: 'The controller looks at one Deployment: something about it or its ReplicaSets may have changed.',
  rank: DECIDE,
  data: { object: ObjectKey },
})

export const DeploymentSyncFailed = defineEvent('DeploymentSyncFailed', {
  doc: 'A sync could not do what it had to. It is tried again, later each time; not if `dropped`, after 15 retries, until something happens.',
  data: { object: ObjectKey, message: t.string, dropped: optional(t.boolean) },
})

export const DeploymentReplicaSetRefused = defineEvent('DeploymentReplicaSetRefused', {
  doc: 'The API server did not store the new ReplicaSet of a Deployment.',
  data: { object: ObjectKey, replicaSet: t.string, message: t.string },
})

export const DeploymentStalled = defineEvent('DeploymentStalled', {
  doc: 'A rollout made no progress for progressDeadlineSeconds; `reasons` say what it waits for. Kubernetes only writes the condition ProgressDeadlineExceeded.',
  data: { object: ObjectKey, replicaSet: optional(t.string), reasons: t.readonlyArray(t.string) },
})

export const DeploymentRolledBack = defineEvent('DeploymentRolledBack', {
  doc: 'The annotation deprecated.deployment.rollback.to brought back the template of an earlier revision.',
  data: { object: ObjectKey, revision: t.number },
})

export const DeploymentRollbackRefused = defineEvent('DeploymentRollbackRefused', {
  doc: 'The annotation deprecated.deployment.rollback.to asked for what cannot be, or is already; it is removed.',
  data: { object: ObjectKey, reason: t.string, message: t.string },
})

export const DeploymentSelectsAll = defineEvent('DeploymentSelectsAll', {
  doc: 'The selector of a Deployment is empty: the controller does nothing with it.',
  data: { object: ObjectKey },
})

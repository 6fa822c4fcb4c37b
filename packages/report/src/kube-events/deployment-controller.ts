import { type ClusterView, nameOf, type ObjectKey, replicaSetEvents } from '@wavetank/cluster'
import { foreignFact } from '../facts.ts'
import { defineKubeEvents, SILENT } from './define-kube-events.ts'
import type { KubeEventDraft } from './kube-event.ts'

type Refused = {
  readonly kind: 'DeploymentReplicaSetRefused'
  readonly object: ObjectKey
  readonly replicaSet: string
  readonly message: string
}
type RolledBack = { readonly kind: 'DeploymentRolledBack'; readonly object: ObjectKey; readonly revision: number }
type RollbackRefused = {
  readonly kind: 'DeploymentRollbackRefused'
  readonly object: ObjectKey
  readonly reason: string
  readonly message: string
}
type SelectsAll = { readonly kind: 'DeploymentSelectsAll'; readonly object: ObjectKey }

const component = 'deployment-controller'

const said = (
  view: ClusterView,
  key: ObjectKey,
  type: KubeEventDraft['type'],
  reason: string,
  message: string,
): readonly KubeEventDraft[] => {
  const deployment = view.deployments.get(key)
  if (deployment === undefined) return SILENT
  const { apiVersion, kind, namespace, name, uid } = deployment
  const involvedObject = { apiVersion, kind, namespace, name, uid }
  return [{ type, reason, message, involvedObject, source: { component }, recorder: 'core' }]
}

const scaled = (view: ClusterView, set: ObjectKey, from: number, to: number): readonly KubeEventDraft[] => {
  const owned = view.replicaSets.get(set)
  if (owned?.owner?.kind !== 'Deployment' || from === to) return SILENT
  const message = `Scaled ${from < to ? 'up' : 'down'} replica set ${nameOf(set)} from ${from} to ${to}`
  return said(view, `${owned.namespace}/${owned.owner.name}`, 'Normal', 'ScalingReplicaSet', message)
}

/** The Events are about the Deployment. Source: pkg/controller/deployment/sync.go, rollback.go, deployment_controller.go. */
export const deploymentControllerEvents = defineKubeEvents({
  component,
  facts: {
    ReplicaSetCreated: replicaSetEvents.Created,
    ReplicaSetScaled: replicaSetEvents.Scaled,
    DeploymentReplicaSetRefused: foreignFact<Refused>('DeploymentReplicaSetRefused'),
    DeploymentRolledBack: foreignFact<RolledBack>('DeploymentRolledBack'),
    DeploymentRollbackRefused: foreignFact<RollbackRefused>('DeploymentRollbackRefused'),
    DeploymentSelectsAll: foreignFact<SelectsAll>('DeploymentSelectsAll'),
  },
  create: () => ({
    ReplicaSetCreated: ({ by, event }, view) =>
      by === component ? scaled(view, event.object, 0, event.spec.replicas) : SILENT,
    ReplicaSetScaled: ({ by, event }, view) =>
      by === component && event.from !== undefined ? scaled(view, event.object, event.from, event.replicas) : SILENT,
    DeploymentReplicaSetRefused: ({ event }, view) => {
      const message = `Failed to create new replica set "${event.replicaSet}": ${event.message}`
      return said(view, event.object, 'Warning', 'ReplicaSetCreateError', message)
    },
    DeploymentRolledBack: ({ event }, view) => {
      const message = `Rolled back deployment "${nameOf(event.object)}" to revision ${event.revision}`
      return said(view, event.object, 'Normal', 'DeploymentRollback', message)
    },
    DeploymentRollbackRefused: ({ event }, view) => said(view, event.object, 'Warning', event.reason, event.message),
    DeploymentSelectsAll: ({ event }, view) => {
      const message = 'This deployment is selecting all pods. A non-empty selector is required.'
      return said(view, event.object, 'Warning', 'SelectingAll', message)
    },
  }),
})

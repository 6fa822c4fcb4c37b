import type { JsonObject } from '../api/codec.ts'
import type { Deployment } from '../deployment/deployment.ts'
import type { ClusterView, DeepReadonly } from '../tables.ts'
import { sorted, unlessEmpty, unlessZero } from './json.ts'
import { memoised } from './memo.ts'
import { renderMetadata, timestamp } from './metadata.ts'
import { renderTemplate } from './replica-set.ts'

type DeploymentView = DeepReadonly<Deployment>

const renderStrategy = ({ type, maxSurge, maxUnavailable }: DeploymentView['strategy']): JsonObject => ({
  rollingUpdate: type === 'RollingUpdate' ? { maxSurge, maxUnavailable } : undefined,
  type,
})

const renderConditions = (view: ClusterView, { conditions }: DeploymentView['status']): readonly JsonObject[] =>
  conditions.map(({ type, status, reason, message, lastUpdateAt, lastTransitionAt }) => ({
    lastTransitionTime: timestamp(view, lastTransitionAt),
    lastUpdateTime: timestamp(view, lastUpdateAt),
    message,
    reason,
    status,
    type,
  }))

/** A Deployment as `kubectl get -o yaml` shows it. */
export const renderDeployment = memoised<DeploymentView>((view, deployment) => {
  const { kind, apiVersion, status } = deployment
  return {
    apiVersion,
    kind,
    metadata: sorted(renderMetadata(view, deployment, { generation: true, gracePeriod: true })),
    spec: sorted({
      minReadySeconds: unlessZero(deployment.minReadySeconds),
      paused: deployment.paused || undefined,
      progressDeadlineSeconds: deployment.progressDeadlineSeconds,
      replicas: deployment.replicas,
      revisionHistoryLimit: deployment.revisionHistoryLimit,
      selector: deployment.selector,
      strategy: renderStrategy(deployment.strategy),
      template: renderTemplate(deployment.template),
    }),
    status: sorted({
      availableReplicas: unlessZero(status.availableReplicas),
      collisionCount: status.collisionCount,
      conditions: unlessEmpty(renderConditions(view, status)),
      observedGeneration: unlessZero(status.observedGeneration),
      readyReplicas: unlessZero(status.readyReplicas),
      replicas: unlessZero(status.replicas),
      unavailableReplicas: unlessZero(status.unavailableReplicas),
      updatedReplicas: unlessZero(status.updatedReplicas),
    }),
  }
})

import { type SimEvent, uuidOf } from '@wavetank/kernel'
import type { Deployment } from '../api/apps/deployment.ts'
import { type DeploymentSpec, type DeploymentStrategy, deploymentEvents } from '../deployment/events.ts'
import { keyOf } from '../ids.ts'
import type { ClusterView } from '../tables.ts'
import { contentOf, controllerOf } from './manifest.ts'
import { recordTemplate, templateHash } from './pod-template.ts'

const strategyOf = ({ type, rollingUpdate }: Deployment['spec']['strategy']): DeploymentStrategy => {
  if (rollingUpdate === undefined) return { type }
  const { maxUnavailable, maxSurge } = rollingUpdate
  return { type, maxUnavailable, maxSurge }
}

/** The spec of a manifest as the log holds it. */
export const deploymentSpecOf = ({ spec }: Deployment): DeploymentSpec => ({
  replicas: spec.replicas,
  selector: spec.selector as unknown as Record<string, unknown>,
  template: templateHash(contentOf(spec.template)),
  strategy: strategyOf(spec.strategy),
  minReadySeconds: spec.minReadySeconds,
  revisionHistoryLimit: spec.revisionHistoryLimit,
  progressDeadlineSeconds: spec.progressDeadlineSeconds,
  paused: spec.paused === true,
})

export const createDeployment = (view: ClusterView, at: number, object: Deployment): readonly SimEvent[] => {
  const { metadata, spec } = object
  const key = keyOf(metadata.namespace ?? '', metadata.name)
  return [
    ...recordTemplate(view, contentOf(spec.template)),
    deploymentEvents.Created({
      object: key,
      uid: uuidOf(view.settings.seed, `Deployment ${key} ${at}`),
      labels: metadata.labels ?? {},
      annotations: metadata.annotations ?? {},
      owner: controllerOf(metadata),
      spec: deploymentSpecOf(object),
    }),
  ]
}

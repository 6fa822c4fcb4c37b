import type { Entry } from '@wavetank/kernel'
import type { Folds } from '../folds.ts'
import { type LabelSelectorLike, selectorOf } from '../labels.ts'
import { objectFolds, storedObject, storeObject } from '../object/object-folds.ts'
import { metaOfCreation, touch, touchSpec } from '../object/touch.ts'
import { recordedTemplate } from '../pod/recorded-template.ts'
import type { ClusterTables } from '../tables.ts'
import { type Deployment, type DeploymentStatus, REVISION } from './deployment.ts'
import type { deploymentEvents } from './events.ts'

const NO_STATUS: DeploymentStatus = {
  observedGeneration: 0,
  replicas: 0,
  updatedReplicas: 0,
  readyReplicas: 0,
  availableReplicas: 0,
  unavailableReplicas: 0,
  collisionCount: undefined,
  conditions: [],
}

const find = (tables: ClusterTables, entry: Entry<{ kind: string; object: string }>): Deployment =>
  storedObject(tables.deployments, entry.event.object, entry)

export const applyDeployment: Folds<(typeof deploymentEvents)[keyof typeof deploymentEvents]> = {
  ...objectFolds('Deployment', (tables) => tables.deployments),
  // Annotations count as part of the spec: the controller copies them to its ReplicaSet.
  // Source: pkg/registry/apps/deployment/strategy.go, PrepareForUpdate.
  DeploymentAnnotated: (tables, entry) => {
    const object = find(tables, entry)
    object.annotations = entry.event.annotations
    touchSpec(object, entry)
  },
  DeploymentCreated: (tables, entry) => {
    const { object: key, spec } = entry.event
    const selector = spec.selector as LabelSelectorLike
    const object: Deployment = {
      ...metaOfCreation(entry),
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      key,
      replicas: spec.replicas,
      selector,
      matcher: selectorOf(selector),
      template: recordedTemplate(tables, spec.template, entry),
      strategy: spec.strategy,
      minReadySeconds: spec.minReadySeconds,
      revisionHistoryLimit: spec.revisionHistoryLimit,
      progressDeadlineSeconds: spec.progressDeadlineSeconds,
      paused: spec.paused,
      status: NO_STATUS,
    }
    storeObject(tables, tables.deployments, object, entry)
  },
  DeploymentScaled: (tables, entry) => {
    const object = find(tables, entry)
    object.replicas = entry.event.replicas
    touchSpec(object, entry)
  },
  DeploymentTemplateChanged: (tables, entry) => {
    const object = find(tables, entry)
    object.template = recordedTemplate(tables, entry.event.template, entry)
    object.annotations = entry.event.annotations ?? object.annotations
    touchSpec(object, entry)
  },
  DeploymentPaused: (tables, entry) => {
    const object = find(tables, entry)
    object.paused = true
    touchSpec(object, entry)
  },
  DeploymentResumed: (tables, entry) => {
    const object = find(tables, entry)
    object.paused = false
    touchSpec(object, entry)
  },
  DeploymentSpecChanged: (tables, entry) => {
    const { spec } = entry.event
    const object = find(tables, entry)
    if (object.template.hash !== spec.template) object.template = recordedTemplate(tables, spec.template, entry)
    object.replicas = spec.replicas
    object.strategy = spec.strategy
    object.minReadySeconds = spec.minReadySeconds
    object.revisionHistoryLimit = spec.revisionHistoryLimit
    object.progressDeadlineSeconds = spec.progressDeadlineSeconds
    object.paused = spec.paused
    touchSpec(object, entry)
  },
  DeploymentStatusReported: (tables, entry) => {
    const { event } = entry
    const object = find(tables, entry)
    object.status = {
      observedGeneration: event.observedGeneration,
      replicas: event.replicas,
      updatedReplicas: event.updatedReplicas,
      readyReplicas: event.readyReplicas,
      availableReplicas: event.availableReplicas,
      unavailableReplicas: event.unavailableReplicas,
      collisionCount: event.collisionCount,
      conditions: event.conditions,
    }
    if (event.revision !== undefined) object.annotations = { ...object.annotations, [REVISION]: event.revision }
    touch(object, entry)
  },
}

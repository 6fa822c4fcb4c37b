import type { VolumeClaimTemplate } from '../api/apps/stateful-set.ts'
import type { Folds } from '../folds.ts'
import { type LabelSelectorLike, selectorOf } from '../labels.ts'
import { objectFolds, storedObject, storeObject } from '../object/object-folds.ts'
import { metaOfCreation, touch, touchSpec } from '../object/touch.ts'
import { recordedTemplate } from '../pod/recorded-template.ts'
import type { statefulSetEvents } from './events.ts'
import type { StatefulSetStatus } from './stateful-set.ts'

const NO_STATUS: StatefulSetStatus = {
  replicas: 0,
  readyReplicas: 0,
  availableReplicas: 0,
  currentReplicas: 0,
  updatedReplicas: 0,
  currentRevision: '',
  updateRevision: '',
  observedGeneration: 0,
  collisionCount: 0,
}

export const applyStatefulSet: Folds<(typeof statefulSetEvents)[keyof typeof statefulSetEvents]> = {
  ...objectFolds('StatefulSet', (tables) => tables.statefulSets),
  StatefulSetCreated: (tables, entry) => {
    const { object: key, spec } = entry.event
    const selector = spec.selector as LabelSelectorLike
    storeObject(
      tables,
      tables.statefulSets,
      {
        ...metaOfCreation(entry),
        kind: 'StatefulSet',
        apiVersion: 'apps/v1',
        key,
        replicas: spec.replicas,
        start: spec.start,
        selector,
        matcher: selectorOf(selector),
        template: recordedTemplate(tables, spec.template, entry),
        serviceName: spec.serviceName,
        podManagementPolicy: spec.podManagementPolicy,
        updateStrategy: spec.updateStrategy,
        minReadySeconds: spec.minReadySeconds,
        revisionHistoryLimit: spec.revisionHistoryLimit,
        claimTemplates: spec.claimTemplates as unknown as readonly VolumeClaimTemplate[],
        claimRetention: spec.claimRetention,
        status: NO_STATUS,
      },
      entry,
    )
  },
  StatefulSetScaled: (tables, entry) => {
    const object = storedObject(tables.statefulSets, entry.event.object, entry)
    object.replicas = entry.event.replicas
    touchSpec(object, entry)
  },
  StatefulSetSpecChanged: (tables, entry) => {
    const { object: key, spec } = entry.event
    const object = storedObject(tables.statefulSets, key, entry)
    object.replicas = spec.replicas
    object.start = spec.start
    object.template = recordedTemplate(tables, spec.template, entry)
    object.updateStrategy = spec.updateStrategy
    object.minReadySeconds = spec.minReadySeconds
    object.revisionHistoryLimit = spec.revisionHistoryLimit
    object.claimRetention = spec.claimRetention
    touchSpec(object, entry)
  },
  StatefulSetStatusReported: (tables, entry) => {
    const { kind, object: key, ...status } = entry.event
    const object = storedObject(tables.statefulSets, key, entry)
    object.status = status
    touch(object, entry)
  },
}

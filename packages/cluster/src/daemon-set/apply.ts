import type { Folds } from '../folds.ts'
import { type LabelSelectorLike, selectorOf } from '../labels.ts'
import { objectFolds, storedObject, storeObject } from '../object/object-folds.ts'
import { metaOfCreation, touch, touchSpec } from '../object/touch.ts'
import { recordedTemplate } from '../pod/recorded-template.ts'
import type { DaemonSetStatus } from './daemon-set.ts'
import type { daemonSetEvents } from './events.ts'

const NO_STATUS: DaemonSetStatus = {
  desiredNumberScheduled: 0,
  currentNumberScheduled: 0,
  numberMisscheduled: 0,
  numberReady: 0,
  numberAvailable: 0,
  numberUnavailable: 0,
  updatedNumberScheduled: 0,
  observedGeneration: 0,
  collisionCount: 0,
}

export const applyDaemonSet: Folds<(typeof daemonSetEvents)[keyof typeof daemonSetEvents]> = {
  ...objectFolds('DaemonSet', (tables) => tables.daemonSets),
  DaemonSetCreated: (tables, entry) => {
    const { object: key, spec, templateGeneration = 1 } = entry.event
    const selector = spec.selector as LabelSelectorLike
    storeObject(
      tables,
      tables.daemonSets,
      {
        ...metaOfCreation(entry),
        kind: 'DaemonSet',
        apiVersion: 'apps/v1',
        key,
        selector,
        matcher: selectorOf(selector),
        template: recordedTemplate(tables, spec.template, entry),
        templateGeneration,
        updateStrategy: spec.updateStrategy,
        minReadySeconds: spec.minReadySeconds,
        revisionHistoryLimit: spec.revisionHistoryLimit,
        status: NO_STATUS,
        podsMade: new Map(),
      },
      entry,
    )
  },
  DaemonSetSpecChanged: (tables, entry) => {
    const { object: key, spec } = entry.event
    const object = storedObject(tables.daemonSets, key, entry)
    if (object.template.hash !== spec.template) {
      object.template = recordedTemplate(tables, spec.template, entry)
      object.templateGeneration++
    }
    object.updateStrategy = spec.updateStrategy
    object.minReadySeconds = spec.minReadySeconds
    object.revisionHistoryLimit = spec.revisionHistoryLimit
    touchSpec(object, entry)
  },
  DaemonSetStatusReported: (tables, entry) => {
    const { kind, object: key, ...status } = entry.event
    const object = storedObject(tables.daemonSets, key, entry)
    object.status = status
    touch(object, entry)
  },
}

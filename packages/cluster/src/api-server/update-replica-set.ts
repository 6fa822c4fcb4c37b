import type { SimEvent } from '@wavetank/kernel'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { ReplicaSet } from '../api/apps/replica-set.ts'
import type { ReplicationController } from '../api/core/replication-controller.ts'
import { keyOf } from '../ids.ts'
import type { ClusterView } from '../tables.ts'
import { invalid } from './failure.ts'
import { contentOf } from './manifest.ts'
import { recordTemplate, templateHash } from './pod-template.ts'
import { replicaEventsOf } from './replica-sets.ts'
import { isEqual, type Update, updateMetadata } from './update-metadata.ts'

type ReplicaObject = ReplicaSet | ReplicationController

const update = (view: ClusterView, was: ReplicaObject, is: ReplicaObject, changes: readonly SimEvent[]): Update => {
  const { kind, metadata } = was
  const events = replicaEventsOf(kind)
  const object = keyOf(metadata.namespace ?? '', metadata.name)
  const more: SimEvent[] = [...changes]
  if (!isEqual(was.spec.template, is.spec.template)) {
    const template = contentOf(is.spec.template)
    more.push(...recordTemplate(view, template), events.TemplateChanged({ object, template: templateHash(template) }))
  }
  if (was.spec.minReadySeconds !== is.spec.minReadySeconds) {
    more.push(events.MinReadySecondsChanged({ object, minReadySeconds: is.spec.minReadySeconds }))
  }
  if (was.spec.replicas !== is.spec.replicas) more.push(events.Scaled({ object, replicas: is.spec.replicas }))
  const changed = updateMetadata(kind, metadata, is.metadata, {
    labelled: (labels) => events.Labelled({ object, labels }),
    annotated: (annotations) => events.Annotated({ object, annotations }),
    adopted: (owner) => events.Adopted({ object, owner }),
    released: (owner) => events.Released({ object, owner: keyOf(metadata.namespace ?? '', owner.name) }),
  })
  return isLeft(changed) ? changed : right([...more, ...changed.right])
}

/** Source: pkg/registry/apps/replicaset/strategy.go, ValidateUpdate: the selector stays. */
export const updateReplicaSet = (view: ClusterView, was: ReplicaSet, is: ReplicaSet): Update => {
  if (isEqual(was.spec.selector, is.spec.selector)) return update(view, was, is, [])
  const value = JSON.stringify(is.spec.selector)
  return left(invalid('ReplicaSet', was.metadata.name, [`spec.selector: Invalid value: ${value}: field is immutable`]))
}

/** The selector of a ReplicationController may change, within its template's labels. */
export const updateReplicationController = (
  view: ClusterView,
  was: ReplicationController,
  is: ReplicationController,
): Update => {
  if (isEqual(was.spec.selector, is.spec.selector)) return update(view, was, is, [])
  const { SelectorChanged } = replicaEventsOf('ReplicationController')
  const object = keyOf(was.metadata.namespace ?? '', was.metadata.name)
  return update(view, was, is, [SelectorChanged({ object, selector: { matchLabels: is.spec.selector ?? {} } })])
}

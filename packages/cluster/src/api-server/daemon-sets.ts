import { type SimEvent, uuidOf } from '@wavetank/kernel'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { DaemonSet as DaemonSetObject } from '../api/apps/daemon-set.ts'
import type { ObjectMeta } from '../api/meta/object-meta.ts'
import { TEMPLATE_GENERATION } from '../daemon-set/daemon-set.ts'
import { type DaemonSetSpec, daemonSetEvents } from '../daemon-set/events.ts'
import { keyOf } from '../ids.ts'
import type { Labels } from '../object/meta.ts'
import type { ClusterView } from '../tables.ts'
import { invalid } from './failure.ts'
import { contentOf, controllerOf } from './manifest.ts'
import { recordTemplate, templateHash } from './pod-template.ts'
import { isEqual, type Update, updateMetadata } from './update-metadata.ts'

/** The spec as the log holds it. */
const specOf = ({ spec }: DaemonSetObject): DaemonSetSpec => {
  const { type, rollingUpdate } = spec.updateStrategy
  return {
    selector: spec.selector as unknown as Record<string, unknown>,
    template: templateHash(contentOf(spec.template)),
    updateStrategy: type === 'OnDelete' ? { type } : { type, ...rollingUpdate },
    minReadySeconds: spec.minReadySeconds,
    revisionHistoryLimit: spec.revisionHistoryLimit,
  }
}

/** The API server keeps the generation of the template itself, whatever a request says. */
const annotationsOf = ({ annotations = {} }: Partial<ObjectMeta>): Labels => {
  const { [TEMPLATE_GENERATION]: _, ...rest } = annotations
  return rest
}

/** What storing the DaemonSet comes to. */
export const createDaemonSet = (view: ClusterView, at: number, object: DaemonSetObject): readonly SimEvent[] => {
  const { metadata, spec } = object
  const key = keyOf(metadata.namespace ?? '', metadata.name)
  return [
    ...recordTemplate(view, contentOf(spec.template)),
    daemonSetEvents.Created({
      object: key,
      uid: uuidOf(view.settings.seed, `DaemonSet ${key} ${at}`),
      labels: metadata.labels ?? {},
      annotations: annotationsOf(metadata),
      owner: controllerOf(metadata),
      spec: specOf(object),
    }),
  ]
}

/** Source: pkg/registry/apps/daemonset/strategy.go, PrepareForUpdate, ValidateUpdate: the selector stays. */
export const updateDaemonSet = (view: ClusterView, was: DaemonSetObject, is: DaemonSetObject): Update => {
  const { metadata } = was
  const object = keyOf(metadata.namespace ?? '', metadata.name)
  if (!isEqual(was.spec.selector, is.spec.selector)) {
    const value = JSON.stringify(is.spec.selector)
    return left(invalid('DaemonSet', metadata.name, [`spec.selector: Invalid value: ${value}: field is immutable`]))
  }
  const changes = isEqual(was.spec, is.spec)
    ? []
    : [...recordTemplate(view, contentOf(is.spec.template)), daemonSetEvents.SpecChanged({ object, spec: specOf(is) })]
  const without = (meta: ObjectMeta): ObjectMeta => ({ ...meta, annotations: annotationsOf(meta) })
  const changed = updateMetadata('DaemonSet', without(metadata), without(is.metadata), {
    labelled: (labels) => daemonSetEvents.Labelled({ object, labels }),
    annotated: (annotations) => daemonSetEvents.Annotated({ object, annotations }),
    adopted: (owner) => daemonSetEvents.Adopted({ object, owner }),
    released: (owner) => daemonSetEvents.Released({ object, owner: keyOf(metadata.namespace ?? '', owner.name) }),
  })
  return isLeft(changed) ? changed : right([...changes, ...changed.right])
}

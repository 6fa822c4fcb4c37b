import { type SimEvent, uuidOf } from '@wavetank/kernel'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { StatefulSet as StatefulSetObject } from '../api/apps/stateful-set.ts'
import { keyOf } from '../ids.ts'
import { type StatefulSetSpec, statefulSetEvents } from '../stateful-set/events.ts'
import type { ClusterView } from '../tables.ts'
import { invalid } from './failure.ts'
import { contentOf, controllerOf } from './manifest.ts'
import { recordTemplate, templateHash } from './pod-template.ts'
import { isEqual, type Update, updateMetadata } from './update-metadata.ts'

/** The spec as the log holds it. `maxUnavailable` is dropped, as the API server does while its gate is off. */
const specOf = ({ spec }: StatefulSetObject): StatefulSetSpec => {
  const { type, rollingUpdate } = spec.updateStrategy
  return {
    replicas: spec.replicas,
    start: spec.ordinals?.start ?? 0,
    selector: spec.selector as unknown as Record<string, unknown>,
    template: templateHash(contentOf(spec.template)),
    serviceName: spec.serviceName,
    podManagementPolicy: spec.podManagementPolicy,
    updateStrategy: rollingUpdate === undefined ? { type } : { type, partition: rollingUpdate.partition },
    minReadySeconds: spec.minReadySeconds,
    revisionHistoryLimit: spec.revisionHistoryLimit,
    claimTemplates: (spec.volumeClaimTemplates ?? []) as unknown as readonly Record<string, unknown>[],
    claimRetention: spec.persistentVolumeClaimRetentionPolicy,
  }
}

/** What storing the StatefulSet comes to. */
export const createStatefulSet = (view: ClusterView, at: number, object: StatefulSetObject): readonly SimEvent[] => {
  const { metadata, spec } = object
  const key = keyOf(metadata.namespace ?? '', metadata.name)
  return [
    ...recordTemplate(view, contentOf(spec.template)),
    statefulSetEvents.Created({
      object: key,
      uid: uuidOf(view.settings.seed, `StatefulSet ${key} ${at}`),
      labels: metadata.labels ?? {},
      annotations: metadata.annotations ?? {},
      owner: controllerOf(metadata),
      spec: specOf(object),
    }),
  ]
}

const IMMUTABLE =
  "spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"

/** Source: pkg/apis/apps/validation/validation.go, ValidateStatefulSetUpdate. */
export const updateStatefulSet = (view: ClusterView, was: StatefulSetObject, is: StatefulSetObject): Update => {
  const { metadata } = was
  const object = keyOf(metadata.namespace ?? '', metadata.name)
  const before = specOf(was)
  const after = specOf(is)
  const fixed = ({ selector, serviceName, podManagementPolicy, claimTemplates }: StatefulSetSpec): unknown => [
    selector,
    serviceName,
    podManagementPolicy,
    claimTemplates,
  ]
  if (!isEqual(fixed(before), fixed(after))) return left(invalid('StatefulSet', metadata.name, [IMMUTABLE]))
  const changes = isEqual(before, after)
    ? []
    : isEqual({ ...before, replicas: after.replicas }, after)
      ? [statefulSetEvents.Scaled({ object, replicas: after.replicas })]
      : [...recordTemplate(view, contentOf(is.spec.template)), statefulSetEvents.SpecChanged({ object, spec: after })]
  const changed = updateMetadata('StatefulSet', metadata, is.metadata, {
    labelled: (labels) => statefulSetEvents.Labelled({ object, labels }),
    annotated: (annotations) => statefulSetEvents.Annotated({ object, annotations }),
    adopted: (owner) => statefulSetEvents.Adopted({ object, owner }),
    released: (owner) => statefulSetEvents.Released({ object, owner: keyOf(metadata.namespace ?? '', owner.name) }),
  })
  return isLeft(changed) ? changed : right([...changes, ...changed.right])
}

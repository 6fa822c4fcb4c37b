import { type SimEvent, uuidOf } from '@wavetank/kernel'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { LimitRange } from '../api/core/limit-range.ts'
import type { PersistentVolumeSpec, PersistentVolume as VolumeObject } from '../api/core/persistent-volume.ts'
import type { PersistentVolumeClaim as ClaimObject } from '../api/core/persistent-volume-claim.ts'
import type { PersistentVolumeClaimSpec } from '../api/core/volume.ts'
import { isDefaultClass, type StorageClass } from '../api/storage/storage-class.ts'
import { keyOf, type ObjectKey } from '../ids.ts'
import type { ControllerRef, Labels } from '../object/meta.ts'
import { persistentVolumeEvents } from '../persistent-volume/events.ts'
import { persistentVolumeClaimEvents } from '../persistent-volume-claim/events.ts'
import type { ClusterView, DeepReadonly } from '../tables.ts'
import { forbidden, invalid, notSimulated } from './failure.ts'
import { claimLimitProblem } from './limit-ranges.ts'
import { controllerOf } from './manifest.ts'
import { type Charges, objectQuotaProblem } from './quotas.ts'
import { isEqual, type Update, updateMetadata } from './update-metadata.ts'

/** Claims, volumes and their classes, as requests find and change them. */

export const storageClassOf = (view: ClusterView, name: string): DeepReadonly<StorageClass> | undefined =>
  view.inertObjects.get(`StorageClass//${name}`)?.body as DeepReadonly<StorageClass> | undefined

/**
 * The class of claims that name none. Of several defaults the newest counts, then the first by name.
 *
 * Source: pkg/volume/util/storageclass.go, GetDefaultClass.
 */
export const defaultStorageClass = (view: ClusterView): string | undefined => {
  let best: { readonly name: string; readonly createdAt: number } | undefined
  for (const { kind, name, createdAt, body } of view.inertObjects.values()) {
    if (kind !== 'StorageClass' || !isDefaultClass(body as unknown as StorageClass)) continue
    if (best === undefined || createdAt > best.createdAt || (createdAt === best.createdAt && name < best.name)) {
      best = { name, createdAt }
    }
  }
  return best?.name
}

export interface NewClaim {
  readonly object: ObjectKey
  readonly labels: Labels
  readonly annotations: Labels
  readonly owner?: ControllerRef | undefined
  readonly spec: DeepReadonly<PersistentVolumeClaimSpec>
}

/** The spec with the class that the claim gets. Source: plugin/pkg/admission/storage/storageclass/setdefault/admission.go. */
const withClass = (view: ClusterView, spec: NewClaim['spec']): NewClaim['spec'] => {
  const storageClassName = spec.storageClassName ?? defaultStorageClass(view)
  return storageClassName === undefined ? spec : { ...spec, storageClassName }
}

/** Why limits or quotas of its namespace do not let the claim in. */
export const claimProblem = (view: ClusterView, { object, spec }: NewClaim, charges?: Charges): string | undefined => {
  const namespace = object.slice(0, object.indexOf('/'))
  const ranges = view.limitRanges.get(namespace) as readonly LimitRange[] | undefined
  const kind = 'PersistentVolumeClaim'
  const problem =
    (ranges === undefined ? undefined : claimLimitProblem(spec.resources.requests ?? {}, ranges)) ??
    objectQuotaProblem(view, kind, namespace, withClass(view, spec), charges)
  return problem === undefined ? undefined : forbidden(kind, object.slice(namespace.length + 1), problem).message
}

/** What storing a claim comes to. A claim without a class gets the default one, if there is one now. */
export const createClaim = (view: ClusterView, at: number, claim: NewClaim): SimEvent => {
  const { object, labels, annotations, owner, spec } = claim
  return persistentVolumeClaimEvents.Created({
    object,
    uid: uuidOf(view.settings.seed, `PersistentVolumeClaim ${object} ${at}`),
    labels,
    annotations,
    owner,
    spec: { ...withClass(view, spec) },
  })
}

export const newClaimOf = ({ metadata, spec }: ClaimObject): NewClaim => ({
  object: keyOf(metadata.namespace ?? '', metadata.name),
  labels: metadata.labels ?? {},
  annotations: metadata.annotations ?? {},
  owner: controllerOf(metadata),
  spec,
})

export const createClaimObject = (view: ClusterView, at: number, object: ClaimObject): SimEvent =>
  createClaim(view, at, newClaimOf(object))

/** What storing a volume comes to; its key is its name behind an empty namespace. */
export const createVolume = (
  view: ClusterView,
  at: number,
  volume: {
    readonly name: string
    readonly labels: Labels
    readonly annotations: Labels
    readonly spec: DeepReadonly<PersistentVolumeSpec>
  },
): SimEvent => {
  const { name, labels, annotations, spec } = volume
  return persistentVolumeEvents.Created({
    object: keyOf('', name),
    uid: uuidOf(view.settings.seed, `PersistentVolume ${name} ${at}`),
    labels,
    annotations,
    spec: spec as unknown as Record<string, unknown>,
  })
}

export const createVolumeObject = (view: ClusterView, at: number, { metadata, spec }: VolumeObject): SimEvent =>
  createVolume(view, at, {
    name: metadata.name,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    spec,
  })

const IMMUTABLE_CLAIM =
  'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims'

/** Source: pkg/apis/core/validation/validation.go, ValidatePersistentVolumeClaimUpdate. */
export const updateClaim = (was: ClaimObject, is: ClaimObject): Update => {
  const { metadata } = was
  const object = keyOf(metadata.namespace ?? '', metadata.name)
  if (!isEqual(was.spec, is.spec)) {
    const resources = { ...is.spec, resources: was.spec.resources }
    return left(
      isEqual(was.spec, resources)
        ? notSimulated('PersistentVolumeClaim', metadata.name, 'a change of its size')
        : invalid('PersistentVolumeClaim', metadata.name, [IMMUTABLE_CLAIM]),
    )
  }
  const events = persistentVolumeClaimEvents
  return updateMetadata('PersistentVolumeClaim', metadata, is.metadata, {
    labelled: (labels) => events.Labelled({ object, labels }),
    annotated: (annotations) => events.Annotated({ object, annotations }),
    adopted: (owner) => events.Adopted({ object, owner }),
    released: (owner) => events.Released({ object, owner: keyOf(metadata.namespace ?? '', owner.name) }),
  })
}

/** The source of a volume stays what it is; its claim, its policy and the rest may change. */
export const updateVolume = (was: VolumeObject, is: VolumeObject): Update => {
  const object = keyOf('', was.metadata.name)
  const spec = isEqual(was.spec, is.spec)
    ? []
    : [persistentVolumeEvents.SpecChanged({ object, spec: is.spec as unknown as Record<string, unknown> })]
  const changed = updateMetadata('PersistentVolume', was.metadata, is.metadata, {
    labelled: (labels) => persistentVolumeEvents.Labelled({ object, labels }),
    annotated: (annotations) => persistentVolumeEvents.Annotated({ object, annotations }),
  })
  return isLeft(changed) ? changed : right([...spec, ...changed.right])
}

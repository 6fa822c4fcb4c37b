import type * as t from 'io-ts'
import { quantityMillis } from '../../quantity.ts'
import type { Codec } from '../codec.ts'
import { defineKind, objectCodec, unreadStatus } from '../define-kind.ts'
import { validateLabelSelector } from '../meta/label-selector.ts'
import { NAME_RULES } from '../meta/object-meta.ts'
import type { Trail } from '../trail.ts'
import { forbidden, invalid, required, within } from '../trail.ts'
import { PersistentVolumeClaimSpec } from './volume.ts'

const persistentVolumeClaim = objectCodec('v1', 'PersistentVolumeClaim', {
  spec: PersistentVolumeClaimSpec,
  status: unreadStatus,
})
export interface PersistentVolumeClaim extends t.TypeOf<typeof persistentVolumeClaim> {}
export const PersistentVolumeClaim: Codec<PersistentVolumeClaim> = persistentVolumeClaim

/** ReadWriteOncePod does not go together with other modes. At the place of the spec. */
export const validateAccessModes = (trail: Trail, modes: readonly string[]): void => {
  if (modes.length > 1 && modes.includes('ReadWriteOncePod')) {
    within(trail, 'accessModes', () => forbidden(trail, 'may not use ReadWriteOncePod with other access modes'))
  }
}

/** `ValidatePersistentVolumeClaimSpec`, at the place of the spec. */
export const validatePersistentVolumeClaimSpec = (trail: Trail, spec: PersistentVolumeClaimSpec): void => {
  validateAccessModes(trail, spec.accessModes)
  const { selector } = spec
  if (selector !== undefined) within(trail, 'selector', () => validateLabelSelector(trail, selector))
  const storage = spec.resources.requests?.storage
  trail.steps.push('resources')
  if (storage === undefined) within(trail, { key: 'storage' }, () => required(trail))
  else if (quantityMillis(storage) <= 0) {
    trail.steps.push('requests', { key: 'storage' })
    invalid(trail, 'WT114', storage, 'must be greater than zero')
    trail.steps.length -= 2
  }
  trail.steps.pop()
}

export const persistentVolumeClaimKind = defineKind<PersistentVolumeClaim>({
  kind: 'PersistentVolumeClaim',
  apiVersion: 'v1',
  codec: PersistentVolumeClaim,
  nameRule: NAME_RULES.subdomain,
  validate: (trail, object) => within(trail, 'spec', () => validatePersistentVolumeClaimSpec(trail, object.spec)),
})

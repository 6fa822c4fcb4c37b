import type * as t from 'io-ts'
import { quantityMillis } from '../../quantity.ts'
import type { Codec } from '../codec.ts'
import {
  anything,
  defaulted,
  defaultedZero,
  fullList,
  list,
  omitEmpty,
  optional,
  requiredText,
  resourceList,
  struct,
  text,
  words,
} from '../codec.ts'
import { defineKind, objectCodec, unreadStatus } from '../define-kind.ts'
import { NAME_RULES } from '../meta/object-meta.ts'
import { forbidden, invalid, required, within } from '../trail.ts'
import { NodeSelector } from './affinity.ts'
import { validateAccessModes } from './persistent-volume-claim.ts'
import { validateNodeTerms } from './pod-validation.ts'
import { AccessMode, VolumeMode } from './volume.ts'

const objectReference = struct('ObjectReference', {
  apiVersion: omitEmpty(text),
  kind: omitEmpty(text),
  namespace: omitEmpty(text),
  name: omitEmpty(text),
  uid: omitEmpty(text),
  resourceVersion: omitEmpty(text),
  fieldPath: omitEmpty(text),
})
export interface ObjectReference extends t.TypeOf<typeof objectReference> {}
export const ObjectReference: Codec<ObjectReference> = objectReference

/** Every source a volume of its own can have in 1.34. */
const sources = {
  local: optional(struct('LocalVolumeSource', { path: requiredText, fsType: optional(text) })),
  hostPath: optional(struct('HostPathVolumeSource', { path: requiredText, type: defaulted(text, '') })),
  csi: optional(anything),
  nfs: optional(anything),
  awsElasticBlockStore: optional(anything),
  azureDisk: optional(anything),
  azureFile: optional(anything),
  cephfs: optional(anything),
  cinder: optional(anything),
  fc: optional(anything),
  flexVolume: optional(anything),
  flocker: optional(anything),
  gcePersistentDisk: optional(anything),
  glusterfs: optional(anything),
  iscsi: optional(anything),
  photonPersistentDisk: optional(anything),
  portworxVolume: optional(anything),
  quobyte: optional(anything),
  rbd: optional(anything),
  scaleIO: optional(anything),
  storageos: optional(anything),
  vsphereVolume: optional(anything),
} as const

const persistentVolumeSpec = struct('PersistentVolumeSpec', {
  capacity: resourceList,
  accessModes: fullList(AccessMode),
  ...sources,
  claimRef: optional(ObjectReference),
  nodeAffinity: optional(struct('VolumeNodeAffinity', { required: optional(NodeSelector) })),
  persistentVolumeReclaimPolicy: defaultedZero(words('Retain', 'Delete', 'Recycle'), 'Retain'),
  storageClassName: defaultedZero(text, ''),
  volumeMode: defaulted(VolumeMode, 'Filesystem'),
  mountOptions: optional(list(text)),
  volumeAttributesClassName: optional(text),
})
export interface PersistentVolumeSpec extends t.TypeOf<typeof persistentVolumeSpec> {}
export const PersistentVolumeSpec: Codec<PersistentVolumeSpec> = persistentVolumeSpec

const persistentVolume = objectCodec('v1', 'PersistentVolume', { spec: PersistentVolumeSpec, status: unreadStatus })
export interface PersistentVolume extends t.TypeOf<typeof persistentVolume> {}
export const PersistentVolume: Codec<PersistentVolume> = persistentVolume

export const persistentVolumeKind = defineKind<PersistentVolume>({
  kind: 'PersistentVolume',
  apiVersion: 'v1',
  codec: PersistentVolume,
  nameRule: NAME_RULES.subdomain,
  validate: (trail, { spec }) => {
    trail.steps.push('spec')
    validateAccessModes(trail, spec.accessModes)
    const { storage } = spec.capacity
    trail.steps.push('capacity')
    if (storage === undefined) required(trail)
    else if (quantityMillis(storage) <= 0) {
      within(trail, { key: 'storage' }, () => invalid(trail, 'WT114', storage, 'must be greater than zero'))
    }
    trail.steps.pop()
    const used = Object.keys(sources).filter((source) => spec[source as keyof typeof sources] !== undefined)
    if (used.length === 0) required(trail, 'must specify a volume type')
    for (const source of used.slice(1)) {
      within(trail, source, () => forbidden(trail, 'may not specify more than 1 volume type'))
    }
    const terms = spec.nodeAffinity?.required?.nodeSelectorTerms
    if (terms !== undefined) {
      trail.steps.push('nodeAffinity', 'required', 'nodeSelectorTerms')
      validateNodeTerms(trail, terms)
      trail.steps.length -= 3
    } else if (spec.local !== undefined) {
      within(trail, 'nodeAffinity', () => required(trail, 'Local volume requires node affinity'))
    }
    trail.steps.pop()
  },
})

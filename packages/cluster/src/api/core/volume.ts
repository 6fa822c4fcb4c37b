import type * as t from 'io-ts'
import type { Codec, Mutable } from '../codec.ts'
import {
  anything,
  defaulted,
  flag,
  fullList,
  integer,
  list,
  omitEmpty,
  optional,
  present,
  quantity,
  requiredText,
  resourceList,
  struct,
  text,
  words,
} from '../codec.ts'
import { LabelSelector } from '../meta/label-selector.ts'
import { TemplateMeta } from '../meta/object-meta.ts'

export const AccessMode = words('ReadWriteOnce', 'ReadOnlyMany', 'ReadWriteMany', 'ReadWriteOncePod')
export type AccessMode = t.TypeOf<typeof AccessMode>

export const VolumeMode = words('Filesystem', 'Block')

const persistentVolumeClaimSpec = struct('PersistentVolumeClaimSpec', {
  accessModes: fullList(AccessMode),
  selector: optional(LabelSelector),
  resources: present(
    struct('VolumeResourceRequirements', { limits: optional(resourceList), requests: optional(resourceList) }),
  ),
  volumeName: omitEmpty(text),
  // Empty text is not the same as absent: it asks for volumes without a class.
  storageClassName: optional(text),
  volumeMode: defaulted(VolumeMode, 'Filesystem'),
  dataSource: optional(anything),
  dataSourceRef: optional(anything),
  volumeAttributesClassName: optional(text),
})
export interface PersistentVolumeClaimSpec extends t.TypeOf<typeof persistentVolumeClaimSpec> {}
export const PersistentVolumeClaimSpec: Codec<PersistentVolumeClaimSpec> = persistentVolumeClaimSpec

/** Every source a volume can have in 1.34; of most of them only the name matters here. */
const sources = {
  emptyDir: optional(struct('EmptyDirVolumeSource', { medium: omitEmpty(text), sizeLimit: optional(quantity) })),
  persistentVolumeClaim: optional(
    struct('PersistentVolumeClaimVolumeSource', { claimName: requiredText, readOnly: optional(flag) }),
  ),
  ephemeral: optional(
    struct('EphemeralVolumeSource', {
      volumeClaimTemplate: struct('PersistentVolumeClaimTemplate', {
        metadata: present(TemplateMeta),
        spec: PersistentVolumeClaimSpec,
      }),
    }),
  ),
  configMap: optional(
    struct('ConfigMapVolumeSource', {
      name: optional(text),
      items: optional(anything),
      defaultMode: defaulted(integer, 0o644),
      optional: optional(flag),
    }),
  ),
  secret: optional(
    struct('SecretVolumeSource', {
      secretName: optional(text),
      items: optional(anything),
      defaultMode: defaulted(integer, 0o644),
      optional: optional(flag),
    }),
  ),
  hostPath: optional(struct('HostPathVolumeSource', { path: requiredText, type: defaulted(text, '') })),
  downwardAPI: optional(
    struct('DownwardAPIVolumeSource', { items: optional(anything), defaultMode: defaulted(integer, 0o644) }),
  ),
  projected: optional(
    struct('ProjectedVolumeSource', { sources: optional(list(anything)), defaultMode: defaulted(integer, 0o644) }),
  ),
  awsElasticBlockStore: optional(anything),
  azureDisk: optional(anything),
  azureFile: optional(anything),
  cephfs: optional(anything),
  cinder: optional(anything),
  csi: optional(anything),
  fc: optional(anything),
  flexVolume: optional(anything),
  flocker: optional(anything),
  gcePersistentDisk: optional(anything),
  gitRepo: optional(anything),
  glusterfs: optional(anything),
  image: optional(anything),
  iscsi: optional(anything),
  nfs: optional(anything),
  photonPersistentDisk: optional(anything),
  portworxVolume: optional(anything),
  quobyte: optional(anything),
  rbd: optional(anything),
  scaleIO: optional(anything),
  storageos: optional(anything),
  vsphereVolume: optional(anything),
} as const

export const VOLUME_SOURCES: readonly string[] = Object.keys(sources)

const volume = struct(
  'Volume',
  { name: requiredText, ...sources },
  {
    // `SetDefaults_Volume`: a volume without a source is an empty directory.
    complete: (value: Mutable<VolumeFields>) => {
      for (const name in value) if (name !== 'name') return
      value.emptyDir = {}
    },
  },
)
interface VolumeFields {
  readonly name: string
  readonly emptyDir?: { readonly medium?: string; readonly sizeLimit?: string }
}
export interface Volume extends t.TypeOf<typeof volume> {}
export const Volume: Codec<Volume> = volume

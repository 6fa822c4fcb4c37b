import type { DeepReadonly, InertObject, PersistentVolume, PersistentVolumeClaim } from '@wavetank/cluster'
import { isDefaultClass, type StorageClass } from '@wavetank/cluster/api'
import { AGE, type Column, defineColumns, type Listed, NAME } from './define-columns.ts'

type ClaimView = DeepReadonly<PersistentVolumeClaim>
type VolumeView = DeepReadonly<PersistentVolume>

const UNSET = '<unset>'

/** In the order in which kubectl lists them. Source: pkg/apis/core/helper/helpers.go, GetAccessModesAsString. */
const SHORT_MODES = [
  ['ReadWriteOnce', 'RWO'],
  ['ReadOnlyMany', 'ROX'],
  ['ReadWriteMany', 'RWX'],
  ['ReadWriteOncePod', 'RWOP'],
] as const

const modesOf = (modes: readonly string[]): string =>
  SHORT_MODES.filter(([mode]) => modes.includes(mode))
    .map(([, short]) => short)
    .join(',')

const VOLUME_MODE: Column<ClaimView | VolumeView> = {
  header: 'VOLUMEMODE',
  wide: true,
  cell: ({ spec }) => spec.volumeMode ?? UNSET,
}

/** Source: pkg/printers/internalversion/printers.go, printPersistentVolumeClaim. */
export const persistentVolumeClaimColumns = defineColumns<ClaimView>({
  kind: 'PersistentVolumeClaim',
  list: ({ view }) => view.persistentVolumeClaims.values(),
  columns: [
    NAME,
    { header: 'STATUS', cell: ({ deletion, status }) => (deletion === undefined ? status.phase : 'Terminating') },
    { header: 'VOLUME', cell: ({ spec }) => spec.volumeName ?? '' },
    {
      header: 'CAPACITY',
      cell: ({ spec, status }) => ((spec.volumeName ?? '') === '' ? '' : (status.capacity ?? '0')),
    },
    {
      header: 'ACCESS MODES',
      cell: ({ spec, status }) => ((spec.volumeName ?? '') === '' ? '' : modesOf(status.accessModes)),
    },
    { header: 'STORAGECLASS', cell: ({ spec }) => spec.storageClassName ?? '' },
    { header: 'VOLUMEATTRIBUTESCLASS', cell: ({ spec }) => spec.volumeAttributesClassName ?? UNSET },
    AGE,
    VOLUME_MODE,
  ],
})

/** Source: printPersistentVolume. */
export const persistentVolumeColumns = defineColumns<VolumeView>({
  kind: 'PersistentVolume',
  list: ({ view }) => view.persistentVolumes.values(),
  columns: [
    NAME,
    { header: 'CAPACITY', cell: ({ spec }) => spec.capacity.storage ?? '0' },
    { header: 'ACCESS MODES', cell: ({ spec }) => modesOf(spec.accessModes) },
    { header: 'RECLAIM POLICY', cell: ({ spec }) => spec.persistentVolumeReclaimPolicy },
    { header: 'STATUS', cell: ({ deletion, phase }) => (deletion === undefined ? phase : 'Terminating') },
    {
      header: 'CLAIM',
      cell: ({ spec: { claimRef } }) => (claimRef === undefined ? '' : `${claimRef.namespace}/${claimRef.name}`),
    },
    { header: 'STORAGECLASS', cell: ({ spec }) => spec.storageClassName },
    { header: 'VOLUMEATTRIBUTESCLASS', cell: ({ spec }) => spec.volumeAttributesClassName ?? UNSET },
    { header: 'REASON', cell: () => '' },
    AGE,
    VOLUME_MODE,
  ],
})

interface ClassRow extends Listed {
  readonly storageClass: StorageClass
}

/** Source: printStorageClass. */
export const storageClassColumns = defineColumns<ClassRow>({
  kind: 'StorageClass',
  list: ({ view }) =>
    [...(view.inertObjects as ReadonlyMap<string, InertObject>).values()]
      .filter(({ kind }) => kind === 'StorageClass')
      .map(({ name, createdAt, body }): ClassRow => {
        const storageClass = body as unknown as StorageClass
        const shown = isDefaultClass(storageClass) ? `${name} (default)` : name
        return { name: shown, namespace: '', labels: storageClass.metadata.labels ?? {}, createdAt, storageClass }
      }),
  columns: [
    NAME,
    { header: 'PROVISIONER', cell: ({ storageClass }) => storageClass.provisioner },
    { header: 'RECLAIMPOLICY', cell: ({ storageClass }) => storageClass.reclaimPolicy },
    { header: 'VOLUMEBINDINGMODE', cell: ({ storageClass }) => storageClass.volumeBindingMode },
    { header: 'ALLOWVOLUMEEXPANSION', cell: ({ storageClass }) => `${storageClass.allowVolumeExpansion === true}` },
    AGE,
  ],
})

import { eventsOf, marks, named, optional, partsOf } from './fields.ts'
import {
  annotations,
  type Describer,
  type Describing,
  indent,
  type Json,
  list,
  NONE,
  pairs,
  record,
  since,
  text,
} from './parts.ts'

const MODES: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
}

const modes = (u: unknown): string =>
  ((u as readonly string[] | undefined) ?? []).map((mode) => MODES[mode] ?? mode).join(',')
const finalizers = ({ finalizers: all }: Json): string =>
  `[${((all as readonly string[] | undefined) ?? []).join(' ')}]`

const status = (metadata: Json, phase: unknown, describing: Describing): string =>
  metadata.deletionTimestamp === undefined
    ? `Status:\t${text(phase)}`
    : `Status:\tTerminating (lasts ${since(metadata.deletionTimestamp, describing)})`

/** Source: printPersistentVolumeClaim, describePersistentVolumeClaim. */
export const describePersistentVolumeClaim: Describer = (object, describing) => {
  const { metadata, spec, status: is } = partsOf(object)
  const key = `${text(metadata.namespace)}/${text(metadata.name)}`
  const users = [...(describing.view.podsByClaim.get(key) ?? [])].map(({ name }) => name).sort()
  const isBound = text(spec.volumeName) !== ''
  return [
    ...named(metadata),
    `StorageClass:\t${text(spec.storageClassName)}`,
    status(metadata, is.phase, describing),
    `Volume:\t${text(spec.volumeName)}`,
    ...marks(metadata),
    `Finalizers:\t${finalizers(metadata)}`,
    `Capacity:\t${isBound ? text(record(is.capacity).storage) : ''}`,
    `Access Modes:\t${isBound ? modes(is.accessModes) : ''}`,
    ...optional('VolumeMode', spec.volumeMode),
    ...(users.length === 0 ? [`Used By:\t${NONE}`] : users.map((name, i) => `${i === 0 ? 'Used By:' : ''}\t${name}`)),
    ...eventsOf(metadata, describing),
  ]
}

/** Source: printVolumeNodeAffinity. */
const nodeAffinity = (affinity: Json): readonly string[] => {
  const terms = list(record(affinity.required).nodeSelectorTerms)
  if (affinity.required === undefined) return [`Node Affinity:\t${NONE}`]
  return [
    'Node Affinity:\t',
    indent(1, `Required Terms:\t${terms.length === 0 ? NONE : ''}`),
    ...terms.flatMap(({ matchExpressions }, i) =>
      list(matchExpressions).map(({ key, operator, values }, j) => {
        const words = (values as readonly string[] | undefined) ?? []
        const said = `${text(key)} ${text(operator).toLowerCase()}${words.length === 0 ? '' : ` [${words.join(', ')}]`}`
        return indent(2, `${j === 0 ? `Term ${i}:` : ''}\t${said}`)
      }),
    ),
  ]
}

/** The source by the field that names it; of hostPath and local volumes, the path. */
const sourceOf = (spec: Json): readonly string[] => {
  const named = (type: string, fields: Json, titles: Readonly<Record<string, string>>): readonly string[] => [
    indent(2, `Type:\t${type}`),
    ...Object.entries(titles).map(([field, title]) => indent(2, `${title}:\t${text(fields[field])}`)),
  ]
  if (spec.hostPath !== undefined)
    return named('HostPath (bare host directory volume)', record(spec.hostPath), { path: 'Path', type: 'HostPathType' })
  if (spec.local !== undefined)
    return named('LocalVolume (a persistent volume backed by local storage on a node)', record(spec.local), {
      path: 'Path',
    })
  if (spec.csi === undefined) return [indent(1, '<unknown>')]
  const { readOnly = false, volumeAttributes, ...csi } = record(spec.csi)
  return [
    ...named(
      'CSI (a Container Storage Interface (CSI) volume source)',
      { ...csi, readOnly },
      {
        driver: 'Driver',
        fsType: 'FSType',
        volumeHandle: 'VolumeHandle',
        readOnly: 'ReadOnly',
      },
    ),
    ...pairs(indent(2, 'VolumeAttributes'), volumeAttributes, '='),
  ]
}

/** Source: describePersistentVolume. */
export const describePersistentVolume: Describer = (object, describing) => {
  const { metadata, spec, status: is } = partsOf(object)
  const claim = record(spec.claimRef)
  return [
    `Name:\t${text(metadata.name)}`,
    ...pairs('Labels', metadata.labels, '='),
    ...annotations('Annotations', metadata.annotations),
    `Finalizers:\t${finalizers(metadata)}`,
    `StorageClass:\t${text(spec.storageClassName)}`,
    status(metadata, is.phase, describing),
    `Claim:\t${spec.claimRef === undefined ? '' : `${text(claim.namespace)}/${text(claim.name)}`}`,
    `Reclaim Policy:\t${text(spec.persistentVolumeReclaimPolicy)}`,
    `Access Modes:\t${modes(spec.accessModes)}`,
    ...optional('VolumeMode', spec.volumeMode),
    `Capacity:\t${text(record(spec.capacity).storage)}`,
    ...nodeAffinity(record(spec.nodeAffinity)),
    `Message:\t${text(is.message)}`,
    'Source:',
    ...sourceOf(spec),
    ...eventsOf(metadata, describing),
  ]
}

/** Source: describeStorageClass. */
export const describeStorageClass: Describer = (object, describing) => {
  const metadata = record(object.metadata)
  const isDefault = record(metadata.annotations)['storageclass.kubernetes.io/is-default-class'] === 'true'
  const parameters = Object.entries(record(object.parameters)).map(([key, value]) => `${key}=${text(value)}`)
  const options = (object.mountOptions as readonly string[] | undefined) ?? []
  const expansion = object.allowVolumeExpansion
  return [
    `Name:\t${text(metadata.name)}`,
    `IsDefaultClass:\t${isDefault ? 'Yes' : 'No'}`,
    ...annotations('Annotations', metadata.annotations),
    `Provisioner:\t${text(object.provisioner)}`,
    `Parameters:\t${parameters.length === 0 ? NONE : parameters.sort().join(',')}`,
    `AllowVolumeExpansion:\t${expansion === undefined ? '<unset>' : expansion === true ? 'True' : 'False'}`,
    ...(options.length === 0
      ? [`MountOptions:\t${NONE}`]
      : ['MountOptions:', ...options.map((option) => indent(1, option))]),
    `ReclaimPolicy:\t${text(object.reclaimPolicy ?? 'Delete')}`,
    `VolumeBindingMode:\t${text(object.volumeBindingMode ?? 'Immediate')}`,
    ...eventsOf(metadata, describing),
  ]
}

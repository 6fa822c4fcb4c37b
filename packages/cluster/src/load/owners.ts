import { type ApiObject, isKind } from '../api/api-object.ts'
import { controllerOf } from '../api-server/manifest.ts'
import { storedKindOf } from '../object/stored-kinds.ts'
import { statusOf, VolumeStatusJson } from './status-json.ts'

/**
 * Who owns what, in what is loaded: by kind and name, since a dump may be of a part of a cluster, or put together from
 * several.
 */

const identityOf = (kind: string, namespace: string | undefined, name: string): string =>
  `${kind}/${namespace ?? ''}/${name}`

const nameOf = ({ kind, metadata }: ApiObject): string => identityOf(kind, metadata.namespace, metadata.name)

const ownerNameOf = ({ metadata }: ApiObject): string | undefined => {
  const owner = controllerOf(metadata)
  return owner === undefined ? undefined : identityOf(owner.kind, metadata.namespace, owner.name)
}

/** Kinds that own objects here; the garbage collector follows no others. */
export const isOwnerKind = (kind: string): boolean => kind === 'Pod' || storedKindOf(kind) !== undefined

/** A volume of a claim that was left out of the dump: it would be taken for released, and deleted. */
const hasLostClaim = (object: ApiObject, byName: ReadonlyMap<string, ApiObject>): boolean => {
  if (!isKind(object, 'PersistentVolume') || object.metadata.uid === undefined) return false
  const { uid, namespace, name = '' } = object.spec.claimRef ?? {}
  if (uid === undefined || statusOf(object, VolumeStatusJson).phase !== 'Bound') return false
  return !byName.has(identityOf('PersistentVolumeClaim', namespace, name))
}

/**
 * What is loaded, owners before what they own, else in the order given: an object is stored with its owner there to
 * count it. Volumes that belong to something outside are left out.
 */
export const loadOrder = (given: readonly ApiObject[]): readonly ApiObject[] => {
  const byName = new Map(given.map((object) => [nameOf(object), object]))
  const objects = given.filter((object) => !hasLostClaim(object, byName))
  const depths = new Map<ApiObject, number>()
  const depthOf = (object: ApiObject): number => {
    const known = depths.get(object)
    if (known !== undefined) return known
    // Owners in a circle are nobody's: the first that is met comes first.
    depths.set(object, 0)
    const name = ownerNameOf(object)
    const owner = name === undefined ? undefined : byName.get(name)
    const depth = owner === undefined ? 0 : depthOf(owner) + 1
    depths.set(object, depth)
    return depth
  }
  const layers: ApiObject[][] = []
  for (const object of objects) {
    const depth = depthOf(object)
    while (layers.length <= depth) layers.push([])
    layers[depth]!.push(object)
  }
  return layers.flat()
}

/** The owner that an object names and that is not among the others; `undefined` if there is none to miss. */
export const missingOwner = (
  objects: readonly ApiObject[],
): ((object: ApiObject) => { readonly kind: string; readonly name: string } | undefined) => {
  const names = new Set(objects.map(nameOf))
  return (object) => {
    const owner = controllerOf(object.metadata)
    if (owner === undefined || !isOwnerKind(owner.kind)) return undefined
    return names.has(identityOf(owner.kind, object.metadata.namespace, owner.name)) ? undefined : owner
  }
}

import { type SimEvent, uuidOf } from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'
import { type ApiObject, isGeneric, isKind } from '../api/api-object.ts'
import { isObject } from '../api/codec.ts'
import { decodeObject } from '../api/decode.ts'
import { contentOf, controllerOf } from '../api-server/manifest.ts'
import { recordTemplate, type TemplateContent, templateHash } from '../api-server/pod-template.ts'
import { controllerRevisionEvents } from '../controller-revision/events.ts'
import { keyOf } from '../ids.ts'
import { controllerRefOf } from '../object/stored-kinds.ts'
import type { StoredObject } from '../object/stored-object.ts'
import type { ClusterView, DeepReadonly } from '../tables.ts'
import { StatefulSetStatusJson, statusOf } from './status-json.ts'

/**
 * ControllerRevisions of a dump. A pod says by the hash of its revision whether it is up to date, and Kubernetes' hashes
 * cannot be computed here: so the revisions keep their names. `kubectl get all` leaves them out; then the one that the
 * pods of the current template name is put back.
 */

const HASH = 'controller-revision-hash'
const REVISION_HASH = 'controller.kubernetes.io/hash'
const GENERATION = 'deprecated.daemonset.template.generation'

/** The template in `data`, read as that of a ReplicaSet, whose selector has to match it. */
const templateIn = ({ data }: Readonly<Record<string, unknown>>): TemplateContent | undefined => {
  const spec = isObject(data) ? data.spec : undefined
  const template = isObject(spec) ? spec.template : undefined
  if (!isObject(template)) return undefined
  const { $patch: _, ...plain } = template
  const metadata = isObject(plain.metadata) ? plain.metadata : {}
  const decoded = decodeObject({
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: { name: 'revision' },
    spec: { selector: { matchLabels: metadata.labels }, template: plain },
  })
  return isLeft(decoded) || !isKind(decoded.right, 'ReplicaSet') ? undefined : contentOf(decoded.right.spec.template)
}

/** A revision whose template cannot be read is left out: what it would roll back to is not known. */
export const loadRevision = (view: ClusterView, at: number, object: ApiObject): readonly SimEvent[] => {
  const { metadata } = object
  const rest = isGeneric(object) ? object.rest : {}
  const content = templateIn(rest)
  if (content === undefined) return []
  const key = keyOf(metadata.namespace ?? '', metadata.name)
  return [
    ...recordTemplate(view, content),
    controllerRevisionEvents.Created({
      object: key,
      uid: uuidOf(view.settings.seed, `ControllerRevision ${key} ${at}`),
      labels: metadata.labels ?? {},
      annotations: metadata.annotations ?? {},
      owner: controllerOf(metadata),
      revision: typeof rest.revision === 'number' ? rest.revision : 1,
      template: templateHash(content),
    }),
  ]
}

type Owner = DeepReadonly<StoredObject & { readonly template: { readonly hash: string; readonly labels: object } }>

const putBack = (
  view: ClusterView,
  at: number,
  owner: Owner,
  name: string,
  label: string,
  hash: string,
): readonly SimEvent[] => {
  const key = keyOf(owner.namespace, name)
  const labels = { ...(owner.template.labels as Readonly<Record<string, string>>), [label]: hash }
  return [
    controllerRevisionEvents.Created({
      object: key,
      uid: uuidOf(view.settings.seed, `ControllerRevision ${key} ${at}`),
      labels,
      annotations: {},
      owner: controllerRefOf(owner),
      revision: 1,
      template: owner.template.hash,
    }),
  ]
}

/** The revision of the current template of a DaemonSet or StatefulSet, where the dump does not have it. */
export const missingRevision = (
  view: ClusterView,
  at: number,
  object: ApiObject,
  objects: readonly ApiObject[],
): readonly SimEvent[] => {
  const { metadata } = object
  const namespace = metadata.namespace ?? ''
  const mine = (other: ApiObject): boolean => {
    const owner = controllerOf(other.metadata)
    return owner?.kind === object.kind && owner.name === metadata.name && other.metadata.namespace === namespace
  }
  if (objects.some((other) => other.kind === 'ControllerRevision' && mine(other))) return []
  if (isKind(object, 'StatefulSet')) {
    const { updateRevision = '' } = statusOf(object, StatefulSetStatusJson)
    const set = view.statefulSets.get(keyOf(namespace, metadata.name))
    if (set === undefined || !updateRevision.startsWith(`${metadata.name}-`)) return []
    return putBack(view, at, set, updateRevision, REVISION_HASH, updateRevision.slice(metadata.name.length + 1))
  }
  if (isKind(object, 'DaemonSet')) {
    const generation = metadata.annotations?.[GENERATION]
    const set = view.daemonSets.get(keyOf(namespace, metadata.name))
    const pod = objects.find(
      (other) =>
        isKind(other, 'Pod') && mine(other) && other.metadata.labels?.['pod-template-generation'] === generation,
    )
    const hash = generation === undefined ? undefined : pod?.metadata.labels?.[HASH]
    return set === undefined || hash === undefined ? [] : putBack(view, at, set, `${metadata.name}-${hash}`, HASH, hash)
  }
  return []
}

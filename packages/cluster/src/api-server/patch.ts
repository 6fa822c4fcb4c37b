import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { isObject, type JsonObject } from '../api/codec.ts'
import { decodeObject } from '../api/decode.ts'
import { kindOf } from '../catalog.ts'
import type { Issue } from '../issue.ts'
import type { ObjectRef, Patch } from '../kubectl-command.ts'
import { findObject } from '../render/objects.ts'
import type { ClusterView } from '../tables.ts'
import { type ApiFailure, invalid, notFound } from './failure.ts'
import { jsonPatch, mergePatch } from './patch-json.ts'
import { strategicMerge } from './patch-strategic.ts'
import type { Charges } from './quotas.ts'
import { prepareService } from './services.ts'
import { updateObject } from './update.ts'
import type { Update } from './update-metadata.ts'

/** The three patches that kubectl sends. */
export type PatchType = Patch['type']

const badRequest = (message: string): ApiFailure => ({ reason: 'BadRequest', message })

const UNSUPPORTED: ApiFailure = {
  reason: 'UnsupportedMediaType',
  message:
    'the body of the request was in an unknown format - accepted media types include: application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml, application/apply-patch+cbor',
}

/** What the API server says of an object that it cannot read (fields and types), or that is not allowed (values). */
const refused = (kind: string, name: string, issues: readonly Issue[]): ApiFailure => {
  const errors = issues.filter(({ severity }) => severity === 'error')
  const unread = errors.filter(({ code }) => code === 'WT101' || code === 'WT102')
  const messages = errors.map(({ message }) => message)
  if (unread.length === 0) return invalid(kind, name, messages)
  return badRequest(unread.map(({ message }) => message).join(', '))
}

const patched = (json: JsonObject, type: PatchType, patch: unknown): Either<ApiFailure, unknown> => {
  if (type === 'json') {
    const result = jsonPatch(json, patch)
    if (!isLeft(result)) return result
    return left({
      reason: 'Invalid',
      message: 'the server rejected our request due to an error in our request',
    })
  }
  if (!isObject(patch)) return left(badRequest('the patch is not a mapping'))
  if (type === 'merge') return right(mergePatch(json, patch))
  const { apiVersion, kind } = json
  if (kindOf(String(apiVersion), String(kind)) === undefined) return left(UNSUPPORTED)
  return right(strategicMerge(json, patch))
}

/** The object becomes this JSON, if that is valid and may be. */
export const updateTo = (
  view: ClusterView,
  { kind, namespace, name }: ObjectRef,
  live: JsonObject,
  json: unknown,
  charges?: Charges,
): Update => {
  const decoded = decodeObject(kind === 'Service' ? prepareService(live, json) : json)
  if (isLeft(decoded)) return left(refused(kind, name, decoded.left))
  const object = decoded.right
  if (object.metadata.name !== name) {
    const message = `the name of the object (${object.metadata.name}) does not match the name on the URL (${name})`
    return left(badRequest(message))
  }
  if ((object.metadata.namespace ?? '') !== namespace) {
    return left(badRequest('the namespace of the provided object does not match the namespace sent on the request'))
  }
  if (object.kind !== kind) return left(badRequest(`the object is a ${object.kind}, not a ${kind}`))
  return updateObject(view, object, charges)
}

/**
 * What a PATCH of the object comes to. The patched object has to be valid, like any other.
 *
 * @param charges what quotas have been charged at the same instant
 */
export const patchObject = (
  view: ClusterView,
  ref: ObjectRef,
  type: PatchType,
  patch: unknown,
  charges?: Charges,
): Update => {
  const found = findObject(view, ref.kind, ref.namespace, ref.name)
  if (found === undefined) return left(notFound(ref.kind, ref.name))
  const live = found.render()
  const result = patched(live, type, patch)
  return isLeft(result) ? result : updateTo(view, ref, live, result.right, charges)
}

/**
 * Client-side apply: the annotation in which kubectl remembers what it applied, and what applying comes to.
 *
 * The annotation is one like any other: the object has it once it was applied, `get` shows it, and nothing is kept of
 * what never was.
 */
import type { SimEvent } from '@wavetank/kernel'
import { type Either, isLeft, right } from 'fp-ts/lib/Either.js'
import { isObject, type JsonObject } from '../api/codec.ts'
import { inCurrentVersion } from '../api/decode.ts'
import { canonicalJson } from '../api/intern.ts'
import { kindOf } from '../catalog.ts'
import { LAST_APPLIED } from '../deployment/deployment.ts'
import type { RenderedObject } from '../render/objects.ts'
import type { ClusterView } from '../tables.ts'
import type { ApiFailure } from './failure.ts'
import { updateTo } from './patch.ts'
import { mergePatch } from './patch-json.ts'
import { strategicMerge } from './patch-strategic.ts'
import type { Charges } from './quotas.ts'
import { threeWayJsonMerge, threeWayMerge } from './three-way-merge.ts'
import type { Update } from './update-metadata.ts'

const mapOf = (value: unknown): JsonObject => (isObject(value) ? value : {})

const annotationsOf = ({ metadata }: JsonObject): JsonObject => mapOf(mapOf(metadata).annotations)

const withAnnotations = (manifest: JsonObject, annotations: JsonObject): JsonObject => ({
  ...manifest,
  metadata: { ...mapOf(manifest.metadata), annotations },
})

/** What kubectl writes down of a manifest. Source: staging/src/k8s.io/kubectl/pkg/util/apply.go, GetModifiedConfiguration. */
export const lastAppliedText = (manifest: JsonObject): string => {
  const { [LAST_APPLIED]: _earlier, ...annotations } = annotationsOf(manifest)
  const json = canonicalJson(withAnnotations(manifest, annotations))
  // As Go's encoder, which thinks of web pages.
  return `${json.replace(/[<>&\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`)}\n`
}

/** The manifest with the annotation, as it is sent. */
export const withLastApplied = (manifest: JsonObject): JsonObject =>
  withAnnotations(manifest, { ...annotationsOf(manifest), [LAST_APPLIED]: lastAppliedText(manifest) })

/** What was applied last; nothing, if nothing was or the annotation cannot be read. */
const lastApplied = (live: JsonObject): JsonObject => {
  const text = annotationsOf(live)[LAST_APPLIED]
  if (typeof text !== 'string') return {}
  try {
    return mapOf(JSON.parse(text))
  } catch {
    return {}
  }
}

/**
 * What `kubectl replace` of a manifest comes to: the object is what the manifest says, and what the API server adds.
 * Finalizers and the status stay, which a manifest does not have.
 *
 * @param saves whether the annotation of `apply` is written; if the manifest has one, it is written anew in any case
 */
export const replaceManifest = (
  view: ClusterView,
  object: RenderedObject,
  manifest: JsonObject,
  saves: boolean,
): Update => {
  const live = object.render()
  const given = inCurrentVersion(
    saves || LAST_APPLIED in annotationsOf(manifest) ? withLastApplied(manifest) : manifest,
  )
  const { finalizers } = mapOf(live.metadata)
  const metadata = { ...mapOf(given.metadata), ...(finalizers === undefined ? {} : { finalizers }) }
  return updateTo(view, object, live, {
    ...given,
    ...(live.status === undefined ? {} : { status: live.status }),
    metadata,
  })
}

export interface Applied {
  readonly events: readonly SimEvent[]
  /** Whether a patch was sent at all. */
  readonly isSent: boolean
}

/**
 * What `kubectl apply` of a manifest comes to for an object that is there.
 *
 * Source: staging/src/k8s.io/kubectl/pkg/cmd/apply/patcher.go, patchSimple.
 */
export const applyManifest = (
  view: ClusterView,
  object: RenderedObject,
  manifest: JsonObject,
  charges?: Charges,
): Either<ApiFailure, Applied> => {
  const live = object.render()
  const modified = inCurrentVersion(withLastApplied(manifest))
  const original = inCurrentVersion(lastApplied(live))
  const isBuiltIn = kindOf(String(manifest.apiVersion), object.kind) !== undefined
  const patch = isBuiltIn ? threeWayMerge(original, modified, live) : threeWayJsonMerge(original, modified, live)
  if (Object.keys(patch).length === 0) return right({ events: [], isSent: false })
  const json = isBuiltIn ? strategicMerge(live, patch) : mergePatch(live, patch)
  const update = updateTo(view, object, live, json, charges)
  return isLeft(update) ? update : right({ events: update.right, isSent: true })
}

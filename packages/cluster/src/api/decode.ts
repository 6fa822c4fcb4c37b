/**
 * From parsed YAML or JSON to typed objects, with every problem at once.
 *
 * 1. The catalog says what kind it is; an old version is converted to the current one, with its own defaults.
 * 2. The codec checks types, refuses unknown fields and fills static defaults.
 * 3. `complete` fills the defaults that need the whole object; then come metadata and the kind's own validation.
 *
 * Validation also runs when the codec found problems, but says nothing about places the codec complained about.
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { isRight, left, right } from 'fp-ts/lib/Either.js'
import type { KindInfo } from '../catalog.ts'
import { CATALOG, isBuiltInVersion, kindOf, kindsNamed } from '../catalog.ts'
import type { Issue, PathStep } from '../issue.ts'
import type { ApiObject, GenericObject } from './api-object.ts'
import type { JsonObject } from './codec.ts'
import { isObject } from './codec.ts'
import type { AnyKindDefinition, ObjectHead } from './define-kind.ts'
import { ObjectMeta, validateObjectMeta } from './meta/object-meta.ts'
import { KINDS } from './registry.ts'
import type { Trail, TrailStep } from './trail.ts'
import { createTrail, nearest, report, required, within } from './trail.ts'

const definitions: ReadonlyMap<string, AnyKindDefinition> = new Map(
  KINDS.map((definition) => [`${definition.apiVersion} ${definition.kind}`, definition]),
)

const isPrefix = (prefix: readonly PathStep[], path: readonly PathStep[]): boolean =>
  prefix.length <= path.length && prefix.every((step, i) => step === path[i])

/** True if a validator's complaint follows from something that the codec could not read. */
const followsFrom = (complaint: Issue, unread: Issue, rootLength: number): boolean => {
  if (unread.code === 'WT101') return false
  if (isPrefix(unread.path, complaint.path) || isPrefix(complaint.path, unread.path)) return true
  if (complaint.code !== 'WT112') return false
  const [, field, inner] = unread.path.slice(rootLength)
  return field === 'selector' || (field === 'template' && inner === 'metadata')
}

const withNamespace = <A extends ObjectHead>(object: A, info: KindInfo | undefined): A =>
  info === undefined || !info.namespaced || object.metadata.namespace !== undefined
    ? object
    : { ...object, metadata: { ...object.metadata, namespace: 'default' } }

const decodeTyped = (
  json: JsonObject,
  apiVersion: string,
  info: KindInfo,
  definition: AnyKindDefinition,
  trail: Trail,
): ApiObject => {
  const rootLength = trail.steps.length
  const convert = definition.convert[apiVersion]
  const converted = convert === undefined ? json : convert(json, trail)
  const current =
    converted.apiVersion === definition.apiVersion ? converted : { ...converted, apiVersion: definition.apiVersion }
  const read = definition.codec.read(current, trail)
  const unread = trail.issues.slice()
  const object = withNamespace(definition.complete(read), info)
  validateObjectMeta(trail, object.metadata, info.namespaced, definition.nameRule)
  definition.validate(trail, object)
  if (unread.length > 0) {
    const complaints = trail.issues
      .slice(unread.length)
      .filter((complaint) => !unread.some((issue) => followsFrom(complaint, issue, rootLength)))
    trail.issues.splice(unread.length, Number.POSITIVE_INFINITY, ...complaints)
  }
  return object as ApiObject
}

const decodeGeneric = (json: JsonObject, apiVersion: string, kind: string, trail: Trail): GenericObject => {
  let metadata: ObjectMeta = { name: '' }
  if (json.metadata !== undefined && json.metadata !== null) {
    within(trail, 'metadata', () => {
      metadata = ObjectMeta.read(json.metadata, trail)
    })
  }
  const rest = Object.fromEntries(
    Object.entries(json).filter(([field]) => field !== 'apiVersion' && field !== 'kind' && field !== 'metadata'),
  )
  return withNamespace({ apiVersion, kind, metadata, inert: true, rest }, kindOf(apiVersion, kind))
}

const textField = (json: JsonObject, field: 'apiVersion' | 'kind', trail: Trail): string => {
  const value = json[field]
  if (typeof value === 'string' && value !== '') return value
  within(trail, field, () => {
    if (value === undefined || value === null || value === '') required(trail)
    else report(trail, 'WT102', `Invalid value: ${JSON.stringify(value)}: expected text`)
  })
  return ''
}

/** Decodes at the trail's place; undefined if something is wrong, which the trail then has. */
const decodeAt = (json: unknown, trail: Trail): ApiObject | undefined => {
  if (!isObject(json)) {
    report(trail, 'WT100', 'expected a Kubernetes object, which is a mapping', 'start with `apiVersion:` and `kind:`')
    return undefined
  }
  const apiVersion = textField(json, 'apiVersion', trail)
  const kind = textField(json, 'kind', trail)
  if (apiVersion === '' || kind === '') return undefined

  const info = kindOf(apiVersion, kind)
  if (info === undefined) {
    const [namesake] = isBuiltInVersion(apiVersion) ? kindsNamed(kind) : []
    if (namesake !== undefined) {
      within(trail, 'apiVersion', () =>
        report(
          trail,
          'WT120',
          `no matches for kind "${kind}" in version "${apiVersion}"`,
          `use \`apiVersion: ${namesake.versions[0]}\``,
        ),
      )
      return undefined
    }
  }
  const definition = info === undefined ? undefined : definitions.get(`${info.versions[0]} ${kind}`)
  const object =
    info === undefined || definition === undefined
      ? decodeGeneric(json, apiVersion, kind, trail)
      : decodeTyped(json, apiVersion, info, definition, trail)
  return trail.issues.some((issue) => issue.severity === 'error') ? undefined : object
}

/**
 * The manifest in the version that objects are kept in, with what the old version had as defaults where the two differ.
 * What is no object of a known kind stays as it is.
 */
export const inCurrentVersion = (json: JsonObject): JsonObject => {
  const { apiVersion, kind } = json
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return json
  const info = kindOf(apiVersion, kind)
  const definition = info === undefined ? undefined : definitions.get(`${info.versions[0]} ${kind}`)
  if (definition === undefined || definition.apiVersion === apiVersion) return json
  return { ...(definition.convert[apiVersion]?.(json, createTrail()) ?? json), apiVersion: definition.apiVersion }
}

/** Reads one object in any version that Kubernetes ever served; all its problems at once, paths from its root. */
export const decodeObject = (json: unknown): Either<readonly Issue[], ApiObject> => {
  const trail = createTrail()
  const object = decodeAt(json, trail)
  return object === undefined ? left(trail.issues) : right(object)
}

export interface LocatedObject {
  readonly object: ApiObject
  /** Where in the document it stood: empty, or `items[3]`. */
  readonly path: readonly PathStep[]
  /** What was read. */
  readonly json: JsonObject
}

export interface DecodedDocument {
  /** The objects that are right, in the order of the document. */
  readonly objects: readonly LocatedObject[]
  /** Errors and warnings about the others, paths from the root of the document. */
  readonly issues: readonly Issue[]
}

const KIND_NAMES: readonly string[] = CATALOG.map(({ kind }) => kind)

/** A kind that no built-in group has: probably misspelt, so worth a word; loaded all the same. */
const spellingIssue = (object: ApiObject, path: readonly PathStep[]): Issue | undefined => {
  const { apiVersion, kind } = object
  if (!isBuiltInVersion(apiVersion) || kindOf(apiVersion, kind) !== undefined) return undefined
  const near = nearest(kind, KIND_NAMES)
  return {
    code: 'WT123',
    severity: 'warning',
    path: [...path, 'kind'],
    message: `no matches for kind "${kind}" in version "${apiVersion}"; the object is kept and ignored`,
    ...(near === undefined ? {} : { hint: `did you mean \`${near}\`?` }),
  }
}

/** The items of a `List`, `PodList` and so on; undefined for a single object. */
const itemsOf = (json: unknown): readonly unknown[] | undefined => {
  if (!isObject(json) || typeof json.kind !== 'string' || !json.kind.endsWith('List')) return undefined
  // A list has no name of its own; what has one is a custom resource that happens to be called so.
  if (isObject(json.metadata) && typeof json.metadata.name === 'string') return undefined
  if (Array.isArray(json.items)) return json.items
  return json.items === null || (json.items === undefined && json.kind === 'List') ? [] : undefined
}

/** Items of a typed list may leave out what the list says. */
const withListKind = (item: unknown, json: JsonObject): unknown => {
  const { kind, apiVersion } = json
  if (!isObject(item) || kind === 'List' || typeof kind !== 'string' || item.kind !== undefined) return item
  return { apiVersion, kind: kind.slice(0, -'List'.length), ...item }
}

/** Reads a document: one object, a list of any kind (nested ones too), or nothing at all. */
export const decodeDocument = (json: unknown): DecodedDocument => {
  const objects: LocatedObject[] = []
  const issues: Issue[] = []
  const visit = (value: unknown, path: readonly (string | number)[]): void => {
    const items = itemsOf(value)
    if (items !== undefined) {
      items.forEach((item, i) => {
        visit(withListKind(item, value as JsonObject), [...path, 'items', i])
      })
      return
    }
    const trail = createTrail(path satisfies readonly TrailStep[])
    const object = decodeAt(value, trail)
    for (const issue of trail.issues) issues.push(issue)
    if (object === undefined) return
    objects.push({ object, path, json: value as JsonObject })
    const misspelt = spellingIssue(object, path)
    if (misspelt !== undefined) issues.push(misspelt)
  }
  if (json !== undefined && json !== null) visit(json, [])
  return { objects, issues }
}

/** Like `decodeObject` for objects known to be right, as in tests; throws with all problems otherwise. */
export const apiObject = (json: unknown): ApiObject => {
  const decoded = decodeObject(json)
  if (isRight(decoded)) return decoded.right
  throw new Error(decoded.left.map(({ message }) => message).join('\n'))
}

/** What scenario files need to know of Kubernetes objects, in one place. */
import type { Issue, PathStep } from '@wavetank/cluster'
import {
  type ApiObject,
  CATALOG,
  decodeDocument,
  dnsSubdomainProblems,
  type JsonObject,
  type KindInfo,
  kindByName,
  kindOf,
  type Labels,
  labelKeyProblems,
  labelValueProblems,
  parseSelector,
} from '@wavetank/cluster/api'
import { isLeft } from 'fp-ts/lib/Either.js'
import { isRecord } from './codec.ts'
import { inOneOrder } from './one-order.ts'

/** An object and where it came from. */
export interface LoadedObject {
  readonly object: ApiObject
  /** Where in its document it stood. */
  readonly path: readonly PathStep[]
  /** The namespace that its manifest names; the object itself has `default` otherwise. */
  readonly ownNamespace: string | undefined
  /** The manifest as it is written. */
  readonly json: JsonObject
}

/** What stands at a path of a document; nothing, if nothing does. */
export const stepInto = (json: unknown, path: readonly PathStep[]): unknown =>
  path.reduce<unknown>(
    (at, step) => (isRecord(at) || Array.isArray(at) ? (at as Record<PathStep, unknown>)[step] : undefined),
    json,
  )

/** The objects of a document, and what is wrong with it; a document may be a list of objects. */
export const decodeObjects = (
  json: unknown,
): { readonly objects: readonly LoadedObject[]; readonly issues: readonly Issue[] } => {
  const { objects, issues } = decodeDocument(json)
  return {
    objects: objects.map(({ object, path, json: written }) => {
      const own = stepInto(written, ['metadata', 'namespace'])
      return { object, path, ownNamespace: typeof own === 'string' && own !== '' ? own : undefined, json: written }
    }),
    issues,
  }
}

/** The kind by any name that kubectl takes. */
export const findResource: (word: string) => KindInfo | undefined = kindByName

/** The words that are worth a suggestion. */
export const resourceWords: readonly string[] = CATALOG.flatMap(({ plural, singular, shortNames }) => [
  singular,
  plural,
  ...shortNames,
])

/** Objects of kinds that nobody knows are taken for namespaced, as most are. */
export const isNamespaced = ({ apiVersion, kind }: ApiObject): boolean => kindOf(apiVersion, kind)?.namespaced ?? true

export const groupOf = (apiVersion: string): string =>
  apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''

const firstOf = (problems: readonly string[]): string | undefined => problems[0]
export const nameProblem = (name: string): string | undefined => firstOf(dnsSubdomainProblems(name))
export const labelKeyProblem = (key: string): string | undefined => firstOf(labelKeyProblems(key))
export const labelValueProblem = (value: string): string | undefined => firstOf(labelValueProblems(value))
export const selectorProblem = (text: string): string | undefined => {
  const parsed = parseSelector(text)
  return isLeft(parsed) ? parsed.left : undefined
}

/** The manifest as kubectl sends it: with its namespace, and in one order whatever the order of its file. */
export const sentManifest = ({ object, ownNamespace, json }: LoadedObject, namespace: string): JsonObject => {
  const metadata = isRecord(json.metadata) ? json.metadata : {}
  const sent = isNamespaced(object) ? { ...metadata, namespace: ownNamespace ?? namespace } : metadata
  return inOneOrder({ ...json, metadata: sent }) as JsonObject
}

/** A mapping of texts at a path of a document: labels, annotations. */
export const textMap = (json: unknown, path: readonly PathStep[]): Labels => {
  const found = stepInto(json, path)
  return isRecord(found) ? (found as Labels) : {}
}

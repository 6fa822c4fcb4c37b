import type { PathStep } from '@wavetank/cluster'
import { kindByName } from '@wavetank/cluster/api'
import { type FieldPath, setAt } from './field-path.ts'

/** An object of the manifests, as a study file names it: `Deployment/shop/web`, `PriorityClass/high`. */
export interface ObjectName {
  readonly kind: string
  readonly namespace: string | undefined
  readonly name: string
}

/** `undefined` if the text is no name of an object. */
export const parseObjectName = (text: string): ObjectName | undefined => {
  const parts = text.split('/')
  if (parts.length < 2 || parts.length > 3 || parts.some((part) => part === '')) return undefined
  const kind = kindByName(parts[0]!)?.kind ?? parts[0]!
  return { kind, namespace: parts.length === 3 ? parts[1] : undefined, name: parts[parts.length - 1]! }
}

/** What is different at a design point. `source` is where the study file says so. */
export type Change = { readonly source: readonly PathStep[]; readonly written: string } & (
  | { readonly set: FieldPath; readonly of: ObjectName | undefined; readonly value: unknown }
  | { readonly remove: ObjectName }
  | { readonly add: unknown }
)

const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === 'object' && u !== null && !Array.isArray(u)

const isNamed = (json: unknown, { kind, namespace, name }: ObjectName): boolean => {
  if (!isRecord(json) || json.kind !== kind || !isRecord(json.metadata) || json.metadata.name !== name) return false
  const own = json.metadata.namespace ?? 'default'
  return own === (namespace ?? 'default')
}

/** What changes do to texts that were read, and which of them found what they are about. */
export interface Changes {
  /** The scenario file. */
  readonly scenario: (json: unknown) => unknown
  /** A document with manifests. */
  readonly manifest: (json: unknown) => unknown
  /** Those that have found nothing so far. */
  readonly idle: () => readonly Change[]
}

/** In the place of what is removed, so that everything else keeps its place. */
const NOTHING = { apiVersion: 'v1', kind: 'List', items: [] }

export const createChanges = (changes: readonly Change[]): Changes => {
  const found = new Set<Change>()
  const ofObjects = changes.filter((change) => 'remove' in change || ('set' in change && change.of !== undefined))
  const one = (json: unknown): unknown => {
    let object = json
    for (const change of ofObjects) {
      if ('remove' in change) {
        if (!isNamed(object, change.remove)) continue
        found.add(change)
        return NOTHING
      }
      if (!('set' in change) || change.of === undefined || !isNamed(object, change.of)) continue
      const changed = setAt(object, change.set, change.value)
      if (changed === undefined) continue
      found.add(change)
      object = changed
    }
    return object
  }
  /** An object, or a list of objects. */
  const manifest = (json: unknown): unknown => {
    if (ofObjects.length === 0) return json
    if (!isRecord(json) || !Array.isArray(json.items)) return one(json)
    return { ...json, items: json.items.map(one) }
  }
  /** Objects that stand in the scenario file itself, among paths of files. */
  const inline = (list: unknown): unknown =>
    Array.isArray(list) ? list.map((item) => (isRecord(item) && 'kind' in item ? manifest(item) : item)) : list
  return {
    scenario: (json) => {
      let scenario = json
      for (const change of changes) {
        if ('set' in change && change.of === undefined) {
          const changed = setAt(scenario, change.set, change.value)
          if (changed === undefined) continue
          found.add(change)
          scenario = changed
        }
      }
      if (!isRecord(scenario)) return scenario
      const added = changes.flatMap((change) => {
        if (!('add' in change)) return []
        found.add(change)
        return [change.add]
      })
      const { manifests, nodes } = scenario
      if (ofObjects.length === 0 && added.length === 0) return scenario
      const listed = inline(manifests)
      return {
        ...scenario,
        ...(listed === undefined && added.length === 0
          ? {}
          : {
              manifests: Array.isArray(listed ?? []) ? [...((listed as readonly unknown[]) ?? []), ...added] : listed,
            }),
        ...(nodes === undefined ? {} : { nodes: inline(nodes) }),
      }
    },
    manifest,
    idle: () => changes.filter((change) => !found.has(change)),
  }
}

/**
 * What `apps/v1beta1`, `apps/v1beta2` and `extensions/v1beta1` defaulted, as changes to the raw object.
 *
 * The fields are those of `apps/v1`; only absent ones had other values. `apps/v1beta1` and `extensions/v1beta1` took
 * the selector and the object's own labels from the template (`pkg/apis/{extensions/v1beta1,apps/v1beta1}/defaults.go`);
 * `apps/v1beta2` already required a selector (`pkg/apis/apps/v1beta2/defaults.go`), like `apps/v1`.
 */
import type { JsonObject } from '../codec.ts'
import { isObject } from '../codec.ts'

/** The field as a mapping; empty if it is something else, which the codec will report. */
const part = (object: JsonObject, field: string): JsonObject => {
  const value = object[field]
  return isObject(value) ? value : {}
}

/** True if the mapping has the field, or something that is no mapping stands in its place. */
const isAbsent = (value: unknown): boolean => value === undefined || value === null

/** The object with `changes` merged into its spec; untouched if the spec is no mapping. */
export const withSpec = (object: JsonObject, changes: JsonObject): JsonObject =>
  isObject(object.spec) ? { ...object, spec: { ...object.spec, ...changes } } : object

/** Fills fields of the spec that are absent. */
export const fillSpec = (object: JsonObject, defaults: JsonObject): JsonObject => {
  const spec = part(object, 'spec')
  const absent: Record<string, unknown> = {}
  for (const key of Object.keys(defaults)) if (isAbsent(spec[key])) absent[key] = defaults[key]
  return withSpec(object, absent)
}

/** The object with fields of its spec removed that the current version does not have. */
export const dropSpec = (object: JsonObject, ...fields: readonly string[]): JsonObject => {
  const { spec } = object
  if (!isObject(spec)) return object
  return { ...object, spec: Object.fromEntries(Object.entries(spec).filter(([field]) => !fields.includes(field))) }
}

/** Selector and labels from the template's labels, where there are none. */
export const fromTemplateLabels = (object: JsonObject): JsonObject => {
  const { labels } = part(part(part(object, 'spec'), 'template'), 'metadata')
  if (!isObject(labels)) return object
  const filled = fillSpec(object, { selector: { matchLabels: labels } })
  if (!isAbsent(filled.metadata) && !isObject(filled.metadata)) return filled
  const metadata = part(filled, 'metadata')
  return isAbsent(metadata.labels) ? { ...filled, metadata: { ...metadata, labels } } : filled
}

/** Fills the strategy of a rolling update, where it is one. */
export const fillRollingUpdate = (object: JsonObject, field: string, type: string, rolling: JsonObject): JsonObject => {
  const strategy = part(object, 'spec')[field]
  if (!isAbsent(strategy) && !isObject(strategy)) return object
  const own = isObject(strategy) ? strategy : {}
  const chosen = isAbsent(own.type) || own.type === '' ? type : own.type
  if (chosen !== 'RollingUpdate') return withSpec(object, { [field]: { ...own, type: chosen } })
  if (!isAbsent(own.rollingUpdate) && !isObject(own.rollingUpdate)) return object
  const present = Object.entries(part(own, 'rollingUpdate')).filter(([, value]) => !isAbsent(value))
  return withSpec(object, {
    [field]: { ...own, type: chosen, rollingUpdate: { ...rolling, ...Object.fromEntries(present) } },
  })
}

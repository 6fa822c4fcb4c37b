import { type Either, left, right } from 'fp-ts/lib/Either.js'

/** A step of a path: a field, an item by its number, the items that have a field of this value, all items. */
export type FieldStep =
  | { readonly field: string }
  | { readonly item: number }
  | { readonly where: string; readonly is: string }
  | { readonly all: true }

/** `nodes[name=worker].count`, `spec.containers[0].image`, `metadata.labels["app.kubernetes.io/name"]`, `items[*].x`. */
export type FieldPath = readonly FieldStep[]

const STEP = /(?:^|\.)([^.[\]\s]+)|\[(\d+)\]|\[(\*)\]|\["([^"]*)"\]|\[([^=\]"]+)=([^\]]*)\]/y

/** Reads a path; on the left, what is wrong with it. */
export const parseFieldPath = (text: string): Either<string, FieldPath> => {
  const steps: FieldStep[] = []
  STEP.lastIndex = 0
  while (STEP.lastIndex < text.length) {
    const at = STEP.lastIndex
    const found = STEP.exec(text)
    if (found === null) return left(`\`${text.slice(at)}\` is no step of a path`)
    const [, field, item, all, quoted, where, is] = found
    if (field !== undefined) steps.push({ field })
    else if (item !== undefined) steps.push({ item: Number(item) })
    else if (all !== undefined) steps.push({ all: true })
    else if (quoted !== undefined) steps.push({ field: quoted })
    else steps.push({ where: where!.trim(), is: is!.trim().replace(/^"(.*)"$/, '$1') })
  }
  return steps.length === 0 ? left('the path is empty') : right(steps)
}

const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> =>
  typeof u === 'object' && u !== null && !Array.isArray(u)

/** The numbers of the items that a step chooses. */
const itemsOf = (list: readonly unknown[], step: Exclude<FieldStep, { field: string }>): readonly number[] => {
  if ('item' in step) return step.item < list.length ? [step.item] : []
  const all = list.map((_, index) => index)
  if ('all' in step) return all
  return all.filter((index) => {
    const item = list[index]
    return isRecord(item) && String(item[step.where]) === step.is
  })
}

/**
 * The value with another one at a path; the original stays as it is. Undefined if the path leads nowhere: an item that is
 * not there, a field of a text. Fields that are not there are added, with the mappings around them; `null` takes a field
 * away.
 */
export const setAt = (json: unknown, path: FieldPath, value: unknown): unknown => {
  const [step, ...rest] = path
  if (step === undefined) return value
  if ('field' in step) {
    if (json !== undefined && json !== null && !isRecord(json)) return undefined
    const record = (json ?? {}) as Readonly<Record<string, unknown>>
    if (value === null && rest.length === 0) {
      const { [step.field]: _, ...others } = record
      return others
    }
    const inner = setAt(record[step.field], rest, value)
    return inner === undefined ? undefined : { ...record, [step.field]: inner }
  }
  if (!Array.isArray(json)) return undefined
  const chosen = itemsOf(json, step)
  if (chosen.length === 0) return undefined
  const changed = [...json]
  for (const index of chosen) {
    const inner = setAt(json[index], rest, value)
    if (inner === undefined) return undefined
    changed[index] = inner
  }
  return changed
}

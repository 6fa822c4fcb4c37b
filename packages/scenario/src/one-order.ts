import { isRecord } from './codec.ts'

/** With the fields of every mapping in one order: what a file says does not depend on theirs. */
export const inOneOrder = (json: unknown): unknown => {
  if (Array.isArray(json)) return json.map(inOneOrder)
  if (!isRecord(json)) return json
  const names = Object.keys(json).sort()
  return Object.fromEntries(names.map((name) => [name, inOneOrder(json[name])]))
}

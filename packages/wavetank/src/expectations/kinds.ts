import { CATALOG, type KindInfo } from '@wavetank/cluster/api'

/** Words that CEL keeps for itself: `namespace("x")` cannot be written, `ns("x")` can. */
const RESERVED: ReadonlySet<string> = new Set(['namespace', 'package', 'import', 'function'])

const firstByName = (namesOf: (info: KindInfo) => readonly string[]): ReadonlyMap<string, KindInfo> => {
  const byName = new Map<string, KindInfo>()
  for (const info of CATALOG)
    for (const name of namesOf(info)) if (!RESERVED.has(name) && !byName.has(name)) byName.set(name, info)
  return byName
}

/** What expressions call all objects of a kind: `pods`, `nodes`, `replicasets`, and so on for every kind of the API. */
export const LIST_VARIABLES: ReadonlyMap<string, KindInfo> = firstByName(({ plural }) => [plural])

/** The functions that find one object by name: `pod("shop/cart")`, `node("n1")`, `rc("web")`. */
export const LOOKUPS: ReadonlyMap<string, KindInfo> = firstByName(({ singular, shortNames }) => [
  singular,
  ...shortNames,
])

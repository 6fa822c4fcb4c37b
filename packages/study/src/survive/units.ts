import type { Scenario } from '@wavetank/scenario'
import { type Either, left, right } from 'fp-ts/lib/Either.js'

/** What fails at once: a node, or all nodes with one value of a label. */
export interface Unit {
  /** `worker-1`, `zone a`, `rack=r7`. */
  readonly name: string
  /** As a fault of a timeline names it. */
  readonly target: Readonly<Record<string, string>>
  readonly nodes: readonly string[]
}

const ZONE = 'topology.kubernetes.io/zone'

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The label that a word means: itself, or as people speak of it. */
const labelOf = (word: string, labels: ReadonlySet<string>): string | undefined => {
  if (word === 'zones' || word === 'zone') return ZONE
  const one = word.replace(/s$/, '')
  return [word, one, `topology.kubernetes.io/${one}`].find((label) => labels.has(label))
}

/**
 * The units of a scenario, in the order of the words and of names.
 *
 * @param over `nodes`, `zones`, or keys of labels; `left`: the word that means nothing here, and what would
 */
export const unitsOf = (
  { nodes }: Scenario,
  over: readonly string[],
): Either<{ readonly word: string; readonly known: readonly string[] }, readonly Unit[]> => {
  const labels = new Set(nodes.flatMap(({ metadata }) => Object.keys(metadata.labels ?? {})))
  const units: Unit[] = []
  for (const word of over) {
    if (word === 'nodes' || word === 'node') {
      for (const { metadata } of nodes)
        units.push({ name: metadata.name, target: { node: metadata.name }, nodes: [metadata.name] })
      continue
    }
    const label = labelOf(word, labels)
    if (label === undefined || !labels.has(label))
      return left({ word, known: ['nodes', ...[...labels].sort(compareText)] })
    const groups = new Map<string, string[]>()
    for (const { metadata } of nodes) {
      const value = metadata.labels?.[label]
      if (value !== undefined) groups.set(value, [...(groups.get(value) ?? []), metadata.name])
    }
    for (const [value, members] of [...groups].sort(([a], [b]) => compareText(a, b)))
      units.push(
        label === ZONE
          ? { name: `zone ${value}`, target: { zone: value }, nodes: members }
          : { name: `${label}=${value}`, target: { selector: `${label}=${value}` }, nodes: members },
      )
  }
  return right(units)
}

import { readFileSync } from 'node:fs'
import type { ClusterView } from '@wavetank/cluster'
import { objectsOf } from '@wavetank/cluster'
import { CATALOG } from '@wavetank/cluster/api'
import type { Entry } from '@wavetank/kernel'
import { type DecodedScenario, decodeScenario, readYaml } from '@wavetank/scenario'
import { isLeft } from 'fp-ts/lib/Either.js'
import { createSimulation, flagCatalog } from 'wavetank'

/** Objects as `kubectl get -o yaml` prints them, in runs of their own. */
export type Dumped = {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly uid: string } & Record<
    string,
    unknown
  >
} & Record<string, unknown>

const list = readYaml(readFileSync(new URL('harbour.yaml', import.meta.url), 'utf8')).documents[0]!.value as {
  readonly items: readonly Dumped[]
}

/** A small cluster that has been up for a while; `kubectl get … -A -o yaml`. */
export const harbour: readonly Dumped[] = list.items

export const decode = (scenario: object): DecodedScenario => {
  const file = { apiVersion: 'wavetank.dev/v1alpha1', kind: 'Scenario', metadata: { name: 'dump' }, ...scenario }
  const input = { file: 'dump.yaml', text: JSON.stringify(file), resolved: new Map(), texts: new Map() }
  const decoded = decodeScenario(input, { flags: flagCatalog })
  if (isLeft(decoded)) throw new Error(decoded.left.map(({ message }) => message).join('\n'))
  return decoded.right
}

export interface DumpRun {
  readonly view: ClusterView
  readonly entries: readonly Entry[]
  readonly warnings: readonly string[]
}

/** The run of a dump, as a List, for a while. */
export const runDump = (items: readonly object[], scenario: object = {}): DumpRun => {
  const manifests = [{ apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' }, items }]
  const { scenario: decoded, warnings } = decode({ duration: '10m', manifests, ...scenario })
  const entries: Entry[] = []
  const simulation = createSimulation(decoded, { onEntry: (entry) => entries.push(entry) })
  while (simulation.advance(100_000) === undefined);
  return {
    view: simulation.view,
    entries,
    warnings: warnings.map(({ code, message }) => `${code} ${message}`),
  }
}

/** Every object of a cluster, as `kubectl get -o yaml` shows it. */
export const dumpOf = (view: ClusterView): readonly Dumped[] =>
  CATALOG.flatMap(({ kind }) => objectsOf(view, kind).map((object) => object.render() as unknown as Dumped))

/** Entries of a kind that the scenario did not bring itself. */
export const made = ({ entries }: DumpRun, kind: string): readonly Entry[] =>
  entries.filter(({ by, event }) => by !== 'scenario' && event.kind === kind)

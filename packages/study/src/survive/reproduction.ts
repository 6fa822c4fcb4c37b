import type { Millis } from '@wavetank/kernel'
import { formatDuration, readYaml } from '@wavetank/scenario'
import type { SurveyOptions } from './survey.ts'
import type { Unit } from './units.ts'

type Json = Readonly<Record<string, unknown>>
const isRecord = (u: unknown): u is Json => typeof u === 'object' && u !== null && !Array.isArray(u)
const items = (u: unknown): readonly unknown[] => (Array.isArray(u) ? u : [])

/** Where a path leads from another folder. */
type Move = (path: string) => string

/** A CSV file of a usage: `csv: x.csv` or `csv: { file: x.csv }`, however deep. */
const withMovedTables = (json: unknown, move: Move): unknown => {
  if (Array.isArray(json)) return json.map((one) => withMovedTables(one, move))
  if (!isRecord(json)) return json
  return Object.fromEntries(
    Object.entries(json).map(([key, value]) => {
      if (key !== 'csv') return [key, withMovedTables(value, move)]
      if (typeof value === 'string') return [key, move(value)]
      return [key, isRecord(value) && typeof value.file === 'string' ? { ...value, file: move(value.file) } : value]
    }),
  )
}

const movedCommand = (line: string, move: Move): string =>
  line.replaceAll(/(^|\s)(-f|--filename)(=|\s+)(\S+)/g, (_, before, flag, between, path) =>
    /^["']/.test(path) ? `${before}${flag}${between}${path}` : `${before}${flag}${between}${move(path)}`,
  )

/** A scenario whose paths lead to the same files from another folder. */
const moved = (scenario: Json, move: Move): Json => {
  const path = (u: unknown): unknown => (typeof u === 'string' ? move(u) : u)
  const field = (name: string, change: (u: unknown) => unknown): Json =>
    scenario[name] === undefined ? {} : { [name]: change(scenario[name]) }
  return {
    ...scenario,
    ...field('manifests', (u) => items(u).map(path)),
    ...field('nodes', (u) =>
      items(u).map((item) =>
        isRecord(item) && typeof item.manifests === 'string' ? { ...item, manifests: move(item.manifests) } : item,
      ),
    ),
    ...field('schedulerConfiguration', path),
    ...field('behaviors', (u) => withMovedTables(u, move)),
    ...field('metrics', (u) => withMovedTables(u, move)),
    ...field('arrivals', (u) => items(u).map((item) => (isRecord(item) ? { ...item, csv: path(item.csv) } : item))),
    ...field('failures', (u) =>
      items(u).map((item) =>
        isRecord(item) && 'recorded' in item ? { ...item, recorded: path(item.recorded) } : item,
      ),
    ),
    ...field('timeline', (u) =>
      items(u).map((item) =>
        isRecord(item) && typeof item.kubectl === 'string'
          ? { ...item, kubectl: movedCommand(item.kubectl, move) }
          : item,
      ),
    ),
  }
}

const NAME_MAX = 63

const nameOf = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, NAME_MAX)
    .replaceAll(/^-+|-+$/g, '')

/**
 * The scenario with a set of failures in its timeline and the seed with which they break something.
 *
 * @param text of the scenario file
 * @param move where a path of the file leads from the folder of the new one
 */
export const reproduction = (
  text: string,
  units: readonly Unit[],
  seed: number,
  { at, lasts, fault }: Pick<SurveyOptions, 'at' | 'lasts' | 'fault'>,
  move: Move,
): Json => {
  const written = readYaml(text).documents[0]?.value
  const scenario = moved(isRecord(written) ? written : {}, move)
  const span = lasts === undefined ? {} : { for: formatDuration(lasts as Millis) }
  const failures = units.map(({ target }) => ({ at: formatDuration(at as Millis), [fault]: { ...target, ...span } }))
  const metadata = isRecord(scenario.metadata) ? scenario.metadata : {}
  // A name of its own, so that its log is not that of another one.
  const name = nameOf(`${metadata.name ?? 'scenario'}-without-${units.map((unit) => unit.name).join('-')}`)
  return {
    ...scenario,
    metadata: { ...metadata, name },
    seed,
    timeline: [...items(scenario.timeline), ...failures],
  }
}

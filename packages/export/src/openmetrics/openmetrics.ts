import type { ClusterView } from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'
import { subjectOf } from '../subject.ts'
import { FAMILIES, FAMILY_NAMES, type FamilyName } from './families.ts'
import { type Labels, samplesOf } from './samples.ts'

/**
 * The cluster as kube-state-metrics would have shown it, in the OpenMetrics text format.
 *
 * 1. Samples are taken at multiples of a step, after everything of that instant; or one is taken, at the end.
 * 2. The format wants all samples of a family together, and of a family all of a series, oldest first. So a series is
 *    kept as its changes while its object is there, and goes to the family's part of the spool when it is over.
 * 3. An object that has not changed since the last sample is not looked at.
 *
 * Source: OpenMetrics 1.0, https://github.com/prometheus/OpenMetrics
 */

/** Text by family, kept outside of memory. */
export interface Spool {
  readonly append: (family: number, text: string) => void
}

export interface OpenMetricsOptions {
  /** Wall clock at t=0, in milliseconds since 1970 UTC. */
  readonly start: number
  /** Milliseconds between two samples; one sample without timestamp if absent. */
  readonly step: number | undefined
  readonly spool: Spool
}

export interface OpenMetricsFold {
  /** Everything before `at` has happened; the view does not have what happens at `at` yet. */
  readonly before: (at: number, view: ClusterView) => void
  readonly apply: (event: SimEvent) => void
  readonly end: (at: number, view: ClusterView) => void
}

/** A series: from which sample on it has a value; none where it is absent. */
interface Series {
  readonly family: number
  readonly labels: string
  readonly changes: { readonly from: number; readonly value: number | undefined }[]
}

/** A long series goes to the spool in pieces. */
const PIECE_CHARS = 64 * 1024

const FAMILY_NUMBERS = new Map(FAMILY_NAMES.map((name, number) => [name, number]))

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '"': '\\"', '\n': '\\n' }
const escapeText = (text: string): string => text.replaceAll(/[\\"\n]/g, (found) => ESCAPES[found]!)

const formatLabels = (labels: Labels): string =>
  `{${Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeText(value)}"`)
    .join(',')}}`

const nameOfSamples = (name: FamilyName): string => (FAMILIES[name].type === 'counter' ? `${name}_total` : name)

/** Labels that name the object for good, so that no later object has a series of these labels. */
const isUnique = (kind: string): boolean => kind === 'Pod'

export const createOpenMetrics = ({ start, step, spool }: OpenMetricsOptions): OpenMetricsFold => {
  const objects = new Map<string, Map<string, Series>>()
  const changed = new Set<string>()
  /** The next sample. */
  let next = 0

  const timestamp = (sample: number): string => (step === undefined ? '' : ` ${(start + sample * step) / 1_000}`)

  /** Writes a series that ended before the sample `until`. */
  const write = ({ family, labels, changes }: Series, until: number): void => {
    const head = `${nameOfSamples(FAMILY_NAMES[family]!)}${labels} `
    let text = ''
    changes.forEach(({ from, value }, i) => {
      const to = changes[i + 1]?.from ?? until
      for (let sample = from; value !== undefined && sample < to; sample++) {
        text += `${head}${value}${timestamp(sample)}\n`
        if (text.length < PIECE_CHARS) continue
        spool.append(family, text)
        text = ''
      }
    })
    spool.append(family, text)
  }

  const change = (series: Series, from: number, value: number | undefined): void => {
    const last = series.changes[series.changes.length - 1]
    if (last?.value !== value) series.changes.push({ from, value })
  }

  const look = (key: string, view: ClusterView): void => {
    const slash = key.indexOf('/')
    const kind = key.slice(0, slash)
    const { find, put } = samplesOf[kind]!
    const object = find(view, key.slice(slash + 1))
    let all = objects.get(key)
    if (object === undefined && all !== undefined && isUnique(kind)) {
      for (const series of all.values()) write(series, next)
      objects.delete(key)
      return
    }
    if (all === undefined) {
      all = new Map()
      objects.set(key, all)
    }
    const seen = new Set<Series>()
    if (object !== undefined) {
      const known = all
      put(
        object,
        (name, labelled, value) => {
          const family = FAMILY_NUMBERS.get(name)!
          const labels = formatLabels(labelled)
          const id = `${family}${labels}`
          let series = known.get(id)
          if (series === undefined) {
            series = { family, labels, changes: [] }
            known.set(id, series)
          }
          change(series, next, Number(value))
          seen.add(series)
        },
        view,
      )
    }
    for (const series of all.values()) if (!seen.has(series)) change(series, next, undefined)
  }

  const sample = (view: ClusterView): void => {
    for (const key of changed) look(key, view)
    changed.clear()
    next++
  }

  return {
    before: (at, view) => {
      if (step !== undefined) while (next * step < at) sample(view)
    },
    apply: (event) => {
      const { kind, namespace, name } = subjectOf(event)
      if (kind === null || name === null || samplesOf[kind] === undefined) return
      changed.add(namespace === null ? `${kind}/${name}` : `${kind}/${namespace}/${name}`)
    },
    end: (at, view) => {
      if (step === undefined) sample(view)
      else while (next * step <= at) sample(view)
      for (const all of objects.values()) for (const series of all.values()) write(series, next)
      objects.clear()
    },
  }
}

/** The whole text, from what was spooled; families without samples are left out. */
export const formatOpenMetrics = function* (textOf: (family: number) => Iterable<string>): Generator<string> {
  for (const [number, name] of FAMILY_NAMES.entries()) {
    let isFirst = true
    for (const text of textOf(number)) {
      if (isFirst) yield `# TYPE ${name} ${FAMILIES[name].type}\n# HELP ${name} ${escapeText(FAMILIES[name].help)}\n`
      isFirst = false
      yield text
    }
  }
  yield '# EOF\n'
}

import type { ClusterView } from '@wavetank/cluster'
import { LAST_APPLIED } from '@wavetank/cluster'
import { humanDuration } from '../duration.ts'
import type { KubeEvent } from '../kube-events/kube-event.ts'

/**
 * What the describers of all kinds share. Source, here and in all of this folder: kubectl/pkg/describe/describe.go.
 */

export type Json = Readonly<Record<string, unknown>>
export const NONE = '<none>'

export const record = (u: unknown): Json => (typeof u === 'object' && u !== null ? (u as Json) : {})
export const list = (u: unknown): readonly Json[] => (Array.isArray(u) ? (u as readonly Json[]) : [])
export const text = (u: unknown): string => (u === undefined || u === null ? '' : String(u))
export const indent = (level: number, line: string): string => `${'  '.repeat(level)}${line}`

const DAYS = ['Thu', 'Fri', 'Sat', 'Sun', 'Mon', 'Tue', 'Wed']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Tue, 02 Sep 2025 10:00:01 +0000`, from RFC 3339. */
export const formatDate = (time: unknown): string => {
  const match = /^(\d+)-(\d+)-(\d+)T([\d:]+)/.exec(text(time))
  if (match === null) return text(time)
  const [, year, month, day, clock] = match
  const days = Math.floor(Date.UTC(Number(year), Number(month) - 1, Number(day)) / 86_400_000)
  return `${DAYS[((days % 7) + 7) % 7]}, ${day} ${MONTHS[Number(month) - 1]} ${year} ${clock} +0000`
}

/** Source: printLabelsMultiline: sorted, one a line. */
export const pairs = (title: string, map: unknown, separator: string): readonly string[] => {
  const entries = Object.entries(record(map)).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  if (entries.length === 0) return [`${title}:\t${NONE}`]
  return entries.map(([key, value], i) => `${i === 0 ? `${title}:` : ''}\t${key}${separator}${text(value)}`)
}

/** Source: skipAnnotations. */
const shownAnnotations = (annotations: unknown): unknown =>
  Object.fromEntries(Object.entries(record(annotations)).filter(([key]) => key !== LAST_APPLIED))

/** Source: printAnnotationsMultiline. */
export const annotations = (title: string, map: unknown): readonly string[] => pairs(title, shownAnnotations(map), ': ')

/** Source: printController. */
export const controlledBy = (metadata: Json): readonly string[] => {
  const owner = list(metadata.ownerReferences).find(({ controller }) => controller === true)
  return owner === undefined ? [] : [`Controlled By:\t${text(owner.kind)}/${text(owner.name)}`]
}

/** How long ago a time of the API was, as `translateTimestampSince` has it. */
export const since = (time: unknown, { view, at }: Describing): string => {
  const then = Date.parse(text(time))
  return Number.isNaN(then) ? '<unknown>' : humanDuration(view.settings.start + at - then)
}

/** What a describer may look at besides its object. */
export interface Describing {
  readonly view: ClusterView
  /** Milliseconds of the run, for ages. */
  readonly at: number
  /** All Events that exist. */
  readonly events: readonly KubeEvent[]
}

/** The lines of an object, given as the API has it; cells end in tabs. */
export type Describer = (object: Json, describing: Describing) => readonly string[]

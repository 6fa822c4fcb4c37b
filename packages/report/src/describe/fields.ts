import { type LabelSelectorLike, selectorOf } from '@wavetank/cluster'
import { formatSelector, selectorOfLabels } from '@wavetank/cluster/api'
import { describeEvents } from './events.ts'
import { annotations, type Describing, type Json, NONE, pairs, record, text } from './parts.ts'

/** Lines that many kinds have. */

export const UNSET = '<unset>'

export const number = (u: unknown): string => text(u ?? 0)
export const orUnset = (u: unknown, unit = ''): string => (u === undefined ? UNSET : `${text(u)}${unit}`)

export const labelSelector = (u: unknown): string => formatSelector(selectorOf(record(u) as LabelSelectorLike))
export const mapSelector = (u: unknown): string =>
  Object.keys(record(u)).length === 0
    ? NONE
    : formatSelector(selectorOfLabels(record(u) as Readonly<Record<string, string>>))

export const named = (metadata: Json): readonly string[] => [
  `Name:\t${text(metadata.name)}`,
  `Namespace:\t${text(metadata.namespace)}`,
]

export const marks = (metadata: Json): readonly string[] => [
  ...pairs('Labels', metadata.labels, '='),
  ...annotations('Annotations', metadata.annotations),
]

export const eventsOf = (metadata: Json, describing: Describing): readonly string[] =>
  describeEvents(({ involvedObject }) => involvedObject.uid === metadata.uid, describing)

export const partsOf = (object: Json) => ({
  metadata: record(object.metadata),
  spec: record(object.spec),
  status: record(object.status),
})

export const optional = (title: string, u: unknown, unit = ''): readonly string[] =>
  u === undefined ? [] : [`${title}:\t${text(u)}${unit}`]

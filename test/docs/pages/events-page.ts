import type { AnyEventDefinition } from '@wavetank/kernel'
import { GENERATED } from './document.ts'
import { typeText } from './type-text.ts'

export interface EventGroup {
  readonly title: string
  readonly doc: string
  readonly events: readonly AnyEventDefinition[]
}

const RANKS = [
  ' It goes first among what happens at one instant.',
  '',
  ' It goes last among what happens at one instant.',
]

const section = ({ kind, doc, rank, fields }: AnyEventDefinition): string => {
  const lines = Object.entries(fields).map(([name, field]) =>
    'optional' in field
      ? `- \`${name}\`, may be absent: \`${typeText(field.optional)}\``
      : `- \`${name}\`: \`${typeText(field)}\``,
  )
  return `### ${kind}\n\n${doc}${RANKS[rank]}\n${lines.length > 0 ? `\n${lines.join('\n')}\n` : ''}`
}

/** docs/reference/events.md */
export const eventsPage = (groups: readonly EventGroup[]): string => `${GENERATED}
# Events of the log

A log is a text file with one JSON object on each line: a header, the entries, a footer. An entry has these fields, and
then those of its event:

- \`seq\`: its position, from 0
- \`at\`: milliseconds since the start of the run
- \`cause\`: the \`seq\` of the entry that led to it; \`null\` for what the scenario itself brings
- \`by\`: the component that emitted it
- \`kind\`: the event, one of those below

Names that end in \`Due\` are wake-ups that a component sets itself; all others are facts. A field that may be absent is
left out; it is never \`null\`. Pods and other namespaced objects are written as \`namespace/name\`. Every line ends with
its checksum, \`crc\`; the footer has the digest of the whole.

${groups
  .filter(({ events }) => events.length > 0)
  .map(({ title, doc, events }) => `## ${title}\n\n${doc}\n\n${events.map(section).join('\n')}`)
  .join('\n')}`

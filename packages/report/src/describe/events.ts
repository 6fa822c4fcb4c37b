import { eventInterval } from '../kube-events/format-kube-events.ts'
import type { KubeEvent } from '../kube-events/kube-event.ts'
import { type Describing, indent, NONE } from './parts.ts'

/** Source: DescribeEvents. */
export const describeEvents = (
  isAbout: (event: KubeEvent) => boolean,
  { view, at, events }: Describing,
): readonly string[] => {
  const own = events.filter(isAbout)
  if (own.length === 0) return [`Events:\t${NONE}`]
  const sorted = [...own].sort((a, b) => (a.lastAt ?? -1) - (b.lastAt ?? -1) || a.order - b.order)
  return [
    'Events:',
    indent(1, 'Type\tReason\tAge\tFrom\tMessage'),
    indent(1, '----\t------\t----\t----\t-------'),
    ...sorted.map((event) => {
      const { type, reason, source } = event
      const message = event.message.trim()
      return indent(1, `${type}\t${reason}\t${eventInterval(event, { view, at })}\t${source.component}\t${message}`)
    }),
  ]
}

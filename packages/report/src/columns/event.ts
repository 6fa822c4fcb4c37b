import type { KubeEvent } from '../kube-events/kube-event.ts'
import { ageOf, defineColumns, type Moment, microAgeOf, UNKNOWN } from './define-columns.ts'

const firstSeen = ({ firstAt, eventAt }: KubeEvent, moment: Moment): string =>
  firstAt !== undefined ? ageOf(moment, firstAt) : eventAt !== undefined ? microAgeOf(moment, eventAt) : UNKNOWN

const lastSeen = (event: KubeEvent, moment: Moment): string =>
  event.series !== undefined
    ? microAgeOf(moment, event.series.lastObservedAt)
    : event.lastAt !== undefined
      ? ageOf(moment, event.lastAt)
      : firstSeen(event, moment)

const sourceOf = ({ source }: KubeEvent): string =>
  source.host === undefined ? source.component : `${source.component}, ${source.host}`

/** Source: pkg/printers/internalversion/printers.go, printEvent. */
export const eventColumns = defineColumns<KubeEvent>({
  kind: 'Event',
  list: ({ kubeEvents }) => kubeEvents,
  columns: [
    { header: 'LAST SEEN', cell: lastSeen },
    { header: 'TYPE', cell: ({ type }) => type },
    { header: 'REASON', cell: ({ reason }) => reason },
    {
      header: 'OBJECT',
      cell: ({ involvedObject }) => `${involvedObject.kind.toLowerCase()}/${involvedObject.name}`,
    },
    { header: 'SUBOBJECT', wide: true, cell: ({ involvedObject }) => involvedObject.fieldPath ?? '' },
    { header: 'SOURCE', wide: true, cell: sourceOf },
    { header: 'MESSAGE', cell: ({ message }) => message.trim() },
    { header: 'FIRST SEEN', wide: true, cell: firstSeen },
    { header: 'COUNT', wide: true, cell: ({ series, count }) => `${series?.count ?? count ?? 1}` },
    { header: 'NAME', wide: true, cell: ({ name }) => name },
  ],
})

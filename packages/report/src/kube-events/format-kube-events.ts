import type { ClusterView } from '@wavetank/cluster'
import { ageOf, microAgeOf, UNKNOWN } from '../columns/define-columns.ts'
import { formatTable } from '../table.ts'
import type { KubeEvent } from './kube-event.ts'

/** What `kubectl events` is asked for. */
export interface KubeEventsQuery {
  /** `default`, unless given. */
  readonly namespace?: string | { readonly all: true } | undefined
  /** `--for`. */
  readonly for?: { readonly kind: string; readonly name: string } | undefined
  /** `--types`. */
  readonly types?: readonly KubeEvent['type'][] | undefined
  readonly noHeaders?: boolean | undefined
}

const lastAt = ({ series, lastAt: last, eventAt, createdAt }: KubeEvent): number =>
  series?.lastObservedAt ?? last ?? eventAt ?? createdAt

/** `8s (x7 over 2m4s)`. Source: kubectl/pkg/cmd/events/event_printer.go, getInterval. */
export const eventInterval = (
  event: KubeEvent,
  moment: { readonly view: ClusterView; readonly at: number },
): string => {
  const { series, count = 0, eventAt, firstAt } = event
  const first =
    eventAt !== undefined ? microAgeOf(moment, eventAt) : firstAt !== undefined ? ageOf(moment, firstAt) : UNKNOWN
  if (series !== undefined) return `${microAgeOf(moment, series.lastObservedAt)} (x${series.count} over ${first})`
  return count > 1 && event.lastAt !== undefined ? `${ageOf(moment, event.lastAt)} (x${count} over ${first})` : first
}

/**
 * `kubectl events`: oldest first, as opposed to `kubectl get events`.
 *
 * @param at milliseconds of the run, for ages
 * @returns a table, or one line that there are none
 */
export const formatKubeEvents = (
  events: readonly KubeEvent[],
  view: ClusterView,
  at: number,
  query: KubeEventsQuery = {},
): string => {
  const { namespace = 'default', types } = query
  const all = typeof namespace === 'object'
  const chosen = events.filter(
    (event) =>
      (all || event.namespace === namespace) &&
      (types === undefined || types.includes(event.type)) &&
      (query.for === undefined ||
        (event.involvedObject.kind === query.for.kind && event.involvedObject.name === query.for.name)),
  )
  if (chosen.length === 0) return all ? 'No events found.\n' : `No events found in ${namespace} namespace.\n`
  const moment = { view, at }
  return formatTable(
    {
      headers: [...(all ? ['NAMESPACE'] : []), 'LAST SEEN', 'TYPE', 'REASON', 'OBJECT', 'MESSAGE'],
      rows: [...chosen]
        .sort((a, b) => lastAt(a) - lastAt(b) || a.order - b.order)
        .map((event) => [
          ...(all ? [event.namespace] : []),
          eventInterval(event, moment),
          event.type,
          event.reason,
          `${event.involvedObject.kind}/${event.involvedObject.name}`,
          event.message.trim(),
        ]),
    },
    query.noHeaders,
  )
}

import { namespaceOfEvent } from './core-recorder.ts'
import type { EventName, StoredEvent } from './event-store.ts'
import type { KubeEventDraft } from './kube-event.ts'

/**
 * client-go's recorder of events.k8s.io Events, which kube-scheduler uses. What repeats becomes a series:
 *
 *   first ──▶ written;  second ──▶ written, count 2;  further ones are counted
 *   every 30 min ──▶ counts are written;  silent for 6 min ──▶ count is written, and the series is over
 *
 * It repeats if it is about the same version of the object, whatever its text.
 *
 * Source: client-go/tools/events/event_broadcaster.go (recordToSink, refreshExistingEventSeries, finishSeries).
 */

const REFRESH_PERIOD = 1_800_000
const FINISH_PERIOD = 360_000

interface Series {
  readonly event: StoredEvent
  count: number
  lastObservedAt: number
}

type Write = (event: StoredEvent, at: number) => void

export interface SeriesRecorder {
  readonly record: (draft: KubeEventDraft, eventName: EventName, at: number) => void
  /** Does what was due until then. */
  readonly advance: (at: number) => void
}

export const createSeriesRecorder = (write: Write): SeriesRecorder => {
  const cache = new Map<string, Series>()
  let nextTick = FINISH_PERIOD

  const writeSeries = ({ event, count, lastObservedAt }: Series, at: number): void =>
    write({ ...event, series: { count, lastObservedAt } }, at)

  const tick = (at: number): void => {
    for (const [key, series] of cache) {
      if (at % REFRESH_PERIOD === 0 && series.count > 1) writeSeries(series, at)
      if (series.lastObservedAt >= at - FINISH_PERIOD) continue
      if (series.count > 1) writeSeries(series, at)
      cache.delete(key)
    }
  }

  const advance = (at: number): void => {
    while (nextTick <= at) {
      if (cache.size > 0) tick(nextTick)
      nextTick += FINISH_PERIOD
    }
  }

  return {
    advance,
    record: (draft, eventName, at) => {
      const { type, reason, message, involvedObject, source, objectVersion } = draft
      const { namespace, name, uid, kind } = involvedObject
      const key = `${source.component} ${type} ${reason} ${kind} ${namespace}/${name} ${uid} ${objectVersion ?? 0}`
      const series = cache.get(key)
      if (series !== undefined) {
        series.count++
        series.lastObservedAt = at
        if (series.count === 2) writeSeries(series, at)
        return
      }
      const event: StoredEvent = {
        eventName,
        namespace: namespaceOfEvent(draft),
        createdAt: at,
        order: eventName.ordinal,
        type,
        reason,
        message,
        involvedObject,
        source,
        firstAt: undefined,
        lastAt: undefined,
        count: undefined,
        eventAt: at,
        series: undefined,
      }
      cache.set(key, { event, count: 1, lastObservedAt: at })
      write(event, at)
    },
  }
}

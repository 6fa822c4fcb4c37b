import type { EventName, StoredEvent } from './event-store.ts'
import type { KubeEventDraft } from './kube-event.ts'
import { createLru } from './lru.ts'

/**
 * client-go's recorder of core/v1 Events, which most components use. What it is told passes three stages:
 *
 * 1. Similar ones (same source, object, type and reason): from the 10th message on within 600 s of the one before, they
 *    become one Event, `(combined from similar events): …`.
 * 2. Identical ones: one Event whose count rises.
 * 3. Spam: 25 per source and object, then one every 300 s; the rest is counted and not written.
 *
 * Source: client-go/tools/record/events_cache.go (EventAggregate, eventObserve, Filter). Where its set of similar
 * messages is full it forgets any one of them, here the oldest.
 */

const SIMILAR_MAX = 10
const SIMILAR_INTERVAL = 600_000
const SPAM_BURST = 25
const SPAM_REFILL = 300_000
const COMBINED = '(combined from similar events): '

interface Similar {
  readonly messages: Set<string>
  lastAt: number
}
interface Observed {
  count: number
  readonly firstAt: number
  readonly eventName: EventName
}
interface Bucket {
  tokens: number
  at: number
}

/** The recorder of one component; undefined for an Event that is not written. */
export type CoreRecorder = (draft: KubeEventDraft, eventName: EventName, at: number) => StoredEvent | undefined

/** Events about the cluster are kept in the default namespace. */
export const namespaceOfEvent = ({ involvedObject }: Pick<KubeEventDraft, 'involvedObject'>): string =>
  involvedObject.namespace === '' ? 'default' : involvedObject.namespace

export const createCoreRecorder = (): CoreRecorder => {
  const similar = createLru<Similar>()
  const observed = createLru<Observed>()
  const buckets = createLru<Bucket>()

  const isCombined = (key: string, message: string, at: number): boolean => {
    let record = similar.get(key)
    if (record === undefined || at - record.lastAt > SIMILAR_INTERVAL) {
      record = { messages: new Set(), lastAt: at }
      similar.set(key, record)
    }
    record.messages.add(message)
    record.lastAt = at
    if (record.messages.size < SIMILAR_MAX) return false
    for (const oldest of record.messages) {
      record.messages.delete(oldest)
      break
    }
    return true
  }

  const isSpam = (key: string, at: number): boolean => {
    let bucket = buckets.get(key)
    if (bucket === undefined) {
      bucket = { tokens: SPAM_BURST, at }
      buckets.set(key, bucket)
    }
    bucket.tokens = Math.min(SPAM_BURST, bucket.tokens + Math.max(0, at - bucket.at) / SPAM_REFILL)
    bucket.at = Math.max(bucket.at, at)
    if (bucket.tokens < 1) return true
    bucket.tokens--
    return false
  }

  return (draft, eventName, at) => {
    const { type, reason, message, involvedObject, source } = draft
    const object = `${involvedObject.kind} ${involvedObject.namespace}/${involvedObject.name} ${involvedObject.uid}`
    const kindKey = `${object} ${type} ${reason}`
    const combined = isCombined(kindKey, message, at)
    const key = combined ? kindKey : `${kindKey} ${involvedObject.fieldPath ?? ''} ${message}`
    let record = observed.get(key)
    if (record === undefined) {
      record = { count: 0, firstAt: at, eventName }
      observed.set(key, record)
    }
    record.count++
    if (isSpam(object, at)) return undefined
    return {
      eventName: record.eventName,
      namespace: namespaceOfEvent(draft),
      createdAt: at,
      order: eventName.ordinal,
      type,
      reason,
      message: combined ? `${COMBINED}${message}` : message,
      involvedObject,
      source,
      firstAt: record.firstAt,
      lastAt: at,
      count: record.count,
      eventAt: undefined,
      series: undefined,
    }
  }
}

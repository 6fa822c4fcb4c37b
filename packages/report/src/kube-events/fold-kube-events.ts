import type { ClusterView } from '@wavetank/cluster'
import type { Entry } from '@wavetank/kernel'
import { type CoreRecorder, createCoreRecorder } from './core-recorder.ts'
import { type KubeEventComponent, LATER } from './define-kube-events.ts'
import { createEventStore, type EventName, type StoredEvent } from './event-store.ts'
import type { KubeEvent, KubeEventDraft, KubeEventSource } from './kube-event.ts'
import { kubeEventComponents } from './registry.ts'
import { createSeriesRecorder } from './series-recorder.ts'

/**
 * core/v1 Events are not logged: they are a fold over the log, as `kubectl get events` would have shown them.
 *
 *   entry ──▶ components (registry.ts) ──drafts──▶ recorders ──▶ store, for an hour
 */
export interface KubeEventFold {
  /** To be called with every entry, after the view has it. */
  readonly apply: (entry: Entry, view: ClusterView) => void
  /**
   * The Events that exist, by namespace and name.
   *
   * @param at milliseconds of the run, not before the last entry
   */
  readonly events: (at: number) => readonly KubeEvent[]
}

export interface KubeEventOptions {
  /** kube-apiserver `--event-ttl`, in milliseconds: how long an Event is kept after it was last written. One hour by default. */
  readonly eventTtl?: number
  /** Who records Events; everyone who is known, by default. */
  readonly components?: readonly KubeEventComponent[]
  /** Told of every Event that is written, anew or once more, and when. */
  readonly written?: (event: StoredEvent, at: number) => void
}

const HOUR = 3_600_000

const sourceKey = ({ component, host = '' }: KubeEventSource): string => `${component} ${host}`

/** In the order of the API server's keys. */
const sorted = (events: readonly KubeEvent[]): readonly KubeEvent[] =>
  events
    .map((event) => ({ event, key: `${event.namespace}/${event.name}` }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ event }) => event)

/** Source: client-go/tools/record/event.go, makeEvent. */
const nameOf = ({ object, at, ordinal }: EventName, start: number): string => {
  const nanos = BigInt(start + at) * 1_000_000n + BigInt(ordinal % 1_000_000)
  return `${object}.${nanos.toString(16)}`
}

const NO_LABELS = {}

export const foldKubeEvents = (options: KubeEventOptions = {}): KubeEventFold => {
  const { eventTtl = HOUR, components = kubeEventComponents, written } = options
  const store = createEventStore(eventTtl)
  const put: typeof store.put =
    written === undefined
      ? store.put
      : (event, at) => {
          store.put(event, at)
          written(event, at)
        }
  const series = createSeriesRecorder(put)
  const recorders = new Map<string, CoreRecorder>()
  const says = new Map<string, ((entry: Entry, view: ClusterView) => readonly KubeEventDraft[])[]>()
  const laters: NonNullable<ReturnType<KubeEventComponent['create']>[typeof LATER]>[] = []
  let seen: ClusterView | undefined
  for (const component of components) {
    const told = component.create()
    const later = told[LATER]
    if (later !== undefined) laters.push(later)
    for (const [kind, say] of Object.entries(told)) {
      const others = says.get(kind)
      if (others === undefined) says.set(kind, [say])
      else others.push(say)
    }
  }
  let start = 0
  let told = 0

  const recorderOf = (source: KubeEventSource): CoreRecorder => {
    const key = sourceKey(source)
    let recorder = recorders.get(key)
    if (recorder === undefined) {
      recorder = createCoreRecorder()
      recorders.set(key, recorder)
    }
    return recorder
  }

  const record = (draft: KubeEventDraft, now: number): void => {
    const at = draft.at ?? now
    const eventName: EventName = { object: draft.involvedObject.name, at, ordinal: told++ }
    if (draft.recorder === 'series') {
      series.record(draft, eventName, at)
      return
    }
    const event = recorderOf(draft.source)(draft, eventName, at)
    if (event !== undefined) put(event, at)
  }

  const toKubeEvent = ({ eventName, ...event }: StoredEvent): KubeEvent => ({
    ...event,
    name: nameOf(eventName, start),
    labels: NO_LABELS,
  })

  return {
    apply: (entry, view) => {
      start = view.settings.start
      seen = view
      for (const { restarted } of components) {
        const source = restarted?.(entry)
        if (source !== undefined) recorders.delete(sourceKey(source))
      }
      const all = says.get(entry.event.kind)
      if (all === undefined) return
      series.advance(entry.at)
      for (const say of all) for (const draft of say(entry, view)) record(draft, entry.at)
    },
    events: (at) => {
      if (seen !== undefined) for (const later of laters) for (const draft of later(seen, at)) record(draft, at)
      series.advance(at)
      return sorted(store.list(at).map(toKubeEvent))
    },
  }
}

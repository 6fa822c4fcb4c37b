import { type ClusterController, type ClusterView, createClusterStore, defaultsOf } from '@wavetank/cluster'
import { createDraw, createFolds, type Emission, type Entry, type Model, type SimEvent } from '@wavetank/kernel'
import { expect } from 'vitest'

/** An event at a time of its own; events without one happen when the one before them did. */
export interface TimedEvent {
  readonly at: number
  readonly event: SimEvent
}

/** The event, `millis` after the start of the run. */
export const at = (millis: number, event: SimEvent): TimedEvent => ({ at: millis, event })

const isTimed = (event: SimEvent | TimedEvent): event is TimedEvent => 'event' in event && 'at' in event

export interface GivenOptions {
  readonly seed?: number
  /** Flags that are not at their default. */
  readonly config?: Readonly<Record<string, unknown>>
}

/** What a controller answered, and the cluster it answered in. */
export interface Outcome {
  readonly view: ClusterView
  readonly emissions: readonly Emission[]
  /** What it wants to happen at once; without timers, cancellations and what comes later. */
  readonly events: readonly SimEvent[]
  /** These emissions and no others. */
  readonly then: (...emissions: readonly Emission[]) => void
  /** These events at once and no others; timers are not looked at. */
  readonly thenEvents: (...events: readonly SimEvent[]) => void
  readonly thenQuiet: () => void
  /** The cluster after everything in `events` has happened: throws if they contradict each other. */
  readonly applied: () => ClusterView
}

export interface Given {
  /** The cluster after what was given. */
  readonly view: ClusterView
  /** One more entry happens (by default at the time of the last one), and the controller reacts. */
  readonly when: (event: SimEvent | TimedEvent) => Outcome
}

interface History {
  readonly model: Model<ClusterView>
  readonly own: unknown
  readonly add: (event: SimEvent | TimedEvent, by?: string) => Entry
}

const historyOf = (controller: ClusterController, config: unknown): History => {
  const model = createClusterStore()
  const folds = createFolds(model, [{ controller, config }])
  let seq = 0
  let now = 0
  return {
    model,
    own: folds.slices[controller.name],
    add: (item, by = 'given') => {
      const event = isTimed(item) ? item.event : item
      if (isTimed(item)) now = item.at
      const entry: Entry = { seq, at: now, cause: seq === 0 ? null : seq - 1, by, event }
      seq++
      folds.apply(entry)
      return entry
    },
  }
}

/**
 * A controller in a cluster of which these events are the whole history.
 *
 * ```ts
 * given(replicaSet, [ReplicaSetCreated(web)])
 *   .when(ReplicaSetSyncDue({ object: 'shop/web' }))
 *   .thenEvents(PodCreated(first), PodCreated(second))
 * ```
 */
export const given = (
  controller: ClusterController,
  events: readonly (SimEvent | TimedEvent)[],
  options: GivenOptions = {},
): Given => {
  const { seed = 1 } = options
  const config = { ...defaultsOf(controller.flags), ...options.config }
  const { model, own, add } = historyOf(controller, config)
  for (const event of events) add(event)
  const { view } = model
  return {
    view,
    when: (event) => {
      const entry = add(event)
      const react = controller.on[entry.event.kind]
      const emissions = react === undefined ? [] : react({ view, own, config, draw: createDraw(seed) }, entry)
      const immediate = emissions.flatMap((emission) =>
        emission.op === 'emit' && emission.delay === 0 ? [emission.event] : [],
      )
      return {
        view,
        emissions,
        events: immediate,
        // biome-ignore lint/suspicious/noThenProperty: given / when / then; nobody awaits it.
        then: (...expected) => expect(emissions).toEqual(expected),
        thenEvents: (...expected) => expect(immediate).toEqual(expected),
        thenQuiet: () => expect(emissions).toEqual([]),
        applied: () => {
          for (const wanted of immediate) add(wanted, controller.name)
          return view
        },
      }
    },
  }
}

import type { Draw } from './draw.ts'
import type { Entry, SimEvent } from './event.ts'

/** What a controller wants to happen, as data: the run carries it out. */
export type Emission =
  | { readonly op: 'emit'; readonly delay: number; readonly key: undefined; readonly event: SimEvent }
  | { readonly op: 'timer'; readonly delay: number; readonly key: string; readonly event: SimEvent }
  | { readonly op: 'cancel'; readonly delay: 0; readonly key: string; readonly event: undefined }

/** The event happens now, behind what waits at this instant with the same rank. */
export const emit = (event: SimEvent): Emission => ({ op: 'emit', delay: 0, key: undefined, event })

/** The event happens `delay` milliseconds from now. */
export const after = (delay: number, event: SimEvent): Emission => ({ op: 'emit', delay, key: undefined, event })

/** The event happens in `delay`, unless the same controller's timer of that key is due earlier: that one stays. */
export const timer = (key: string, delay: number, event: SimEvent): Emission => ({ op: 'timer', delay, key, event })

/** The controller's own timer of that key does not happen. Nothing, if there is none. */
export const cancel = (key: string): Emission => ({ op: 'cancel', delay: 0, key, event: undefined })

/** Nothing to do: the quiet answer, without an allocation. */
export const QUIET: readonly Emission[] = []

/** All that a controller can see. No clock (the entry has the time), no other controller, nothing to write to. */
export interface Scene<View, Own, Config> {
  readonly view: View
  /** The controller's own memory, folded from events like everything else. */
  readonly own: Own
  readonly config: Config
  readonly draw: Draw
}

export type Reaction<View, Own, Config> = (
  scene: Scene<View, Own, Config>,
  // biome-ignore lint/suspicious/noExplicitAny: the registry of reactions is keyed by kind; `on` is typed where it is defined.
  entry: Entry<any>,
) => readonly Emission[]

/** Memory over time: what `apply` writes is replayed with the log. `apply` sees the model as it is after the entry. */
export interface OwnState<View, Own, Config> {
  readonly initial: (config: Config) => Own
  readonly apply: Readonly<Record<string, (own: Own, entry: Entry<never>, view: View, config: Config) => void>>
}

/** A pure reducer with a name: from a read-only view and an entry to what should happen. */
export interface Controller<View, Own = unknown, Config = unknown> {
  readonly name: string
  readonly doc: string
  readonly own?: OwnState<View, Own, Config>
  readonly on: Readonly<Record<string, Reaction<View, Own, Config>>>
  /** Kinds of its own wake-ups for which it stands in for somebody else: they go on when it is stopped. */
  readonly standsIn?: readonly string[]
}

/** A controller with its settings. */
export interface BoundController<View> {
  // biome-ignore lint/suspicious/noExplicitAny: a run holds controllers of every memory and configuration.
  readonly controller: Controller<View, any, any>
  readonly config: unknown
}

/** The folds of a run: the model's and every controller's memory, written by entries and by nothing else. */
export interface Folds {
  readonly apply: (entry: Entry) => void
  /** The memory of each controller that has one, by name. */
  readonly slices: Readonly<Record<string, unknown>>
}

/** Where the entries of a run go: tables that only `apply` writes, read through `view`. */
export interface Model<View> {
  readonly view: View
  readonly apply: (entry: Entry) => void
}

type Fold = (entry: Entry) => void

/** @param kept memories to go on with, which become the folds' own */
export const createFolds = <View>(
  model: Model<View>,
  controllers: readonly BoundController<View>[],
  kept: Folds['slices'] = {},
): Folds => {
  const slices: Record<string, unknown> = {}
  const byKind = new Map<string, Fold[]>()
  for (const { controller, config } of controllers) {
    if (controller.own === undefined) continue
    const slice = Object.hasOwn(kept, controller.name) ? kept[controller.name] : controller.own.initial(config)
    slices[controller.name] = slice
    for (const [kind, apply] of Object.entries(controller.own.apply)) {
      const folds = byKind.get(kind) ?? []
      folds.push((entry) => apply(slice, entry as Entry<never>, model.view, config))
      byKind.set(kind, folds)
    }
  }
  return {
    slices,
    apply: (entry) => {
      model.apply(entry)
      const folds = byKind.get(entry.event.kind)
      if (folds !== undefined) for (const fold of folds) fold(entry)
    },
  }
}

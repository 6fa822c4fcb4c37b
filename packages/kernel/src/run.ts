import { type Calendar, createCalendar, type Notice } from './calendar.ts'
import { type BoundController, createFolds, type Emission, type Folds, type Model, type Scene } from './controller.ts'
import type { Draw } from './draw.ts'
import { type AnyEventDefinition, DECIDE, type Entry, type Rank, RELEASE, type SimEvent } from './event.ts'
import { InvariantViolation, invariant } from './invariant.ts'

/** A fact that an observer adds at the end of an instant. */
export interface Observation {
  readonly event: SimEvent
  /** The entry it follows from. */
  readonly cause: number | null
  readonly by: string
}

export interface RunOptions<View> {
  readonly model: Model<View>
  /** In the order in which they react to one entry. */
  readonly controllers: readonly BoundController<View>[]
  /** Every event kind that may occur. */
  readonly catalogue: ReadonlyMap<string, AnyEventDefinition>
  readonly draw: Draw
  /** What the scenario brings, in order. */
  readonly initial: readonly { readonly at: number; readonly by: string; readonly event: SimEvent }[]
  /** Where the run ends; nothing later happens. Without it the run ends when nothing is left to happen. */
  readonly horizon?: number
  readonly limits?: Partial<Limits>
  /** Called with every entry before it is applied, so a broken invariant leaves its culprit last. */
  readonly append: (entry: Entry) => void
  /** Called when an instant is over, before time goes on, if anything happened in it. */
  readonly observe?: (at: number, last: number) => readonly Observation[]
}

export interface Limits {
  /** Entries after which a run is taken for endless. */
  readonly entries: number
  /** Causes in a row within one instant after which they are taken for a loop. */
  readonly causesInOneInstant: number
}
export const DEFAULT_LIMITS: Limits = { entries: 100_000_000, causesInOneInstant: 10_000 }

/** Why a run ended. */
export type RunEnd =
  | { readonly reason: 'horizon' | 'quiet' | 'stopped'; readonly at: number; readonly entries: number }
  | {
      readonly reason: 'budget' | 'loop'
      readonly at: number
      readonly entries: number
      /** The events that go round, most frequent first. */
      readonly kinds: readonly string[]
    }

/**
 * A run: the one loop in which time advances.
 *
 *   calendar ──next()──▶ clock ──▶ log (append) ──▶ folds (apply: the only writers)
 *       ▲                                             │
 *       └── emissions, cause = seq ◀── controllers ◀──┘   view is read-only
 *
 * 1. An entry is appended before it is applied, and applied before anyone reacts to it.
 * 2. Controllers react in registry order; their emissions get the entry as cause.
 * 3. The facts of one reaction happen in the order in which it gave them: none leaves before one that was named earlier,
 *    whatever its rank.
 * 4. Nothing but the folds writes, so that the log alone rebuilds the state (see replay.ts).
 */
export interface Run<View> {
  readonly view: View
  readonly slices: Folds['slices']
  readonly now: () => number
  readonly entries: () => number
  /** Notices waiting in the calendar. */
  readonly pending: Calendar['pending']
  /** Lets at most `count` entries happen. The end of the run, once it has ended. */
  readonly advance: (count: number) => RunEnd | undefined
  /** Ends the run where it is. */
  readonly stop: () => RunEnd
}

interface Route {
  readonly definition: AnyEventDefinition
  readonly reactions: readonly {
    readonly by: string
    // biome-ignore lint/suspicious/noExplicitAny: controllers of every memory and configuration stand here.
    readonly react: (scene: any, entry: any) => readonly Emission[]
    readonly scene: unknown
  }[]
}

const RECENT = 256

export const createRun = <View>(options: RunOptions<View>): Run<View> => {
  const { model, controllers, catalogue, draw, append, observe } = options
  const horizon = options.horizon ?? Number.POSITIVE_INFINITY
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const folds = createFolds(model, controllers)
  const calendar = createCalendar()

  const routes = new Map<string, Route>()
  for (const [kind, definition] of catalogue) {
    const reactions = controllers.flatMap(({ controller, config }) => {
      const react = controller.on[kind]
      if (react === undefined) return []
      const scene: Scene<View, unknown, unknown> = {
        view: model.view,
        own: folds.slices[controller.name],
        config,
        draw,
      }
      return [{ by: controller.name, react, scene }]
    })
    routes.set(kind, { definition, reactions })
  }
  for (const { controller } of controllers) {
    for (const kind of Object.keys(controller.on)) {
      invariant(
        routes.has(kind),
        `${controller.name} reacts to ${kind}, which no event definition in the catalogue has`,
      )
    }
  }

  let clock = 0
  let seq = 0
  let ended: RunEnd | undefined
  let unobserved = false
  const recent: string[] = []

  const routeOf = (event: SimEvent): Route => {
    const route = routes.get(event.kind)
    if (route === undefined) throw new InvariantViolation(`${event.kind} is not in the catalogue of events`)
    return route
  }

  // Hot path: once per entry. For loops and no allocation but the entry itself.
  const happen = (at: number, cause: number | null, by: string, event: SimEvent, depth: number): void => {
    const route = routeOf(event)
    const entry: Entry = { seq, at, cause, by, event }
    recent[seq % RECENT] = event.kind
    append(entry)
    seq++
    folds.apply(entry)
    const { reactions } = route
    for (let i = 0; i < reactions.length; i++) {
      const reaction = reactions[i]!
      const emissions = reaction.react(reaction.scene, entry)
      let floor: Rank = RELEASE
      for (let j = 0; j < emissions.length; j++) {
        const emission = emissions[j]!
        if (emission.op === 'cancel') {
          calendar.cancel(reaction.by, emission.key)
          continue
        }
        const due = at + emission.delay
        let { rank } = routeOf(emission.event).definition
        if (due === at && emission.op === 'emit') {
          if (rank < floor) rank = floor
          else if (rank !== DECIDE) floor = rank
        }
        calendar.add(due, rank, entry.seq, reaction.by, emission.event, due === at ? depth + 1 : 0, emission.key)
      }
    }
  }

  const recentKinds = (): readonly string[] => {
    const counts = new Map<string, number>()
    for (const kind of recent) counts.set(kind, (counts.get(kind) ?? 0) + 1)
    return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([kind]) => kind)
  }

  const endOfInstant = (): void => {
    unobserved = false
    if (observe === undefined) return
    for (const { event, cause, by } of observe(clock, seq - 1)) happen(clock, cause, by, event, 0)
    unobserved = false
  }

  const finish = (reason: 'horizon' | 'quiet' | 'stopped', at: number): RunEnd => {
    if (unobserved) endOfInstant()
    clock = at
    endOfInstant()
    ended = { reason, at, entries: seq }
    return ended
  }

  const advance: Run<View>['advance'] = (count) => {
    if (ended !== undefined) return ended
    for (let i = 0; i < count; i++) {
      const due = calendar.nextAt()
      if (unobserved && due !== clock) {
        endOfInstant()
        i--
        continue
      }
      if (due === undefined && horizon === Number.POSITIVE_INFINITY) return finish('quiet', clock)
      if (due === undefined || due > horizon) return finish('horizon', horizon)
      if (seq >= limits.entries) {
        ended = { reason: 'budget', at: clock, entries: seq, kinds: recentKinds() }
        return ended
      }
      const notice = calendar.next() as Notice
      if (notice.depth > limits.causesInOneInstant) {
        ended = { reason: 'loop', at: clock, entries: seq, kinds: recentKinds() }
        return ended
      }
      clock = notice.at
      unobserved = true
      happen(notice.at, notice.cause, notice.by, notice.event, notice.depth)
    }
    return undefined
  }

  for (const { at, by, event } of options.initial) {
    calendar.add(at, routeOf(event).definition.rank, null, by, event, 0)
  }

  return {
    view: model.view,
    slices: folds.slices,
    now: () => clock,
    entries: () => seq,
    pending: calendar.pending,
    advance,
    stop: () => ended ?? finish('stopped', clock),
  }
}

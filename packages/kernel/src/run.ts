import { type Calendar, createCalendar, type Notice } from './calendar.ts'
import { type BoundController, createFolds, type Emission, type Folds, type Model, type Scene } from './controller.ts'
import { copyOf } from './copy.ts'
import type { Draw } from './draw.ts'
import { type AnyEventDefinition, DECIDE, type Entry, type Rank, RELEASE, type SimEvent } from './event.ts'
import { InvariantViolation, invariant } from './invariant.ts'
import { type ProcessTurn, turnOf } from './process.ts'

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
  /** What the scenario brings, in order; of a run that goes on from a snapshot, what is later than that is to come. */
  readonly initial: readonly { readonly at: number; readonly by: string; readonly event: SimEvent }[]
  /** Where the run ends; nothing later happens. Without it the run ends when nothing is left to happen. */
  readonly horizon?: number
  readonly limits?: Partial<Limits>
  /** Called with every entry before it is applied, so a broken invariant leaves its culprit last. */
  readonly append: (entry: Entry) => void
  /** Called when an instant is over, before time goes on, if anything happened in it. */
  readonly observe?: (at: number, last: number) => readonly Observation[]
  /** Where to go on from instead of from nothing: becomes the run's own, so a copy if it is needed again. */
  readonly from?: RunSnapshot<View>
}

/** A notice that came up in a pause. */
type HeldNotice = Pick<Notice, 'rank' | 'cause' | 'by' | 'event' | 'key'>

/** A notice that waits, as a snapshot has it. */
type WaitingNotice = Pick<Notice, 'at' | 'rank' | 'by' | 'event' | 'key'> & { readonly cause: number }

/**
 * All of a run that goes on between two instants, as plain data. `initial` is not in it: whoever goes on says what is
 * still to come, and that is how two runs part.
 */
export interface RunSnapshot<View> {
  /** The instant that is over. */
  readonly at: number
  /** Entries so far. */
  readonly entries: number
  /** What the model has; whoever goes on makes the model of it. */
  readonly view: View
  readonly slices: Folds['slices']
  /** What entries led to and has not happened yet, in the order in which it was added. */
  readonly notices: readonly WaitingNotice[]
  /** The kinds of the last entries, by their number modulo the length of the list. */
  readonly recent: readonly string[]
  /** Names of controllers that are stopped, or do not get on, and what came up for those meanwhile. */
  readonly stopped: readonly string[]
  readonly paused: readonly string[]
  readonly pausedAt: number
  readonly held: readonly HeldNotice[]
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
 * 5. Who is stopped is passed over, and what a stopped controller had before it never happens (see process.ts).
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
  /** Lets everything happen that is due before `at`, and no more. The end of the run, if it ends before. */
  readonly advanceTo: (at: number) => RunEnd | undefined
  /** Ends the run where it is. */
  readonly stop: () => RunEnd
  /**
   * The run as it is once the instant under way is over. A copy: what happens from then on does not show in it.
   *
   * @param shared what is never written again, and needs no copy
   */
  readonly snapshot: (shared?: Iterable<object>) => RunSnapshot<View>
}

interface RoutedReaction {
  readonly by: string
  // biome-ignore lint/suspicious/noExplicitAny: controllers of every memory and configuration stand here.
  readonly react: (scene: any, entry: any) => readonly Emission[]
  readonly scene: unknown
}

interface Route {
  readonly definition: AnyEventDefinition
  readonly all: readonly RoutedReaction[]
  /** Those of controllers that are not stopped. */
  reactions: readonly RoutedReaction[]
  readonly turn: ProcessTurn | undefined
}

const RECENT = 256

export const createRun = <View>(options: RunOptions<View>): Run<View> => {
  const { model, controllers, catalogue, draw, append, observe, from } = options
  const horizon = options.horizon ?? Number.POSITIVE_INFINITY
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const folds = createFolds(model, controllers, from?.slices)
  const calendar = createCalendar(from?.at)

  const routes = new Map<string, Route>()
  for (const [kind, definition] of catalogue) {
    const all = controllers.flatMap(({ controller, config }) => {
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
    routes.set(kind, { definition, all, reactions: all, turn: turnOf(kind) })
  }
  const stopped = new Set(from?.stopped)
  const paused = new Set(from?.paused)
  /** When the last pause began. */
  let pausedAt = from?.pausedAt ?? -1
  let held: HeldNotice[] = [...(from?.held ?? [])]
  const standIns = new Map(controllers.map(({ controller }) => [controller.name, new Set(controller.standsIn ?? [])]))
  for (const { controller } of controllers) {
    for (const kind of Object.keys(controller.on)) {
      invariant(
        routes.has(kind),
        `${controller.name} reacts to ${kind}, which no event definition in the catalogue has`,
      )
    }
  }

  let clock = from?.at ?? 0
  let seq = from?.entries ?? 0
  let ended: RunEnd | undefined
  let unobserved = false
  const recent: string[] = [...(from?.recent ?? [])]

  const routeOf = (event: SimEvent): Route => {
    const route = routes.get(event.kind)
    if (route === undefined) throw new InvariantViolation(`${event.kind} is not in the catalogue of events`)
    return route
  }

  const routeAnew = (): void => {
    for (const [kind, route] of routes) {
      route.reactions =
        stopped.size === 0
          ? route.all
          : route.all.filter(({ by }) => !stopped.has(by) || standIns.get(by)?.has(kind) === true)
    }
  }

  /** What a reaction of this instant has done already is no intention any more. */
  const isIntention = ({ at, rank }: Pick<Notice, 'at' | 'rank'>): boolean => at > clock || rank === DECIDE

  const turn = (to: ProcessTurn, names: readonly string[]): void => {
    for (const name of names) {
      if (to === 'pause') {
        paused.add(name)
        pausedAt = clock
        continue
      }
      paused.delete(name)
      if (to === 'stop') {
        stopped.add(name)
        const standIn = standIns.get(name)
        calendar.drop(name, (notice) => isIntention(notice) && standIn?.has(notice.event.kind) !== true)
      } else if (to === 'start') stopped.delete(name)
    }
    if (to === 'stop' || to === 'start') routeAnew()
    if (to === 'pause' || held.length === 0) return
    const waiting = held
    held = []
    for (const one of waiting) {
      if (paused.has(one.by)) held.push(one)
      else if (!stopped.has(one.by) || standIns.get(one.by)?.has(one.event.kind) === true)
        calendar.add(clock, one.rank, one.cause, one.by, one.event, 0, one.key)
    }
  }

  const cancel = (by: string, key: string): void => {
    calendar.cancel(by, key)
    if (held.length > 0) held = held.filter((one) => one.by !== by || one.key !== key)
  }

  // Hot path: once per entry. For loops and no allocation but the entry itself.
  const happen = (at: number, cause: number | null, by: string, event: SimEvent, depth: number): void => {
    const route = routeOf(event)
    const entry: Entry = { seq, at, cause, by, event }
    recent[seq % RECENT] = event.kind
    append(entry)
    seq++
    folds.apply(entry)
    if (route.turn !== undefined) turn(route.turn, (event as SimEvent & { controllers: readonly string[] }).controllers)
    const { reactions } = route
    for (let i = 0; i < reactions.length; i++) {
      const reaction = reactions[i]!
      const emissions = reaction.react(reaction.scene, entry)
      let floor: Rank = RELEASE
      for (let j = 0; j < emissions.length; j++) {
        const emission = emissions[j]!
        if (emission.op === 'cancel') {
          cancel(reaction.by, emission.key)
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

  /** At most `count` entries, all of them before `before`. */
  const proceed = (count: number, before: number): RunEnd | undefined => {
    if (ended !== undefined) return ended
    const isBounded = before < Number.POSITIVE_INFINITY && before <= horizon + 1
    for (let i = 0; i < count; i++) {
      const due = calendar.nextAt()
      if (unobserved && due !== clock) {
        endOfInstant()
        i--
        continue
      }
      if (isBounded && (due === undefined || due >= before)) return undefined
      if (due === undefined && horizon === Number.POSITIVE_INFINITY) return finish('quiet', clock)
      if (due === undefined || due > horizon) return finish('horizon', horizon)
      if (seq >= limits.entries) {
        ended = { reason: 'budget', at: clock, entries: seq, kinds: recentKinds() }
        return ended
      }
      const notice = calendar.next() as Notice
      if (paused.size > 0 && paused.has(notice.by) && (notice.at > pausedAt || notice.rank === DECIDE)) {
        const { rank, cause, by, event, key } = notice
        held.push({ rank, cause, by, event, key })
        i--
        continue
      }
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

  const snapshot: Run<View>['snapshot'] = (shared = []) => {
    const end = proceed(Number.POSITIVE_INFINITY, clock + 1)
    invariant(end === undefined, () => `the run ended at ${end?.at}ms: there is nothing to go on from`)
    const notices = calendar
      .pending()
      .flatMap(({ ticket, cause, at, rank, by, event, key }) =>
        cause === null ? [] : [{ ticket, notice: { at, rank, cause, by, event, key } }],
      )
      .sort((a, b) => a.ticket - b.ticket)
      .map(({ notice }) => notice)
    const processes = { stopped: [...stopped], paused: [...paused], pausedAt, held }
    const all = { at: clock, entries: seq, view: model.view, slices: folds.slices, notices, recent, ...processes }
    return copyOf(all, shared)
  }

  if (stopped.size > 0) routeAnew()
  // What a scenario brings was added before everything else, and goes first at its instant.
  for (const { at, by, event } of options.initial) {
    if (from === undefined || at > from.at) calendar.add(at, routeOf(event).definition.rank, null, by, event, 0)
  }
  for (const { at, rank, cause, by, event, key } of from?.notices ?? []) {
    calendar.add(at, rank, cause, by, event, 0, key)
  }

  return {
    view: model.view,
    slices: folds.slices,
    now: () => clock,
    entries: () => seq,
    pending: calendar.pending,
    advance: (count) => proceed(count, Number.POSITIVE_INFINITY),
    advanceTo: (at) => proceed(Number.POSITIVE_INFINITY, at),
    snapshot,
    stop: () => ended ?? finish('stopped', clock),
  }
}

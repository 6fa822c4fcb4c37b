import {
  type AnyEventDefinition,
  type Controller,
  ControllersStarted,
  type Entry,
  type EventOf,
  type OwnState,
  QUIET,
  type Reaction,
} from '@wavetank/kernel'
import type { ClusterView } from './tables.ts'

/** One band of `shutdownGracePeriodByPodPriority`. */
export interface ShutdownPeriod {
  /** Pods of at least this priority, up to the next band. */
  readonly priority: number
  readonly shutdownGracePeriodSeconds: number
}

/** What flags of each type hold; durations in milliseconds, quantities as they are written. */
interface FlagTypes {
  readonly duration: number
  readonly integer: number
  readonly number: number
  readonly boolean: boolean
  readonly quantity: string
  /** By resource. */
  readonly quantities: Readonly<Record<string, string>>
  /** By eviction signal: a quantity, or a percentage of what the node has. */
  readonly thresholds: Readonly<Record<string, string>>
  /** By eviction signal. */
  readonly durations: Readonly<Record<string, number>>
  readonly shutdownPeriods: readonly ShutdownPeriod[]
}

type FlagOf<T extends keyof FlagTypes> = { readonly type: T; readonly default: FlagTypes[T]; readonly doc: string }

/** A setting of a Kubernetes component, by Kubernetes' own name. */
export type Flag =
  | (FlagOf<'duration'> & { readonly min?: number })
  | (FlagOf<'integer'> & { readonly min?: number })
  | (FlagOf<'number'> & { readonly min?: number })
  | FlagOf<'boolean'>
  | FlagOf<'quantity'>
  | (FlagOf<'quantities'> & { /** Resources that it may name. */ readonly keys: readonly string[] })
  | (FlagOf<'thresholds'> & { /** Signals that it may name. */ readonly keys: readonly string[] })
  | (FlagOf<'durations'> & { /** Signals that it may name. */ readonly keys: readonly string[] })
  | FlagOf<'shutdownPeriods'>

export type FlagValue = FlagTypes[keyof FlagTypes]

export type Flags = Readonly<Record<string, Flag>>

/** The values of flags: durations in milliseconds. */
export type FlagValues<F extends Flags> = {
  readonly [K in keyof F]: FlagTypes[F[K]['type']]
}

export const defaultsOf = <F extends Flags>(flags: F): FlagValues<F> =>
  Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, flag.default])) as FlagValues<F>

/** The Kubernetes component whose flags a controller has. */
export type Component =
  | 'kube-controller-manager'
  | 'kube-scheduler'
  | 'kubelet'
  | 'kube-apiserver'
  | 'metrics-server'
  | 'wavetank'

/** A controller of the cluster: by this value its events join the log, its flags the scenario file, and the laws run over it. */
export interface ClusterController extends Controller<ClusterView> {
  readonly component: Component
  readonly flags: Flags
  /** The events it defines itself: wake-ups, and facts that only it writes. */
  readonly events: readonly AnyEventDefinition[]
}

/** What a controller does when its process has started. */
interface Restart<Own, F extends Flags> {
  /** Lists everything anew: what of it would wake the controller does. */
  readonly relist: Reaction<ClusterView, Own, FlagValues<F>>
  /** What it knows of the cluster once it has listed it; everything else is as at the start of a run. */
  readonly remember?: (own: Own, view: ClusterView, at: number, config: FlagValues<F>) => void
}

interface Definition<Own, F extends Flags> {
  readonly name: string
  readonly doc: string
  readonly component: Component
  readonly flags: F
  readonly events: readonly AnyEventDefinition[]
  readonly own?: OwnState<ClusterView, Own, FlagValues<F>>
  readonly on: Readonly<Record<string, Reaction<ClusterView, Own, FlagValues<F>>>>
  /** For those that have a process of Kubernetes, which may end. */
  readonly restart?: Restart<Own, F>
  readonly standsIn?: readonly string[]
}

type Started = Entry<EventOf<typeof ControllersStarted>>

/** Memory that starts over is written in place: the run has handed it out. */
const startingOver = <Own, F extends Flags>(
  name: string,
  own: OwnState<ClusterView, Own, FlagValues<F>>,
  remember: Restart<Own, F>['remember'],
): OwnState<ClusterView, Own, FlagValues<F>> => ({
  ...own,
  apply: {
    ...own.apply,
    [ControllersStarted.kind]: (memory, entry: Entry<never>, view, config) => {
      const { event, at } = entry as unknown as Started
      if (!event.controllers.includes(name)) return
      Object.assign(memory as object, own.initial(config))
      remember?.(memory, view, at, config)
    },
  },
})

export const defineController = <Own, F extends Flags>(definition: Definition<Own, F>): ClusterController => {
  const { restart, ...controller } = definition
  if (restart === undefined) return controller as unknown as ClusterController
  const { name, own, on } = controller
  return {
    ...controller,
    ...(own === undefined ? {} : { own: startingOver(name, own, restart.remember) }),
    on: {
      ...on,
      [ControllersStarted.kind]: (scene: Parameters<typeof restart.relist>[0], entry: Started) =>
        entry.event.controllers.includes(name) ? restart.relist(scene, entry) : QUIET,
    },
  } as unknown as ClusterController
}

import type { AnyEventDefinition, Controller, OwnState, Reaction } from '@wavetank/kernel'
import type { ClusterView } from './tables.ts'

/** A setting of a Kubernetes component, by Kubernetes' own name. */
export type Flag =
  | { readonly type: 'duration' /** Milliseconds. */; readonly default: number; readonly doc: string }
  | { readonly type: 'integer'; readonly default: number; readonly min?: number; readonly doc: string }
  | { readonly type: 'number'; readonly default: number; readonly min?: number; readonly doc: string }
  | { readonly type: 'boolean'; readonly default: boolean; readonly doc: string }

export type Flags = Readonly<Record<string, Flag>>

/** The values of flags: durations in milliseconds. */
export type FlagValues<F extends Flags> = {
  readonly [K in keyof F]: F[K]['default'] extends boolean ? boolean : number
}

export const defaultsOf = <F extends Flags>(flags: F): FlagValues<F> =>
  Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, flag.default])) as FlagValues<F>

/** The Kubernetes component whose flags a controller has. */
export type Component = 'kube-controller-manager' | 'kube-scheduler' | 'kubelet' | 'kube-apiserver' | 'wavetank'

/** A controller of the cluster: by this value its events join the log, its flags the scenario file, and the laws run over it. */
export interface ClusterController extends Controller<ClusterView> {
  readonly component: Component
  readonly flags: Flags
  /** The events it defines itself: wake-ups, and facts that only it writes. */
  readonly events: readonly AnyEventDefinition[]
}

export const defineController = <Own, F extends Flags>(controller: {
  readonly name: string
  readonly doc: string
  readonly component: Component
  readonly flags: F
  readonly events: readonly AnyEventDefinition[]
  readonly own?: OwnState<ClusterView, Own, FlagValues<F>>
  readonly on: Readonly<Record<string, Reaction<ClusterView, Own, FlagValues<F>>>>
}): ClusterController => controller as unknown as ClusterController

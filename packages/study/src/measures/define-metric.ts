import type { ClusterView } from '@wavetank/cluster'
import type { AnyEventDefinition, Entry, EventOf } from '@wavetank/kernel'
import type { Scenario } from '@wavetank/scenario'
import type { ObjectCodec, ProblemAt } from '@wavetank/scenario/codec'
import type { Verdict } from 'wavetank'
import type { Measure } from './measure.ts'
import type { Price } from './price.ts'

/** Folds by kind of event; each sees the cluster as it is after the entry. */
export type Listener = ReadonlyMap<string, (entry: Entry<never>, view: ClusterView) => void>

/** One fold for several kinds of event, or one for each. */
export const listen = <F extends Readonly<Record<string, AnyEventDefinition>>>(
  facts: F,
  apply: { readonly [K in keyof F]: (entry: Entry<EventOf<F[K]>>, view: ClusterView) => void },
): Listener => new Map(Object.keys(facts).map((key) => [facts[key]!.kind, apply[key as keyof F] as never]))

/** What a run is when it is over. */
export interface RunEnd {
  readonly view: ClusterView
  readonly at: number
  readonly entries: number
  readonly verdicts: readonly Verdict[]
}

/** A metric of one run under way. */
export interface MeasureFold {
  /** A listener that several have in common hears every entry once. */
  readonly listens: readonly Listener[]
  /** The warm-up is over: what is known stays, what was counted does not. */
  readonly begin: (at: number) => void
  /** `null`: the run has no answer. */
  readonly result: (end: RunEnd) => number | null
}

/** What the metrics of one run have in common. */
export interface RunScene {
  readonly prices: readonly Price[]
  /** What is made once for a run, whoever asks: folds that several metrics need. */
  readonly share: <T>(create: () => T) => T
}

/**
 * A number that runs are compared by, named in a study file.
 *
 * To add one: a file under `metrics/` and a line in `registry.ts`; reference, JSON Schema and checks follow from that.
 */
export interface MetricDefinition<Of = unknown> {
  readonly name: string
  readonly doc: string
  readonly unit: Measure['unit'] | ((of: Of) => Measure['unit'])
  /** What it takes besides its name. */
  readonly of: ObjectCodec<Of>
  /** What of it the scenario does not have. */
  readonly check?: (of: Of, scenario: Scenario, prices: readonly Price[]) => readonly ProblemAt[]
  readonly fold: (of: Of, scene: RunScene) => MeasureFold
}

/** What a response of the metric is in. */
export const unitOf = ({ unit }: MetricDefinition, of: unknown): Measure['unit'] =>
  typeof unit === 'function' ? unit(of) : unit

export const defineMetric = <Of>(definition: MetricDefinition<Of>): MetricDefinition =>
  definition as MetricDefinition as unknown as MetricDefinition

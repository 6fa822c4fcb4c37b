import type { AnyEventDefinition, EventOf, SimEvent } from '@wavetank/kernel'

/** An event that a controller defines, known here by its name and fields: this package does not see the controllers. */
export interface ForeignFact<E extends SimEvent> {
  readonly kind: string
  readonly event?: E
}
export const foreignFact = <E extends SimEvent>(kind: E['kind']): ForeignFact<E> => ({ kind })

/** The events that a fold looks at, by kind. */
export type Facts = Readonly<Record<string, AnyEventDefinition | ForeignFact<SimEvent>>>

export type FactOf<D> = (D extends AnyEventDefinition ? EventOf<D> : D extends ForeignFact<infer E> ? E : never) &
  SimEvent

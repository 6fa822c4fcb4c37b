import { STOPPABLE } from '@wavetank/cluster'
import { type Codec, defaulted, number, object, oneOf, optional, required } from '../codec.ts'
import { type Duration, PositiveDuration } from '../duration.ts'

type Span = typeof Duration._A

const controller = required(
  oneOf(...STOPPABLE),
  'A process of the control plane, `kube-scheduler` or `kube-controller-manager`, or one controller by the name that `--controllers` takes.',
)
const span = optional(PositiveDuration, 'How long it lasts; without it, until the timeline ends it.')

/** A controller, or the process of many. */
export interface ControllerTarget {
  readonly controller: string
}
export const ControllerTarget: Codec<ControllerTarget> = object('ControllerTarget', {
  controller,
}) as Codec<ControllerTarget>

export interface ControllerTargetFor extends ControllerTarget {
  /** Milliseconds. */
  readonly for?: Span
}
export const ControllerTargetFor: Codec<ControllerTargetFor> = object('ControllerTargetFor', {
  controller,
  for: span,
}) as Codec<ControllerTargetFor>

/** The API server, of which there is one. */
export const ApiServer: Codec<object> = object('ApiServer', {}) as Codec<object>

export interface ApiServerFor {
  /** Milliseconds. */
  readonly for?: Span
}
export const ApiServerFor: Codec<ApiServerFor> = object('ApiServerFor', { for: span }) as Codec<ApiServerFor>

export interface ApiServerSlowness extends ApiServerFor {
  readonly by: number
}
const by = defaulted(number({ min: 1 }), 10, 'How many times longer its calls, and its watches, take.')

/** The same where something else says for how long. */
export const SlowApiServer: Codec<{ readonly by: number }> = object('SlowApiServer', { by }) as Codec<{
  readonly by: number
}>

export const ApiServerSlowness: Codec<ApiServerSlowness> = object('ApiServerSlowness', {
  by,
  for: span,
}) as Codec<ApiServerSlowness>

/** There is nothing that it could be aimed at and that does not exist. */
export const isThere = (): readonly [] => []

export { type Calendar, createCalendar, type Notice } from './calendar.ts'
export {
  after,
  type BoundController,
  type Controller,
  cancel,
  createFolds,
  type Emission,
  emit,
  type Folds,
  type Model,
  type OwnState,
  QUIET,
  type Reaction,
  type Scene,
  timer,
} from './controller.ts'
export {
  constant,
  type Distribution,
  empirical,
  exponential,
  lognormal,
  type Sampler,
  samplerOf,
  uniform,
  weibull,
} from './distributions.ts'
export { createDraw, type Draw, fingerprint, uuidOf } from './draw.ts'
export { exp, ln, normalQuantile, power } from './elementary.ts'
export {
  type AnyEventDefinition,
  type DataOf,
  DECIDE,
  defineEvent,
  type Entry,
  type EventDefinition,
  type EventOf,
  type Fields,
  IdType,
  id,
  NORMAL,
  optional,
  type Rank,
  RELEASE,
  type SimEvent,
} from './event.ts'
export { InvariantViolation, invariant } from './invariant.ts'
export { replay } from './replay.ts'
export {
  createRun,
  DEFAULT_LIMITS,
  type Limits,
  type Observation,
  type Run,
  type RunEnd,
  type RunOptions,
} from './run.ts'
export { days, formatMillis, hours, later, Millis, millis, minutes, seconds } from './time.ts'

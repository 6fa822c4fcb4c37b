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
export { copyOf } from './copy.ts'
export {
  constant,
  type Distribution,
  empirical,
  exponential,
  lognormal,
  type Sampler,
  samplerOf,
  scaled,
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
export {
  type Checkpoint,
  type CheckpointWriter,
  checkpointsPath,
  createCheckpointWriter,
  findCheckpoint,
  type LogPlace,
} from './log/checkpoints.ts'
export { type FooterData, LOG_FORMAT, LOG_MAGIC, type LogCatalogue, type LoggedKind } from './log/format.ts'
export { LOG_ISSUES, type LogIssue, type LogIssueCode } from './log/issue.ts'
export {
  issueOfEnd,
  type LogEnd,
  type LogReaderOptions,
  type LogReading,
  readLog,
} from './log/reader.ts'
export { findLaterThan, type LogFile, openLogFile } from './log/seek.ts'
export { createFileSink, createMemorySink, createNullSink, type LogSink, type MemorySink } from './log/sink.ts'
export { createFileSource, createMemorySource, type LogSource } from './log/source.ts'
export {
  createLogWriter,
  isLogWriteError,
  type LogWriteError,
  type LogWriter,
  type LogWriterOptions,
} from './log/writer.ts'
export {
  ControllersPaused,
  ControllersResumed,
  ControllersStarted,
  ControllersStopped,
  processEvents,
} from './process.ts'
export { replay } from './replay.ts'
export {
  createRun,
  DEFAULT_LIMITS,
  type Limits,
  type Observation,
  type Run,
  type RunEnd,
  type RunOptions,
  type RunSnapshot,
} from './run.ts'
export { days, durationMicros, formatMillis, hours, later, Millis, millis, minutes, seconds } from './time.ts'

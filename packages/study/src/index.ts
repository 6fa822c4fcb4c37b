export type { DesignPoint, Level, Outcome, Replication } from './design-point.ts'
export { type Engine, type EngineFailure, isEngineFailure } from './engine/engine.ts'
export type { Measure } from './measures/measure.ts'

export { type NodeExplanation, type PodExplanation, type PodWait, simulatorAnnotations } from '@wavetank/controllers'
export { catalogue } from './bind-controllers.ts'
export { EXPLAINED_KINDS, type Standing } from './causes/standing.ts'
export type { Subject } from './causes/subject.ts'
export type { Cause } from './causes/telling.ts'
export { type AskedObject, explainObject, type NotOne, type Why, whyObject } from './causes/why.ts'
export { type NoExpectation, type WhyExpectation, whyExpectation } from './causes/why-expectation.ts'
export { type CheckpointOptions, type Checkpoints, createCheckpoints } from './checkpoints.ts'
export { type DiffedLogs, type Differing, diffLogs, type LogDiff, type NumberUnit } from './diff/diff-logs.ts'
export type { PodEnd } from './diff/side.ts'
export { expectationEvents } from './expectations/events.ts'
export { createExpectations, type Expectations, expectationNotices } from './expectations/expectations.ts'
export { checkExpression, compileExpression, type Expression } from './expectations/expression.ts'
export { FUNCTIONS, type FunctionDefinition } from './expectations/functions.ts'
export { compileNumber, type NumberExpression } from './expectations/number.ts'
export {
  type LoggedExpectation,
  type Verdict,
  type VerdictsFold,
  verdictOf,
  verdictsFold,
  verdictsFromLog,
} from './expectations/verdicts.ts'
export { explainPodAt, type PodExplained, type PodReport } from './explain-pod.ts'
export { flagCatalog } from './flags.ts'
export {
  type ForkDiverged,
  type ForkPlan,
  type ForkRefusal,
  isForkDiverged,
  type Original,
  planFork,
  readOriginal,
  simulateFork,
} from './fork.ts'
export {
  openLog,
  openLogFile,
  type Reading,
  type StateAt,
  stateAt,
  type Until,
  type ViewAt,
  viewAt,
  type Watcher,
  watchView,
} from './log.ts'
export { KUBERNETES_VERSION, LogFooter, LogHeader, MODEL_VERSION } from './log-header.ts'
export { agreesUntil, planOf, planWith, type RunPlan } from './plan.ts'
export { scenarioOptions } from './scenario-options.ts'
export { type Log, simulate } from './simulate.ts'
export {
  createSimulation,
  type Simulation,
  type SimulationOptions,
  type SimulationResult,
  simulatePlan,
} from './simulation.ts'
export { isTimeZone } from './time-zone.ts'
export {
  createTrial,
  type Snapshot,
  type Trial,
  type TrialOptions,
  type TrialResult,
  tryFrom,
  tryPlan,
} from './trial.ts'
export { warningOf } from './warnings.ts'

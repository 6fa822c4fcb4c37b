export {
  Behavior,
  behaviorName,
  type OnSigterm,
  type OwnerMatch,
  type ProbeAnswers,
  type ProbeStep,
} from './behavior.ts'
export type { DisruptionDefinition, DisruptionScene } from './disruptions/define-disruption.ts'
export { type Disruption, disruptions } from './disruptions/registry.ts'
export { constantly, type Distribution, isAlwaysZero } from './distribution.ts'
export { Duration, formatDuration, PositiveDuration, parseDuration } from './duration.ts'
export { Expectation } from './expectation.ts'
export type { FlagCatalog, FlagDeclaration, FlagValues } from './flags.ts'
export { explainCode, type IssueCodeDoc, type ScenarioIssueCode, scenarioIssueCodes } from './issue-codes.ts'
export type {
  Apply,
  Cascade,
  Cordon,
  Delete,
  Drain,
  KubectlCommand,
  Mark,
  NodeTargets,
  ObjectRef,
  Patch,
  Scale,
  Taint,
  TaintEffect,
  Targets,
} from './kubectl/kubectl-command.ts'
export { ImagePull, Latencies } from './latencies.ts'
export type { KubectlAction, Scenario, SourcedExpectation, SourcePosition, TimelineEntry } from './scenario.ts'

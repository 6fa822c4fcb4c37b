export {
  Behavior,
  behaviorName,
  type OnSigterm,
  type OwnerMatch,
  type ProbeAnswers,
  type ProbeStep,
} from './behavior.ts'
export { type BehaviorSubject, compileBehaviors } from './behavior-match.ts'
export { type Codec, decodeWith, type Problem } from './codec.ts'
export { type CsvCell, type CsvProblem, type CsvTable, readCsv } from './csv.ts'
export {
  type DecodedScenario,
  type DecodeOptions,
  decodeScenario,
  type ExpressionProblem,
  pathsOf,
  type ReadYaml,
  type ScenarioInput,
} from './decode.ts'
export type { DisruptionDefinition, DisruptionScene } from './disruptions/define-disruption.ts'
export { matcherOf, nodesOfTarget } from './disruptions/node-target.ts'
export { type Disruption, disruptions } from './disruptions/registry.ts'
export { Duration, formatDuration, PositiveDuration, parseDuration } from './duration.ts'
export { Expectation } from './expectation.ts'
export { CONTROL_PLANE_FAULTS, FAULT_ENDS, type FailureModel, type RecordedFailures } from './failure-model.ts'
export { besideFile, FILE_BYTES_MAX, type FileReader, type FileStatus, memoryFiles } from './files.ts'
export { type FlagCatalog, type FlagValues, flagCatalogOf } from './flags.ts'
export { namePattern } from './glob.ts'
export { explainCode, type IssueCodeDoc, type ScenarioIssueCode, scenarioIssueCodes } from './issue-codes.ts'
export type { JsonSchema } from './json-schema.ts'
export type { KubectlScene, VerbDefinition } from './kubectl/define-verb.ts'
export { parseKubectlCommand } from './kubectl/parse-command.ts'
export { verbs } from './kubectl/registry.ts'
export { type Fork, type ForkBase, loadFork, nothingToRemove, type Removal } from './load-fork.ts'
export { gatherTexts, type LoadOptions, loadScenario, readText } from './load-scenario.ts'
export { fileIssue, formatIssues, issueAt, type LocatedIssue, locateIssue, sortIssues } from './located-issue.ts'
export type { KubectlAction, Scenario, SourcedExpectation, SourcePosition, TimelineEntry } from './scenario.ts'
export { API_VERSION } from './scenario-file.ts'
export { formatSchema, scenarioSchema, schemaOf } from './scenario-schema.ts'
export type { CheckSchedulerConfiguration, SchedulerConfigurationJson } from './scheduler-configuration.ts'
export { suggestion } from './suggestion.ts'
export { type Position, readYaml, type SourceDocument, type YamlSource } from './yaml-source.ts'

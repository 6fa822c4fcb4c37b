export { type CapacityReview, capacityReview, formatCapacityReview } from './capacity/capacity-review.ts'
export { type Filling, type FillOptions, fillCluster, type PodSpecFile } from './capacity/fill-cluster.ts'
export {
  cheapestMachines,
  leastNodes,
  type MixOptions,
  type MixSearch,
  type NodeSearch,
  type Tried,
} from './capacity/find-nodes.ts'
export { type MachineType, readPriceList } from './capacity/price-list.ts'
export { createTester, type Demand, type Finding, type Test, type Tester, testFor } from './capacity/sufficiency.ts'
export { createVariants, type Variants, type WrittenPool } from './capacity/variants.ts'
export type { DesignPoint, Level, Outcome, Replication } from './design-point.ts'
export { type DrainPreview, type NodePreview, type PreviewOptions, previewDrains } from './drain/preview.ts'
export { type BrokenRun, type Engine, type EngineFailure, isBrokenRun, isEngineFailure } from './engine/engine.ts'
export { evaluatePoint, evaluatePoints } from './engine/evaluate-point.ts'
export { createLocalEngine } from './engine/local-engine.ts'
export { createPoolEngine, type PoolOptions } from './engine/pool-engine.ts'
export { encodePoint, evaluateTask, type WorkerAnswer, type WorkerTask } from './engine/worker.ts'
export { formatLevels } from './file/design.ts'
export { loadStudy, type Study } from './file/load-study.ts'
export { type Replications, RUNS_MAX, StudyFile } from './file/study-file.ts'
export { studySchema } from './file/study-schema.ts'
export type { MetricDefinition } from './measures/define-metric.ts'
export type { Measure } from './measures/measure.ts'
export { type Price, priceOf } from './measures/price.ts'
export { metricNamed, metrics } from './measures/registry.ts'
export { createQueueEngine, type QueueOptions } from './queue/queue-engine.ts'
export { createQueueWorker, type QueueWorker, type QueueWorkerOptions } from './queue/queue-worker.ts'
export { type Notice, shownUrl } from './queue/redis.ts'
export { formatResults } from './results/format-results.ts'
export { formatValue } from './results/format-value.ts'
export { responsesTable, writeResponses } from './results/parquet.ts'
export { digestOf, type MeasureResult, type PointResult, resultsOf, type StudyResults } from './results/results.ts'
export { type Better, type Frontier, type MeasureEffects, type StudyPage, studyPageOf } from './results/study-page.ts'
export { rankUnits, type SurveyPage, type ToldCutSet, type UnitRank } from './results/survey-page.ts'
export { type Journal, type JournalHead, type JournalProblem, openJournal } from './run/journal.ts'
export {
  type IsOwn,
  isUnfinishedRun,
  type RunStudyOptions,
  runStudy,
  type StudyProgress,
  type UnfinishedRun,
} from './run/run-study.ts'
export { seedsOf } from './run/seeds.ts'
export { type Merged, mergeParts } from './shard/merge.ts'
export {
  isSameStudy,
  type Part,
  type PartHead,
  type PartProblem,
  readPart,
  readParts,
  writePart,
} from './shard/part.ts'
export { formatShard, runsOfShard, type Shard } from './shard/shard.ts'
export {
  comparePaired,
  compareUnpaired,
  compareWithBaseline,
  type Difference,
  type Response,
  simultaneous,
} from './statistics/comparison.ts'
export {
  type Design,
  type Interaction,
  interactionsOf,
  type LevelEffect,
  type MainEffect,
  mainEffectsOf,
} from './statistics/effects.ts'
export {
  type Confidence,
  type Estimate,
  estimateMean,
  estimateProportion,
  estimateResponse,
  type ResponseKind,
} from './statistics/estimate.ts'
export { type Choice, frontierOf } from './statistics/frontier.ts'
export { estimateQuantile, type QuantileEstimate, quantileOf } from './statistics/quantile.ts'
export {
  nextRound,
  type Precision,
  replicationsNeeded,
  type Sample,
  type StoppingRule,
} from './statistics/stopping.ts'
export { type Impact, impactsOf } from './survive/impact.ts'
export { reproduction } from './survive/reproduction.ts'
export {
  type Coverage,
  type CutSet,
  FAULTS,
  type Survey,
  type SurveyOptions,
  surveyFailures,
} from './survive/survey.ts'
export { type Unit, unitsOf } from './survive/units.ts'
export { type OpenbOptions, type OpenbScenario, openbScenario } from './trace/openb/scenario-text.ts'
export { type OpenbNode, type OpenbPod, readOpenbNodes, readOpenbPods, type TraceText } from './trace/openb/tables.ts'

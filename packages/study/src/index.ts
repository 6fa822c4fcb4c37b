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
export { type Engine, type EngineFailure, isEngineFailure } from './engine/engine.ts'
export { evaluatePoint } from './engine/evaluate-point.ts'
export { createLocalEngine } from './engine/local-engine.ts'
export { formatLevels } from './file/design.ts'
export { isStudy, loadStudy, type Study } from './file/load-study.ts'
export { type Replications, RUNS_MAX, StudyFile } from './file/study-file.ts'
export type { MetricDefinition } from './measures/define-metric.ts'
export type { Measure } from './measures/measure.ts'
export { type Price, priceOf } from './measures/price.ts'
export { metricNamed, metrics } from './measures/registry.ts'
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
export { type OpenbOptions, type OpenbScenario, openbScenario } from './trace/openb/scenario-text.ts'
export { type OpenbNode, type OpenbPod, readOpenbNodes, readOpenbPods, type TraceText } from './trace/openb/tables.ts'

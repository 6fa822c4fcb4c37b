import {
  type AutoscalerCondition,
  type ClusterView,
  type DeepReadonly,
  type HorizontalPodAutoscaler,
  type HorizontalPodAutoscalerStatus,
  horizontalPodAutoscalerEvents,
  type ObjectKey,
  type Pod,
  patchObject,
} from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'
import { HorizontalPodAutoscalerRecommended } from './events.ts'
import type { AutoscalerConfig } from './flags.ts'
import type { AutoscalerMemory, Recommendation } from './memory.ts'
import { type MetricFailure, type MetricQuestion, replicasForMetric } from './metrics.ts'
import { type Normalized, normalize, normalizeWithBehavior } from './normalize.ts'
import { scaleOf, type TargetScale } from './scale.ts'

/**
 * One sync of one autoscaler.
 *
 * Source: pkg/controller/podautoscaler/horizontal.go, reconcileAutoscaler.
 */

type AutoscalerView = DeepReadonly<HorizontalPodAutoscaler>
type MemoryView = DeepReadonly<AutoscalerMemory>
type ConditionType = AutoscalerCondition['type']
type PodView = DeepReadonly<Pod>

const { Noted, Rescaled, StatusReported } = horizontalPodAutoscalerEvents

export interface SyncQuestion {
  readonly view: ClusterView
  readonly autoscaler: AutoscalerView
  readonly own: MemoryView
  /** Other autoscalers of the namespace whose selectors choose pods of this one. */
  readonly rivals: readonly ObjectKey[]
  readonly config: AutoscalerConfig
  readonly at: number
}

/** The status as it is being written, and what is said on the way. */
interface Draft {
  readonly at: number
  readonly object: ObjectKey
  readonly before: DeepReadonly<HorizontalPodAutoscalerStatus>
  conditions: readonly AutoscalerCondition[]
  readonly events: SimEvent[]
}

const setCondition = (
  draft: Draft,
  type: ConditionType,
  status: AutoscalerCondition['status'],
  reason: string,
  message: string,
): void => {
  const old = draft.conditions.find((condition) => condition.type === type)
  const lastTransitionAt = old?.status === status ? old.lastTransitionAt : draft.at
  const condition = { type, status, reason, message, lastTransitionAt }
  draft.conditions =
    old === undefined
      ? [...draft.conditions, condition]
      : draft.conditions.map((other) => (other.type === type ? condition : other))
}

const note = (draft: Draft, type: 'Normal' | 'Warning', reason: string, message: string): void => {
  draft.events.push(Noted({ object: draft.object, type, reason, message }))
}

/** Writes the status, if anything of it is different. */
const report = (draft: Draft, status: Omit<HorizontalPodAutoscalerStatus, 'conditions'>): void => {
  const { before, conditions, object } = draft
  const lastScaleAt = status.lastScaleAt ?? before.lastScaleAt
  const after = {
    currentReplicas: status.currentReplicas,
    desiredReplicas: status.desiredReplicas,
    ...(lastScaleAt === undefined ? {} : { lastScaleAt }),
    currentMetrics: status.currentMetrics,
    conditions,
  }
  if (JSON.stringify(after) === JSON.stringify(inOrder(before))) return
  draft.events.push(StatusReported({ object, ...after }))
}

const inOrder = ({
  currentReplicas,
  desiredReplicas,
  lastScaleAt,
  currentMetrics,
  conditions,
}: DeepReadonly<HorizontalPodAutoscalerStatus>) => ({
  currentReplicas,
  desiredReplicas,
  ...(lastScaleAt === undefined ? {} : { lastScaleAt }),
  currentMetrics,
  conditions,
})

type Metrics = HorizontalPodAutoscalerStatus['currentMetrics']

interface Computed {
  readonly replicas: number
  readonly name: string
}

/** Source: computeReplicasForMetrics. Without a number of replicas: why. */
const compute = (
  draft: Draft,
  { view, autoscaler, own, rivals, config, at }: SyncQuestion,
  scale: TargetScale,
  statuses: Metrics[number][],
): Computed | { readonly error: string } => {
  if (scale.selector === '') {
    note(draft, 'Warning', 'SelectorRequired', 'selector is required')
    const message = "the HPA target's scale is missing a selector"
    setCondition(draft, 'ScalingActive', 'False', 'InvalidSelector', message)
    return { error: 'selector is required' }
  }
  if (rivals.length > 0) {
    const all = [draft.object, ...rivals].sort()
    const message = `pods by selector ${scale.selector} are controlled by multiple HPAs: [${all.join(' ')}]`
    note(draft, 'Warning', 'AmbiguousSelector', message)
    setCondition(draft, 'ScalingActive', 'False', 'AmbiguousSelector', message)
    return { error: message }
  }
  const pods = [...own.pods].sort().flatMap((key): readonly PodView[] => {
    const pod = view.pods.get(key)
    return pod === undefined ? [] : [pod]
  })
  const question: MetricQuestion = {
    view,
    namespace: autoscaler.namespace,
    pods,
    current: scale.replicas,
    statusReplicas: scale.statusReplicas,
    settings: {
      tolerance: config['horizontal-pod-autoscaler-tolerance'],
      cpuInitializationPeriod: config['horizontal-pod-autoscaler-cpu-initialization-period'],
      initialReadinessDelay: config['horizontal-pod-autoscaler-initial-readiness-delay'],
    },
    at,
  }
  const { metrics } = autoscaler.spec
  let first: MetricFailure | undefined
  let failures = 0
  let replicas = 0
  let name = ''
  for (const metric of metrics) {
    const answer = replicasForMetric(question, metric)
    if (isLeft(answer)) {
      note(draft, 'Warning', answer.left.reason, answer.left.message)
      first ??= answer.left
      failures++
      statuses.push({ type: '' })
      continue
    }
    statuses.push(answer.right.status)
    if (replicas === 0 || answer.right.replicas > replicas) {
      replicas = answer.right.replicas
      name = answer.right.name
    }
  }
  if (first !== undefined && (failures >= metrics.length || replicas < scale.replicas)) {
    const message = `the HPA was unable to compute the replica count: ${first.message}`
    setCondition(draft, 'ScalingActive', 'False', first.reason, message)
    return {
      error: `invalid metrics (${failures} invalid out of ${metrics.length}), first error is: ${first.error}`,
    }
  }
  const message = `the HPA was able to successfully calculate a replica count from ${name}`
  setCondition(draft, 'ScalingActive', 'True', 'ValidMetricFound', message)
  return { replicas, name }
}

/** Runs that go on have had their last sync one period ago. */
const earlier = (own: MemoryView, at: number, period: number): readonly Recommendation[] =>
  own.recommendations.map(({ replicas, from, to }) => ({
    replicas,
    from,
    to: to === Number.POSITIVE_INFINITY ? Math.max(from, at - period) : to,
  }))

const normalized = (
  { autoscaler, own, config, at }: SyncQuestion,
  recommendations: readonly Recommendation[],
  current: number,
  desired: number,
): Normalized => {
  const { spec } = autoscaler
  const window = config['horizontal-pod-autoscaler-downscale-stabilization']
  const question = { at, current, desired, min: spec.minReplicas, max: spec.maxReplicas, recommendations }
  const { scaleUp, scaleDown } = spec.behavior ?? {}
  return scaleUp === undefined || scaleDown === undefined
    ? normalize(question, window)
    : normalizeWithBehavior(question, scaleUp, scaleDown, own, window)
}

/** What this sync recommends, if that is not what the one before did. */
const recommend = (draft: Draft, own: MemoryView, replicas: number | undefined): void => {
  const last = own.recommendations[own.recommendations.length - 1]
  const going = last?.to === Number.POSITIVE_INFINITY ? last.replicas : undefined
  if (going !== replicas) draft.events.unshift(HorizontalPodAutoscalerRecommended({ object: draft.object, replicas }))
}

const rescale = (
  draft: Draft,
  { view, at }: SyncQuestion,
  scale: TargetScale,
  desired: number,
  reason: string,
  metrics: Metrics,
): void => {
  const current = scale.replicas
  const update = patchObject(view, scale, 'merge', { spec: { replicas: desired } })
  if (isLeft(update)) {
    const { message } = update.left
    note(draft, 'Warning', 'FailedRescale', `New size: ${desired}; reason: ${reason}; error: ${message}`)
    const why = `the HPA controller was unable to update the target scale: ${message}`
    setCondition(draft, 'AbleToScale', 'False', 'FailedUpdateScale', why)
    const { desiredReplicas } = draft.before
    report(draft, { currentReplicas: current, desiredReplicas, currentMetrics: metrics })
    return
  }
  draft.events.push(...update.right, Rescaled({ object: draft.object, from: current, to: desired, reason }))
  const message = `the HPA controller was able to update the target scale to ${desired}`
  setCondition(draft, 'AbleToScale', 'True', 'SucceededRescale', message)
  report(draft, { currentReplicas: current, desiredReplicas: desired, lastScaleAt: at, currentMetrics: metrics })
}

/** The events of one sync. */
export const syncAutoscaler = (question: SyncQuestion): readonly SimEvent[] => {
  const { view, autoscaler, own, config, at } = question
  const { spec, status, key } = autoscaler
  const draft: Draft = { at, object: key, before: status, conditions: status.conditions, events: [] }
  const scale = scaleOf(view, autoscaler)
  if ('failure' in scale) {
    note(draft, 'Warning', 'FailedGetScale', scale.failure)
    const message = `the HPA controller was unable to get the target's current scale: ${scale.failure}`
    setCondition(draft, 'AbleToScale', 'False', 'FailedGetScale', message)
    recommend(draft, own, undefined)
    report(draft, status as HorizontalPodAutoscalerStatus)
    return draft.events
  }
  const found = "the HPA controller was able to get the target's current scale"
  setCondition(draft, 'AbleToScale', 'True', 'SucceededGetScale', found)
  const current = scale.replicas
  const period = config['horizontal-pod-autoscaler-sync-period']
  const recommendations = [...earlier(own, at, period)]
  // The first sync takes what there is for a recommendation.
  const initial = recommendations.length === 0
  if (initial) recommendations.push({ replicas: current, from: at, to: at })

  const statuses: Metrics[number][] = []
  let desired = 0
  let reason = ''
  let recommended: number | undefined
  if (current === 0 && spec.minReplicas !== 0) {
    const message = 'scaling is disabled since the replica count of the target is zero'
    setCondition(draft, 'ScalingActive', 'False', 'ScalingDisabled', message)
  } else if (current > spec.maxReplicas) {
    reason = 'Current number of replicas above Spec.MaxReplicas'
    desired = spec.maxReplicas
  } else if (current < spec.minReplicas) {
    reason = 'Current number of replicas below Spec.MinReplicas'
    desired = spec.minReplicas
  } else {
    const computed = compute(draft, question, scale, statuses)
    if ('error' in computed) {
      const { desiredReplicas } = status
      report(draft, { currentReplicas: current, desiredReplicas, currentMetrics: statuses })
      note(draft, 'Warning', 'FailedComputeMetricsReplicas', computed.error)
      recommend(draft, own, undefined)
      if (initial) draft.events.unshift(HorizontalPodAutoscalerRecommended({ object: key, replicas: current }))
      return draft.events
    }
    recommended = computed.replicas
    if (recommended > current) reason = `${computed.name} above target`
    if (recommended < current) reason = 'All metrics below target'
    const { replicas, ableToScale, scalingLimited } = normalized(question, recommendations, current, recommended)
    desired = replicas
    setCondition(draft, 'AbleToScale', 'True', ableToScale.reason, ableToScale.message)
    const { limited, reason: limit, message } = scalingLimited
    setCondition(draft, 'ScalingLimited', limited ? 'True' : 'False', limit, message)
  }
  const disabled = current === 0 && spec.minReplicas !== 0
  if (desired !== current && !disabled) rescale(draft, question, scale, desired, reason, statuses)
  else report(draft, { currentReplicas: current, desiredReplicas: current, currentMetrics: statuses })
  if (initial && recommended !== current) {
    // Said last, it comes first: what there was, then what is recommended.
    if (recommended !== undefined) {
      draft.events.unshift(HorizontalPodAutoscalerRecommended({ object: key, replicas: recommended }))
    } else draft.events.unshift(HorizontalPodAutoscalerRecommended({ object: key }))
    draft.events.unshift(HorizontalPodAutoscalerRecommended({ object: key, replicas: current }))
  } else recommend(draft, own, recommended)
  return draft.events
}

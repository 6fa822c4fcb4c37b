import {
  type ClusterView,
  type DeepReadonly,
  type MetricSpec,
  type Pod,
  podConditionOf,
  quantityMillis,
} from '@wavetank/cluster'
import { formatQuantity } from '@wavetank/cluster/api'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { externalMetric, objectMetric, podsMetric, printedSelector, resourceMetrics } from './metrics-client.ts'
import {
  byMean,
  byUtilization,
  byValue,
  byValuePerPod,
  type CalculatorSettings,
  type CountedPod,
  type Proposal,
} from './replica-calculator.ts'

/**
 * One metric of an autoscaler: what it proposes, what status has of it, and what is said when it cannot be read.
 *
 * Source: pkg/controller/podautoscaler/horizontal.go, computeReplicasForMetric and the computeStatusFor… functions.
 */

type PodView = DeepReadonly<Pod>
type Metric = DeepReadonly<MetricSpec>

export interface MetricQuestion {
  readonly view: ClusterView
  readonly namespace: string
  /** Pods of the target’s selector, by name. */
  readonly pods: readonly PodView[]
  readonly current: number
  readonly statusReplicas: number
  readonly settings: CalculatorSettings
  readonly at: number
}

export interface MetricAnswer {
  readonly replicas: number
  /** As messages name the metric. */
  readonly name: string
  /** An entry of `status.currentMetrics`. */
  readonly status: Readonly<Record<string, unknown>>
}

export interface MetricFailure {
  /** Of the Event and the condition. */
  readonly reason: string
  readonly message: string
  /** The message as the error of the whole has it. */
  readonly error: string
}

export const countedPod = (pod: PodView): CountedPod => {
  const ready = podConditionOf(pod as Pod, 'Ready')
  return {
    name: pod.name,
    phase: pod.phase,
    deleted: pod.deletion !== undefined,
    startedAt: pod.startedAt,
    ready: ready === undefined ? undefined : { status: ready.status, since: ready.lastTransitionAt },
  }
}

interface ContainerView {
  readonly name: string
  readonly restartPolicy?: string | undefined
  readonly resources?: { readonly requests?: Readonly<Record<string, string>> | undefined } | undefined
}

const amount = (quantity: string): bigint => BigInt(quantityMillis(quantity))

/** Source: calculateRequests. */
const requestOf = (pod: PodView, resource: string, container: string): Either<string, bigint> => {
  const { spec } = pod.template
  const whole = (spec.resources as ContainerView['resources'])?.requests
  if (container === '' && whole !== undefined && Object.keys(whole).length > 0) {
    const own = whole[resource]
    if (own !== undefined) return right(amount(own))
  }
  const containers: readonly ContainerView[] = [
    ...spec.containers,
    ...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always'),
  ]
  let sum = 0n
  for (const one of containers) {
    if (container !== '' && container !== one.name) continue
    const request = one.resources?.requests?.[resource]
    if (request === undefined) {
      return left(`missing request for ${resource} in container ${one.name} of Pod ${pod.name}`)
    }
    sum += amount(request)
    if (container === one.name) return right(sum)
  }
  return container === '' ? right(sum) : left(`container ${container} not found in Pod ${pod.name}`)
}

const requestsOf = (
  pods: readonly PodView[],
  resource: string,
  container: string,
): ReadonlyMap<string, bigint> | { readonly problem: string } => {
  const requests = new Map<string, bigint>()
  for (const pod of pods) {
    const request = requestOf(pod, resource, container)
    if (isLeft(request)) return { problem: request.left }
    requests.set(pod.name, request.right)
  }
  return requests
}

const quantity = (millis: bigint): string => formatQuantity({ nanos: millis * 1_000_000n, format: 'DecimalSI' })

const NO_PODS = 'no pods returned by selector while calculating replica count'

/** Resource and ContainerResource. Source: computeStatusForResourceMetricGeneric. */
const resourceProposal = (
  { view, pods, current, settings, at }: MetricQuestion,
  resource: string,
  container: string,
  target: NonNullable<Metric['resource']>['target'],
): Either<string, Proposal> => {
  const what = target.averageValue === undefined ? 'utilization' : 'usage'
  const failed = (problem: string): Either<string, never> => left(`failed to get ${resource} ${what}: ${problem}`)
  const metrics = resourceMetrics(view, pods, resource, container, at)
  if (isLeft(metrics)) return failed(`unable to get metrics for resource ${resource}: ${metrics.left}`)
  if (pods.length === 0) return failed(NO_PODS)
  const question = {
    ...{ pods: pods.map(countedPod), metrics: metrics.right, current, settings, at },
    isCpu: resource === 'cpu',
  }
  const proposal =
    target.averageValue === undefined
      ? byUtilization(question, requestsOf(pods, resource, container), target.averageUtilization ?? 0)
      : byMean(question, amount(target.averageValue))
  return isLeft(proposal) ? failed(proposal.left) : proposal
}

const resourceCurrent = ({ utilization, value }: Proposal): Readonly<Record<string, unknown>> => ({
  ...(utilization === undefined ? {} : { averageUtilization: utilization }),
  averageValue: quantity(value),
})

const failure = (reason: string, message: string, prefix: string): Either<MetricFailure, never> =>
  left({ reason, message, error: `${prefix}: ${message}` })

type Answer = Either<MetricFailure, MetricAnswer>

const identity = ({ name, selector }: { readonly name: string; readonly selector?: unknown }) => ({
  name,
  ...(selector === undefined ? {} : { selector }),
})

const ofResource = (question: MetricQuestion, { name, target }: NonNullable<Metric['resource']>): Answer => {
  const proposal = resourceProposal(question, name, '', target)
  if (isLeft(proposal)) {
    return failure('FailedGetResourceMetric', proposal.left, `failed to get ${name} resource metric value`)
  }
  const kind = target.averageValue === undefined ? 'resource utilization (percentage of request)' : 'resource'
  return right({
    replicas: proposal.right.replicas,
    name: `${name} ${kind}`,
    status: { type: 'Resource', resource: { name, current: resourceCurrent(proposal.right) } },
  })
}

const ofContainer = (
  question: MetricQuestion,
  { name, container, target }: NonNullable<Metric['containerResource']>,
): Answer => {
  const proposal = resourceProposal(question, name, container, target)
  if (isLeft(proposal)) {
    const prefix = `failed to get ${container} container metric value`
    return failure('FailedGetContainerResourceMetric', proposal.left, prefix)
  }
  const kind = target.averageValue === undefined ? 'container resource utilization (percentage of request)' : 'resource'
  return right({
    replicas: proposal.right.replicas,
    name: `${name} ${kind}`,
    status: {
      type: 'ContainerResource',
      containerResource: { name, container, current: resourceCurrent(proposal.right) },
    },
  })
}

const ofPods = (question: MetricQuestion, { metric, target }: NonNullable<Metric['pods']>): Answer => {
  const { view, namespace, pods, current, settings, at } = question
  const failed = (problem: string): Answer => failure('FailedGetPodsMetric', problem, 'failed to get pods metric value')
  const metrics = podsMetric(view, namespace, pods, metric, at)
  if (isLeft(metrics)) return failed(`unable to get metric ${metric.name}: ${metrics.left}`)
  const proposal = byMean(
    { pods: pods.map(countedPod), metrics: metrics.right, current, isCpu: false, settings, at },
    amount(target.averageValue ?? '0'),
  )
  if (isLeft(proposal)) return failed(proposal.left)
  return right({
    replicas: proposal.right.replicas,
    name: `pods metric ${metric.name}`,
    status: {
      type: 'Pods',
      pods: { metric: identity(metric), current: { averageValue: quantity(proposal.right.value) } },
    },
  })
}

const ofObject = (question: MetricQuestion, source: NonNullable<Metric['object']>): Answer => {
  const { view, namespace, pods, current, statusReplicas, settings, at } = question
  const { metric, target, describedObject } = source
  const failed = (problem: string): Answer =>
    failure('FailedGetObjectMetric', problem, 'failed to get object metric value')
  const wanted =
    target.type === 'Value' ? target.value : target.type === 'AverageValue' ? target.averageValue : undefined
  if (wanted === undefined) {
    return failed('invalid object metric source: neither a value target nor an average value target was set')
  }
  const value = objectMetric(view, namespace, metric, describedObject, at)
  if (isLeft(value)) {
    const { kind, name } = describedObject
    const problem = `unable to get metric ${metric.name}: ${value.left} on ${kind} ${namespace}/${name}`
    if (target.type === 'Value') return failed(problem)
    // The error of the condition has one prefix more than that of the Event.
    return left({
      reason: 'FailedGetObjectMetric',
      message: problem,
      error: `failed to get object metric value: failed to get ${metric.name} object metric: ${problem}`,
    })
  }
  if (target.type === 'AverageValue') {
    const proposal = byValuePerPod(statusReplicas, value.right, amount(wanted), settings)
    return right({
      replicas: proposal.replicas,
      name: `external metric ${metric.name}(${printedSelector(metric.selector)})`,
      status: {
        type: 'Object',
        object: {
          current: { averageValue: quantity(proposal.value) },
          describedObject: { kind: '', name: '' },
          metric: identity(metric),
        },
      },
    })
  }
  if (pods.length === 0) return failed(`unable to calculate ready pods: ${NO_PODS}`)
  const proposal = byValue(pods.map(countedPod), current, value.right, amount(wanted), settings)
  return right({
    replicas: proposal.replicas,
    name: `${describedObject.kind} metric ${metric.name}`,
    status: {
      type: 'Object',
      object: { current: { value: quantity(proposal.value) }, describedObject, metric: identity(metric) },
    },
  })
}

const ofExternal = (question: MetricQuestion, { metric, target }: NonNullable<Metric['external']>): Answer => {
  const { view, namespace, pods, current, statusReplicas, settings, at } = question
  const perPod = target.averageValue !== undefined
  const wanted = target.averageValue ?? target.value
  const failed = (problem: string): Answer => {
    const what = perPod ? `${metric.name} external metric` : `external metric ${metric.name}`
    return left({
      reason: 'FailedGetExternalMetric',
      message: problem,
      error: `failed to get ${metric.name} external metric value: failed to get ${what}: ${problem}`,
    })
  }
  if (wanted === undefined) {
    return failed('invalid external metric source: neither a value target nor an average value target was set')
  }
  const value = externalMetric(view, namespace, metric, at)
  if (isLeft(value)) {
    const where = `${namespace}/${metric.name}/${printedSelector(metric.selector)}`
    return failed(`unable to get external metric ${where}: ${value.left}`)
  }
  if (!perPod && pods.length === 0) return failed(`unable to calculate ready pods: ${NO_PODS}`)
  const proposal = perPod
    ? byValuePerPod(statusReplicas, value.right, amount(wanted), settings)
    : byValue(pods.map(countedPod), current, value.right, amount(wanted), settings)
  return right({
    replicas: proposal.replicas,
    name: `external metric ${metric.name}(${printedSelector(metric.selector)})`,
    status: {
      type: 'External',
      external: {
        current: { [perPod ? 'averageValue' : 'value']: quantity(proposal.value) },
        metric: identity(metric),
      },
    },
  })
}

/** What one metric comes to. The API server has seen to it that its source is there. */
export const replicasForMetric = (question: MetricQuestion, metric: Metric): Answer => {
  switch (metric.type) {
    case 'Resource':
      return ofResource(question, metric.resource!)
    case 'ContainerResource':
      return ofContainer(question, metric.containerResource!)
    case 'Pods':
      return ofPods(question, metric.pods!)
    case 'Object':
      return ofObject(question, metric.object!)
    case 'External':
      return ofExternal(question, metric.external!)
  }
}

import {
  type ClusterView,
  type DeepReadonly,
  isReady,
  type LabelSelectorLike,
  metricValueAt,
  type NamedMetric,
  type Pod,
  podMetrics,
  selectorOf,
  selects,
} from '@wavetank/cluster'
import { selector as selectorFrom } from '@wavetank/cluster/api'
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import type { Measured } from './replica-calculator.ts'

/**
 * The three metrics APIs as the controller asks them: resource metrics from metrics-server, custom and external ones
 * from the scenario.
 *
 * Source: pkg/controller/podautoscaler/metrics/client.go.
 */

type PodView = DeepReadonly<Pod>

const NANOS_PER_MILLI = 1_000_000

/** Milli-units: of cores, rounded up, or of bytes. */
const amountOf = (resource: string, { cpuNanos, memoryBytes }: { cpuNanos: number; memoryBytes: number }): bigint =>
  resource === 'cpu' ? BigInt(Math.ceil(cpuNanos / NANOS_PER_MILLI)) : BigInt(memoryBytes) * 1_000n

/** Source: GetResourceMetric. @param container empty for the pods as a whole */
export const resourceMetrics = (
  view: ClusterView,
  pods: readonly PodView[],
  resource: string,
  container: string,
  at: number,
): Either<string, ReadonlyMap<string, Measured>> => {
  const measured = new Map<string, Measured>()
  let items = 0
  for (const pod of pods) {
    const metrics = podMetrics(view, pod.key, at)
    if (metrics === undefined) continue
    items++
    const { timestamp, window, containers } = metrics
    const chosen = container === '' ? containers : containers.filter(({ name }) => name === container)
    if (chosen.length === 0) {
      const problem = `container ${container} not present in metrics for pod ${pod.namespace}/${pod.name}`
      return left(`failed to get container metrics: ${problem}`)
    }
    // metrics-server measures nothing else.
    if (resource !== 'cpu' && resource !== 'memory') continue
    let value = 0n
    for (const one of chosen) value += amountOf(resource, one)
    measured.set(pod.name, { value, timestamp, window })
  }
  return items === 0 ? left('no metrics returned from resource metrics API') : right(measured)
}

interface Identifier {
  readonly name: string
  readonly selector?: DeepReadonly<LabelSelectorLike> | undefined
}

const chosenBy = ({ metrics }: ClusterView['settings'], namespace: string, { name, selector }: Identifier) => {
  const matcher = selector === undefined ? undefined : selectorOf(selector as LabelSelectorLike)
  return metrics.filter(
    (metric) =>
      metric.name === name &&
      metric.namespace === namespace &&
      (matcher === undefined || selects(matcher, metric.labels)),
  )
}

/** All values of an external metric, added up. Source: GetExternalMetric. */
export const externalMetric = (
  view: ClusterView,
  namespace: string,
  identifier: Identifier,
  at: number,
): Either<string, bigint> => {
  const found = chosenBy(view.settings, namespace, identifier).filter(({ of }) => of === 'external')
  if (found.length === 0) return left('no metrics returned from external metrics API')
  let sum = 0
  for (const metric of found) sum += metricValueAt(view, metric as NamedMetric, at)
  return right(BigInt(sum))
}

/** Source: GetObjectMetric. */
export const objectMetric = (
  view: ClusterView,
  namespace: string,
  identifier: Identifier,
  object: { readonly kind: string; readonly name: string },
  at: number,
): Either<string, bigint> => {
  const found = chosenBy(view.settings, namespace, identifier).find(
    ({ of }) => typeof of === 'object' && 'kind' in of && of.kind === object.kind && of.name === object.name,
  )
  return found === undefined
    ? left('unable to fetch metrics from custom metrics API: the server could not find the metric')
    : right(BigInt(metricValueAt(view, found as NamedMetric, at)))
}

/** Source: metricServerDefaultMetricWindow. */
const DEFAULT_WINDOW = 60_000

/** Each pod’s part of a metric of pods: what they have together, divided evenly among those that are Ready. */
export const podsMetric = (
  view: ClusterView,
  namespace: string,
  pods: readonly PodView[],
  identifier: Identifier,
  at: number,
): Either<string, ReadonlyMap<string, Measured>> => {
  const measured = new Map<string, Measured>()
  for (const metric of chosenBy(view.settings, namespace, identifier)) {
    if (typeof metric.of !== 'object' || !('pods' in metric.of)) continue
    const selector = selectorFrom(metric.of.pods)
    const serving = pods.filter(
      (pod) => selects(selector, pod.labels) && isReady(pod as Pod) && pod.deletion === undefined,
    )
    const total = metricValueAt(view, metric as NamedMetric, at)
    for (const pod of serving) {
      const value = BigInt(Math.ceil(total / serving.length))
      measured.set(pod.name, { value, timestamp: at, window: DEFAULT_WINDOW })
    }
  }
  return measured.size === 0 ? left('no metrics returned from custom metrics API') : right(measured)
}

/** As Go prints a `*metav1.LabelSelector`, which is how the controller names it. */
export const printedSelector = (selector: DeepReadonly<LabelSelectorLike> | undefined): string => {
  if (selector === undefined) return 'nil'
  const labels = Object.entries(selector.matchLabels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],}`,
  )
  const map = labels.map(([key, value]) => `${key}: ${value},`).join('')
  return `&LabelSelector{MatchLabels:map[string]string{${map}},MatchExpressions:[]LabelSelectorRequirement{${expressions.map((one) => `${one},`).join('')}},}`
}

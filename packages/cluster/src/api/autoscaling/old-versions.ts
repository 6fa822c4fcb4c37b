/**
 * `autoscaling/v1` and `autoscaling/v2beta1` as `autoscaling/v2`.
 *
 * v1 had one number for CPU and kept the rest in annotations; v2beta1 spelled every target out beside its metric.
 * Sources: `pkg/apis/autoscaling/v1/conversion.go`, `pkg/apis/autoscaling/v2beta1/conversion.go`.
 */
import type { JsonObject } from '../codec.ts'
import { isObject } from '../codec.ts'

const METRICS_ANNOTATION = 'autoscaling.alpha.kubernetes.io/metrics'
const BEHAVIOR_ANNOTATION = 'autoscaling.alpha.kubernetes.io/behavior'
const STATUS_ANNOTATIONS = [
  'autoscaling.alpha.kubernetes.io/conditions',
  'autoscaling.alpha.kubernetes.io/current-metrics',
]

const isGiven = (value: unknown): boolean => value !== undefined && value !== null

const only = (fields: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => isGiven(value)))

/** The metric with the fields listed taken out of its source, and what they said as a target. */
const retarget = (
  source: JsonObject,
  fields: readonly string[],
  rest: (own: JsonObject) => JsonObject,
  target: JsonObject,
): JsonObject => ({
  ...rest(Object.fromEntries(Object.entries(source).filter(([field]) => !fields.includes(field)))),
  target: only(target),
})

const same = (own: JsonObject): JsonObject => own

const utilizationOrAverage = (source: JsonObject): JsonObject => ({
  type: isGiven(source.targetAverageUtilization) ? 'Utilization' : 'AverageValue',
  averageUtilization: source.targetAverageUtilization,
  averageValue: source.targetAverageValue,
})

const CONVERSIONS: Readonly<Record<string, (source: JsonObject) => JsonObject>> = {
  resource: (source) =>
    retarget(source, ['targetAverageUtilization', 'targetAverageValue'], same, utilizationOrAverage(source)),
  containerResource: (source) =>
    retarget(source, ['targetAverageUtilization', 'targetAverageValue'], same, utilizationOrAverage(source)),
  pods: (source) =>
    retarget(
      source,
      ['metricName', 'selector', 'targetAverageValue'],
      (own) => ({ ...own, metric: only({ name: source.metricName, selector: source.selector }) }),
      { type: 'AverageValue', averageValue: source.targetAverageValue },
    ),
  object: (source) =>
    retarget(
      source,
      ['target', 'metricName', 'selector', 'targetValue', 'averageValue'],
      (own) => ({
        ...own,
        describedObject: source.target,
        metric: only({ name: source.metricName, selector: source.selector }),
      }),
      {
        type: isGiven(source.averageValue) ? 'AverageValue' : 'Value',
        value: isGiven(source.averageValue) ? undefined : source.targetValue,
        averageValue: source.averageValue,
      },
    ),
  external: (source) =>
    retarget(
      source,
      ['metricName', 'metricSelector', 'targetValue', 'targetAverageValue'],
      (own) => ({ ...own, metric: only({ name: source.metricName, selector: source.metricSelector }) }),
      {
        type: isGiven(source.targetAverageValue) ? 'AverageValue' : 'Value',
        value: source.targetValue,
        averageValue: source.targetAverageValue,
      },
    ),
}

const convertMetric = (metric: unknown): unknown => {
  if (!isObject(metric)) return metric
  const converted: Record<string, unknown> = { ...metric }
  for (const name of Object.keys(CONVERSIONS)) {
    const source = metric[name]
    if (isObject(source)) converted[name] = CONVERSIONS[name]!(source)
  }
  return converted
}

export const fromV2Beta1 = (object: JsonObject): JsonObject => {
  const { spec } = object
  if (!isObject(spec) || !Array.isArray(spec.metrics)) return object
  return { ...object, spec: { ...spec, metrics: spec.metrics.map(convertMetric) } }
}

/** JSON in an annotation; undefined if it cannot be read, which Kubernetes passes over as well. */
const readAnnotation = (annotations: JsonObject, name: string): unknown => {
  const text = annotations[name]
  if (typeof text !== 'string') return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const fromV1 = (object: JsonObject): JsonObject => {
  const { spec, metadata } = object
  if (!isObject(spec)) return object
  const annotations = isObject(metadata) && isObject(metadata.annotations) ? metadata.annotations : {}
  const { targetCPUUtilizationPercentage: cpu, ...rest } = spec
  const others = readAnnotation(annotations, METRICS_ANNOTATION)
  const behavior = readAnnotation(annotations, BEHAVIOR_ANNOTATION)
  const metrics: readonly unknown[] = [
    ...(isGiven(cpu)
      ? [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpu } } }]
      : []),
    ...(Array.isArray(others) ? others.map(convertMetric) : []),
  ]
  const converted = {
    ...object,
    spec: { ...rest, ...(metrics.length > 0 ? { metrics } : {}), ...(isObject(behavior) ? { behavior } : {}) },
  }
  if (!isObject(metadata) || !isObject(metadata.annotations)) return converted
  const consumed = new Set([METRICS_ANNOTATION, BEHAVIOR_ANNOTATION, ...STATUS_ANNOTATIONS])
  const kept = Object.entries(annotations).filter(([name]) => !consumed.has(name))
  return { ...converted, metadata: { ...metadata, annotations: Object.fromEntries(kept) } }
}

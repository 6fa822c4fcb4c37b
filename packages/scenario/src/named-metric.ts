import { quantityMillis } from '@wavetank/cluster/api'
import { left, right } from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { OwnerMatch, SelectorText } from './behavior.ts'
import { type Codec, defaulted, dictionary, mapped, object, optional, type ProblemAt, required, text } from './codec.ts'
import { counted } from './resource-quantity.ts'
import { wholeUsage } from './usage.ts'

/** A number with a quantity's suffixes, in thousandths once decoded: `30` is 30000, `500m` is 500. */
export const MetricMillis: Codec<number> = counted('MetricMillis', quantityMillis, (n) =>
  n % 1_000 === 0 ? String(n / 1_000) : `${n}m`,
)

const fields = object('NamedMetric', {
  name: required(text, 'The name that a HorizontalPodAutoscaler gives it.'),
  namespace: defaulted(text, 'default', 'Namespace of the autoscalers that see it.'),
  labels: defaulted(dictionary(text), {}, 'Labels of the metric, for `metric.selector` of the autoscaler.'),
  object: optional(OwnerMatch, 'For a metric of type Object: what it describes, as `Ingress/main`.'),
  pods: optional(
    SelectorText,
    'For a metric of type Pods: the pods whose sum it is; it is divided evenly among those that are Ready.',
  ),
  value: required(
    wholeUsage('MetricValue', MetricMillis, 'value'),
    'Its value over time; without `object` and `pods` it is an external metric.',
  ),
})

/** As a scenario file says it. */
export type NamedMetricItem = t.TypeOf<typeof fields>

/** A metric that no container has, for HorizontalPodAutoscalers. */
export const NamedMetricItem: Codec<NamedMetricItem> = mapped<NamedMetricItem, NamedMetricItem>(
  fields,
  fields.is,
  (metric) => {
    const both: ProblemAt = [['pods'], { code: 'WT022', message: '`object` and `pods` need a metric each' }]
    return metric.object !== undefined && metric.pods !== undefined ? left([both]) : right(metric)
  },
  (metric) => metric,
)

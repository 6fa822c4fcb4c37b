import type { Labels } from '../labels.ts'
import type { ClusterView } from '../tables.ts'
import { originOf, type UsageCurve, usageAt } from './curve.ts'

/** A metric that no container has: of something outside, of an object, or of pods. */
export interface NamedMetric {
  readonly name: string
  readonly namespace: string
  /** What it is a metric of. Of `pods`, which the selector chooses: all of them together. */
  readonly of: 'external' | { readonly kind: string; readonly name: string } | { readonly pods: string }
  /** Labels of the metric, for the selector of an autoscaler. */
  readonly labels: Labels
  /** In thousandths, by the time of the run or of day. */
  readonly value: UsageCurve
}

/** The value at an instant, in thousandths, rounded up as a quantity is. */
export const metricValueAt = ({ settings }: ClusterView, { value }: NamedMetric, at: number): number =>
  Math.ceil(usageAt({ curve: value, origin: originOf(value, 0, settings.start) }, at))

import type * as t from 'io-ts'
import type { Codec, Mutable } from '../codec.ts'
import { defaulted, integer, list, omitEmpty, optional, quantity, requiredText, struct, text, words } from '../codec.ts'
import { defineKind, objectCodec, unreadStatus } from '../define-kind.ts'
import { LabelSelector } from '../meta/label-selector.ts'
import { NAME_RULES } from '../meta/object-meta.ts'
import type { Trail } from '../trail.ts'
import { forbidden, invalid, nonNegative, required, within } from '../trail.ts'
import { fromV1, fromV2Beta1 } from './old-versions.ts'

const crossVersionObjectReference = struct('CrossVersionObjectReference', {
  apiVersion: omitEmpty(text),
  kind: requiredText,
  name: requiredText,
})
export interface CrossVersionObjectReference extends t.TypeOf<typeof crossVersionObjectReference> {}
export const CrossVersionObjectReference: Codec<CrossVersionObjectReference> = crossVersionObjectReference

const metricTarget = struct('MetricTarget', {
  type: words('Utilization', 'Value', 'AverageValue'),
  value: optional(quantity),
  averageValue: optional(quantity),
  averageUtilization: optional(integer),
})
export interface MetricTarget extends t.TypeOf<typeof metricTarget> {}
export const MetricTarget: Codec<MetricTarget> = metricTarget

const metricIdentifier = struct('MetricIdentifier', { name: requiredText, selector: optional(LabelSelector) })

const metricSpec = struct('MetricSpec', {
  type: words('Resource', 'ContainerResource', 'Pods', 'Object', 'External'),
  resource: optional(struct('ResourceMetricSource', { name: requiredText, target: MetricTarget })),
  containerResource: optional(
    struct('ContainerResourceMetricSource', { name: requiredText, container: requiredText, target: MetricTarget }),
  ),
  pods: optional(struct('PodsMetricSource', { metric: metricIdentifier, target: MetricTarget })),
  object: optional(
    struct('ObjectMetricSource', {
      describedObject: CrossVersionObjectReference,
      metric: metricIdentifier,
      target: MetricTarget,
    }),
  ),
  external: optional(struct('ExternalMetricSource', { metric: metricIdentifier, target: MetricTarget })),
})
export interface MetricSpec extends t.TypeOf<typeof metricSpec> {}
export const MetricSpec: Codec<MetricSpec> = metricSpec

const scalingPolicy = struct('HPAScalingPolicy', {
  type: words('Pods', 'Percent'),
  value: integer,
  periodSeconds: integer,
})
export interface HPAScalingPolicy extends t.TypeOf<typeof scalingPolicy> {}
export const HPAScalingPolicy: Codec<HPAScalingPolicy> = scalingPolicy

const scalingRules = struct('HPAScalingRules', {
  stabilizationWindowSeconds: optional(integer),
  selectPolicy: optional(words('Max', 'Min', 'Disabled')),
  policies: optional(list(HPAScalingPolicy)),
  tolerance: optional(quantity),
})
/** In seconds; an absent window of scaleDown is the controller's own, 300 by default. */
export interface HPAScalingRules extends t.TypeOf<typeof scalingRules> {}
export const HPAScalingRules: Codec<HPAScalingRules> = scalingRules

const SCALE_UP: HPAScalingRules = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
}
const SCALE_DOWN: HPAScalingRules = {
  selectPolicy: 'Max',
  policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }],
}

const behavior = struct(
  'HorizontalPodAutoscalerBehavior',
  { scaleUp: optional(HPAScalingRules), scaleDown: optional(HPAScalingRules) },
  {
    // `pkg/apis/autoscaling/v2/defaults.go: GenerateHPAScaleUpRules, GenerateHPAScaleDownRules`.
    complete: (value: Mutable<{ readonly scaleUp?: HPAScalingRules; readonly scaleDown?: HPAScalingRules }>) => {
      value.scaleUp = { ...SCALE_UP, ...value.scaleUp }
      value.scaleDown = { ...SCALE_DOWN, ...value.scaleDown }
    },
  },
)

const CPU_80: MetricSpec = {
  type: 'Resource',
  resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
}

const horizontalPodAutoscalerSpec = struct(
  'HorizontalPodAutoscalerSpec',
  {
    scaleTargetRef: CrossVersionObjectReference,
    minReplicas: defaulted(integer, 1),
    maxReplicas: integer,
    metrics: defaulted(list(MetricSpec), [CPU_80]),
    behavior: optional(behavior),
  },
  {
    complete: (spec) => {
      if (spec.metrics.length === 0) spec.metrics = [CPU_80]
    },
  },
)
export interface HorizontalPodAutoscalerSpec extends t.TypeOf<typeof horizontalPodAutoscalerSpec> {}
export const HorizontalPodAutoscalerSpec: Codec<HorizontalPodAutoscalerSpec> = horizontalPodAutoscalerSpec

const horizontalPodAutoscaler = objectCodec('autoscaling/v2', 'HorizontalPodAutoscaler', {
  spec: HorizontalPodAutoscalerSpec,
  status: unreadStatus,
})
export interface HorizontalPodAutoscaler extends t.TypeOf<typeof horizontalPodAutoscaler> {}
export const HorizontalPodAutoscaler: Codec<HorizontalPodAutoscaler> = horizontalPodAutoscaler

const SOURCES = {
  Resource: 'resource',
  ContainerResource: 'containerResource',
  Pods: 'pods',
  Object: 'object',
  External: 'external',
} as const

const validateMetric = (trail: Trail, metric: MetricSpec): void => {
  const own = SOURCES[metric.type]
  for (const source of Object.values(SOURCES)) {
    if (source !== own && metric[source] !== undefined) {
      within(trail, source, () => forbidden(trail, 'must populate the given metric source only'))
    }
  }
  trail.steps.push(own)
  const target = metric[own]?.target
  if (target === undefined) required(trail, 'must populate information for the given metric source')
  else {
    trail.steps.push('target')
    const { averageUtilization, averageValue, value } = target
    if (averageUtilization !== undefined && averageUtilization < 1) {
      within(trail, 'averageUtilization', () => invalid(trail, 'WT116', averageUtilization, 'must be greater than 0'))
    }
    if (averageUtilization !== undefined && averageValue !== undefined) {
      within(trail, 'averageValue', () =>
        forbidden(trail, 'may not set both a target raw value and a target utilization'),
      )
    }
    if (averageUtilization === undefined && averageValue === undefined && value === undefined) {
      if (own === 'resource' || own === 'containerResource') {
        within(trail, 'averageUtilization', () =>
          required(trail, 'must set either a target raw value or a target utilization'),
        )
      } else if (own === 'pods')
        within(trail, 'averageValue', () => required(trail, 'must specify a positive target averageValue'))
      else {
        within(trail, 'averageValue', () =>
          required(trail, 'must set either a target value for metric or a per-pod target'),
        )
      }
    }
    trail.steps.pop()
  }
  trail.steps.pop()
}

const WINDOW_MAX = 3600
const PERIOD_MAX = 1800

const validateRules = (trail: Trail, step: string, rules: HPAScalingRules | undefined): void => {
  if (rules === undefined) return
  const { stabilizationWindowSeconds: window, policies = [] } = rules
  trail.steps.push('behavior', step)
  nonNegative(trail, 'stabilizationWindowSeconds', window)
  if (window !== undefined && window > WINDOW_MAX) {
    within(trail, 'stabilizationWindowSeconds', () =>
      invalid(trail, 'WT116', window, `must be less than or equal to ${WINDOW_MAX}`),
    )
  }
  if (policies.length === 0) within(trail, 'policies', () => required(trail, 'must specify at least one Policy'))
  policies.forEach(({ value, periodSeconds }, i) => {
    trail.steps.push('policies', i)
    if (value <= 0) within(trail, 'value', () => invalid(trail, 'WT116', value, 'must be greater than zero'))
    within(trail, 'periodSeconds', () => {
      if (periodSeconds <= 0) invalid(trail, 'WT116', periodSeconds, 'must be greater than zero')
      if (periodSeconds > PERIOD_MAX) {
        invalid(trail, 'WT116', periodSeconds, `must be less than or equal to ${PERIOD_MAX}`)
      }
    })
    trail.steps.length -= 2
  })
  trail.steps.length -= 2
}

export const horizontalPodAutoscalerKind = defineKind<HorizontalPodAutoscaler>({
  kind: 'HorizontalPodAutoscaler',
  apiVersion: 'autoscaling/v2',
  codec: HorizontalPodAutoscaler,
  nameRule: NAME_RULES.subdomain,
  // v2beta2 has the fields of v2.
  convert: { 'autoscaling/v1': fromV1, 'autoscaling/v2beta1': fromV2Beta1 },
  validate: (trail, { spec }) => {
    const { minReplicas, maxReplicas, metrics } = spec
    trail.steps.push('spec')
    if (minReplicas < 1) {
      // Zero needs the alpha gate HPAScaleToZero.
      within(trail, 'minReplicas', () => invalid(trail, 'WT116', minReplicas, 'must be greater than or equal to 1'))
    }
    within(trail, 'maxReplicas', () => {
      if (maxReplicas < 1) invalid(trail, 'WT116', maxReplicas, 'must be greater than 0')
      else if (maxReplicas < minReplicas) {
        invalid(trail, 'WT116', maxReplicas, 'must be greater than or equal to `minReplicas`')
      }
    })
    metrics.forEach((metric, i) => {
      trail.steps.push('metrics', i)
      validateMetric(trail, metric)
      trail.steps.length -= 2
    })
    validateRules(trail, 'scaleUp', spec.behavior?.scaleUp)
    validateRules(trail, 'scaleDown', spec.behavior?.scaleDown)
    trail.steps.pop()
  },
})

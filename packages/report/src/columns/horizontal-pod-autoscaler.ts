import type { DeepReadonly, HorizontalPodAutoscaler, MetricSpec } from '@wavetank/cluster'
import { AGE, defineColumns, NAME, NONE, UNKNOWN } from './define-columns.ts'

type AutoscalerView = DeepReadonly<HorizontalPodAutoscaler>

interface Current {
  readonly averageUtilization?: number
  readonly averageValue?: string
  readonly value?: string
}

/** What `status` has of a metric of that type. */
const currentOf = (status: Readonly<Record<string, unknown>> | undefined, source: string): Current =>
  (status?.[source] as { readonly current?: Current } | undefined)?.current ?? {}

const SOURCES = {
  Resource: 'resource',
  ContainerResource: 'containerResource',
  Pods: 'pods',
  Object: 'object',
  External: 'external',
} as const

const target = (spec: DeepReadonly<MetricSpec>, status: Readonly<Record<string, unknown>> | undefined): string => {
  const source = SOURCES[spec.type]
  const now = currentOf(status, source)
  const wanted = spec[source]?.target ?? { type: 'Value' }
  if (spec.type === 'Resource' || spec.type === 'ContainerResource') {
    const name = spec.resource?.name ?? spec.containerResource?.name ?? ''
    if (wanted.averageValue !== undefined) return `${name}: ${now.averageValue ?? UNKNOWN}/${wanted.averageValue}`
    const percent = (n: number | undefined, none: string): string => (n === undefined ? none : `${n}%`)
    return `${name}: ${percent(now.averageUtilization, UNKNOWN)}/${percent(wanted.averageUtilization, '<auto>')}`
  }
  if (spec.type === 'Pods') return `${now.averageValue ?? UNKNOWN}/${wanted.averageValue}`
  if (wanted.averageValue !== undefined) return `${now.averageValue ?? UNKNOWN}/${wanted.averageValue} (avg)`
  return `${now.value ?? UNKNOWN}/${wanted.value}`
}

const SHOWN_MAX = 2

/** Source: formatHPAMetrics. */
const targets = ({ spec: { metrics }, status }: AutoscalerView): string => {
  if (metrics.length === 0) return NONE
  const all = metrics.map((metric, i) => target(metric, status.currentMetrics[i]))
  const more = all.length > SHOWN_MAX ? ` + ${all.length - SHOWN_MAX} more...` : ''
  return `${all.slice(0, SHOWN_MAX).join(', ')}${more}`
}

/** Source: pkg/printers/internalversion/printers.go, printHorizontalPodAutoscaler. */
export const horizontalPodAutoscalerColumns = defineColumns<AutoscalerView>({
  kind: 'HorizontalPodAutoscaler',
  list: ({ view }) => view.horizontalPodAutoscalers.values(),
  columns: [
    NAME,
    { header: 'REFERENCE', cell: ({ spec: { scaleTargetRef } }) => `${scaleTargetRef.kind}/${scaleTargetRef.name}` },
    { header: 'TARGETS', cell: targets },
    { header: 'MINPODS', cell: ({ spec }) => `${spec.minReplicas}` },
    { header: 'MAXPODS', cell: ({ spec }) => `${spec.maxReplicas}` },
    { header: 'REPLICAS', cell: ({ status }) => `${status.currentReplicas}` },
    AGE,
  ],
})

import type { DeepReadonly, PodDisruptionBudget } from '@wavetank/cluster'
import { AGE, defineColumns, NAME } from './define-columns.ts'

const limit = (value: number | string | undefined): string => (value === undefined ? 'N/A' : `${value}`)

/** Source: pkg/printers/internalversion/printers.go, printPodDisruptionBudget. */
export const podDisruptionBudgetColumns = defineColumns<DeepReadonly<PodDisruptionBudget>>({
  kind: 'PodDisruptionBudget',
  list: ({ view }) => view.podDisruptionBudgets.values(),
  columns: [
    NAME,
    { header: 'MIN AVAILABLE', cell: ({ spec }) => limit(spec.minAvailable) },
    { header: 'MAX UNAVAILABLE', cell: ({ spec }) => limit(spec.maxUnavailable) },
    { header: 'ALLOWED DISRUPTIONS', cell: ({ status }) => `${status.disruptionsAllowed}` },
    AGE,
  ],
})

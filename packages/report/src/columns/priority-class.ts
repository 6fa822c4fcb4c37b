import type { DeepReadonly, PriorityClass } from '@wavetank/cluster'
import { AGE, defineColumns, NAME } from './define-columns.ts'

/** Source: pkg/printers/internalversion/printers.go, printPriorityClass. */
export const priorityClassColumns = defineColumns<DeepReadonly<PriorityClass>>({
  kind: 'PriorityClass',
  list: ({ view }) => view.priorityClasses.values(),
  columns: [
    NAME,
    { header: 'VALUE', cell: ({ body }) => `${body.value}` },
    { header: 'GLOBAL-DEFAULT', cell: ({ body }) => `${body.globalDefault === true}` },
    AGE,
    { header: 'PREEMPTIONPOLICY', wide: true, cell: ({ body }) => body.preemptionPolicy },
  ],
})

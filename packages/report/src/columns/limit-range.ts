import { formatTime } from '@wavetank/cluster'
import { defineColumns, type KindColumns, type Listed, NAME } from './define-columns.ts'
import { inertColumns } from './inert.ts'

const { list } = inertColumns('LimitRange')

/** Source: pkg/printers/internalversion/printers.go, printLimitRange: the time itself, not the age. */
export const limitRangeColumns: KindColumns = defineColumns<Listed>({
  kind: 'LimitRange',
  list,
  columns: [
    NAME,
    { header: 'CREATED AT', cell: ({ createdAt }, { view }) => formatTime(view.settings.start + createdAt) },
  ],
})

import type { DeepReadonly, Namespace } from '@wavetank/cluster'
import { AGE, defineColumns, NAME } from './define-columns.ts'

export const namespaceColumns = defineColumns<DeepReadonly<Namespace>>({
  kind: 'Namespace',
  list: ({ view }) => view.namespaces.values(),
  columns: [NAME, { header: 'STATUS', cell: ({ terminating }) => (terminating ? 'Terminating' : 'Active') }, AGE],
})

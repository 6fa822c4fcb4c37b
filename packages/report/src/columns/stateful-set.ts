import type { DeepReadonly, StatefulSet } from '@wavetank/cluster'
import { AGE, containersOf, defineColumns, NAME } from './define-columns.ts'

/** Source: pkg/printers/internalversion/printers.go, printStatefulSet. */
export const statefulSetColumns = defineColumns<DeepReadonly<StatefulSet>>({
  kind: 'StatefulSet',
  list: ({ view }) => view.statefulSets.values(),
  columns: [
    NAME,
    { header: 'READY', cell: ({ replicas, status }) => `${status.readyReplicas}/${replicas}` },
    AGE,
    { header: 'CONTAINERS', wide: true, cell: ({ template }) => containersOf(template.spec, 'name') },
    { header: 'IMAGES', wide: true, cell: ({ template }) => containersOf(template.spec, 'image') },
  ],
})

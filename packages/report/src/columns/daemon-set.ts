import type { DaemonSet, DeepReadonly } from '@wavetank/cluster'
import { formatLabels, formatSelector, type Selector } from '@wavetank/cluster/api'
import { AGE, containersOf, defineColumns, NAME } from './define-columns.ts'

/** Source: pkg/printers/internalversion/printers.go, printDaemonSet. */
export const daemonSetColumns = defineColumns<DeepReadonly<DaemonSet>>({
  kind: 'DaemonSet',
  list: ({ view }) => view.daemonSets.values(),
  columns: [
    NAME,
    { header: 'DESIRED', cell: ({ status }) => `${status.desiredNumberScheduled}` },
    { header: 'CURRENT', cell: ({ status }) => `${status.currentNumberScheduled}` },
    { header: 'READY', cell: ({ status }) => `${status.numberReady}` },
    { header: 'UP-TO-DATE', cell: ({ status }) => `${status.updatedNumberScheduled}` },
    { header: 'AVAILABLE', cell: ({ status }) => `${status.numberAvailable}` },
    { header: 'NODE SELECTOR', cell: ({ template }) => formatLabels(template.spec.nodeSelector) },
    AGE,
    { header: 'CONTAINERS', wide: true, cell: ({ template }) => containersOf(template.spec, 'name') },
    { header: 'IMAGES', wide: true, cell: ({ template }) => containersOf(template.spec, 'image') },
    { header: 'SELECTOR', wide: true, cell: ({ matcher }) => formatSelector(matcher as Selector) },
  ],
})

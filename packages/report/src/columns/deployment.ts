import type { DeepReadonly, Deployment } from '@wavetank/cluster'
import { formatSelector, type Selector } from '@wavetank/cluster/api'
import { AGE, containersOf, defineColumns, NAME } from './define-columns.ts'

/** Source: pkg/printers/internalversion/printers.go, printDeployment. */
export const deploymentColumns = defineColumns<DeepReadonly<Deployment>>({
  kind: 'Deployment',
  list: ({ view }) => view.deployments.values(),
  columns: [
    NAME,
    { header: 'READY', cell: ({ status, replicas }) => `${status.readyReplicas}/${replicas}` },
    { header: 'UP-TO-DATE', cell: ({ status }) => `${status.updatedReplicas}` },
    { header: 'AVAILABLE', cell: ({ status }) => `${status.availableReplicas}` },
    AGE,
    { header: 'CONTAINERS', wide: true, cell: ({ template }) => containersOf(template.spec, 'name') },
    { header: 'IMAGES', wide: true, cell: ({ template }) => containersOf(template.spec, 'image') },
    { header: 'SELECTOR', wide: true, cell: ({ matcher }) => formatSelector(matcher as Selector) },
  ],
})

import type { DeepReadonly, ReplicaKind, ReplicaSet } from '@wavetank/cluster'
import { formatSelector, type Selector } from '@wavetank/cluster/api'
import { AGE, containersOf, defineColumns, type KindColumns, NAME } from './define-columns.ts'

type SetView = DeepReadonly<ReplicaSet>

/** Both kinds have the same columns. Source: pkg/printers/internalversion/printers.go, printReplicaSet, printReplicationController. */
const replicaColumns = (kind: ReplicaKind): KindColumns =>
  defineColumns<SetView>({
    kind,
    list: ({ view }) => (kind === 'ReplicaSet' ? view.replicaSets : view.replicationControllers).values(),
    columns: [
      NAME,
      { header: 'DESIRED', cell: ({ replicas }) => `${replicas}` },
      { header: 'CURRENT', cell: ({ status }) => `${status.replicas}` },
      { header: 'READY', cell: ({ status }) => `${status.readyReplicas}` },
      AGE,
      { header: 'CONTAINERS', wide: true, cell: ({ template }) => containersOf(template.spec, 'name') },
      { header: 'IMAGES', wide: true, cell: ({ template }) => containersOf(template.spec, 'image') },
      { header: 'SELECTOR', wide: true, cell: ({ matcher }) => formatSelector(matcher as Selector) },
    ],
  })

export const replicaSetColumns = replicaColumns('ReplicaSet')
export const replicationControllerColumns = replicaColumns('ReplicationController')

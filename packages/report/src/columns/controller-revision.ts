import type { ControllerRevision, DeepReadonly } from '@wavetank/cluster'
import { kindOf } from '@wavetank/cluster/api'
import { AGE, defineColumns, NAME, NONE } from './define-columns.ts'

/** `daemonset.apps/monitor`. */
const controllerOf = ({ owner }: DeepReadonly<ControllerRevision>): string => {
  if (owner === undefined) return NONE
  const info = kindOf(owner.apiVersion, owner.kind)
  const singular = info?.singular ?? owner.kind.toLowerCase()
  return `${singular}${info === undefined || info.group === '' ? '' : `.${info.group}`}/${owner.name}`
}

/** Source: pkg/printers/internalversion/printers.go, printControllerRevision. */
export const controllerRevisionColumns = defineColumns<DeepReadonly<ControllerRevision>>({
  kind: 'ControllerRevision',
  list: ({ view }) => view.controllerRevisions.values(),
  columns: [
    NAME,
    { header: 'CONTROLLER', cell: controllerOf },
    { header: 'REVISION', cell: ({ revision }) => `${revision}` },
    AGE,
  ],
})

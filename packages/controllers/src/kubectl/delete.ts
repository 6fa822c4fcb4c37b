import { type ClusterView, deleteObject, type KubectlCommand, type Propagation } from '@wavetank/cluster'
import { isLeft } from 'fp-ts/lib/Either.js'
import { gathering, type Outcome, outcomeOf, printedKind } from './outcome.ts'
import { findTargets } from './targets.ts'

type Delete = Extract<KubectlCommand, { readonly verb: 'delete' }>

const PROPAGATION: Readonly<Record<Delete['cascade'], Propagation>> = {
  background: 'Background',
  foreground: 'Foreground',
  orphan: 'Orphan',
}

const IMMEDIATE =
  'Warning: Immediate deletion does not wait for confirmation that the running resource has been terminated. The resource may continue to run on the cluster indefinitely.'

/** Without `--force` nobody gets a grace period of 0. Source: delete.go, Complete and Validate. */
const graceOf = ({ force, gracePeriodSeconds }: Delete): number | undefined => {
  if (force) return gracePeriodSeconds ?? 0
  return gracePeriodSeconds === 0 ? 1 : gracePeriodSeconds
}

/**
 * Source: staging/src/k8s.io/kubectl/pkg/cmd/delete/delete.go, DeleteResult and PrintObj. Unlike kubectl, the command
 * is over when the deletion is asked for, not when the objects are gone.
 */
export const remove = (view: ClusterView, command: Delete): Outcome => {
  const { objects, problems } = findTargets(view, command.targets)
  const graceSeconds = graceOf(command)
  const result = gathering(command.ignoreNotFound ? [] : problems)
  if (graceSeconds === 0) result.output.push(IMMEDIATE)
  for (const object of objects) {
    const { kind, namespace, name } = object
    const deletion = deleteObject(view, object, { propagation: PROPAGATION[command.cascade], graceSeconds })
    if (isLeft(deletion)) {
      result.problems.push(deletion.left)
      continue
    }
    result.events.push(...deletion.right)
    const done = graceSeconds === 0 ? 'force deleted' : 'deleted'
    const from = namespace === '' ? '' : ` from ${namespace} namespace`
    result.output.push(`${printedKind(kind)} "${name}" ${done}${from}`)
  }
  if (objects.length === 0 && result.problems.length === 0) result.output.push('No resources found')
  return outcomeOf(result)
}

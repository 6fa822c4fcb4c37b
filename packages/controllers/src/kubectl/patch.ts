import { type Charges, type ClusterView, type KubectlCommand, patchObject } from '@wavetank/cluster'
import { isLeft } from 'fp-ts/lib/Either.js'
import { gathering, type Outcome, outcomeOf, printedName } from './outcome.ts'
import { findTargets } from './targets.ts'

type Patch = Extract<KubectlCommand, { readonly verb: 'patch' }>

/** Source: staging/src/k8s.io/kubectl/pkg/cmd/patch/patch.go, RunPatch. */
export const patch = (view: ClusterView, command: Patch): Outcome => {
  const { objects, problems } = findTargets(view, command.targets)
  const result = gathering(problems)
  const charges: Charges = new Map()
  for (const object of objects) {
    const update = patchObject(view, object, command.type, command.patch, charges)
    if (isLeft(update)) {
      result.problems.push(update.left)
      continue
    }
    result.events.push(...update.right)
    const done = update.right.length > 0 ? 'patched' : 'patched (no change)'
    result.output.push(`${printedName(object.kind, object.name)} ${done}`)
  }
  if (objects.length === 0 && problems.length === 0) result.problems.push('no objects passed to patch')
  return outcomeOf(result)
}

import { type ClusterView, type KubectlCommand, type Taint as NodeTaint, patchObject } from '@wavetank/cluster'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { gathering, type Outcome, outcomeOf } from './outcome.ts'
import { findNodes } from './targets.ts'

type Taint = Extract<KubectlCommand, { readonly verb: 'taint' }>

interface Reorganised {
  readonly taints: readonly NodeTaint[]
  readonly operation: 'modified' | 'tainted' | 'untainted'
}

const printed = ({ key, effect }: Taint['remove'][number]): string => (effect === undefined ? key : `${key}:${effect}`)

/** Source: staging/src/k8s.io/kubectl/pkg/cmd/taint/utils.go, reorganizeTaints and checkIfTaintsAlreadyExists. */
const reorganise = (
  node: string,
  old: readonly NodeTaint[],
  { add, remove, overwrite }: Taint,
): Either<string, Reorganised> => {
  const same = (a: { key: string; effect?: string }, b: NodeTaint): boolean => a.key === b.key && a.effect === b.effect
  const taken = add.filter((taint) => old.some((other) => same(taint, other)))
  if (!overwrite && taken.length > 0) {
    const keys = taken.map(({ key }) => key).join(',')
    return left(`node ${node} already has ${keys} taint(s) with same effect(s) and --overwrite is false`)
  }
  let taints: readonly NodeTaint[] = [
    ...add.map(({ key, value, effect }) => (value === '' ? { key, effect } : { key, value, effect })),
    ...old.filter((other) => !add.some((taint) => same(taint, other))),
  ]
  const added = taints.length !== old.length
  let removed = false
  for (const unwanted of remove) {
    const kept = taints.filter(
      ({ key, effect }) => key !== unwanted.key || (unwanted.effect !== undefined && effect !== unwanted.effect),
    )
    removed = kept.length !== taints.length
    if (!removed) return left(`taint "${printed(unwanted)}" not found`)
    taints = kept
  }
  return right({ taints, operation: (added && removed) || overwrite ? 'modified' : added ? 'tainted' : 'untainted' })
}

/** Source: staging/src/k8s.io/kubectl/pkg/cmd/taint/taint.go, RunTaint. */
export const taint = (view: ClusterView, command: Taint): Outcome => {
  const { objects, problems } = findNodes(view, command.nodes)
  const result = gathering(problems)
  for (const object of objects) {
    const { name } = object
    const changed = reorganise(name, (view.nodes.get(name)?.taints ?? []) as readonly NodeTaint[], command)
    if (isLeft(changed)) {
      result.problems.push(changed.left)
      continue
    }
    const update = patchObject(view, object, 'merge', { spec: { taints: changed.right.taints } })
    if (isLeft(update)) {
      result.problems.push(update.left)
      continue
    }
    result.events.push(...update.right)
    result.output.push(`node/${name} ${changed.right.operation}`)
  }
  return outcomeOf(result)
}

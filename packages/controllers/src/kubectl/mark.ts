import { type ClusterView, type KubectlCommand, type Labels, patchObject } from '@wavetank/cluster'
import { isLeft } from 'fp-ts/lib/Either.js'
import { gathering, type Outcome, outcomeOf, printedName } from './outcome.ts'
import { findTargets } from './targets.ts'

type Mark = Extract<KubectlCommand, { readonly verb: 'label' | 'annotate' }>

/** Annotation that may always be overwritten. Source: polymorphichelpers.ChangeCauseAnnotation. */
const CHANGE_CAUSE = 'kubernetes.io/change-cause'

/** The refusal to overwrite, in the words of the verb; undefined if nothing has another value. */
const overwriteProblem = (verb: Mark['verb'], before: Labels, set: Labels): string | undefined => {
  const taken = Object.entries(set).filter(
    ([key, value]) => before[key] !== undefined && before[key] !== value && (verb === 'label' || key !== CHANGE_CAUSE),
  )
  if (taken.length === 0) return undefined
  if (verb === 'annotate') {
    const found = taken.map(([key]) => `'${key}' already has a value (${before[key]})`).join('; ')
    return `--overwrite is false but found the following declared annotation(s): ${found}`
  }
  const found = taken.map(([key]) => `'${key}' already has a value (${before[key]}), and --overwrite is false`)
  return found.length === 1 ? found[0] : `[${found.join(', ')}]`
}

const size = (labels: Labels): number => JSON.stringify(labels).length

/** Source: label.go, updateDataChangeMsg: shorter without `--overwrite` means that something was removed. */
const labelVerb = (before: Labels, after: Labels, changed: boolean, overwrite: boolean): string => {
  if (!changed) return 'not labeled'
  return !overwrite && size(after) < size(before) ? 'unlabeled' : 'labeled'
}

/**
 * `kubectl label` and `kubectl annotate`.
 *
 * Source: staging/src/k8s.io/kubectl/pkg/cmd/label/label.go, annotate/annotate.go.
 */
export const mark = (view: ClusterView, { verb, targets, set, remove, overwrite }: Mark): Outcome => {
  const { objects, problems } = findTargets(view, targets)
  const result = gathering(problems)
  for (const object of objects) {
    const before = verb === 'label' ? object.labels : object.annotations
    if (verb === 'label') {
      for (const key of remove) if (before[key] === undefined) result.output.push(`label "${key}" not found.`)
    }
    const refusal = overwrite ? undefined : overwriteProblem(verb, before, set)
    if (refusal !== undefined) {
      result.problems.push(refusal)
      continue
    }
    const changes: Record<string, string | null> = { ...set }
    for (const key of remove) changes[key] = null
    const field = verb === 'label' ? 'labels' : 'annotations'
    const update = patchObject(view, object, 'merge', { metadata: { [field]: changes } })
    if (isLeft(update)) {
      result.problems.push(update.left)
      continue
    }
    result.events.push(...update.right)
    const after = Object.fromEntries(Object.entries({ ...before, ...set }).filter(([key]) => !remove.includes(key)))
    const done = verb === 'label' ? labelVerb(before, after, update.right.length > 0, overwrite) : 'annotated'
    result.output.push(`${printedName(object.kind, object.name)} ${done}`)
  }
  return outcomeOf(result)
}

import { type SimEvent, uuidOf } from '@wavetank/kernel'
import { isLeft, right } from 'fp-ts/lib/Either.js'
import type { PodDisruptionBudget as BudgetObject } from '../api/policy/pod-disruption-budget.ts'
import { keyOf } from '../ids.ts'
import { podDisruptionBudgetEvents } from '../pod-disruption-budget/events.ts'
import type { ClusterView } from '../tables.ts'
import { controllerOf } from './manifest.ts'
import { isEqual, type Update, updateMetadata } from './update-metadata.ts'

const specOf = ({ spec }: BudgetObject): Record<string, unknown> => spec as unknown as Record<string, unknown>

/** What storing a PodDisruptionBudget comes to. A status that the manifest has is dropped. */
export const createBudget = (view: ClusterView, at: number, object: BudgetObject): SimEvent => {
  const { metadata } = object
  const key = keyOf(metadata.namespace ?? '', metadata.name)
  return podDisruptionBudgetEvents.Created({
    object: key,
    uid: uuidOf(view.settings.seed, `PodDisruptionBudget ${key} ${at}`),
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    owner: controllerOf(metadata),
    spec: specOf(object),
  })
}

/** All of the spec may change. Source: pkg/apis/policy/validation/validation.go. */
export const updateBudget = (was: BudgetObject, is: BudgetObject): Update => {
  const { metadata } = was
  const object = keyOf(metadata.namespace ?? '', metadata.name)
  const spec = isEqual(was.spec, is.spec) ? [] : [podDisruptionBudgetEvents.SpecChanged({ object, spec: specOf(is) })]
  const changed = updateMetadata('PodDisruptionBudget', metadata, is.metadata, {
    labelled: (labels) => podDisruptionBudgetEvents.Labelled({ object, labels }),
    annotated: (annotations) => podDisruptionBudgetEvents.Annotated({ object, annotations }),
    adopted: (owner) => podDisruptionBudgetEvents.Adopted({ object, owner }),
    released: (owner) =>
      podDisruptionBudgetEvents.Released({ object, owner: keyOf(metadata.namespace ?? '', owner.name) }),
  })
  return isLeft(changed) ? changed : right([...spec, ...changed.right])
}

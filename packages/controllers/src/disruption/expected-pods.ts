import {
  type ClusterView,
  type ControllerRef,
  type DeepReadonly,
  keyOf,
  type PodDisruptionBudget,
  resourceOf,
  selects,
} from '@wavetank/cluster'
import { kindOf, scaledValue } from '@wavetank/cluster/api'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { Tally } from './census.ts'

/**
 * How many pods a budget should have, and how many of them healthy.
 *
 * A percentage, and whatever may be unavailable, is of the replicas that the pods’ controllers are to have, not of the
 * pods that are there.
 *
 * Source: pkg/controller/disruption/disruption.go, getExpectedPodCount, getExpectedScale, finders.
 */
export interface ExpectedPods {
  readonly expectedPods: number
  readonly desiredHealthy: number
  /** Pods that no controller accounts for; 0 where it does not matter. */
  readonly unmanaged: number
}

type BudgetView = DeepReadonly<PodDisruptionBudget>

interface Scale {
  readonly uid: string
  readonly replicas: number
}

/** The controller behind a reference and its scale; `undefined` if there is none of that uid. */
const scaleOf = (view: ClusterView, namespace: string, owner: ControllerRef): Either<string, Scale | undefined> => {
  const { apiVersion, kind, name, uid } = owner
  const key = keyOf(namespace, name)
  const same = (found: Scale | undefined): Scale | undefined => (found?.uid === uid ? found : undefined)
  if (kindOf(apiVersion, kind) === undefined) return left(`no matches for kind "${kind}" in version "${apiVersion}"`)
  switch (kind) {
    case 'ReplicationController':
      return right(same(view.replicationControllers.get(key)))
    case 'StatefulSet':
      return right(same(view.statefulSets.get(key)))
    case 'Deployment':
      return right(same(view.deployments.get(key)))
    case 'ReplicaSet': {
      const set = view.replicaSets.get(key)
      if (set?.uid !== uid) return right(undefined)
      const deployment =
        set.owner?.kind === 'Deployment' ? view.deployments.get(keyOf(namespace, set.owner.name)) : undefined
      return right(deployment !== undefined && deployment.uid === set.owner?.uid ? deployment : set)
    }
    default:
      return left(`${resourceOf(kind)} does not implement the scale subresource`)
  }
}

/** A pod of the owner that the budget has, for the message. */
const podNameOf = (view: ClusterView, { namespace, matcher }: BudgetView, uid: string): string => {
  for (const pod of view.podsByOwner.get(uid) ?? []) {
    if (pod.namespace === namespace && selects(matcher, pod.labels)) return pod.name
  }
  return ''
}

/** The sum of the scales of the controllers, each counted once. */
const totalScale = (view: ClusterView, budget: BudgetView, { owners }: DeepReadonly<Tally>): Either<string, number> => {
  const scales = new Map<string, number>()
  for (const { owner } of owners.values()) {
    const scale = scaleOf(view, budget.namespace, owner)
    if (isLeft(scale)) return scale
    if (scale.right === undefined) {
      return left(`found no controllers for pod "${podNameOf(view, budget, owner.uid)}"`)
    }
    scales.set(scale.right.uid, scale.right.replicas)
  }
  let total = 0
  for (const replicas of scales.values()) total += replicas
  return right(total)
}

/** Why it cannot be said, in the controller’s words, or the numbers. */
export const expectedPods = (
  view: ClusterView,
  budget: BudgetView,
  tally: DeepReadonly<Tally>,
): Either<string, ExpectedPods> => {
  const { minAvailable, maxUnavailable } = budget.spec
  if (maxUnavailable === undefined && typeof minAvailable !== 'string') {
    const expected = minAvailable === undefined ? 0 : tally.pods
    return right({ expectedPods: expected, desiredHealthy: minAvailable ?? 0, unmanaged: 0 })
  }
  const total = totalScale(view, budget, tally)
  if (isLeft(total)) return total
  const expected = total.right
  const desiredHealthy =
    maxUnavailable === undefined
      ? scaledValue(minAvailable!, expected, 'up')
      : Math.max(0, expected - scaledValue(maxUnavailable, expected, 'up'))
  return right({ expectedPods: expected, desiredHealthy, unmanaged: tally.unmanaged })
}

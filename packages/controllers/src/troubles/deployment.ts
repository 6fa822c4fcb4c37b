import { type DeepReadonly, isAvailable, isReady, type Pod, type ReplicaSet } from '@wavetank/cluster'
import { familyOf } from '../deployment/revisions.ts'
import { stallReasons } from '../deployment/stall.ts'
import type { SetView, Sync } from '../deployment/sync-state.ts'
import { fullQuotas, type PodView, podObjects, type TroubleOf, tightBudgets, unready } from './trouble.ts'

const isLeaving = (pod: PodView): boolean => pod.deletion !== undefined

/** A rollout that stalls: how far it is, what it waits for, and whose eviction a budget would refuse meanwhile. */
export const deploymentTrouble: TroubleOf = ({ view, at }, key) => {
  const deployment = view.deployments.get(key)
  if (deployment === undefined) return undefined
  const sets = [...(view.objectsByOwner.get(deployment.uid) ?? [])].filter(
    (object): object is DeepReadonly<ReplicaSet> => object.kind === 'ReplicaSet',
  )
  const sync = { view, at, deployment, events: [], status: deployment.status, revision: undefined } as unknown as Sync
  const family = familyOf(sync, sets as readonly SetView[])
  const podsOf = (set: { readonly uid: string }): readonly PodView[] => [...(view.podsByOwner.get(set.uid) ?? [])]
  const all = sets.flatMap(podsOf)
  const updated = family.newSet === undefined ? [] : podsOf(family.newSet).filter((pod) => !isLeaving(pod))
  const available = all.filter(
    (pod) => !isLeaving(pod) && isAvailable(pod as Pod, deployment.minReadySeconds, at),
  ).length
  const { replicas, paused, status } = deployment
  const standing = `${replicas} wanted, ${updated.length} with the current template, ${available} available`
  const isDone =
    updated.length === replicas &&
    available >= replicas &&
    all.length === replicas &&
    updated.every((pod) => isReady(pod as Pod))
  if (isDone) return { standing, reasons: [], objects: [] }
  const progressing = status.conditions.find(({ type }) => type === 'Progressing')
  const reasons = [
    ...(paused ? ['it is paused: nothing is rolled out until it is resumed'] : []),
    ...(progressing?.status === 'False' ? [`${progressing.reason}: ${progressing.message}`] : []),
    ...stallReasons(view, deployment, family),
  ]
  const budgets = tightBudgets(
    view,
    all.filter((pod) => view.nodes.get(pod.node)?.unschedulable === true),
  )
  reasons.push(
    ...budgets.map(
      ({ key: budget, status: { currentHealthy, desiredHealthy } }) =>
        `pods on cordoned nodes cannot be evicted: PodDisruptionBudget ${budget} has ${currentHealthy} healthy and needs ${desiredHealthy}`,
    ),
  )
  const failure = family.newSet?.status.failure?.message ?? ''
  return {
    standing,
    reasons,
    objects: [
      ...fullQuotas(view, failure),
      ...podObjects(unready(updated)),
      ...podObjects(all.filter((pod) => isLeaving(pod))),
      ...budgets.map(({ key: budget }) => ({ kind: 'PodDisruptionBudget', key: budget })),
    ],
  }
}

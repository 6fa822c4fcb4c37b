import { type ClusterView, controllerRefOf, replicaSetEvents, selects } from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'
import type { DeploymentView, SetView } from './sync-state.ts'

/** The ReplicaSets that a Deployment owns. */
export const setsOf = (view: ClusterView, uid: string): SetView[] => {
  const sets: SetView[] = []
  for (const object of view.objectsByOwner.get(uid) ?? [])
    if (object.kind === 'ReplicaSet') sets.push(object as SetView)
  return sets
}

interface Claim {
  readonly sets: readonly SetView[]
  readonly events: readonly SimEvent[]
}

/** Which ReplicaSets are the Deployment's. Source: pkg/controller/controller_ref_manager.go, ClaimReplicaSets. */
export const claimSets = (view: ClusterView, deployment: DeploymentView): Claim => {
  const { matcher, deletion, namespace, uid } = deployment
  const sets: SetView[] = []
  const events: SimEvent[] = []
  for (const set of setsOf(view, uid)) {
    if (selects(matcher, set.labels)) sets.push(set)
    else if (deletion === undefined) {
      events.push(replicaSetEvents.Released({ object: set.key, owner: deployment.key }))
    }
  }
  if (deletion !== undefined) return { sets, events }
  for (const object of view.orphanObjects.get(`ReplicaSet/${namespace}`) ?? []) {
    if (object.deletion !== undefined || !selects(matcher, object.labels)) continue
    sets.push(object as SetView)
    events.push(replicaSetEvents.Adopted({ object: object.key, owner: controllerRefOf(deployment) }))
  }
  return { sets, events }
}

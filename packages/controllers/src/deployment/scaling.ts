import { desiredReplicasOf, maxReplicasOf } from './annotations.ts'
import { maxSurge } from './limits.ts'
import { resize, resizeUnlessEqual } from './resize.ts'
import {
  activeOf,
  allOf,
  byCreation,
  type DeploymentView,
  type Family,
  type SetCopy,
  type Sync,
  specReplicas,
  sumOf,
} from './sync-state.ts'

/**
 * What a change of `replicas` does to the ReplicaSets, mid-rollout too: there the pods are shared out in proportion, so
 * that neither revision gets them all.
 *
 * Source: pkg/controller/deployment/sync.go, scale.
 */

/** Some active set was last sized for another number of replicas. Source: isScalingEvent. */
export const isScalingEvent = ({ deployment }: Sync, family: Family): boolean =>
  activeOf(allOf(family)).some((set) => {
    const desired = desiredReplicasOf(set)
    return desired !== undefined && desired !== deployment.replicas
  })

/** Where there is one active set, or none, it alone is scaled. Source: FindActiveOrLatest. */
const onlySet = ({ view }: Sync, family: Family): SetCopy | 'several' | undefined => {
  const active = activeOf(allOf(family))
  if (active.length > 1) return 'several'
  return active[0] ?? family.newSet ?? [...family.oldSets].sort(byCreation(view)).at(-1)
}

/** Source: IsSaturated. */
const isSaturated = ({ replicas }: DeploymentView, newSet: SetCopy | undefined): boolean =>
  newSet !== undefined &&
  newSet.replicas === replicas &&
  desiredReplicasOf(newSet) === replicas &&
  newSet.status.availableReplicas === replicas

/** Half away from zero. Source: integer.RoundToInt32. */
const round = (x: number): number => (x < 0 ? Math.ceil(x - 0.5) : Math.floor(x + 0.5))

/** What the set would gain or lose by proportion alone. Source: getReplicaSetFraction. */
const fractionOf = (deployment: DeploymentView, set: SetCopy): number => {
  if (deployment.replicas === 0) return -set.replicas
  const most = deployment.replicas + maxSurge(deployment)
  const before = maxReplicasOf(set) || deployment.status.replicas
  return before === 0 ? 0 : round((set.replicas * most) / before) - set.replicas
}

/** Larger first; of one size the newer first when it grows, the older when it shrinks. */
const bySize =
  ({ view }: Sync, grows: boolean) =>
  (a: SetCopy, b: SetCopy): number =>
    b.replicas - a.replicas || (grows ? byCreation(view)(b, a) : byCreation(view)(a, b))

const shareOut = (sync: Sync, family: Family): void => {
  const { deployment } = sync
  const active = activeOf(allOf(family))
  const allowed = deployment.replicas > 0 ? deployment.replicas + maxSurge(deployment) : 0
  const missing = allowed - sumOf(active, specReplicas)
  const sets = missing === 0 ? active : [...active].sort(bySize(sync, missing > 0))
  let given = 0
  const sizes = sets.map((set) => {
    const left = missing - given
    if (left === 0) return set.replicas
    const fraction = fractionOf(deployment, set)
    const share = missing > 0 ? Math.min(fraction, left) : Math.max(fraction, left)
    given += share
    return set.replicas + share
  })
  sets.forEach((set, i) => {
    resize(sync, set, i === 0 ? Math.max(0, sizes[0]! + missing - given) : sizes[i]!)
  })
}

export const scale = (sync: Sync, family: Family): void => {
  const { deployment } = sync
  const only = onlySet(sync, family)
  if (only === undefined) return
  if (only !== 'several') resizeUnlessEqual(sync, only, deployment.replicas)
  else if (isSaturated(deployment, family.newSet)) {
    for (const set of activeOf(family.oldSets)) resizeUnlessEqual(sync, set, 0)
  } else if (deployment.strategy.type === 'RollingUpdate') shareOut(sync, family)
}

import { type DeploymentCondition, deploymentEvents } from '@wavetank/cluster'
import { available, conditionOf, progressing, withCondition, withoutCondition } from './conditions.ts'
import { DeploymentStalled } from './events.ts'
import { hasDeadline, minAvailable } from './limits.ts'
import { stallReasons } from './stall.ts'
import {
  actualReplicas,
  allOf,
  availableReplicas,
  type DeploymentView,
  type Family,
  type StatusView,
  type Sync,
  specReplicas,
  storedTime,
  sumOf,
} from './sync-state.ts'

/**
 * What a Deployment says about itself. Its counts are those that its ReplicaSets had when the sync began: what the sync
 * has just written shows in a later one.
 *
 * Source: pkg/controller/deployment/sync.go (calculateStatus, syncDeploymentStatus), progress.go (syncRolloutStatus).
 */
const calculateStatus = ({ deployment, status, at }: Sync, family: Family): StatusView => {
  const all = allOf(family)
  const availableNow = sumOf(all, availableReplicas)
  const availability =
    availableNow >= minAvailable(deployment)
      ? available('True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', at)
      : available('False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.', at)
  return {
    observedGeneration: deployment.generation,
    replicas: sumOf(all, actualReplicas),
    updatedReplicas: family.newSet?.status.replicas ?? 0,
    readyReplicas: sumOf(all, (set) => set.status.readyReplicas),
    availableReplicas: availableNow,
    unavailableReplicas: Math.max(0, sumOf(all, specReplicas) - availableNow),
    collisionCount: status.collisionCount,
    conditions: withCondition(status.conditions, availability),
  }
}

/** Source: deployment_util.go, DeploymentComplete. */
export const isComplete = ({ replicas, generation }: DeploymentView, status: StatusView): boolean =>
  status.updatedReplicas === replicas &&
  status.replicas === replicas &&
  status.availableReplicas === replicas &&
  status.observedGeneration >= generation

/** Source: deployment_util.go, DeploymentProgressing. */
const hasProgressed = (before: StatusView, now: StatusView): boolean =>
  now.updatedReplicas > before.updatedReplicas ||
  now.replicas - now.updatedReplicas < before.replicas - before.updatedReplicas ||
  now.readyReplicas > before.readyReplicas ||
  now.availableReplicas > before.availableReplicas

/** When the deadline has run out, by the time that the API stores. */
const deadlineOf = ({ view, deployment }: Sync, { lastUpdateAt }: Pick<DeploymentCondition, 'lastUpdateAt'>): number =>
  storedTime(view, lastUpdateAt) + deployment.progressDeadlineSeconds * 1_000

/** Source: deployment_util.go, DeploymentTimedOut. */
const hasTimedOut = (sync: Sync, { conditions }: StatusView): boolean => {
  const condition = conditionOf(conditions, 'Progressing')
  if (condition === undefined || condition.reason === 'NewReplicaSetAvailable') return false
  return condition.reason === 'ProgressDeadlineExceeded' || deadlineOf(sync, condition) < sync.at
}

/** The condition Progressing, where there is a deadline and the rollout is not known to be over. */
const judgeProgress = (sync: Sync, status: StatusView, family: Family): StatusView['conditions'] => {
  const { deployment, at } = sync
  const { conditions } = status
  const current = conditionOf(sync.status.conditions, 'Progressing')
  const settled = status.replicas === status.updatedReplicas && current?.reason === 'NewReplicaSetAvailable'
  if (settled) return conditions
  const subject = family.newSet === undefined ? `Deployment "${deployment.name}"` : `ReplicaSet "${family.newSet.name}"`
  if (isComplete(deployment, status)) {
    const message = `${subject} has successfully progressed.`
    return withCondition(conditions, progressing('True', 'NewReplicaSetAvailable', message, at))
  }
  if (hasProgressed(sync.status, status)) {
    const fresh = progressing('True', 'ReplicaSetUpdated', `${subject} is progressing.`, at)
    const lastTransitionAt = current?.status === 'True' ? current.lastTransitionAt : at
    // Written anew each time, for its time of update.
    return [...withoutCondition(conditions, 'Progressing'), { ...fresh, lastTransitionAt }]
  }
  if (hasTimedOut(sync, status)) {
    const message = `${subject} has timed out progressing.`
    return withCondition(conditions, progressing('False', 'ProgressDeadlineExceeded', message, at))
  }
  return conditions
}

/** The new set's failure before any other's. Source: getReplicaFailures. */
const withReplicaFailure = (conditions: StatusView['conditions'], { newSet, oldSets }: Family) => {
  const failure = newSet?.status.failure ?? oldSets.find(({ status }) => status.failure !== undefined)?.status.failure
  if (failure === undefined) return withoutCondition(conditions, 'ReplicaFailure')
  const { reason, message, lastTransitionAt } = failure
  return withCondition(conditions, {
    type: 'ReplicaFailure',
    status: 'True',
    reason,
    message,
    lastUpdateAt: lastTransitionAt,
    lastTransitionAt,
  })
}

const same = (a: StatusView, b: StatusView): boolean =>
  a.observedGeneration === b.observedGeneration &&
  a.replicas === b.replicas &&
  a.updatedReplicas === b.updatedReplicas &&
  a.readyReplicas === b.readyReplicas &&
  a.availableReplicas === b.availableReplicas &&
  a.unavailableReplicas === b.unavailableReplicas &&
  a.collisionCount === b.collisionCount &&
  a.conditions.length === b.conditions.length &&
  // A condition that did not change is the same object.
  a.conditions.every((condition, i) => condition === b.conditions[i])

/**
 * Writes the status, if it is another one, with the revision. kube-controller-manager writes conditions and revision
 * first; its second write of one sync then meets a conflict, and it does the same again milliseconds later.
 */
export const writeStatus = (sync: Sync, status: StatusView = sync.status): void => {
  const { deployment, revision, events } = sync
  if (revision === undefined && same(deployment.status, status)) return
  events.push(
    deploymentEvents.StatusReported({
      object: deployment.key,
      observedGeneration: status.observedGeneration,
      replicas: status.replicas,
      updatedReplicas: status.updatedReplicas,
      readyReplicas: status.readyReplicas,
      availableReplicas: status.availableReplicas,
      unavailableReplicas: status.unavailableReplicas,
      collisionCount: status.collisionCount,
      conditions: status.conditions,
      revision,
    }),
  )
}

/** Counts and availability, without a word about progress: for scaling, pausing and deletion. */
export const reportStatus = (sync: Sync, family: Family): void => writeStatus(sync, calculateStatus(sync, family))

/**
 * When to look again at a rollout of which nothing else may tell that it is stuck, in milliseconds; not at all where
 * nothing can come of it.
 *
 * Unlike kube-controller-manager: in the last second before the deadline it looks every few milliseconds, and so it does
 * at a finished Deployment that lost a pod; the one comes to the same as a look right after the deadline, the other to
 * nothing.
 *
 * Source: progress.go, requeueStuckDeployment.
 */
const nextLook = (sync: Sync, status: StatusView): number | undefined => {
  const { deployment, at } = sync
  const current = conditionOf(sync.status.conditions, 'Progressing')
  if (!hasDeadline(deployment) || current === undefined || isComplete(deployment, status)) return undefined
  if (current.reason === 'ProgressDeadlineExceeded' || current.reason === 'NewReplicaSetAvailable') return undefined
  const left = deadlineOf(sync, current) - at
  return left < 1_000 ? Math.max(0, left) + 1 : left + 1_000
}

/** The status of a rollout, with its progress. @returns when to look again, if so */
export const reportRollout = (sync: Sync, family: Family): number | undefined => {
  const { deployment, events, view } = sync
  const status = calculateStatus(sync, family)
  const judged = hasDeadline(deployment)
    ? judgeProgress(sync, status, family)
    : withoutCondition(status.conditions, 'Progressing')
  const final = { ...status, conditions: withReplicaFailure(judged, family) }
  writeStatus(sync, final)
  const stalled = conditionOf(final.conditions, 'Progressing')?.reason === 'ProgressDeadlineExceeded'
  if (stalled && conditionOf(deployment.status.conditions, 'Progressing')?.reason !== 'ProgressDeadlineExceeded') {
    const reasons = stallReasons(view, deployment, family)
    events.push(DeploymentStalled({ object: deployment.key, replicaSet: family.newSet?.name, reasons }))
  }
  return same(sync.status, final) ? nextLook(sync, final) : undefined
}

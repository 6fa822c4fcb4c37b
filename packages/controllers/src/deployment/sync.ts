import type { ClusterView } from '@wavetank/cluster'
import { type Selector, selectsEverything } from '@wavetank/cluster/api'
import type { SimEvent } from '@wavetank/kernel'
import { type Either, isLeft, right } from 'fp-ts/lib/Either.js'
import { rollbackOf } from './annotations.ts'
import { claimSets } from './claim.ts'
import { conditionOf, progressing, withCondition } from './conditions.ts'
import { DeploymentSelectsAll } from './events.ts'
import { cleanUp } from './history.ts'
import { hasDeadline } from './limits.ts'
import { endOldSets, oldPodsRun } from './recreate.ts'
import { resizeUnlessEqual } from './resize.ts'
import { createNewSet, familyOf, syncRevision } from './revisions.ts'
import { rollBack } from './rollback.ts'
import { rollingStep } from './rolling-update.ts'
import { isScalingEvent, scale } from './scaling.ts'
import { isComplete, reportRollout, reportStatus, writeStatus } from './status.ts'
import type { DeploymentView, Family, SetView, Sync, SyncFailure } from './sync-state.ts'

/** What one sync comes to. */
export interface SyncResult {
  readonly events: readonly SimEvent[]
  readonly failure?: SyncFailure | undefined
  /** Milliseconds until the next look, if nothing happens before. */
  readonly lookAgainIn?: number | undefined
}

type Step = Either<SyncFailure, number | undefined>
type WholeFamily = Family & { readonly newSet: NonNullable<Family['newSet']> }

const isWhole = (family: Family): family is WholeFamily => family.newSet !== undefined

/** The family with a new set, which is created if there is none. */
const complete = (sync: Sync, family: Family): Either<SyncFailure, WholeFamily> => {
  if (isWhole(family)) return right(family)
  const created = createNewSet(sync, family.oldSets)
  return isLeft(created) ? created : right(created.right as WholeFamily)
}

const finish = (sync: Sync, family: Family): Step => {
  // By the status that is stored, not the one about to be.
  if (isComplete(sync.deployment, sync.status)) cleanUp(sync, family.oldSets)
  return right(reportRollout(sync, family))
}

/** Source: rolloutRolling. */
const rollOut = (sync: Sync, family: Family): Step => {
  const whole = complete(sync, family)
  if (isLeft(whole)) return whole
  return rollingStep(sync, whole.right) ? right(reportRollout(sync, whole.right)) : finish(sync, whole.right)
}

/** Source: rolloutRecreate. */
const recreate = (sync: Sync, family: Family, sets: readonly SetView[]): Step => {
  if (endOldSets(sync, family) || oldPodsRun(sync, family, sets)) return right(reportRollout(sync, family))
  const whole = complete(sync, family)
  if (isLeft(whole)) return whole
  resizeUnlessEqual(sync, whole.right.newSet, sync.deployment.replicas)
  return finish(sync, whole.right)
}

/**
 * A paused rollout must not time out: pausing and resuming are progress of a kind.
 *
 * Source: sync.go, checkPausedConditions.
 */
const notePause = (sync: Sync): void => {
  const { deployment, at, status } = sync
  const reason = conditionOf(status.conditions, 'Progressing')?.reason
  if (!hasDeadline(deployment) || reason === 'ProgressDeadlineExceeded') return
  const isNoted = reason === 'DeploymentPaused'
  if (deployment.paused === isNoted) return
  const condition = deployment.paused
    ? progressing('Unknown', 'DeploymentPaused', 'Deployment is paused', at)
    : progressing('Unknown', 'DeploymentResumed', 'Deployment is resumed', at)
  sync.status = { ...status, conditions: withCondition(status.conditions, condition) }
}

const steps = (sync: Sync, sets: readonly SetView[]): Step => {
  const { deployment } = sync
  if (deployment.deletion !== undefined) {
    reportStatus(sync, syncRevision(sync, familyOf(sync, sets)))
    return right(undefined)
  }
  notePause(sync)
  const family = syncRevision(sync, familyOf(sync, sets))
  const rollback = rollbackOf(deployment)
  if (deployment.paused) {
    scale(sync, family)
    if (rollback === undefined) cleanUp(sync, family.oldSets)
    reportStatus(sync, family)
    return right(undefined)
  }
  if (rollback !== undefined) {
    const whole = complete(sync, family)
    if (isLeft(whole)) return whole
    rollBack(sync, whole.right, rollback)
    writeStatus(sync)
    return right(undefined)
  }
  if (isScalingEvent(sync, family)) {
    scale(sync, family)
    reportStatus(sync, family)
    return right(undefined)
  }
  return deployment.strategy.type === 'Recreate' ? recreate(sync, family, sets) : rollOut(sync, family)
}

/**
 * One look at a Deployment, and what it leads to.
 *
 * Source: pkg/controller/deployment/deployment_controller.go, syncDeployment.
 */
export const syncDeployment = (view: ClusterView, deployment: DeploymentView, at: number): SyncResult => {
  const sync: Sync = { view, at, deployment, events: [], status: deployment.status, revision: undefined }
  if (selectsEverything(deployment.matcher as Selector)) {
    sync.events.push(DeploymentSelectsAll({ object: deployment.key }))
    const { generation, status } = deployment
    if (status.observedGeneration < generation) writeStatus(sync, { ...status, observedGeneration: generation })
    return { events: sync.events }
  }
  const { sets, events } = claimSets(view, deployment)
  sync.events.push(...events)
  const step = steps(sync, sets)
  if (!isLeft(step)) return { events: sync.events, lookAgainIn: step.right }
  writeStatus(sync)
  return { events: sync.events, failure: step.left }
}

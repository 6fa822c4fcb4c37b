import type { DeepReadonly, Deployment } from '@wavetank/cluster'
import { scaledValue } from '@wavetank/cluster/api'

/** What of a Deployment decides how far a rollout may go at once. */
export type Bounds = DeepReadonly<Pick<Deployment, 'replicas' | 'strategy'>>

interface Fenceposts {
  readonly surge: number
  readonly unavailable: number
}

/** Surge is rounded up and unavailability down; both zero would never move. Source: deployment_util.go, ResolveFenceposts. */
const fencepostsOf = ({ replicas, strategy }: Bounds): Fenceposts => {
  const surge = scaledValue(strategy.maxSurge ?? 0, replicas, 'up')
  const unavailable = scaledValue(strategy.maxUnavailable ?? 0, replicas, 'down')
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable }
}

const isRolling = ({ strategy }: Bounds): boolean => strategy.type === 'RollingUpdate'

/** How many pods there may be beyond `replicas`. Source: MaxSurge. */
export const maxSurge = (bounds: Bounds): number => (isRolling(bounds) ? fencepostsOf(bounds).surge : 0)

/** How many of `replicas` may be unavailable. Source: MaxUnavailable. */
export const maxUnavailable = (bounds: Bounds): number =>
  !isRolling(bounds) || bounds.replicas === 0 ? 0 : Math.min(fencepostsOf(bounds).unavailable, bounds.replicas)

export const minAvailable = (bounds: Bounds): number => bounds.replicas - maxUnavailable(bounds)

/** The greatest int32 stands for "no limit". */
const UNLIMITED = 2_147_483_647

export const hasDeadline = ({ progressDeadlineSeconds }: Pick<Deployment, 'progressDeadlineSeconds'>): boolean =>
  progressDeadlineSeconds !== UNLIMITED

export const hasHistoryLimit = ({ revisionHistoryLimit }: Pick<Deployment, 'revisionHistoryLimit'>): boolean =>
  revisionHistoryLimit !== UNLIMITED

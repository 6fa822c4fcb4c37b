/**
 * From what the metrics propose to what is asked for: stabilized, and not faster than the rules allow.
 *
 * A sync that is exactly as old as a window is outside of it: the syncs of kube-controller-manager are the period and
 * what a sync takes apart, so theirs is a little older than that.
 *
 * Source: pkg/controller/podautoscaler/horizontal.go, normalizeDesiredReplicas, normalizeDesiredReplicasWithBehaviors.
 */

import type { DeepReadonly, HPAScalingRules } from '@wavetank/cluster'
import type { Recommendation, ScaleChange } from './memory.ts'

type Rules = DeepReadonly<HPAScalingRules>

export interface NormalizeQuestion {
  readonly at: number
  readonly current: number
  readonly desired: number
  readonly min: number
  readonly max: number
  /** Earlier ones, not that of this sync. */
  readonly recommendations: readonly DeepReadonly<Recommendation>[]
}

export interface Reason {
  readonly reason: string
  readonly message: string
}

export interface Normalized {
  readonly replicas: number
  readonly ableToScale: Reason
  readonly scalingLimited: Reason & { readonly limited: boolean }
}

const READY_FOR_SCALE: Reason = { reason: 'ReadyForNewScale', message: 'recommended size matches current size' }
const UP_STABILIZED: Reason = {
  reason: 'ScaleUpStabilized',
  message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
}
const DOWN_STABILIZED: Reason = {
  reason: 'ScaleDownStabilized',
  message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
}
const WITHIN: Reason = {
  reason: 'DesiredWithinRange',
  message: 'the desired count is within the acceptable range',
}
const TOO_FAST: Reason = {
  reason: 'ScaleUpLimit',
  message: 'the desired replica count is increasing faster than the maximum scale rate',
}
const TOO_FAST_DOWN: Reason = {
  reason: 'ScaleDownLimit',
  message: 'the desired replica count is decreasing faster than the maximum scale rate',
}
const TOO_MANY: Reason = {
  reason: 'TooManyReplicas',
  message: 'the desired replica count is more than the maximum replica count',
}
const TOO_FEW: Reason = {
  reason: 'TooFewReplicas',
  message: 'the desired replica count is less than the minimum replica count',
}

const answer = (stabilized: number, ableToScale: Reason, replicas: number, limit: Reason): Normalized => ({
  replicas,
  ableToScale,
  scalingLimited: { ...limit, limited: replicas !== stabilized },
})

/** Source: scaleUpLimitFactor, scaleUpLimitMinimum. */
const UP_FACTOR = 2
const UP_MINIMUM = 4

/** Without `behavior`. @param window of stabilization, in milliseconds */
export const normalize = (
  { at, current, desired, min, max, recommendations }: NormalizeQuestion,
  window: number,
): Normalized => {
  let stabilized = desired
  for (const { replicas, to } of recommendations) if (to > at - window) stabilized = Math.max(stabilized, replicas)
  const able = stabilized === desired ? READY_FOR_SCALE : DOWN_STABILIZED
  const limit = Math.max(UP_FACTOR * current, UP_MINIMUM)
  const most = Math.min(max, limit)
  if (stabilized < min) return answer(stabilized, able, min, TOO_FEW)
  if (stabilized > most) return answer(stabilized, able, most, max > limit ? TOO_FAST : TOO_MANY)
  return answer(stabilized, able, stabilized, WITHIN)
}

export interface Changes {
  readonly ups: readonly ScaleChange[]
  readonly downs: readonly ScaleChange[]
}

const changeIn = (changes: readonly ScaleChange[], since: number): number => {
  let sum = 0
  for (const { at, by } of changes) if (at > since) sum += by
  return sum
}

/** What the policies allow from where each of their periods began. */
const limitOf = (
  rules: Rules,
  at: number,
  current: number,
  { ups, downs }: Changes,
  proposed: (base: number, type: string, value: number) => number,
  widest: (a: number, b: number) => number,
  narrowest: (a: number, b: number) => number,
): number => {
  if (rules.selectPolicy === 'Disabled') return current
  const choose = rules.selectPolicy === 'Min' ? narrowest : widest
  return (rules.policies ?? [])
    .map(({ type, value, periodSeconds }) => {
      const since = at - periodSeconds * 1_000
      return proposed(current - changeIn(ups, since) + changeIn(downs, since), type, value)
    })
    .reduce((a, b) => choose(a, b))
}

const upLimit = (rules: Rules, at: number, current: number, changes: Changes): number => {
  const proposed = (base: number, type: string, value: number): number =>
    type === 'Pods' ? base + value : Math.ceil(base * (1 + value / 100))
  return Math.max(current, limitOf(rules, at, current, changes, proposed, Math.max, Math.min))
}

const downLimit = (rules: Rules, at: number, current: number, changes: Changes): number => {
  const proposed = (base: number, type: string, value: number): number =>
    type === 'Pods' ? base - value : Math.trunc(base * (1 - value / 100))
  return Math.min(current, limitOf(rules, at, current, changes, proposed, Math.min, Math.max))
}

/** With `behavior`, whose parts the API server has completed. @param window where that of scaling down is not given */
export const normalizeWithBehavior = (
  { at, current, desired, min, max, recommendations }: NormalizeQuestion,
  scaleUp: Rules,
  scaleDown: Rules,
  changes: Changes,
  window: number,
): Normalized => {
  const upSince = at - (scaleUp.stabilizationWindowSeconds ?? 0) * 1_000
  const downWindow = scaleDown.stabilizationWindowSeconds
  // The flag's window is cut to whole seconds.
  const downSince = at - (downWindow ?? Math.trunc(window / 1_000)) * 1_000
  let up = desired
  let down = desired
  for (const { replicas, to } of recommendations) {
    if (to > upSince) up = Math.min(up, replicas)
    if (to > downSince) down = Math.max(down, replicas)
  }
  let stabilized = current
  if (stabilized < up) stabilized = up
  if (stabilized > down) stabilized = down
  const able = stabilized === desired ? READY_FOR_SCALE : desired >= current ? UP_STABILIZED : DOWN_STABILIZED
  if (stabilized > current) {
    const limit = upLimit(scaleUp, at, current, changes)
    const most = Math.min(max, limit)
    if (stabilized > most) return answer(stabilized, able, most, max > limit ? TOO_FAST : TOO_MANY)
  } else if (stabilized < current) {
    const limit = downLimit(scaleDown, at, current, changes)
    const least = Math.max(min, limit)
    if (stabilized < least) return answer(stabilized, able, least, min < limit ? TOO_FAST_DOWN : TOO_FEW)
  }
  return answer(stabilized, able, stabilized, WITHIN)
}

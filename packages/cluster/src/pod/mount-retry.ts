import type { Draw } from '@wavetank/kernel'
import { nextRetry } from './sync-retry.ts'

/**
 * When a volume that cannot be mounted is tried again, in closed form: most tries find that nothing has changed, and
 * whoever needs them (the kubelet, and whoever counts its Events) can go through them without a log.
 */

/** Source: pkg/util/goroutinemap/exponentialbackoff, and the loop of pkg/kubelet/volumemanager/reconciler. */
const FIRST_WAIT = 500
const LONGEST_WAIT = 122_000
const LOOP = 100
/** After the doublings: 0.5 s to 64 s. */
const DOUBLINGS = 8

/** The first try after `at`, of those that follow a first failure at `since`. */
export const nextMount = (since: number, at: number): number => {
  let next = since
  let wait = FIRST_WAIT
  for (let i = 0; i < DOUBLINGS; i++) {
    if (next > at) return next
    next += wait + LOOP
    wait *= 2
  }
  const period = LONGEST_WAIT + LOOP
  return next > at ? next : next + (Math.floor((at - next) / period) + 1) * period
}

/** Source: pkg/kubelet/volumemanager/volume_manager.go, podAttachAndMountTimeout. */
const PATIENCE = 123_000

/**
 * When the worker of the pod, which waits for its volumes with a pause after each time-out, sees that they are mounted.
 *
 * @param since when it began to wait
 */
export const seenMounted = (draw: Draw, pod: string, since: number, mountedAt: number): number => {
  let from = since
  while (mountedAt > from + PATIENCE) from = nextRetry(draw, pod, from + PATIENCE)
  return Math.max(from, mountedAt)
}

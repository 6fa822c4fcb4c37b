import type { Draw } from '@wavetank/kernel'

/**
 * The syncs of a pod whose last one failed, in closed form: CrashLoopBackOff and ImagePullBackOff are looked at every 10
 * to 15 s, and nearly all of these looks find that nothing has changed. When each of them is follows from the one before
 * and a draw, so whoever needs them (the kubelet, and whoever counts its Events) can go through them without a log.
 *
 * Source: pkg/kubelet/pod_workers.go, completeWork: backOffPeriod 10 s with jitter 0.5, seen at a tick of 1 s.
 */
const PERIOD = 10_000
const JITTER = 0.5
const TICK = 1_000

/** When the pod is synced again after a sync that failed at `at`. */
export const nextRetry = (draw: Draw, pod: string, at: number): number =>
  at + Math.ceil((PERIOD * (1 + JITTER * draw('sync-retry', `${pod} ${at}`))) / TICK) * TICK

/** The first retry at or after `until`, if those after a failure at `from` fail as well; `from` itself if that is late enough. */
export const retryAt = (draw: Draw, pod: string, from: number, until: number): number => {
  let at = from
  while (at < until) at = nextRetry(draw, pod, at)
  return at
}

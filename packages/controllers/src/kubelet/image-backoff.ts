/** Source: pkg/kubelet/kubelet.go, MaxContainerBackOff, imageBackOffPeriod; client-go flowcontrol/backoff.go. */
export const BACKOFF_INITIAL = 10_000
export const BACKOFF_MAX = 300_000
export const BACKOFF_RESET = 600_000

/** Why and since when an image of a pod is not pulled. It counts from the last failure, and is forgotten after 10 minutes. */
export interface ImageBackoff {
  readonly millis: number
  readonly failedAt: number
  readonly error: string
}

const hasExpired = ({ failedAt }: ImageBackoff, at: number): boolean => at - failedAt > BACKOFF_RESET

/** Source: IsInBackOffSinceUpdate. */
export const isInBackoff = (backoff: ImageBackoff, at: number): boolean =>
  !hasExpired(backoff, at) && at - backoff.failedAt < backoff.millis

/** Another pull has failed. Source: Backoff.Next. */
export const failedAgain = (backoff: ImageBackoff | undefined, error: string, at: number): ImageBackoff => ({
  millis:
    backoff === undefined || hasExpired(backoff, at) ? BACKOFF_INITIAL : Math.min(2 * backoff.millis, BACKOFF_MAX),
  failedAt: at,
  error,
})

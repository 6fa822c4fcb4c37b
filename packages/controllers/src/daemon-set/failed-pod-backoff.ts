/**
 * How long a DaemonSet waits before it deletes another failed pod on a node: it and a kubelet that refuses its pods
 * would otherwise go round without end.
 *
 * Source: staging/src/k8s.io/client-go/util/flowcontrol/backoff.go (Next, IsInBackOffSinceUpdate);
 * cmd/kube-controller-manager/app/apps.go, startDaemonSetController.
 */
export interface Backoff {
  readonly delay: number
  /** When the last failed pod was deleted. */
  readonly at: number
}

const INITIAL = 1_000
const MAX = 900_000

const isForgotten = (backoff: Backoff, at: number): boolean => at - backoff.at > 2 * MAX

export const nextBackoff = (backoff: Backoff | undefined, at: number): Backoff => ({
  delay: backoff === undefined || isForgotten(backoff, at) ? INITIAL : Math.min(MAX, 2 * backoff.delay),
  at,
})

export const isInBackoff = (backoff: Backoff | undefined, at: number): backoff is Backoff =>
  backoff !== undefined && !isForgotten(backoff, at) && at - backoff.at < backoff.delay

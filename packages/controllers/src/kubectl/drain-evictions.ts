import {
  type ClusterView,
  createEvictor,
  type DeepReadonly,
  type EvictionRefusal,
  isApiServerUp,
  type Pod,
  PodEvictionRefused,
  type PodKey,
} from '@wavetank/cluster'
import { formatMillis, type SimEvent } from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'
import { unanswered } from './outcome.ts'

/**
 * The evictions of `kubectl drain`, each in a loop of its own: what is refused for now is tried again every 5 s.
 *
 * 1. A try that can only be refused again, because nothing has happened that it depends on, is left out: it would write
 *    nothing but the same line. So a drain that a budget blocks for ever does not keep a run going.
 * 2. What is printed at every try is printed when something about it is new.
 * 3. An answer that says when to come again is followed by the client, ten times, before kubectl hears of it.
 *
 * Source: staging/src/k8s.io/kubectl/pkg/drain/drain.go, evictPods; client-go, rest/with_retry.go.
 */

/** A pod that the API server would not let go yet. */
export interface Asking {
  /** Of the pod that is drained: one of the same name that comes later is not the same. */
  readonly uid: string
  /** When it was asked last, and how long kubectl waits after that; 0 if it has not been asked yet. */
  askedAt: number
  interval: number
  /** Whether something has happened since that the answer depends on. */
  isPending: boolean
  refusal: EvictionRefusal | undefined
}

export interface Evictions {
  /** Evictions that have not been granted, by pod. */
  readonly asking: Map<PodKey, Asking>
  /** Pods that have to go before the node is drained. */
  readonly waiting: Set<PodKey>
  /** What went wrong with pods of this node. */
  readonly errors: string[]
}

const RETRY = 5_000

const sameRefusal = (a: EvictionRefusal, b: EvictionRefusal | undefined): boolean =>
  a.message === b?.message && a.cause === b.cause && a.budgets.join() === b.budgets.join()

const inQuotes = (key: PodKey): string => {
  const slash = key.indexOf('/')
  return `pods/"${key.slice(slash + 1)}" -n "${key.slice(0, slash)}"`
}

const pathOf = (key: PodKey): string => `/namespaces/${key.replace('/', '/pods/')}`

/** The pods that are waited for cannot be looked at any more. Only folds call it. */
export const loseSight = ({ waiting, errors }: Evictions): void => {
  for (const key of waiting) {
    const slash = key.indexOf('/')
    const pod = `pod "${key.slice(slash + 1)}" in namespace "${key.slice(0, slash)}"`
    errors.push(`error when waiting for ${pod} to terminate: ${unanswered('Get', pathOf(key))}`)
  }
  waiting.clear()
}

export const askFor = (evictions: Evictions, pods: readonly DeepReadonly<Pod>[], at: number): void => {
  for (const { key, uid } of pods) {
    evictions.asking.set(key, { uid, askedAt: at, interval: 0, isPending: true, refusal: undefined })
  }
}

/** When the pod is asked for again, if it is worth it: not before `at`. */
const nextAttempt = ({ askedAt, interval }: Asking, at: number): number =>
  interval === 0 ? at : askedAt + Math.max(1, Math.ceil((at - askedAt) / interval)) * interval

/** When something is to be asked for again that may be answered in another way; `undefined` if nothing is. */
export const nextRetry = ({ asking }: DeepReadonly<Evictions>, at: number): number | undefined => {
  let next: number | undefined
  for (const one of asking.values()) {
    if (one.isPending) next = Math.min(next ?? Number.POSITIVE_INFINITY, nextAttempt(one, at))
  }
  return next
}

/** When the last of the loops sees that its time is over. */
export const lastLook = ({ asking }: DeepReadonly<Evictions>, at: number): number => {
  let last = at
  for (const one of asking.values()) last = Math.max(last, nextAttempt(one, at))
  return last
}

/** What is asked for now, and what comes of it: lines are added to `output`, events are returned. Only folds call it. */
export const attempt = (
  view: ClusterView,
  evictions: Evictions,
  at: number,
  graceSeconds: number | undefined,
  output: string[],
): readonly SimEvent[] => {
  const evict = createEvictor(view)
  const events: SimEvent[] = []
  for (const [key, one] of evictions.asking) {
    if (!one.isPending || nextAttempt(one, at) !== at) continue
    one.isPending = false
    one.askedAt = at
    if (!isApiServerUp(view)) {
      output.push(`evicting pod ${key}`)
      evictions.errors.push(`error when evicting ${inQuotes(key)}: ${unanswered('Post', `${pathOf(key)}/eviction`)}`)
      evictions.asking.delete(key)
      continue
    }
    const { refusal: before } = one
    const pod = view.pods.get(key)
    const result = pod === undefined ? undefined : evict(pod, graceSeconds)
    if (pod === undefined || result === undefined) {
      evictions.asking.delete(key)
      continue
    }
    const refusal = isLeft(result) ? result.left : undefined
    const isNews = refusal === undefined || !sameRefusal(refusal, before)
    if (before === undefined || (isNews && before.retryAfterSeconds === 0)) output.push(`evicting pod ${key}`)
    if (!isLeft(result) || (refusal?.isNamespaceTerminating === true && pod.deletion !== undefined)) {
      events.push(...(isLeft(result) ? [] : result.right))
      evictions.asking.delete(key)
      if (pod.uid === one.uid) evictions.waiting.add(key)
      else output.push(`pod/${pod.name} evicted`)
      continue
    }
    one.refusal = result.left
    one.interval = result.left.retryAfterSeconds > 0 ? result.left.retryAfterSeconds * 1_000 : RETRY
    if (!isNews) continue
    const { code, message, cause, budgets } = result.left
    events.push(PodEvictionRefused({ pod: key, code, message, why: cause, budgets }))
    if (result.left.isNamespaceTerminating === true) {
      const where = `pod "${pod.name}" from terminating namespace "${pod.namespace}"`
      output.push(`error when evicting ${where} (will retry after 5s): ${message}`)
    } else if (code === 429) {
      if (result.left.retryAfterSeconds === 0)
        output.push(`error when evicting ${inQuotes(key)} (will retry after 5s): ${message}`)
    } else {
      evictions.errors.push(`error when evicting ${inQuotes(key)}: ${message}`)
      evictions.asking.delete(key)
    }
  }
  return events
}

/** `--timeout` is over: what was not granted until then is not asked for again. Only folds call it. */
export const giveUp = ({ asking, errors }: Evictions, timeout: number, output: string[]): void => {
  for (const key of asking.keys()) {
    output.push(`evicting pod ${key}`)
    errors.push(`error when evicting ${inQuotes(key)}: global timeout reached: ${formatMillis(timeout)}`)
  }
  asking.clear()
}

import { type Heap, popFrom, pushTo } from './heap.ts'

/**
 * The scheduling queue: which pod is tried next, and which ones wait for what.
 *
 *   created ──▶ activeQ ──pop──▶ attempt ──bound──▶ gone
 *                ▲   ▲              │
 *     every 1 s  │   │ not backing  └─no node──▶ unschedulablePods ◀── gated
 *                │   │ off any more                 │
 *              backoffQ ◀───────────────────────────┘ a change that may help, or 5 minutes
 *
 * 1. activeQ: higher priority first, then the earlier timestamp; a failed attempt renews the timestamp.
 * 2. With activeQ empty the head of backoffQ is taken, back-off or not. Pods that failed by an error wait it out.
 * 3. Of equals, who came first goes first, where Kubernetes leaves it open.
 *
 * Source: pkg/scheduler/backend/queue (scheduling_queue.go, active_queue.go, backoff_queue.go), v1.34.
 */
export interface QueuedPod {
  readonly key: string
  readonly uid: string
  readonly priority: number
  /** Order of arrival, the last word. */
  readonly ticket: number
  /** When it joined, or last failed. */
  timestamp: number
  attempts: number
  /** How often plugins rejected it. */
  unschedulableCount: number
  /** Errors in a row. */
  errorCount: number
  /** Plugins that rejected it the last time; none after an error. */
  rejectors: readonly string[]
  place: 'active' | 'backoff' | 'error' | 'unschedulable' | 'gated' | 'attempt' | 'gone'
  /** The second after which its back-off is over, while in backoffQ. */
  backoffSecond: number
  /** Rises whenever it joins or leaves a queue. */
  stay: number
}

export interface QueueSettings {
  /** Milliseconds. */
  readonly podInitialBackoff: number
  /** Milliseconds; 0 turns back-off off. */
  readonly podMaxBackoff: number
}

interface Waiting {
  readonly pod: QueuedPod
  /** The stay for which this entry was made; entries of earlier ones are skipped when they surface. */
  readonly stay: number
  readonly timestamp: number
  readonly backoffSecond: number
}

export interface SchedulingQueue {
  readonly pods: Map<string, QueuedPod>
  readonly active: Heap<Waiting>
  readonly backoff: Heap<Waiting>
  readonly error: Heap<Waiting>
  readonly unschedulable: Map<string, QueuedPod>
  /** How many of them each plugin rejected. */
  readonly rejectedBy: Map<string, number>
  readonly counts: { active: number; backoff: number; error: number }
  /** Pods that ever joined. */
  joined: number
}

const byPriorityThenTime = (a: Waiting, b: Waiting): number =>
  b.pod.priority - a.pod.priority || a.timestamp - b.timestamp || a.pod.ticket - b.pod.ticket

const byBackoff = (a: Waiting, b: Waiting): number => a.backoffSecond - b.backoffSecond || byPriorityThenTime(a, b)

const orderOf = { active: byPriorityThenTime, backoff: byBackoff, error: byBackoff } as const

export const createQueue = (): SchedulingQueue => ({
  pods: new Map(),
  active: [],
  backoff: [],
  error: [],
  unschedulable: new Map(),
  rejectedBy: new Map(),
  counts: { active: 0, backoff: 0, error: 0 },
  joined: 0,
})

const isLive = ({ pod, stay }: Waiting): boolean => pod.stay === stay

const leave = (queue: SchedulingQueue, pod: QueuedPod): void => {
  const { place } = pod
  pod.stay++
  if (place === 'active' || place === 'backoff' || place === 'error') queue.counts[place]--
  if (place === 'unschedulable') {
    queue.unschedulable.delete(pod.key)
    for (const plugin of pod.rejectors) queue.rejectedBy.set(plugin, queue.rejectedBy.get(plugin)! - 1)
  }
}

const join = (queue: SchedulingQueue, pod: QueuedPod, place: 'active' | 'backoff' | 'error'): void => {
  leave(queue, pod)
  pod.place = place
  queue.counts[place]++
  const { stay, timestamp, backoffSecond } = pod
  pushTo(queue[place], orderOf[place], { pod, stay, timestamp, backoffSecond })
}

/** A pod that was just created. */
export const addPod = (
  queue: SchedulingQueue,
  pod: { readonly key: string; readonly uid: string; readonly priority: number },
  at: number,
  isGated: boolean,
): void => {
  const queued: QueuedPod = {
    key: pod.key,
    uid: pod.uid,
    priority: pod.priority,
    ticket: queue.joined,
    timestamp: at,
    attempts: 0,
    unschedulableCount: 0,
    errorCount: 0,
    rejectors: [],
    place: 'gated',
    backoffSecond: 0,
    stay: 0,
  }
  queue.joined++
  queue.pods.set(pod.key, queued)
  if (!isGated) join(queue, queued, 'active')
}

/** The pod's last gate was removed. */
export const ungate = (queue: SchedulingQueue, key: string): void => {
  const pod = queue.pods.get(key)
  if (pod?.place === 'gated') join(queue, pod, 'active')
}

/** Bound, deleted or no longer ours. */
export const removePod = (queue: SchedulingQueue, key: string): void => {
  const pod = queue.pods.get(key)
  if (pod === undefined) return
  leave(queue, pod)
  pod.place = 'gone'
  queue.pods.delete(key)
}

const second = (at: number): number => Math.floor(at / 1_000)

/** 1, 2, 4, 8, 10, 10 … seconds; errors count for themselves. Source: backoff_queue.go, calculateBackoffDuration. */
export const backoffMillis = (pod: QueuedPod, { podInitialBackoff, podMaxBackoff }: QueueSettings): number => {
  const count = pod.errorCount > 0 ? pod.errorCount : pod.unschedulableCount
  if (count === 0 || podMaxBackoff === 0) return 0
  return Math.min(podInitialBackoff * 2 ** Math.min(30, count - 1), podMaxBackoff)
}

/** The last whole second in which the pod still backs off. */
const lastSecond = (pod: QueuedPod, settings: QueueSettings): number =>
  second(pod.timestamp + backoffMillis(pod, settings))

const isBackingOff = (pod: QueuedPod, at: number, settings: QueueSettings): boolean =>
  backoffMillis(pod, settings) > 0 && lastSecond(pod, settings) >= second(at)

/** To backoffQ while it has to wait, else to activeQ. */
export const requeue = (queue: SchedulingQueue, pod: QueuedPod, at: number, settings: QueueSettings): void => {
  if (!isBackingOff(pod, at, settings)) {
    join(queue, pod, 'active')
    return
  }
  pod.backoffSecond = lastSecond(pod, settings)
  join(queue, pod, pod.rejectors.length === 0 ? 'error' : 'backoff')
}

/** backoffQ is looked at every whole second; what that second finds over goes to activeQ. */
const flushBackoff = (queue: SchedulingQueue, at: number): void => {
  for (const place of ['error', 'backoff'] as const) {
    const heap = queue[place]
    for (let head = heap[0]; head !== undefined; head = heap[0]) {
      if (isLive(head)) {
        if (head.backoffSecond >= second(at)) break
        join(queue, head.pod, 'active')
      }
      popFrom(heap, byBackoff)
    }
  }
}

const takeFrom = (queue: SchedulingQueue, place: 'active' | 'backoff'): QueuedPod | undefined => {
  const heap = queue[place]
  for (let head = popFrom(heap, orderOf[place]); head !== undefined; head = popFrom(heap, orderOf[place])) {
    if (isLive(head)) return head.pod
  }
  return undefined
}

/** When the look at backoffQ comes that finds the pod’s back-off over. */
export const backoffEndOf = ({ backoffSecond }: QueuedPod): number => (backoffSecond + 1) * 1_000

/** The next pod to try. Source: active_queue.go, unlockedPop. */
export const popPod = (queue: SchedulingQueue, at: number): QueuedPod | undefined => {
  flushBackoff(queue, at)
  const pod = takeFrom(queue, 'active') ?? takeFrom(queue, 'backoff')
  if (pod === undefined) return undefined
  leave(queue, pod)
  pod.place = 'attempt'
  pod.attempts++
  return pod
}

/**
 * How long until there is a pod to try: 0 if there is one now, `undefined` if only an event can bring one.
 */
export const nextPodIn = (queue: SchedulingQueue, at: number): number | undefined => {
  const { active, backoff, error } = queue.counts
  if (active > 0 || backoff > 0) return 0
  if (error === 0) return undefined
  let head = queue.error[0]
  while (head !== undefined && !isLive(head)) {
    popFrom(queue.error, byBackoff)
    head = queue.error[0]
  }
  return head === undefined ? undefined : Math.max(0, backoffEndOf(head.pod) - at)
}

/**
 * An attempt failed.
 *
 * Source: scheduling_queue.go, AddUnschedulableIfNotPresent.
 *
 * @param rejectors the plugins that refused; none after an error
 */
export const addUnschedulable = (
  queue: SchedulingQueue,
  key: string,
  at: number,
  rejectors: readonly string[],
  settings: QueueSettings,
): void => {
  const pod = queue.pods.get(key)
  if (pod === undefined) return
  leave(queue, pod)
  pod.timestamp = at
  pod.rejectors = rejectors
  if (rejectors.length === 0) {
    pod.errorCount++
    pod.place = 'attempt'
    requeue(queue, pod, at, settings)
    return
  }
  pod.errorCount = 0
  pod.unschedulableCount++
  pod.place = 'unschedulable'
  queue.unschedulable.set(key, pod)
  for (const plugin of rejectors) queue.rejectedBy.set(plugin, (queue.rejectedBy.get(plugin) ?? 0) + 1)
}

/** Longest stay in unschedulablePods. Source: scheduling_queue.go, DefaultPodMaxInUnschedulablePodsDuration. */
export const MAX_IN_UNSCHEDULABLE = 300_000
/** How often that is looked at. Source: scheduling_queue.go, Run. */
export const FLUSH_PERIOD = 30_000

/** When the flush will find a pod that failed at `timestamp`: the first look more than five minutes later. */
export const flushTimeOf = (timestamp: number): number =>
  (Math.floor((timestamp + MAX_IN_UNSCHEDULABLE) / FLUSH_PERIOD) + 1) * FLUSH_PERIOD

/** Moves what has waited for too long. */
export const flushUnschedulable = (queue: SchedulingQueue, at: number, settings: QueueSettings): void => {
  for (const pod of [...queue.unschedulable.values()]) {
    if (at - pod.timestamp > MAX_IN_UNSCHEDULABLE) requeue(queue, pod, at, settings)
  }
}

import {
  type Charges,
  type ClusterController,
  type ClusterView,
  controllerRefOf,
  createPod,
  type DeepReadonly,
  defineController,
  deletePod,
  isActive,
  isAvailable,
  isReady,
  isTerminatingNamespace,
  ObjectKey,
  type Pod,
  PodAdopted,
  PodReleased,
  podName,
  type ReplicaKind,
  type ReplicaSet,
  readySince,
  replicaEventsOf,
  replicaTableOf,
  selects,
} from '@wavetank/cluster'
import {
  DECIDE,
  defineEvent,
  type Emission,
  type Entry,
  emit,
  QUIET,
  type Scene,
  type SimEvent,
  timer,
} from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { type ClientConfig, clientFlags, clientRate } from '../api-client.ts'
import { type ClientQueue, clientQueue, nextTurn, takeTurn } from '../client-queue.ts'
import { watchPods } from '../pod-watch.ts'
import { fullBucket, spend, tokensAt, waitFor } from '../rate-limiter.ts'
import { relistObjects } from '../relist.ts'
import { nameDraw, retryDelay } from '../retry.ts'
import { byDeletionOrder, ranksOnNodes } from './deletion-order.ts'

/**
 * ReplicaSet and ReplicationController: the same code twice, as in kube-controller-manager, which wraps one kind as
 * the other.
 *
 * 1. An event wakes; the sync looks at the view and decides. A sync creates or deletes, never both.
 * 2. Only active pods count: a terminating pod is replaced at once, a failed one is replaced and left where it is.
 * 3. What a sync reads and what it writes belong to one instant, so the expectations that keep kube-controller-manager
 *    from acting on a stale cache are always satisfied here.
 *
 * Source: pkg/controller/replicaset/replica_set.go (syncReplicaSet, manageReplicas), replica_set_utils.go.
 */

/** Most creations or deletions in one sync. Source: BurstReplicas. */
export const BURST_REPLICAS = 500

type Config = ClientConfig
interface Own {
  readonly queue: ClientQueue
  /** Sets whose claims may have changed: only a look at every pod can tell. The others go by their tally. */
  readonly stale: Set<ObjectKey>
  /** Whether the sync under way has to look at every pod. */
  looking: boolean
  /** Syncs in a row that failed, by set. */
  readonly failures: Map<ObjectKey, number>
}
type ReplicaScene = Scene<ClusterView, Own, Config>
type PodView = DeepReadonly<Pod>
type SetView = DeepReadonly<ReplicaSet>

interface Creation {
  readonly events: readonly SimEvent[]
  /** The API server's refusal. */
  readonly failure: string | undefined
}

interface Counts {
  readonly active: number
  readonly fullyLabeled: number
  readonly ready: number
  readonly available: number
}

interface Claim {
  /** Active pods that are the set's, or become so. */
  readonly pods: readonly PodView[]
  readonly events: readonly SimEvent[]
}

export const defineReplicaController = (kind: ReplicaKind, name: string, doc: string): ClusterController => {
  const SyncDue = defineEvent(`${kind}SyncDue`, {
    doc: `The controller looks at one ${kind}: something about it or its pods may have changed.`,
    rank: DECIDE,
    data: { object: ObjectKey },
  })
  const SyncFailed = defineEvent(`${kind}SyncFailed`, {
    doc: 'A sync could not do what it had to; it is tried again, later each time.',
    data: { object: ObjectKey, message: t.string },
  })
  const events = replicaEventsOf(kind)
  /** Requests of the controller: each takes a token of its API client. */
  const isWrite: ReadonlySet<string> = new Set([
    'PodCreated',
    'PodMarkedForDeletion',
    'PodDeleted',
    'PodAdopted',
    'PodReleased',
    events.StatusReported.kind,
  ])

  const { on } = watchPods({
    name,
    kind,
    tableOf: (view) => replicaTableOf(view, kind),
    syncDue: (object) => SyncDue({ object }),
  })

  /** Which active pods are the set's. Source: pkg/controller/controller_ref_manager.go, ClaimObject. */
  const claim = (view: ClusterView, set: SetView): Claim => {
    const pods: PodView[] = []
    const changes: SimEvent[] = []
    for (const pod of view.podsByOwner.get(set.uid) ?? []) {
      if (!isActive(pod)) continue
      if (selects(set.matcher, pod.labels)) pods.push(pod)
      else if (set.deletion === undefined) changes.push(PodReleased({ pod: pod.key, owner: set.key }))
    }
    if (set.deletion === undefined) {
      for (const pod of view.orphanPods.get(set.namespace) ?? []) {
        if (!isActive(pod) || !selects(set.matcher, pod.labels)) continue
        pods.push(pod)
        changes.push(PodAdopted({ pod: pod.key, owner: controllerRefOf(set) }))
      }
    }
    return { pods, events: changes }
  }

  const create = (scene: ReplicaScene, set: SetView, at: number, count: number): Creation => {
    const created: SimEvent[] = []
    const taken = new Set<string>()
    const recorded = new Set<string>()
    const charges: Charges = new Map()
    const owner = controllerRefOf(set)
    const failures = scene.own.failures.get(set.key)
    for (let i = 0; i < count; i++) {
      const which = nameDraw(set.podsMade + i, failures)
      const pod = podName(scene.view, scene.draw, set.namespace, { kind, name: set.name }, which, taken)
      if (pod === undefined) continue
      taken.add(pod)
      const result = createPod(scene.view, at, pod, { namespace: set.namespace, content: set.template, owner, charges })
      // Slow start: after a batch with a failure no further one is tried.
      if (isLeft(result)) return { events: created, failure: result.left }
      for (const event of result.right) {
        // Several pods of one sync bring the same new template.
        if (event.kind === 'PodTemplateRecorded') {
          const { template } = event as SimEvent & { readonly template: string }
          if (recorded.has(template)) continue
          recorded.add(template)
        }
        created.push(event)
      }
    }
    return { events: created, failure: undefined }
  }

  /** Without a claim to settle the tally says all; with minReadySeconds somebody has to look at the clock. */
  const countsOf = (set: SetView, pods: readonly PodView[] | undefined, at: number): Counts => {
    if (pods === undefined) {
      const { active, fullyLabeled, ready } = set.tally
      return { active, fullyLabeled, ready, available: ready }
    }
    const counts = { active: pods.length, fullyLabeled: 0, ready: 0, available: 0 }
    const wanted = Object.entries(set.template.labels)
    for (const pod of pods) {
      if (wanted.every(([key, value]) => pod.labels[key] === value)) counts.fullyLabeled++
      if (isReady(pod)) counts.ready++
      if (isAvailable(pod, set.minReadySeconds, at)) counts.available++
    }
    return counts
  }

  const status = (set: SetView, counts: Counts, refusal: string | undefined): SimEvent | undefined => {
    const { replicas, fullyLabeledReplicas, readyReplicas, availableReplicas, observedGeneration, failure } = set.status
    if (
      replicas === counts.active &&
      fullyLabeledReplicas === counts.fullyLabeled &&
      readyReplicas === counts.ready &&
      availableReplicas === counts.available &&
      observedGeneration === set.generation &&
      (failure === undefined) === (refusal === undefined)
    ) {
      return undefined
    }
    return events.StatusReported({
      object: set.key,
      replicas: counts.active,
      fullyLabeledReplicas: counts.fullyLabeled,
      readyReplicas: counts.ready,
      availableReplicas: counts.available,
      observedGeneration: set.generation,
      // Kubernetes does not refresh the condition while it stands.
      failure:
        refusal === undefined
          ? undefined
          : failure === undefined
            ? { reason: 'FailedCreate', message: refusal }
            : { reason: failure.reason, message: failure.message },
    })
  }

  /** When the next Ready pod will have been so for minReadySeconds. */
  const nextAvailability = (set: SetView, pods: readonly PodView[], at: number): number | undefined => {
    let next: number | undefined
    for (const pod of pods) {
      const since = readySince(pod)
      if (since === undefined || isAvailable(pod, set.minReadySeconds, at)) continue
      const wait = since + set.minReadySeconds * 1_000 - at
      next = next === undefined ? wait : Math.min(next, wait)
    }
    return next
  }

  const syncSet = (scene: ReplicaScene, entry: Entry<{ kind: string; object: string }>): readonly Emission[] => {
    const { view, own, config } = scene
    const { at } = entry
    const set = replicaTableOf(view, kind).get(entry.event.object)
    if (set === undefined) return QUIET
    const claimed = own.looking ? claim(view, set) : undefined
    const emissions: Emission[] = (claimed?.events ?? []).map(emit)
    const listed = claimed?.pods ?? (set.minReadySeconds > 0 ? claim(view, set).pods : undefined)
    const counts = countsOf(set, listed, at)

    const difference = counts.active - set.replicas
    const missing = Math.min(-difference, BURST_REPLICAS)
    const surplus = Math.min(difference, BURST_REPLICAS)
    let refusal: string | undefined
    const tokens = tokensAt(own.queue.bucket, clientRate(config), at)
    if (set.deletion === undefined && !isTerminatingNamespace(view, set.namespace)) {
      if (missing > 0) {
        const creation = create(scene, set, at, Math.min(missing, tokens))
        refusal = creation.failure
        for (const event of creation.events) emissions.push(emit(event))
      } else if (surplus > 0) {
        const pods = listed ?? claim(view, set).pods
        const order = byDeletionOrder(ranksOnNodes(view, set), at)
        const ranked = surplus < pods.length ? [...pods].sort(order) : pods
        for (const pod of ranked.slice(0, Math.min(surplus, tokens))) emissions.push(...deletePod(pod).map(emit))
      }
      // What the client's rate limit holds back waits for the next token; until then the sync is not over, and its
      // status not written.
      if (refusal === undefined && Math.max(missing, surplus) > tokens) {
        const wait = waitFor(own.queue.bucket, clientRate(config), at, tokens + 1)
        emissions.push(timer(set.key, Math.max(1, wait), SyncDue({ object: set.key })))
        return emissions
      }
    }

    const report = status(set, counts, refusal)
    if (report !== undefined) emissions.push(emit(report))
    if (refusal !== undefined) {
      emissions.push(
        timer(set.key, retryDelay(own.failures.get(set.key)), SyncDue({ object: set.key })),
        emit(SyncFailed({ object: set.key, message: refusal })),
      )
    }
    const availability = nextAvailability(set, listed ?? [], at)
    if (availability !== undefined) emissions.push(timer(set.key, availability, SyncDue({ object: set.key })))
    return emissions
  }

  const syncDue = (object: ObjectKey): SimEvent => SyncDue({ object })

  const reconcile = (scene: ReplicaScene, entry: Entry<{ kind: string; object: string }>): readonly Emission[] => {
    const { queue } = scene.own
    const emissions = queue.hasTurn ? syncSet(scene, entry) : QUIET
    if (queue.waiting.size === 0) return emissions
    const owed = emissions.filter(({ op, event }) => op === 'emit' && isWrite.has(event?.kind ?? '')).length
    return [...emissions, ...nextTurn(queue, scene.config, entry.at, syncDue, owed)]
  }

  const spendOne = (own: Own, entry: Entry, _view: ClusterView, config: Config): void => {
    if (entry.by === name) spend(own.queue.bucket, clientRate(config), entry.at)
  }

  const markStale = (own: Own, entry: Entry<never>): void => {
    own.stale.add((entry as Entry<{ kind: string; object: string }>).event.object)
  }

  /** A pod that is not owned, or whose labels changed: every set that it concerns has to look. */
  const markStaleFor = (own: Own, entry: Entry<never>, view: ClusterView): void => {
    const pod = view.pods.get((entry as Entry<{ kind: string; pod: string }>).event.pod)
    if (pod === undefined) return
    if (pod.owner !== undefined) {
      if (pod.owner.kind === kind) own.stale.add(`${pod.namespace}/${pod.owner.name}`)
      return
    }
    for (const set of replicaTableOf(view, kind).values()) {
      if (set.namespace === pod.namespace && selects(set.matcher, pod.labels)) own.stale.add(set.key)
    }
  }

  const created = (own: Own, entry: Entry<never>, view: ClusterView, config: Config): void => {
    if ((entry as Entry).by === name) {
      spendOne(own, entry, view, config)
      const pod = view.pods.get((entry as Entry<{ kind: string; pod: string }>).event.pod)
      if (pod?.owner !== undefined) own.failures.delete(`${pod.namespace}/${pod.owner.name}`)
    } else markStaleFor(own, entry, view)
  }

  const released = (own: Own, entry: Entry<never>, view: ClusterView, config: Config): void => {
    spendOne(own, entry, view, config)
    markStaleFor(own, entry, view)
  }

  return defineController<Own, typeof clientFlags>({
    name,
    doc,
    component: 'kube-controller-manager',
    flags: clientFlags,
    events: [SyncDue, SyncFailed],
    own: {
      initial: (config) => ({
        queue: clientQueue(fullBucket(clientRate(config))),
        stale: new Set(),
        looking: false,
        failures: new Map(),
      }),
      apply: {
        [events.Created.kind]: markStale,
        [events.SelectorChanged.kind]: markStale,
        [SyncDue.kind]: (own, entry: Entry<never>, _view, config) => {
          const { event, at } = entry as Entry<{ kind: string; object: string }>
          takeTurn(own.queue, config, event.object, at)
          if (own.queue.hasTurn) own.looking = own.stale.delete(event.object)
        },
        [SyncFailed.kind]: (own, entry: Entry<never>) => {
          const { object } = (entry as Entry<{ kind: string; object: string }>).event
          own.failures.set(object, (own.failures.get(object) ?? 0) + 1)
        },
        PodLabelled: markStaleFor,
        PodCreated: created,
        PodMarkedForDeletion: spendOne,
        PodDeleted: spendOne,
        PodAdopted: spendOne,
        PodReleased: released,
        [events.StatusReported.kind]: spendOne,
      },
    },
    on: {
      [events.Created.kind]: on.objectChanged,
      [events.Scaled.kind]: on.objectChanged,
      [events.TemplateChanged.kind]: on.objectChanged,
      [events.SelectorChanged.kind]: on.objectChanged,
      [events.MinReadySecondsChanged.kind]: on.objectChanged,
      [SyncDue.kind]: reconcile,
      PodCreated: on.podChanged,
      PodStatusReported: on.podChanged,
      PodMarkedNotReady: on.podChanged,
      PodMarkedForDeletion: on.podChanged,
      PodFailed: on.podChanged,
      PodLabelled: on.podChanged,
      PodAdopted: on.podChanged,
      PodReleased: on.podReleased,
      PodDeleted: on.podGone,
    },
    restart: {
      relist: relistObjects((view) => replicaTableOf(view, kind), on.objectChanged),
      remember: (own, view) => {
        for (const object of replicaTableOf(view, kind).keys()) own.stale.add(object)
      },
    },
  })
}

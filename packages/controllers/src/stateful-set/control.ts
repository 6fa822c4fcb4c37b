import {
  type Charges,
  type ClusterView,
  controllerRefOf,
  createPod,
  deletePod,
  isAvailable,
  isReady,
  isTerminatingNamespace,
  keyOf,
  type Pod,
  PodLabelled,
  type StatefulSetStatus,
} from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'
import { createMissingClaims, fixOwners, hasStaleClaim } from './claims.ts'
import { type History, type NamedTemplate, truncateHistory } from './history.ts'
import {
  identityLabels,
  isInRange,
  ordinalOf,
  POD_NAME_LABEL,
  type PodView,
  podClaimsOf,
  podNameOf,
  REVISION_LABEL,
  type SetView,
} from './identity.ts'

/**
 * One sync of a StatefulSet, as a function of what is there.
 *
 *   replicas, lowest first ──▶ claims of condemned ──▶ condemned, highest first ──▶ one old pod, highest first
 *
 * 1. OrderedReady ends the sync at the first pod that is not yet as it should be, so nothing further on happens: no
 *    scale-down below an unavailable pod, no update. Parallel goes on, but for the update, which is one at a time always.
 * 2. A pod's successor is made only when its object is gone: there are never two of one name.
 * 3. Scaling goes before updating.
 *
 * Source: pkg/controller/statefulset/stateful_set_control.go, updateStatefulSet.
 */

export interface Step {
  readonly events: readonly SimEvent[]
  /** Absent while the client's rate holds the sync back: it is not over then. */
  readonly status: StatefulSetStatus | undefined
  /** The pod that could not be made, and the API server's words. */
  readonly failure: { readonly pod: string; readonly message: string } | undefined
}

/** A replica: its pod, or the place where one is missing. */
interface Replica {
  readonly ordinal: number
  readonly pod: PodView | undefined
}

/** What a step came to: whether an ordered sync ends here. */
interface Progress {
  readonly exit: boolean
  readonly failure?: Step['failure']
}
const GO_ON: Progress = { exit: false }
const EXIT: Progress = { exit: true }

const revisionOf = ({ labels }: PodView): string => labels[REVISION_LABEL] ?? ''

const isRunningAndReady = (pod: PodView): boolean => pod.phase === 'Running' && isReady(pod as Pod)

const countsOf = (set: SetView, { current, update }: History, pods: readonly PodView[], at: number) => {
  const counts = {
    replicas: 0,
    readyReplicas: 0,
    availableReplicas: 0,
    currentReplicas: 0,
    updatedReplicas: 0,
  }
  for (const pod of pods) {
    counts.replicas++
    if (isRunningAndReady(pod)) {
      counts.readyReplicas++
      if (isAvailable(pod as Pod, set.minReadySeconds, at)) counts.availableReplicas++
    }
    if (pod.deletion !== undefined) continue
    if (revisionOf(pod) === current.name) counts.currentReplicas++
    if (revisionOf(pod) === update.name) counts.updatedReplicas++
  }
  return counts
}

/** Which template a new pod has. Source: newVersionedStatefulSetPod. */
const revisionFor = (set: SetView, { current, update }: History, ordinal: number): NamedTemplate => {
  const { type, partition } = set.updateStrategy
  if (type === 'OnDelete') return update
  return ordinal < set.start + (partition ?? set.status.currentReplicas) ? current : update
}

/** The end of a rolling update: all that there is has the new revision. Source: completeRollingUpdate. */
const completed = (set: SetView, status: StatefulSetStatus): StatefulSetStatus =>
  set.updateStrategy.type === 'RollingUpdate' &&
  status.updatedReplicas === status.replicas &&
  status.readyReplicas === status.replicas &&
  status.replicas === set.replicas
    ? { ...status, currentReplicas: status.updatedReplicas, currentRevision: status.updateRevision }
    : status

/**
 * @param pods those that belong to the set
 * @param tokens how many API calls the client has left
 */
export const control = (
  view: ClusterView,
  set: SetView,
  history: History,
  pods: readonly PodView[],
  tokens: number,
  at: number,
): Step => {
  const isMonotonic = set.podManagementPolicy === 'OrderedReady'
  const events: SimEvent[] = []
  const charges: Charges = new Map()
  let calls = 0
  let failure: Step['failure']
  let heldBack = false

  const isUp = (pod: PodView): boolean => isRunningAndReady(pod) && isAvailable(pod as Pod, set.minReadySeconds, at)
  const isUnavailable = ({ pod }: Replica): boolean => pod === undefined || !isUp(pod) || pod.deletion !== undefined

  /** Writes that count against the client's rate: all of them or, with no token left, none. */
  const write = (changes: readonly SimEvent[]): boolean => {
    const count = changes.filter(({ kind }) => kind !== 'PodTemplateRecorded').length
    if (count > 0 && calls >= tokens) {
      heldBack = true
      return false
    }
    calls += count
    events.push(...changes)
    return true
  }

  const byOrdinal = new Map<number, PodView>()
  const condemned: { ordinal: number; pod: PodView }[] = []
  for (const pod of pods) {
    const ordinal = ordinalOf(set, pod) ?? -1
    if (isInRange(set, ordinal)) byOrdinal.set(ordinal, pod)
    else if (ordinal >= 0) condemned.push({ ordinal, pod })
  }
  condemned.sort((a, b) => b.ordinal - a.ordinal)
  const replicas: readonly Replica[] = Array.from({ length: set.replicas }, (_, i) => ({
    ordinal: set.start + i,
    pod: byOrdinal.get(set.start + i),
  }))
  const firstUnavailable = replicas.find(isUnavailable) ?? [...condemned].reverse().find(isUnavailable)

  const baseStatus: StatefulSetStatus = {
    ...countsOf(set, history, pods, at),
    currentRevision: history.current.name,
    updateRevision: history.update.name,
    observedGeneration: set.generation,
    collisionCount: history.collisionCount,
  }
  const over = (status: StatefulSetStatus = baseStatus): Step => ({
    events: heldBack
      ? events
      : [...events, ...truncateHistory(history, set, new Set(pods.map((pod) => revisionOf(pod))))],
    status: heldBack ? undefined : completed(set, status),
    failure,
  })
  if (set.deletion !== undefined) return over()

  const recorded = new Set<string>()
  const create = (ordinal: number): Progress => {
    // Nothing new can be stored in a namespace that is being deleted.
    if (isTerminatingNamespace(view, set.namespace) || hasStaleClaim(view, set, ordinal)) return EXIT
    const name = podNameOf(set, ordinal)
    // Somebody else's pod has the name: an orphan that the set may not adopt, or one that it let go.
    if (view.pods.has(keyOf(set.namespace, name))) {
      return { exit: true, failure: { pod: name, message: `pods "${name}" already exists` } }
    }
    const claims = createMissingClaims(view, set, ordinal, at, charges)
    if (claims.failure !== undefined) {
      write(claims.events)
      return { exit: true, failure: { pod: name, message: claims.failure } }
    }
    const revision = revisionFor(set, history, ordinal)
    const { template } = revision
    const created = createPod(view, at, name, {
      namespace: set.namespace,
      content: template,
      owner: controllerRefOf(set),
      charges,
      labels: { ...template.labels, ...identityLabels(set, ordinal), [REVISION_LABEL]: revision.name },
      hostname: name,
      subdomain: set.serviceName === '' ? undefined : set.serviceName,
      claims: set.claimTemplates.length === 0 ? undefined : podClaimsOf(set, ordinal).names,
    })
    if (isLeft(created)) {
      write(claims.events)
      return { exit: true, failure: { pod: name, message: created.left } }
    }
    const fresh = created.right.filter((event) => {
      if (event.kind !== 'PodTemplateRecorded') return true
      const { template: hash } = event as SimEvent & { readonly template: string }
      if (recorded.has(hash)) return false
      recorded.add(hash)
      return true
    })
    write([...claims.events, ...fresh])
    return isMonotonic ? EXIT : GO_ON
  }

  const processReplica = ({ ordinal, pod }: Replica): Progress => {
    if (pod === undefined) return create(ordinal)
    if (pod.phase === 'Failed' || pod.phase === 'Succeeded') {
      if (pod.deletion === undefined) write(deletePod(pod))
      return EXIT
    }
    if (pod.phase === 'Pending') {
      const claims = createMissingClaims(view, set, ordinal, at, charges)
      write(claims.events)
      if (claims.failure !== undefined) return { exit: true, failure: { pod: pod.name, message: claims.failure } }
    }
    if (isMonotonic && (pod.deletion !== undefined || !isUp(pod))) return EXIT
    const owners = fixOwners(view, set, ordinal, pod)
    const named = pod.labels[POD_NAME_LABEL] === pod.name
    const labels = { ...pod.labels, ...identityLabels(set, ordinal) }
    write(named ? owners : [PodLabelled({ pod: pod.key, labels }), ...owners])
    return GO_ON
  }

  const processCondemned = (replica: { readonly pod: PodView }): Progress => {
    const { pod } = replica
    if (pod.deletion !== undefined) return isMonotonic ? EXIT : GO_ON
    if (isMonotonic && !isUp(pod) && replica !== firstUnavailable) return EXIT
    write(deletePod(pod))
    return EXIT
  }

  /** Ordered: as far as the first that ends it. Parallel: all, but a failure ends it (slow start). */
  const runForAll = <A>(items: readonly A[], step: (item: A) => Progress): boolean => {
    for (const item of items) {
      const progress = step(item)
      if (progress.failure !== undefined) {
        failure = progress.failure
        return true
      }
      if (heldBack || (isMonotonic && progress.exit)) return true
    }
    return false
  }

  if (runForAll(replicas, processReplica)) return over()
  if (
    runForAll(condemned, ({ ordinal, pod }) => {
      write(fixOwners(view, set, ordinal, pod))
      return GO_ON
    })
  ) {
    return over()
  }
  if (runForAll(condemned, processCondemned)) return over()
  if (set.updateStrategy.type === 'OnDelete') return over()

  // Source: the last part of updateStatefulSet, with gate MaxUnavailableStatefulSet off.
  for (let i = replicas.length - 1; i >= (set.updateStrategy.partition ?? 0); i--) {
    const replica = replicas[i]!
    const { pod } = replica
    if (pod !== undefined && pod.deletion === undefined && revisionOf(pod) !== history.update.name) {
      write(deletePod(pod))
      return over({ ...baseStatus, currentReplicas: baseStatus.currentReplicas - 1 })
    }
    if (isUnavailable(replica)) return over()
  }
  return over()
}

export const isSameStatus = (a: StatefulSetStatus, b: StatefulSetStatus): boolean =>
  a.replicas === b.replicas &&
  a.readyReplicas === b.readyReplicas &&
  a.availableReplicas === b.availableReplicas &&
  a.currentReplicas === b.currentReplicas &&
  a.updatedReplicas === b.updatedReplicas &&
  a.currentRevision === b.currentRevision &&
  a.updateRevision === b.updateRevision &&
  a.observedGeneration >= b.observedGeneration &&
  a.collisionCount === b.collisionCount

import {
  type ClusterView,
  type DeepReadonly,
  isReady,
  type Pod,
  PodAdopted,
  PodCreated,
  PodDeleted,
  PodReleased,
  PodUnschedulable,
  podConditionOf,
} from '@wavetank/cluster'
import type { Entry } from '@wavetank/kernel'
import { podStatus } from '../columns/pod-status.ts'
import { POD_EVENT_KINDS } from '../pod-events.ts'
import { createDictionary, createNames } from './dictionary.ts'
import { type LaneStatus, type NamedObject, type PendingReason, POD_STATES, type PodState } from './format.ts'
import { createLanes, type Lane } from './lanes.ts'

type PodView = DeepReadonly<Pod>

/** One pod, from its creation to its end; a pod that takes its name later is another one. */
export interface PodLane extends Lane {
  readonly name: string
  readonly namespace: number
  /** Position among the owners, or -1. */
  owner: number
  /** Position among the nodes' names, or -1. */
  node: number
  readonly createdAt: number
  /** -1 while it exists. */
  deletedAt: number
  restarts: number
  /** Position among the scheduler's messages, or -1: the last that it had for the pod. */
  message: number
}

export interface PodLanes {
  readonly kinds: readonly string[]
  /** To be called with every entry of these kinds, after the view has it. */
  readonly apply: (entry: Entry, view: ClusterView) => void
  readonly restarted: (pod: string) => void
  /** `pods of Deployment/shop/web`; empty if the pod is unknown or belongs to nothing. */
  readonly ownerOf: (pod: string) => string
  readonly lanes: readonly PodLane[]
  readonly statuses: readonly LaneStatus<PodState>[]
  readonly reasons: readonly PendingReason[]
  readonly owners: readonly NamedObject[]
  readonly namespaces: readonly string[]
  readonly messages: readonly string[]
  readonly nodes: readonly string[]
  /** Pods that have no lane, for there were too many. */
  readonly left: () => number
  readonly coarser: () => number
}

const PODS_MAX = 500_000
const MESSAGES_MAX = 5_000
const MIXED = ' and others in between'

/** Waiting reasons of a container that is on its way, rather than in trouble. */
const ON_ITS_WAY = new Set(['ContainerCreating', 'PodInitializing'])
const RUNNING = new Set(['Running', 'NotReady', 'Completed'])

const stateOf = (pod: PodView, status: string): PodState => {
  if (pod.phase === 'Succeeded') return 'succeeded'
  if (pod.phase === 'Failed') return 'failed'
  if (status === 'Unknown') return 'unknown'
  if (pod.deletion !== undefined) return 'terminating'
  if (pod.node === '') {
    const scheduled = podConditionOf(pod as Pod, 'PodScheduled')
    return scheduled?.status === 'False' && scheduled.reason === 'Unschedulable' ? 'unschedulable' : 'waiting'
  }
  if (pod.phase === 'Pending') {
    const isStarting = ON_ITS_WAY.has(status) || status === 'Pending' || /^Init:\d+\//.test(status)
    return isStarting ? 'starting' : 'trouble'
  }
  if (!RUNNING.has(status)) return ON_ITS_WAY.has(status) ? 'starting' : 'trouble'
  return isReady(pod as Pod) ? 'ready' : 'notReady'
}

/** `Insufficient cpu; node(s) had untolerated taint(s)`: what the scheduler said, without how many nodes of each. */
export const reasonOf = (message: string): string => {
  const said = /^\d+\/\d+ nodes are available: (.*?)\.?(?: preemption: .*)?$/s.exec(message)
  if (said === null) return message
  const parts = said[1]!.split(/, (?=\d+ )/).map((part) => part.replace(/^\d+ /, '').replace(/\.$/, ''))
  return [...new Set(parts)].sort().join('; ')
}

/** What the pod belongs to in the end: the Deployment of its ReplicaSet, the CronJob of its Job. */
const ownerOf = (pod: PodView, view: ClusterView): NamedObject | undefined => {
  const { owner, namespace } = pod
  if (owner === undefined) return undefined
  const above =
    owner.kind === 'ReplicaSet'
      ? view.replicaSets.get(`${namespace}/${owner.name}`)?.owner
      : owner.kind === 'Job'
        ? view.jobs.get(`${namespace}/${owner.name}`)?.owner
        : undefined
  const { kind, name } = above ?? owner
  return { kind, namespace, name }
}

export const createPodLanes = (podsMax = PODS_MAX): PodLanes => {
  const statuses = createDictionary<LaneStatus<PodState>>()
  const reasons = createDictionary<PendingReason>()
  const owners = createDictionary<NamedObject>()
  const ownerTexts: string[] = []
  const namespaces = createNames()
  const nodes = createNames()
  const messages = createNames()
  const rankOf = (status: number): number => POD_STATES.indexOf(statuses.all[status]!.state)
  const lanes = createLanes<PodLane>({
    merge: (a, b) => {
      const worst = statuses.all[rankOf(b) > rankOf(a) ? b : a]!
      const text = worst.text.endsWith(MIXED) ? worst.text : `${worst.text}${MIXED}`
      return statuses.idOf(`${worst.state} ${text}`, () => ({ ...worst, text }))
    },
  })
  const byKey = new Map<string, PodLane>()
  let left = 0

  const statusOf = (pod: PodView): number => {
    const { status, ready, total } = podStatus(pod)
    const state = stateOf(pod, status)
    if (state === 'unschedulable') {
      const message = podConditionOf(pod as Pod, 'PodScheduled')?.message ?? ''
      const reasonText = reasonOf(message)
      const reason = reasons.idOf(reasonText, () => ({ text: reasonText, example: message }))
      return statuses.idOf(`${state} ${reasonText}`, () => ({ text: `Pending: ${reasonText}`, state, reason }))
    }
    const text = pod.phase === 'Running' && pod.deletion === undefined ? `${status} ${ready}/${total}` : status
    return statuses.idOf(`${state} ${text}`, () => ({ text, state }))
  }

  const ownerId = (pod: PodView, view: ClusterView): number => {
    const owner = ownerOf(pod, view)
    if (owner === undefined) return -1
    const text = `${owner.kind}/${owner.namespace}/${owner.name}`
    return owners.idOf(text, () => {
      ownerTexts.push(`pods of ${text}`)
      return owner
    })
  }

  const begin = (key: string, pod: PodView, view: ClusterView): PodLane | undefined => {
    if (lanes.all.length >= podsMax) {
      left++
      return undefined
    }
    const lane = lanes.add({
      name: pod.name,
      namespace: namespaces.id(pod.namespace),
      owner: ownerId(pod, view),
      node: -1,
      createdAt: pod.createdAt,
      deletedAt: -1,
      restarts: 0,
      message: -1,
      starts: [],
      states: [],
    })
    byKey.set(key, lane)
    return lane
  }

  return {
    kinds: POD_EVENT_KINDS,
    apply: ({ event, at }, view) => {
      const { pod: key } = event as unknown as { readonly pod: string }
      if (event.kind === PodDeleted.kind) {
        const lane = byKey.get(key)
        if (lane !== undefined) lane.deletedAt = at
        byKey.delete(key)
        return
      }
      const pod = view.pods.get(key)
      if (pod === undefined) return
      const lane = event.kind === PodCreated.kind ? begin(key, pod, view) : byKey.get(key)
      if (lane === undefined) return
      if (pod.node !== '' && lane.node < 0) lane.node = nodes.id(pod.node)
      if (event.kind === PodAdopted.kind || event.kind === PodReleased.kind) lane.owner = ownerId(pod, view)
      if (event.kind === PodUnschedulable.kind) {
        const { message } = event as unknown as { readonly message: string }
        if (messages.all.length < MESSAGES_MAX) lane.message = messages.id(message)
      }
      lanes.enter(lane, statusOf(pod), at)
    },
    restarted: (key) => {
      const lane = byKey.get(key)
      if (lane !== undefined) lane.restarts++
    },
    ownerOf: (key) => ownerTexts[byKey.get(key)?.owner ?? -1] ?? '',
    lanes: lanes.all,
    statuses: statuses.all,
    reasons: reasons.all,
    owners: owners.all,
    namespaces: namespaces.all,
    messages: messages.all,
    nodes: nodes.all,
    left: () => left,
    coarser: lanes.coarser,
  }
}

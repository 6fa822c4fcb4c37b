import { type Entry, type EventOf, invariant } from '@wavetank/kernel'
import { nonZeroRequests, podRequests } from '../api/core/pod-resources.ts'
import type { PodSpec } from '../api/core/pod-spec.ts'
import type { Folds } from '../folds.ts'
import { nameOf, namespaceOf } from '../ids.ts'
import { followPod, forgetPod } from '../job/open-pods.ts'
import { addImage } from '../node/apply.ts'
import { addAmounts, type Node, subtractAmounts } from '../node/node.ts'
import type { ControllerRef } from '../object/meta.ts'
import { touch } from '../object/touch.ts'
import { count, uncount } from '../replica-set/tally.ts'
import { chargePod, raiseForPod } from '../resource-quota/charge.ts'
import { joinServices, leaveServices } from '../service/members.ts'
import type { ClusterTables } from '../tables.ts'
import { divideAgain, forgetUsage, startUsing, stopUsing } from '../usage/running.ts'
import { claimKeysOf } from './claims.ts'
import type { PodResumed, PodStatusReported, podEvents } from './events.ts'
import { isTerminal, type Pod, type PodCondition, type PodConditionType } from './pod.ts'
import { isMirror } from './static-pod.ts'

/** The pod that an entry changes, taken out of every count that depends on it; `counted` puts it back in. */
const changing = (tables: ClusterTables, key: string, entry: Entry): Pod => {
  const pod = podOf(tables, key, entry)
  uncount(tables, pod)
  spread(tables, pod, -1)
  if (tables.quotasByNamespace.size > 0) chargePod(tables, pod, -1)
  return pod
}

const counted = (tables: ClusterTables, pod: Pod): void => {
  count(tables, pod)
  spread(tables, pod, 1)
  if (tables.quotasByNamespace.size > 0) chargePod(tables, pod, 1)
  followPod(tables, pod)
  divideAgain(tables, pod)
}

const podOf = (tables: ClusterTables, key: string, entry: Entry): Pod => {
  const pod = tables.pods.get(key)
  invariant(pod !== undefined, () => `${entry.event.kind} (#${entry.seq}) names pod ${key}, which does not exist`)
  touch(pod, entry)
  return pod
}

/**
 * Sets a condition; `lastTransitionTime` moves only if the status does. New ones are appended in the order in which
 * the API server and the kubelet write them.
 */
const setCondition = (
  pod: Pod,
  type: PodConditionType,
  status: PodCondition['status'],
  at: number,
  reason?: string,
  message?: string,
): void => {
  // Hot path: ten times in the life of a pod. The list is the pod's own, so it is written in place.
  const conditions = pod.conditions as PodCondition[]
  for (let i = 0; i < conditions.length; i++) {
    const old = conditions[i]!
    if (old.type !== type) continue
    if (old.status === status && old.reason === reason && old.message === message) return
    const lastTransitionAt = old.status === status ? old.lastTransitionAt : at
    conditions[i] = { type, status, reason, message, lastTransitionAt }
    return
  }
  conditions.push({ type, status, reason, message, lastTransitionAt: at })
}

const index = <K, V>(sets: Map<K, Set<V>>, key: K, value: V): void => {
  const set = sets.get(key)
  if (set === undefined) sets.set(key, new Set([value]))
  else set.add(value)
}

const unindex = <K, V>(sets: Map<K, Set<V>>, key: K, value: V): void => {
  const set = sets.get(key)
  if (set === undefined) return
  set.delete(value)
  if (set.size === 0) sets.delete(key)
}

const joinOwner = (tables: ClusterTables, pod: Pod): void => {
  if (pod.owner === undefined) index(tables.orphanPods, pod.namespace, pod)
  else index(tables.podsByOwner, pod.owner.uid, pod)
}

const leaveOwner = (tables: ClusterTables, pod: Pod): void => {
  forgetPod(tables, pod)
  if (pod.owner === undefined) unindex(tables.orphanPods, pod.namespace, pod)
  else unindex(tables.podsByOwner, pod.owner.uid, pod)
}

const joinNode = (tables: ClusterTables, pod: Pod, name: string): void => {
  const node = tables.nodes.get(name)
  pod.node = name
  // A pod may name a node that does not exist (spec.nodeName in its manifest): it then waits for it for ever.
  if (node === undefined) return
  node.pods.add(pod)
  if (!isTerminal(pod)) occupy(node, pod)
}

const occupy = (node: Node, pod: Pod): void => {
  addAmounts(node.requested, pod.template.requests)
  addAmounts(node.nonZeroRequested, pod.template.nonZeroRequests)
}

const vacate = (node: Node, pod: Pod): void => {
  subtractAmounts(node.requested, pod.template.requests)
  subtractAmounts(node.nonZeroRequested, pod.template.nonZeroRequests)
}

/** Keeps `spread`: pods of one owner that stand on a node and are not terminating. */
const spread = (tables: ClusterTables, pod: Pod, sign: 1 | -1): void => {
  if (pod.owner === undefined || pod.node === '' || pod.deletion !== undefined) return
  let onNodes = tables.spread.get(pod.owner.uid)
  if (onNodes === undefined) {
    onNodes = new Map()
    tables.spread.set(pod.owner.uid, onNodes)
  }
  const count = (onNodes.get(pod.node) ?? 0) + sign
  if (count > 0) onNodes.set(pod.node, count)
  else onNodes.delete(pod.node)
  if (onNodes.size === 0) tables.spread.delete(pod.owner.uid)
}

/** A DaemonSet counts what it made for each node. */
const countForNode = (
  tables: ClusterTables,
  { namespace, affinityNode = '' }: Pod,
  { name, uid }: ControllerRef,
): void => {
  const set = tables.daemonSets.get(`${namespace}/${name}`)
  if (set?.uid === uid) set.podsMade.set(affinityNode, (set.podsMade.get(affinityNode) ?? 0) + 1)
}

/** Requests of terminal pods do not count: they leave the scheduler’s cache when the phase reaches the API. */
const becomeTerminal = (tables: ClusterTables, pod: Pod, phase: 'Succeeded' | 'Failed'): void => {
  if (!isTerminal(pod)) {
    const node = tables.nodes.get(pod.node)
    if (node !== undefined) vacate(node, pod)
    tables.terminalPods++
  }
  pod.phase = phase
}

const unready = (names: readonly string[]): string => `containers with unready status: [${names.join(' ')}]`

/** The conditions that the kubelet derives from container statuses. Source: pkg/kubelet/status/generate.go. */
const reportConditions = (pod: Pod, event: Omit<EventOf<typeof PodStatusReported>, 'kind'>, at: number): void => {
  const { phase } = event
  const initialised =
    phase === 'Succeeded' ||
    event.containers.some(({ running, terminated }) => running !== undefined || terminated !== undefined) ||
    (event.initContainers ?? []).every(({ ready, started }) => ready || started === true)
  const incomplete = (event.initContainers ?? []).filter(({ ready }) => !ready).map(({ name }) => name)
  setCondition(
    pod,
    'PodReadyToStartContainers',
    event.sandboxReady === false || event.ip === undefined ? 'False' : 'True',
    at,
  )
  if (initialised) setCondition(pod, 'Initialized', 'True', at, phase === 'Succeeded' ? 'PodCompleted' : undefined)
  else {
    setCondition(
      pod,
      'Initialized',
      'False',
      at,
      'ContainersNotInitialized',
      `containers with incomplete status: [${incomplete.join(' ')}]`,
    )
  }
  const waiting = [...(event.initContainers ?? []).filter(({ started }) => started !== undefined), ...event.containers]
    .filter(({ ready }) => !ready)
    .map(({ name }) => name)
  const reason =
    phase === 'Succeeded'
      ? 'PodCompleted'
      : phase === 'Failed'
        ? 'PodFailed'
        : waiting.length > 0
          ? 'ContainersNotReady'
          : undefined
  const message = reason === 'ContainersNotReady' ? unready(waiting) : undefined
  const containersReady = waiting.length === 0 && phase !== 'Succeeded' && phase !== 'Failed'
  setCondition(
    pod,
    'Ready',
    event.ready ? 'True' : 'False',
    at,
    event.ready ? undefined : reason,
    event.ready ? undefined : message,
  )
  setCondition(
    pod,
    'ContainersReady',
    containersReady ? 'True' : 'False',
    at,
    containersReady ? undefined : reason,
    containersReady ? undefined : message,
  )
}

const report = (
  tables: ClusterTables,
  entry: Entry<EventOf<typeof PodStatusReported>> | Entry<EventOf<typeof PodResumed>>,
): Pod => {
  const { event } = entry
  const pod = changing(tables, event.pod, entry)
  if (event.phase === 'Succeeded' || event.phase === 'Failed') becomeTerminal(tables, pod, event.phase)
  else pod.phase = event.phase
  pod.reason = event.reason
  pod.message = event.message
  pod.ip = event.ip
  pod.initContainers = event.initContainers ?? []
  pod.containers = event.containers
  reportConditions(pod, event, entry.at)
  counted(tables, pod)
  return pod
}

export const applyPod = {
  PodTemplateRecorded: (tables, { event }) => {
    const spec = event.spec as unknown as PodSpec
    tables.templates.set(event.template, {
      hash: event.template,
      labels: event.labels,
      annotations: event.annotations ?? {},
      finalizers: event.finalizers ?? [],
      spec,
      requests: podRequests(spec),
      nonZeroRequests: nonZeroRequests(spec),
    })
  },
  PodCreated: (tables, entry) => {
    const { event } = entry
    const template = tables.templates.get(event.template)
    invariant(
      template !== undefined,
      () => `PodCreated (#${entry.seq}) names template ${event.template}, which was never recorded`,
    )
    invariant(!tables.pods.has(event.pod), () => `PodCreated (#${entry.seq}): pod ${event.pod} exists already`)
    // Hot path: one literal; spreading the metadata in costs ten times as much.
    const pod: Pod = {
      uid: event.uid,
      namespace: namespaceOf(event.pod),
      name: nameOf(event.pod),
      createdAt: entry.at,
      labels: event.labels ?? template.labels,
      annotations: event.annotations ?? template.annotations,
      owner: event.owner,
      finalizers: template.finalizers,
      deletion: undefined,
      generation: 1,
      resourceVersion: entry.seq + 1,
      key: event.pod,
      template,
      hostname: event.hostname ?? template.spec.hostname,
      subdomain: event.subdomain ?? template.spec.subdomain,
      affinityNode: event.affinityNode,
      claims: event.claims,
      node: '',
      nominatedNode: '',
      schedulingGates: (template.spec.schedulingGates ?? []).map(({ name }) => name),
      phase: 'Pending',
      reason: undefined,
      message: undefined,
      ip: undefined,
      startedAt: undefined,
      conditions: [],
      initContainers: [],
      containers: [],
    }
    tables.pods.set(event.pod, pod)
    for (const claim of claimKeysOf(pod)) index(tables.podsByClaim, claim, pod)
    joinServices(tables, pod)
    joinOwner(tables, pod)
    const owner = pod.owner
    if (owner !== undefined) {
      const maker = tables.replicaSetsByUid.get(owner.uid) ?? tables.jobsByUid.get(owner.uid)
      if (maker !== undefined) maker.podsMade++
      else if (owner.kind === 'DaemonSet') countForNode(tables, pod, owner)
    }
    const preset = event.node ?? template.spec.nodeName
    if (preset !== undefined && preset !== '') joinNode(tables, pod, preset)
    if (pod.schedulingGates.length > 0) {
      const message = 'Scheduling is blocked due to non-empty scheduling gates'
      setCondition(pod, 'PodScheduled', 'False', entry.at, 'SchedulingGated', message)
    }
    counted(tables, pod)
    if (tables.quotasByNamespace.size > 0) raiseForPod(tables, pod)
  },
  PodBound: (tables, entry) => {
    const pod = changing(tables, entry.event.pod, entry)
    invariant(pod.node === '', () => `PodBound (#${entry.seq}): ${pod.key} is on ${pod.node} already`)
    joinNode(tables, pod, entry.event.node)
    setCondition(pod, 'PodScheduled', 'True', entry.at)
    counted(tables, pod)
  },
  PodUnschedulable: (tables, entry) => {
    const pod = podOf(tables, entry.event.pod, entry)
    setCondition(pod, 'PodScheduled', 'False', entry.at, 'Unschedulable', entry.event.message)
    pod.nominatedNode = entry.event.nominatedNode ?? pod.nominatedNode
  },
  PodNominationCleared: (tables, entry) => {
    podOf(tables, entry.event.pod, entry).nominatedNode = ''
  },
  PodSchedulingGatesChanged: (tables, entry) => {
    const pod = podOf(tables, entry.event.pod, entry)
    pod.generation++
    pod.schedulingGates = entry.event.gates
  },
  PodAccepted: (tables, entry) => {
    const pod = podOf(tables, entry.event.pod, entry)
    pod.startedAt ??= entry.at
    const { spec } = pod.template
    const reason = (spec.initContainers ?? []).length > 0 ? 'PodInitializing' : 'ContainerCreating'
    const waiting = ({ name }: { readonly name: string }) => ({
      name,
      ready: false,
      restartCount: 0,
      waiting: { reason },
    })
    pod.initContainers = (spec.initContainers ?? []).map(waiting)
    pod.containers = spec.containers.map(waiting)
    const names = spec.containers.map(({ name }) => name)
    setCondition(pod, 'PodReadyToStartContainers', 'False', entry.at)
    if (pod.initContainers.length === 0) setCondition(pod, 'Initialized', 'True', entry.at)
    else {
      setCondition(
        pod,
        'Initialized',
        'False',
        entry.at,
        'ContainersNotInitialized',
        `containers with incomplete status: [${pod.initContainers.map(({ name }) => name).join(' ')}]`,
      )
    }
    setCondition(pod, 'Ready', 'False', entry.at, 'ContainersNotReady', unready(names))
    setCondition(pod, 'ContainersReady', 'False', entry.at, 'ContainersNotReady', unready(names))
    setCondition(pod, 'PodScheduled', 'True', entry.at)
  },
  /** Only phase, reason and message are in the status that is written. Source: kubelet.go, rejectPod. */
  PodRejected: (tables, entry) => {
    const pod = podOf(tables, entry.event.pod, entry)
    pod.startedAt ??= entry.at
    pod.conditions = pod.conditions.filter(({ type }) => type === 'DisruptionTarget')
    pod.initContainers = []
    pod.containers = []
  },
  PodKilledByKubelet: () => {},
  PodSandboxStarted: (tables, entry) => {
    const node = tables.nodes.get(podOf(tables, entry.event.pod, entry).node)
    if (node !== undefined) node.sandboxes++
  },
  ImagePullStarted: () => {},
  ImagePulled: (tables, { event }) => {
    const node = tables.nodes.get(event.node)
    if (node !== undefined) addImage(node, event.image, event.bytes)
  },
  ImagePullFailed: () => {},
  ImagePullBackedOff: () => {},
  ContainerRefused: () => {},
  ContainerStartFailed: () => {},
  VolumeMountFailed: () => {},
  VolumeMounted: () => {},
  ContainerStarted: (tables, entry) => startUsing(tables, entry),
  PostStartHookEnded: () => {},
  PreStopHookFailed: () => {},
  ContainerStopping: () => {},
  ContainerExited: (tables, entry) => stopUsing(tables, entry),
  ContainerBackedOff: () => {},
  ProbeAnswered: () => {},
  ProbeFailed: () => {},
  ProbeSucceeded: () => {},
  PodStatusReported: (tables, entry) => {
    report(tables, entry)
  },
  PodResumed: (tables, entry) => {
    const pod = report(tables, entry)
    pod.startedAt = entry.at
    if (pod.node !== '') setCondition(pod, 'PodScheduled', 'True', entry.at)
    const node = tables.nodes.get(pod.node)
    if (node === undefined || isTerminal(pod)) return
    node.sandboxes++
    // What runs was pulled once.
    const { imageSizes, imageBytes } = tables.settings
    for (const { image = '' } of pod.template.spec.containers) {
      if (!node.images.has(image)) addImage(node, image, imageSizes[image] ?? imageBytes)
    }
  },
  ContainerResumed: (tables, entry) => startUsing(tables, entry),
  PodMarkedNotReady: (tables, entry) => {
    const pod = changing(tables, entry.event.pod, entry)
    const ready = pod.conditions.find(({ type }) => type === 'Ready')
    setCondition(pod, 'Ready', 'False', entry.at, ready?.reason, ready?.message)
    counted(tables, pod)
  },
  PodDisruptionTargeted: (tables, entry) => {
    const pod = podOf(tables, entry.event.pod, entry)
    setCondition(pod, 'DisruptionTarget', 'True', entry.at, entry.event.reason, entry.event.message)
  },
  PodDisruptionTargetCleared: (tables, entry) => {
    setCondition(podOf(tables, entry.event.pod, entry), 'DisruptionTarget', 'False', entry.at)
  },
  PodMarkedForDeletion: (tables, entry) => {
    const { event, at } = entry
    const pod = changing(tables, event.pod, entry)
    pod.generation++
    const requestedAt = pod.deletion?.requestedAt ?? at
    pod.deletion = {
      requestedAt,
      // A second request counts from the first one, but never ends in the past.
      deadline: Math.max(at, requestedAt + event.graceSeconds * 1_000),
      graceSeconds: event.graceSeconds,
    }
    counted(tables, pod)
  },
  PodFailed: (tables, entry) => {
    const pod = changing(tables, entry.event.pod, entry)
    becomeTerminal(tables, pod, 'Failed')
    pod.reason = entry.event.reason ?? pod.reason
    pod.message = entry.event.message ?? pod.message
    counted(tables, pod)
  },
  PodDeleted: (tables, entry) => {
    const pod = changing(tables, entry.event.pod, entry)
    tables.pods.delete(pod.key)
    // What a static pod runs goes on without its mirror.
    if (!isMirror(pod) || tables.nodes.get(pod.node)?.machine.power !== 'on') forgetUsage(tables, pod.key, entry.at)
    tables.expiredPods.delete(pod.uid)
    tables.removedPod = pod
    for (const claim of claimKeysOf(pod)) unindex(tables.podsByClaim, claim, pod)
    leaveServices(tables, pod)
    leaveOwner(tables, pod)
    if (isTerminal(pod)) tables.terminalPods--
    const node = tables.nodes.get(pod.node)
    if (node === undefined) return
    node.pods.delete(pod)
    if (!isTerminal(pod)) vacate(node, pod)
  },
  PodAdopted: (tables, entry) => {
    const pod = changing(tables, entry.event.pod, entry)
    leaveOwner(tables, pod)
    pod.owner = entry.event.owner
    joinOwner(tables, pod)
    counted(tables, pod)
  },
  PodReleased: (tables, entry) => {
    const pod = changing(tables, entry.event.pod, entry)
    leaveOwner(tables, pod)
    pod.owner = undefined
    joinOwner(tables, pod)
    counted(tables, pod)
  },
  PodFinalizersChanged: (tables, entry) => {
    const pod = changing(tables, entry.event.pod, entry)
    pod.finalizers = entry.event.finalizers
    counted(tables, pod)
  },
  PodLabelled: (tables, entry) => {
    const pod = changing(tables, entry.event.pod, entry)
    leaveServices(tables, pod)
    pod.labels = entry.event.labels
    joinServices(tables, pod)
    counted(tables, pod)
  },
  PodAnnotated: (tables, entry) => {
    podOf(tables, entry.event.pod, entry).annotations = entry.event.annotations
  },
} satisfies Folds<(typeof podEvents)[number]>

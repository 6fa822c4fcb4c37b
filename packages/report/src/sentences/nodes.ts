import { because, fact, listed, nameOf, type Sentence, state, step, type Values, wake } from './sentence.ts'

const node = ({ node: name }: Values): string => `node ${String(name)}`

const taintOf = (taint: unknown): string => {
  const { key, value, effect } = taint as { key: string; value?: string; effect: string }
  return `${key}${value === undefined || value === '' ? '' : `=${value}`}:${effect}`
}

/** What happens to nodes and their machines, and to zones. */
export const nodeSentences: Readonly<Record<string, Sentence>> = {
  NodeCreated: fact((event) => `${node(event)} is there`),
  NodeDeleted: fact((event) => `${node(event)} is deleted`),
  NodeFailed: fact((event) => `${node(event)} loses power: nothing runs on it any more, and nobody is told`),
  NodeShutdownRequested: fact((event) => `${node(event)} is ${event.reboot === true ? 'rebooted' : 'shut down'}`),
  NodeShutdownStarted: fact((event) => `the kubelet of ${node(event)} ends its pods before the machine goes down`),
  NodePressureChanged: fact(
    (event) => `${node(event)} is ${event.under === true ? 'under' : 'free of'} ${String(event.condition)}`,
  ),
  EvictionThresholdMet: fact(
    (event) => `the kubelet of ${node(event)} has too little ${String(event.resource)} and makes room`,
  ),
  NodeOutOfMemory: fact(
    (event) =>
      `${node(event)} has no memory left: its kernel kills container ${String(event.container)} of pod ${nameOf(event.pod)}`,
  ),
  ImagesRemoved: fact((event) => `the kubelet of ${node(event)} removes images: ${listed(event.images)}`),
  ImageCollectionFailed: fact((event) => `the kubelet of ${node(event)} finds too few images that it could remove`),
  DeadContainersRemoved: fact(
    (event) => `the kubelet of ${node(event)} removes the containers of pods that have ended: ${listed(event.pods)}`,
  ),
  DiskFilled: fact((event) => `something fills ${String(event.disk)} of ${node(event)}`),
  DiskFreed: fact((event) => `what had filled ${String(event.disk)} of ${node(event)} is gone`),
  DiskRanFull: fact((event) => `${node(event)} has a full disk (${String(event.what)}): nothing more is written there`),
  DiskGotRoom: fact((event) => `a disk of ${node(event)} that was full (${String(event.what)}) has room again`),
  MirrorPodDue: wake((event) => `the kubelet of ${node(event)} misses the mirror of pod ${nameOf(event.pod)}`),
  DiskLevelDue: wake((event) => `a disk of ${node(event)} is full, or is so no more`),
  DiskSlowed: fact((event) =>
    event.factor === 1
      ? `the disks of ${node(event)} are as fast as they should be`
      : `the disks of ${node(event)} are ${String(event.factor)} times slower`,
  ),
  ImageCollectionDue: wake((event) => `the kubelet of ${node(event)} looks at its images`),
  NodeRecovered: fact((event) => `${node(event)} has power again`),
  NodePartitioned: fact((event) => `${node(event)} is cut off from the control plane`),
  NodeReconnected: fact((event) => `${node(event)} reaches the control plane again`),
  KubeletStopped: fact((event) => `the kubelet of ${node(event)} stops`),
  KubeletStarted: fact((event) => `the kubelet of ${node(event)} starts`),
  NodeFrozen: fact((event) => `the machine of ${node(event)} hangs`),
  NodeThawed: fact((event) => `the machine of ${node(event)} goes on`),
  NodeRebooted: fact((event) => `${node(event)} has booted`),
  NodeStatusPosted: state(
    (event) =>
      `${node(event)} says that it is ${event.ready === 'True' ? 'Ready' : 'not Ready'}${because(event.ready === 'True' ? undefined : event.message)}`,
  ),
  NodeMarkedUnknown: fact(
    (event) => `the control plane has not heard from ${node(event)} for too long: it is NotReady`,
  ),
  NodeTainted: fact((event) => `${node(event)} gets the taint ${taintOf(event.taint)}`),
  NodeUntainted: fact(
    (event) =>
      `${node(event)} loses the taint ${String(event.key)}${event.effect === undefined ? '' : `:${String(event.effect)}`}`,
  ),
  NodeCordoned: fact((event) => `${node(event)} is cordoned: no new pods come to it`),
  NodeUncordoned: fact((event) => `${node(event)} is uncordoned`),
  NodeLabelled: fact((event) => `${node(event)} has other labels`),
  NodeAnnotated: step((event) => `${node(event)} has other annotations`),
  NodeQueuedForTainting: step((event) => `${node(event)} waits for its NoExecute taint`),
  ZoneStateChanged: fact(
    (event) =>
      `zone ${event.zone === '' ? '(without a name)' : String(event.zone)} is in ${String(event.state)}: nodes are tainted at ${String(event.qps)} a second`,
  ),
  EvictionObserved: step((event) => `the kubelet of ${node(event)} looks at its thresholds`),
  LeaseRenewed: wake((event) => `${node(event)} renews its lease`),
  NodeDrainBlocked: fact(
    (event) =>
      `the drain of ${node(event)} has waited for a minute: ${(event.reasons as readonly string[]).join('; ')}`,
  ),
  NodeDrained: fact(() => 'every pod that had to leave the drained node is gone'),
  NamespaceCreated: fact(({ namespace }) => `namespace ${String(namespace)} is there`),
  NamespaceLabelled: step(({ namespace }) => `namespace ${String(namespace)} has other labels`),
  NamespaceAnnotated: step(({ namespace }) => `namespace ${String(namespace)} has other annotations`),
  NamespaceMarkedForDeletion: fact(
    ({ namespace }) => `namespace ${String(namespace)} is being deleted, with all that is in it`,
  ),
  NamespaceDeleted: fact(({ namespace }) => `namespace ${String(namespace)} is gone`),
  PreemptionDue: fact(
    (event) =>
      `the scheduler makes room for pod ${nameOf(event.pod)} on ${node(event)}, at the cost of ${listed(event.victims)}`,
  ),
}

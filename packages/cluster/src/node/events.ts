import { defineEvent, optional, RELEASE } from '@wavetank/kernel'
import * as t from 'io-ts'
import { NodeName, PodKey, Uid } from '../ids.ts'
import { Labels } from '../object/meta.ts'

export const Taint = t.readonly(
  t.intersection([
    t.type({ key: t.string, effect: t.keyof({ NoSchedule: null, PreferNoSchedule: null, NoExecute: null }) }),
    t.partial({ value: t.string, timeAdded: t.string }),
  ]),
  'Taint',
)
export type Taint = t.TypeOf<typeof Taint>

export const ConditionStatus = t.keyof({ True: null, False: null, Unknown: null }, 'ConditionStatus')
export type ConditionStatus = t.TypeOf<typeof ConditionStatus>

export const NodeCreated = defineEvent('NodeCreated', {
  doc: 'A Node object is stored. `node` objects come from manifests or pools; the kubelet on it is up and posts Ready.',
  data: { node: NodeName, uid: Uid, object: t.UnknownRecord },
})

export const NodeDeleted = defineEvent('NodeDeleted', {
  doc: 'The Node object is gone; its machine may still run.',
  rank: RELEASE,
  data: { node: NodeName },
})

export const NodeFailed = defineEvent('NodeFailed', {
  doc: 'The machine lost power: kubelet and containers stop, and nobody is told.',
  data: { node: NodeName },
})

export const NodeShutdownRequested = defineEvent('NodeShutdownRequested', {
  doc: 'Someone shuts the machine down, or has it boot anew.',
  data: { node: NodeName, reboot: t.boolean },
})

export const NodeShutdownStarted = defineEvent('NodeShutdownStarted', {
  doc: 'The kubelet holds up the shutdown of its machine until it has ended the pods.',
  data: { node: NodeName },
})

export const NodePressureChanged = defineEvent('NodePressureChanged', {
  doc: 'The kubelet is under pressure, or not any more; its next status says so.',
  data: { node: NodeName, condition: t.string, under: t.boolean },
})

export const EvictionThresholdMet = defineEvent('EvictionThresholdMet', {
  doc: 'The kubelet begins to reclaim a resource by evicting a pod.',
  data: { node: NodeName, resource: t.string },
})

export const NodeOutOfMemory = defineEvent('NodeOutOfMemory', {
  doc: 'The machine has no memory left, and its kernel kills the container that comes first by use and `oom_score_adj`.',
  data: { node: NodeName, pod: t.string, container: t.string, pid: t.number },
})

export const ImagesRemoved = defineEvent('ImagesRemoved', {
  doc: 'The kubelet has removed images that no container uses, to make room or because of their age.',
  data: { node: NodeName, images: t.readonlyArray(t.string) },
})

export const ImageCollectionFailed = defineEvent('ImageCollectionFailed', {
  doc: 'The file system of images is fuller than it may be, and there are not enough unused images. `isRepeated` if it was so at the look before.',
  data: { node: NodeName, wantedBytes: t.number, freedBytes: t.number, isRepeated: t.boolean },
})

export const DeadContainersRemoved = defineEvent('DeadContainersRemoved', {
  doc: 'The kubelet has removed what is left of the containers of pods that have ended, to make room on a disk.',
  data: { node: NodeName, pods: t.readonlyArray(PodKey) },
})

export const Disk = t.keyof({ nodefs: null, imagefs: null }, 'Disk')

export const DiskFilled = defineEvent('DiskFilled', {
  doc: 'Something that is no container takes room on a disk of the node.',
  data: { node: NodeName, disk: Disk, bytes: t.number, inodes: t.number },
})

export const DiskFreed = defineEvent('DiskFreed', {
  doc: 'What was there beside the containers takes so much less room.',
  rank: RELEASE,
  data: { node: NodeName, disk: Disk, bytes: t.number, inodes: t.number },
})

const FullDisk = t.keyof(
  { 'nodefs.available': null, 'nodefs.inodesFree': null, 'imagefs.available': null, 'imagefs.inodesFree': null },
  'FullDisk',
)

export const DiskRanFull = defineEvent('DiskRanFull', {
  doc: 'Nothing more can be written to a disk of the node, or no more files: `what` is the signal of the kubelet that is 0 now. `levels` say what the containers that write there have come to; they stay there until there is room again.',
  data: {
    node: NodeName,
    what: FullDisk,
    /** Bytes, or files. */
    used: t.number,
    /** `part` is `disk`, `inodes`, `logs`, or `volumes/` and the name of an empty directory. */
    levels: t.readonlyArray(t.readonly(t.type({ pod: PodKey, container: t.string, part: t.string, level: t.number }))),
    /** How much of what no container has written there had no room: it is not there. */
    lost: t.number,
  },
})

export const DiskGotRoom = defineEvent('DiskGotRoom', {
  doc: 'A disk that was full has room again: those that could not write go on.',
  rank: RELEASE,
  data: { node: NodeName, what: FullDisk },
})

export const DiskSlowed = defineEvent('DiskSlowed', {
  doc: 'The disks of the node are so many times slower than they should be; 1 is as they should be.',
  data: { node: NodeName, factor: t.number },
})

export const NodeRecovered = defineEvent('NodeRecovered', {
  doc: 'The machine has power again and boots.',
  data: { node: NodeName },
})

export const NodeUpgraded = defineEvent('NodeUpgraded', {
  doc: 'The machine has been worked on while it was down. Its kubelet posts its version once it is up.',
  data: { node: NodeName, kubeletVersion: optional(t.string) },
})

export const NodeReclaimNoticed = defineEvent('NodeReclaimNoticed', {
  doc: 'The cloud says that it takes the machine back in `notice` milliseconds.',
  data: { node: NodeName, notice: t.number, drain: t.boolean, deleteNode: t.boolean },
})

export const NodeReclaimed = defineEvent('NodeReclaimed', {
  doc: 'The machine is gone for good. Its Node is deleted by the cloud’s controller, or stays.',
  data: { node: NodeName, deleteNode: t.boolean },
})

export const NodePartitioned = defineEvent('NodePartitioned', {
  doc: 'Node and control plane do not reach each other; both go on by themselves.',
  data: { node: NodeName },
})

export const NodeReconnected = defineEvent('NodeReconnected', {
  doc: 'Node and control plane reach each other again.',
  data: { node: NodeName },
})

export const KubeletStopped = defineEvent('KubeletStopped', {
  doc: 'The kubelet’s process has ended; the containers run on.',
  data: { node: NodeName },
})

export const KubeletStarted = defineEvent('KubeletStarted', {
  doc: 'The kubelet’s process is there again, and knows nothing but what runs and what the API server says.',
  data: { node: NodeName },
})

export const NodeFrozen = defineEvent('NodeFrozen', {
  doc: 'The machine hangs: nothing on it gets on.',
  data: { node: NodeName },
})

export const NodeThawed = defineEvent('NodeThawed', {
  doc: 'The machine goes on where it stood.',
  data: { node: NodeName },
})

export const NodeRebooted = defineEvent('NodeRebooted', {
  doc: 'The kubelet of a machine that had failed is up again, with a new boot id; every container of before is lost.',
  data: { node: NodeName },
})

export const NodeStatusPosted = defineEvent('NodeStatusPosted', {
  doc: 'The kubelet posted its conditions; `ready` is what it says of itself.',
  data: { node: NodeName, ready: ConditionStatus, reason: t.string, message: t.string },
})

export const NodeMarkedUnknown = defineEvent('NodeMarkedUnknown', {
  doc: 'No heartbeat for the grace period: conditions become Unknown.',
  data: { node: NodeName, reason: t.string, message: t.string },
})

export const NodeTainted = defineEvent('NodeTainted', {
  doc: 'A taint was added to the node, or its value replaced.',
  data: { node: NodeName, taint: Taint },
})

export const NodeUntainted = defineEvent('NodeUntainted', {
  doc: 'A taint was removed from the node.',
  data: { node: NodeName, key: t.string, effect: optional(t.string) },
})

export const NodeCordoned = defineEvent('NodeCordoned', {
  doc: '`spec.unschedulable` is true.',
  data: { node: NodeName },
})

export const NodeUncordoned = defineEvent('NodeUncordoned', {
  doc: '`spec.unschedulable` is no longer set.',
  data: { node: NodeName },
})

export const NodeLabelled = defineEvent('NodeLabelled', {
  doc: 'The node’s labels changed; these are all of them.',
  data: { node: NodeName, labels: Labels },
})

export const NodeAnnotated = defineEvent('NodeAnnotated', {
  doc: 'The node’s annotations changed; these are all of them.',
  data: { node: NodeName, annotations: Labels },
})

export const nodeEvents = [
  NodeCreated,
  NodeDeleted,
  NodeFailed,
  NodeShutdownRequested,
  NodeShutdownStarted,
  NodePressureChanged,
  EvictionThresholdMet,
  NodeOutOfMemory,
  ImagesRemoved,
  ImageCollectionFailed,
  DeadContainersRemoved,
  DiskFilled,
  DiskFreed,
  DiskRanFull,
  DiskGotRoom,
  DiskSlowed,
  NodeRecovered,
  NodeUpgraded,
  NodeReclaimNoticed,
  NodeReclaimed,
  NodePartitioned,
  NodeReconnected,
  KubeletStopped,
  KubeletStarted,
  NodeFrozen,
  NodeThawed,
  NodeRebooted,
  NodeStatusPosted,
  NodeMarkedUnknown,
  NodeTainted,
  NodeUntainted,
  NodeCordoned,
  NodeUncordoned,
  NodeLabelled,
  NodeAnnotated,
] as const

import { NodeName, PodKey } from '@wavetank/cluster'
import { DECIDE, defineEvent } from '@wavetank/kernel'
import * as t from 'io-ts'

export const PodSyncDue = defineEvent('PodSyncDue', {
  doc: 'The kubelet’s worker of this pod syncs: it reports what changed and does what is missing.',
  rank: DECIDE,
  data: { pod: PodKey },
})

export const VolumeMountDue = defineEvent('VolumeMountDue', {
  doc: 'The kubelet tries again to mount the volumes of a pod.',
  rank: DECIDE,
  data: { pod: PodKey },
})

export const PodStopping = defineEvent('PodStopping', {
  doc: 'The kubelet stops the containers of the pod, because it is deleted or because it is done.',
  data: { pod: PodKey, graceSeconds: t.number },
})

export const PodStoppedDue = defineEvent('PodStoppedDue', {
  doc: 'Containers and sandbox of the pod have stopped and the kubelet has noticed.',
  rank: DECIDE,
  data: { pod: PodKey },
})

export const PodRemovalDue = defineEvent('PodRemovalDue', {
  doc: 'Volumes and cgroups of a deleted pod are gone; the kubelet confirms the deletion.',
  rank: DECIDE,
  data: { pod: PodKey },
})

export const ShutdownGroupDue = defineEvent('ShutdownGroupDue', {
  doc: 'A shutdown comes to the next pods in order of priority: those before have ended, or their time is over.',
  rank: DECIDE,
  data: { node: NodeName, group: t.number, reboot: t.boolean },
})

export const NodeStatusDue = defineEvent('NodeStatusDue', {
  doc: 'The kubelet posts a status of its node that says something new.',
  rank: DECIDE,
  data: { node: NodeName },
})

export const EvictionSyncDue = defineEvent('EvictionSyncDue', {
  doc: 'The eviction manager looks at its node, and will find something: what runs out, or what is enough again.',
  rank: DECIDE,
  data: { node: NodeName },
})

export const EvictionObserved = defineEvent('EvictionObserved', {
  doc: 'What the eviction manager has found: since when which thresholds are met, those that it acts upon, and when each condition of pressure was seen last.',
  data: {
    node: NodeName,
    since: t.record(t.string, t.number),
    acted: t.readonlyArray(t.string),
    pressureAt: t.record(t.string, t.number),
  },
})

export const ImageCollectionDue = defineEvent('ImageCollectionDue', {
  doc: 'The kubelet looks whether images have to go, and will find something.',
  rank: DECIDE,
  data: { node: NodeName },
})

export const MemoryExhaustedDue = defineEvent('MemoryExhaustedDue', {
  doc: 'The containers of a node use all of its memory.',
  rank: DECIDE,
  data: { node: NodeName },
})

export const MirrorPodDue = defineEvent('MirrorPodDue', {
  doc: 'The kubelet finds that the mirror of a static pod that it runs is gone, and makes it again.',
  rank: DECIDE,
  data: { node: NodeName, pod: PodKey },
})

export const DiskLevelDue = defineEvent('DiskLevelDue', {
  doc: 'What is written to a disk of a node comes to what the disk has, or there is room again.',
  rank: DECIDE,
  data: { node: NodeName, what: t.string },
})

export const NodeBootDue = defineEvent('NodeBootDue', {
  doc: 'A machine that was switched on has booted.',
  rank: DECIDE,
  data: { node: NodeName },
})

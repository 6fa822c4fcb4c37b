import { NodeName, ObjectKey, PodKey } from '@wavetank/cluster'
import { DECIDE, defineEvent } from '@wavetank/kernel'
import * as t from 'io-ts'

export const DaemonSetSyncDue = defineEvent('DaemonSetSyncDue', {
  doc: 'The controller looks at one DaemonSet: something about it, its pods or a node may have changed.',
  rank: DECIDE,
  data: { object: ObjectKey },
})

export const DaemonSetSyncFailed = defineEvent('DaemonSetSyncFailed', {
  doc: 'A sync could not do what it had to; it is tried again, later each time.',
  data: { object: ObjectKey, message: t.string },
})

export const FailedDaemonPodFound = defineEvent('FailedDaemonPodFound', {
  doc: 'A pod of a DaemonSet has failed; it is deleted, and the next one on this node has to fail later than that.',
  data: { object: ObjectKey, pod: PodKey, node: NodeName },
})

export const SucceededDaemonPodFound = defineEvent('SucceededDaemonPodFound', {
  doc: 'A pod of a DaemonSet has ended well, which is not what it is for; it is deleted.',
  data: { object: ObjectKey, pod: PodKey, node: NodeName },
})

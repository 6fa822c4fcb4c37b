import { NodeName } from '@wavetank/cluster'
import { DECIDE, defineEvent } from '@wavetank/kernel'
import * as t from 'io-ts'

export const LeaseRenewed = defineEvent('LeaseRenewed', {
  doc: 'A kubelet renewed its lease. Only in runs with `fidelity: every-tick`: otherwise these follow from the node’s period.',
  data: { node: NodeName },
})

export const NodeMonitorDue = defineEvent('NodeMonitorDue', {
  doc: 'The monitor pass at which the node’s silence is longer than the grace period.',
  rank: DECIDE,
  data: { node: NodeName },
})

export const NodeReachableDue = defineEvent('NodeReachableDue', {
  doc: 'The monitor pass that finds the node Ready again.',
  rank: DECIDE,
  data: { node: NodeName },
})

export const ZoneStatesDue = defineEvent('ZoneStatesDue', {
  doc: 'The end of a monitor pass, when zones are judged by how many of their nodes are ready.',
  rank: DECIDE,
  data: {},
})

export const ZoneState = t.keyof(
  { Normal: null, PartialDisruption: null, FullDisruption: null, AllZonesDisrupted: null },
  'ZoneState',
)
export type ZoneState = t.TypeOf<typeof ZoneState>

export const ZoneStateChanged = defineEvent('ZoneStateChanged', {
  doc: 'A zone lost or regained so many nodes that evictions in it slow down, stop, or go on. `qps` is the new rate of tainting nodes.',
  data: { zone: t.string, state: ZoneState, qps: t.number },
})

export const NodeQueuedForTainting = defineEvent('NodeQueuedForTainting', {
  doc: 'The node waits for the rate limiter of its zone to get its NoExecute taint.',
  data: { node: NodeName, zone: t.string },
})

export const NodeTaintDue = defineEvent('NodeTaintDue', {
  doc: 'The rate limiter of a zone lets one more node be tainted NoExecute.',
  rank: DECIDE,
  data: { zone: t.string },
})

export const CordonTaintDue = defineEvent('CordonTaintDue', {
  doc: 'The controller has seen that the node was cordoned or uncordoned.',
  rank: DECIDE,
  data: { node: NodeName },
})

import { NodeName, PodKey } from '@wavetank/cluster'
import { DECIDE, defineEvent, optional } from '@wavetank/kernel'
import * as t from 'io-ts'

export const SchedulingCycleDue = defineEvent('SchedulingCycleDue', {
  doc: 'The scheduler takes the next pod of its queue.',
  rank: DECIDE,
  data: {},
})

export const UnschedulableFlushDue = defineEvent('UnschedulableFlushDue', {
  doc: 'Pods that have been unschedulable for more than five minutes are tried again.',
  rank: DECIDE,
  data: {},
})

export const PreemptionDue = defineEvent('PreemptionDue', {
  doc: 'The scheduler deletes the victims that make room for `pod` on `node`.',
  rank: DECIDE,
  data: { pod: PodKey, node: NodeName, victims: t.readonlyArray(PodKey) },
})

export const VolumeBindingBegun = defineEvent('VolumeBindingBegun', {
  doc: 'The pod has a node, and claims that waited for that: it is bound when they are.',
  data: { pod: PodKey, node: NodeName, evaluated: optional(t.number) },
})

export const VolumeBindingTimedOut = defineEvent('VolumeBindingTimedOut', {
  doc: 'The claims of a pod should have been bound by now.',
  rank: DECIDE,
  data: { pod: PodKey },
})

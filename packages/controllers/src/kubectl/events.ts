import { NodeName, ObjectKey } from '@wavetank/cluster'
import { DECIDE, defineEvent } from '@wavetank/kernel'
import * as t from 'io-ts'

export const KubectlIssued = defineEvent('KubectlIssued', {
  doc: 'A kubectl command of the scenario’s timeline is run: the line as it was written, and what it means.',
  rank: DECIDE,
  data: { line: t.string, command: t.UnknownRecord },
})

export const KubectlCompleted = defineEvent('KubectlCompleted', {
  doc: 'A kubectl command is over; `output` is what it printed, line by line.',
  data: { line: t.string, exitCode: t.number, output: t.readonlyArray(t.string) },
})

export const NodeDrainDue = defineEvent('NodeDrainDue', {
  doc: '`kubectl drain` turns to the next of its nodes. `issued` is the entry of the command.',
  rank: DECIDE,
  data: { issued: t.number, index: t.number },
})

export const NodeDrainRetryDue = defineEvent('NodeDrainRetryDue', {
  doc: '`kubectl drain` asks again for evictions that were refused: something has happened since.',
  rank: DECIDE,
  data: { issued: t.number, index: t.number },
})

export const NodeDrainCheckDue = defineEvent('NodeDrainCheckDue', {
  doc: 'A node has been drained for a minute: whether something stands in the way is looked at.',
  rank: DECIDE,
  data: { issued: t.number, index: t.number },
})

export const NodeDrainBlocked = defineEvent('NodeDrainBlocked', {
  doc: '`kubectl drain` has been waiting for a minute; `reasons` say for what. Kubernetes has no such event.',
  data: {
    issued: t.number,
    node: NodeName,
    budgets: t.readonlyArray(ObjectKey),
    reasons: t.readonlyArray(t.string),
  },
})

export const NodeDrained = defineEvent('NodeDrained', {
  doc: '`kubectl drain` has seen every pod that had to leave the node go.',
  data: { issued: t.number, index: t.number },
})

export const NodeDrainTimeoutDue = defineEvent('NodeDrainTimeoutDue', {
  doc: '`kubectl drain` has waited for a node’s pods as long as `--timeout` says.',
  rank: DECIDE,
  data: { issued: t.number, index: t.number },
})

export const RolloutStatusTimeoutDue = defineEvent('RolloutStatusTimeoutDue', {
  doc: '`kubectl rollout status` has watched as long as `--timeout` says. `issued` is the entry of the command.',
  data: { issued: t.number },
})

import { NodeName } from '@wavetank/cluster'
import { DECIDE, defineEvent, optional } from '@wavetank/kernel'
import * as t from 'io-ts'

export const WhenBlocked = t.keyof({ giveUp: null, goOn: null, stop: null }, 'WhenBlocked')

/** The flags of the drains. */
const Drain = t.readonly(
  t.intersection([
    t.type({ force: t.boolean, deleteEmptyDirData: t.boolean, disableEviction: t.boolean }),
    t.partial({ gracePeriodSeconds: t.number, timeout: t.number, podSelector: t.string }),
  ]),
)

export const NodeUpgradesOrdered = defineEvent('NodeUpgradesOrdered', {
  doc: 'The timeline has nodes upgraded, a few at a time: each is drained, taken down, and given back with another kubelet.',
  rank: DECIDE,
  data: {
    nodes: t.readonlyArray(NodeName),
    kubeletVersion: optional(t.string),
    maxUnavailable: t.number,
    /** How long a machine is down for it; a distribution of milliseconds. */
    takes: t.UnknownRecord,
    pause: t.number,
    drain: Drain,
    whenBlocked: WhenBlocked,
  },
})

export const NodeUpgradeStepDue = defineEvent('NodeUpgradeStepDue', {
  doc: 'An upgrade turns to its next nodes. `upgrade` is the entry that began it.',
  rank: DECIDE,
  data: { upgrade: t.number },
})

export const NodeUpgradeBegan = defineEvent('NodeUpgradeBegan', {
  doc: 'It is the turn of a node: it is drained.',
  data: { upgrade: t.number, node: NodeName },
})

export const MachineUpgradeBegan = defineEvent('MachineUpgradeBegan', {
  doc: 'The machine is taken down for its upgrade; `isEmpty` if the drain has succeeded.',
  data: { upgrade: t.number, node: NodeName, isEmpty: t.boolean },
})

export const MachineUpgradeDue = defineEvent('MachineUpgradeDue', {
  doc: 'What was to be done to the machine while it was down is done.',
  rank: DECIDE,
  data: { upgrade: t.number, node: NodeName },
})

export const Outcome = t.keyof({ upgraded: null, blocked: null, gone: null, busy: null }, 'UpgradeOutcome')

export const NodeUpgradeEnded = defineEvent('NodeUpgradeEnded', {
  doc: 'The upgrade is done with a node: it has succeeded; its drain was blocked, and it was left as it was; it is gone; or another upgrade has it.',
  data: { upgrade: t.number, node: NodeName, outcome: Outcome },
})

export const NodeUpgradesEnded = defineEvent('NodeUpgradesEnded', {
  doc: 'The upgrade is over: these nodes are upgraded, and these are not.',
  data: { upgrade: t.number, upgraded: t.readonlyArray(NodeName), left: t.readonlyArray(NodeName) },
})

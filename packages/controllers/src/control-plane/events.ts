import { DECIDE, defineEvent } from '@wavetank/kernel'
import * as t from 'io-ts'

export const ProcessLaunched = defineEvent('ProcessLaunched', {
  doc: 'A process of the control plane is there again: it does nothing until it is the leader.',
  data: { process: t.string },
})

export const LeaderElectionDue = defineEvent('LeaderElectionDue', {
  doc: 'A process tries to become the leader and finds that the lease of the one before it has run out.',
  rank: DECIDE,
  data: { process: t.string },
})

export const LeaseLostDue = defineEvent('LeaseLostDue', {
  doc: 'The leader has tried to renew its lease for as long as it may.',
  rank: DECIDE,
  data: { process: t.string },
})

import { defineDisruption } from './define-disruption.ts'
import { checkNodeTarget, NodeTarget, NodeTargetFor } from './node-target.ts'

export const fail = defineDisruption({
  name: 'fail',
  doc: 'The power goes: kubelet and containers are gone at once, and nobody is told.',
  target: NodeTargetFor,
  end: 'recover',
  recurring: NodeTarget,
  check: checkNodeTarget,
})

import { defineDisruption } from './define-disruption.ts'
import { checkNodeTarget, NodeTarget } from './node-target.ts'

export const fail = defineDisruption({
  name: 'fail',
  doc: 'The power of a node goes: kubelet and containers are gone at once, and nobody is told.',
  target: NodeTarget,
  check: checkNodeTarget,
})

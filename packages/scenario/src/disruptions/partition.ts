import { defineDisruption } from './define-disruption.ts'
import { checkNodeTarget, NodeTargetFor } from './node-target.ts'

export const partition = defineDisruption({
  name: 'partition',
  doc: 'The node and the control plane do not reach each other any more: containers go on, and nobody knows.',
  target: NodeTargetFor,
  check: checkNodeTarget,
})

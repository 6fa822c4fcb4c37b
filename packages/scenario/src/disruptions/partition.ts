import { defineDisruption } from './define-disruption.ts'
import { checkNodeTarget, NodeTarget, NodeTargetFor } from './node-target.ts'

export const partition = defineDisruption({
  name: 'partition',
  doc: 'The node and the control plane do not reach each other any more: containers go on, and nobody knows.',
  target: NodeTargetFor,
  end: 'heal',
  recurring: NodeTarget,
  check: checkNodeTarget,
})

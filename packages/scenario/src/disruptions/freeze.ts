import { defineDisruption } from './define-disruption.ts'
import { checkNodeTarget, NodeTarget, NodeTargetFor } from './node-target.ts'

export const freeze = defineDisruption({
  name: 'freeze',
  doc: 'The machine hangs, with everything on it: no process gets on, and nobody is told.',
  target: NodeTargetFor,
  end: 'thaw',
  recurring: NodeTarget,
  check: checkNodeTarget,
})

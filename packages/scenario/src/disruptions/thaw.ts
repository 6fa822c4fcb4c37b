import { defineDisruption } from './define-disruption.ts'
import { checkNodeTarget, NodeTarget } from './node-target.ts'

export const thaw = defineDisruption({
  name: 'thaw',
  doc: 'The end of `freeze`: everything goes on where it stood.',
  target: NodeTarget,
  check: checkNodeTarget,
})

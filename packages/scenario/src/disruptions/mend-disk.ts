import { defineDisruption } from './define-disruption.ts'
import { checkNodeTarget, NodeTarget } from './node-target.ts'

export const mendDisk = defineDisruption({
  name: 'mendDisk',
  doc: 'The end of `slowDisk`.',
  target: NodeTarget,
  check: checkNodeTarget,
})

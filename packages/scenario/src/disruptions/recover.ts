import { defineDisruption } from './define-disruption.ts'
import { checkNodeTarget, NodeTarget } from './node-target.ts'

export const recover = defineDisruption({
  name: 'recover',
  doc: 'A node that has no power starts again: its kubelet registers, its old containers are gone.',
  target: NodeTarget,
  check: checkNodeTarget,
})

import { defineDisruption } from './define-disruption.ts'
import { checkNodeTarget, NodeTarget } from './node-target.ts'

export const heal = defineDisruption({
  name: 'heal',
  doc: 'The end of `partition`: the kubelet reports, and sees what it has missed.',
  target: NodeTarget,
  check: checkNodeTarget,
})

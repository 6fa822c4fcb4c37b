import { defineDisruption } from './define-disruption.ts'
import { checkNodeTarget, NodeTarget } from './node-target.ts'

export const reboot = defineDisruption({
  name: 'reboot',
  doc: 'The machine is shut down likewise, and boots.',
  target: NodeTarget,
  recurring: NodeTarget,
  check: checkNodeTarget,
})

import { defineDisruption } from './define-disruption.ts'
import { checkNodeTarget, NodeTarget } from './node-target.ts'

export const shutdown = defineDisruption({
  name: 'shutdown',
  doc: 'The machine is switched off: at once, or after its pods if its kubelet waits for them (`shutdownGracePeriod`).',
  target: NodeTarget,
  check: checkNodeTarget,
})

import { defineDisruption } from './define-disruption.ts'
import { checkNodeTarget, NodeTargetFor } from './node-target.ts'

export const stopKubelet = defineDisruption({
  name: 'stopKubelet',
  doc: 'The kubelet ends and its containers go on: nobody probes, restarts or reports them.',
  target: NodeTargetFor,
  check: checkNodeTarget,
})

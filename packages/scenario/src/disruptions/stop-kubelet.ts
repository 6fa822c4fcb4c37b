import { defineDisruption } from './define-disruption.ts'
import { checkNodeTarget, NodeTarget, NodeTargetFor } from './node-target.ts'

export const stopKubelet = defineDisruption({
  name: 'stopKubelet',
  doc: 'The kubelet ends and its containers go on: nobody probes, restarts or reports them.',
  target: NodeTargetFor,
  end: 'startKubelet',
  recurring: NodeTarget,
  check: checkNodeTarget,
})

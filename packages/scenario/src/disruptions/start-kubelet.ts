import { defineDisruption } from './define-disruption.ts'
import { checkNodeTarget, NodeTarget } from './node-target.ts'

export const startKubelet = defineDisruption({
  name: 'startKubelet',
  doc: 'The kubelet starts again and looks at all of its pods anew.',
  target: NodeTarget,
  check: checkNodeTarget,
})

import { ControllerTarget, isThere } from './control-plane-target.ts'
import { defineDisruption } from './define-disruption.ts'

export const startController = defineDisruption({
  name: 'startController',
  doc: 'The end of `stopController`: it lists everything anew, a process once it is the leader, and goes on from what there is.',
  target: ControllerTarget,
  check: isThere,
})

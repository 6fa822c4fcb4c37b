import type { Codec } from '../codec.ts'
import { ControllerTarget, ControllerTargetFor, isThere } from './control-plane-target.ts'
import { defineDisruption } from './define-disruption.ts'
import type { NodeTarget } from './node-target.ts'

export const stopController = defineDisruption({
  name: 'stopController',
  doc: 'A controller, or a whole process of the control plane, ends: it sees nothing, does nothing, and forgets what it had in mind.',
  target: ControllerTargetFor,
  end: 'startController',
  recurring: ControllerTarget as unknown as Codec<NodeTarget>,
  isOfControlPlane: true,
  check: isThere,
})

import { defineDisruption } from './define-disruption.ts'
import { checkOutageTarget, OutageTarget } from './outage-target.ts'

export const up = defineDisruption({
  name: 'up',
  doc: 'A dependency, or an image registry, that was down answers again.',
  target: OutageTarget,
  check: checkOutageTarget,
})

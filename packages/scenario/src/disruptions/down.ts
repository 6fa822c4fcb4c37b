import { defineDisruption } from './define-disruption.ts'
import { checkOutageTarget, OutageTarget } from './outage-target.ts'

export const down = defineDisruption({
  name: 'down',
  doc: 'A dependency of containers, or an image registry, does not answer any more.',
  target: OutageTarget,
  check: checkOutageTarget,
})

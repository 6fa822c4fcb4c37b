import { defineDisruption } from './define-disruption.ts'
import { DiskSlowness } from './disk-target.ts'
import { checkNodeTarget } from './node-target.ts'

export const slowDisk = defineDisruption({
  name: 'slowDisk',
  doc: 'The disks of the node are slow: sandboxes, image pulls and the starts of containers that begin now take longer.',
  target: DiskSlowness,
  end: 'mendDisk',
  check: checkNodeTarget,
})

import type { Codec } from '../codec.ts'
import { defineDisruption } from './define-disruption.ts'
import { DiskSlowness, LastingDiskSlowness } from './disk-target.ts'
import { checkNodeTarget, type NodeTarget } from './node-target.ts'

export const slowDisk = defineDisruption({
  name: 'slowDisk',
  doc: 'The disks of the node are slow: sandboxes, image pulls and the starts of containers that begin now take longer.',
  target: DiskSlowness,
  end: 'mendDisk',
  recurring: LastingDiskSlowness as unknown as Codec<NodeTarget>,
  check: checkNodeTarget,
})

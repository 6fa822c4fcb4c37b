import { defineDisruption } from './define-disruption.ts'
import { DiskFill } from './disk-target.ts'
import { checkNodeTarget } from './node-target.ts'

export const fillDisk = defineDisruption({
  name: 'fillDisk',
  doc: 'Something that is no container fills a disk of the node: a backup, a core dump, logs of the system. It comes on top of what is there.',
  target: DiskFill,
  end: 'freeDisk',
  check: checkNodeTarget,
})

import { defineDisruption } from './define-disruption.ts'
import { DiskTarget } from './disk-target.ts'
import { checkNodeTarget } from './node-target.ts'

export const freeDisk = defineDisruption({
  name: 'freeDisk',
  doc: 'The end of `fillDisk`: all of it is gone from the disk.',
  target: DiskTarget,
  check: checkNodeTarget,
})

import { left, right } from 'fp-ts/lib/Either.js'
import { type Codec, defaulted, isRecord, mapped, number, object, oneOf, optional } from '../codec.ts'
import { PositiveDuration } from '../duration.ts'
import { Bytes, Count } from '../resource-quantity.ts'
import { checkedTarget, type NodeTarget, type NodeTargetFor, ways } from './node-target.ts'

export type DiskName = 'nodefs' | 'imagefs'

const disk = defaulted(
  oneOf('nodefs', 'imagefs'),
  'nodefs',
  'The node’s own file system, or that of images; the same, unless `disks` of its pool has an `imagefs`.',
)
const span = optional(PositiveDuration, 'How long it lasts; without it, until the timeline ends it.')

/** A disk of some nodes. */
export interface DiskTarget extends NodeTarget {
  readonly disk: DiskName
}
export const DiskTarget: Codec<DiskTarget> = checkedTarget(object('DiskTarget', { ...ways, disk }) as Codec<DiskTarget>)

/** What comes to be there, beside what containers have. */
export interface DiskFill extends NodeTargetFor {
  readonly disk: DiskName
  /** Bytes. */
  readonly by: number
  readonly inodes: number
}

const Fill = checkedTarget(
  object('DiskFill', {
    ...ways,
    disk,
    by: defaulted(Bytes, 0, 'How much room it takes.'),
    inodes: defaulted(Count, 0, 'How many files and folders.'),
    for: span,
  }) as Codec<DiskFill>,
)
export const DiskFill: Codec<DiskFill> = mapped<DiskFill, DiskFill>(
  Fill,
  (u): u is DiskFill => isRecord(u),
  (fill) =>
    fill.by === 0 && fill.inodes === 0
      ? left([[[], { code: 'WT022', message: 'nothing is written here', hint: 'one of by, inodes, or both' }]])
      : right(fill),
  (fill) => fill,
)

/** How many times slower disks are. */
export interface DiskSlowness extends NodeTargetFor {
  readonly by: number
}
const factor = defaulted(number({ min: 1 }), 10, 'How many times longer everything takes that reads or writes much.')
export const DiskSlowness: Codec<DiskSlowness> = checkedTarget(
  object('DiskSlowness', { ...ways, by: factor, for: span }) as Codec<DiskSlowness>,
)
/** The same without an end of its own. */
export const LastingDiskSlowness: Codec<Omit<DiskSlowness, 'for'>> = checkedTarget(
  object('LastingDiskSlowness', { ...ways, by: factor }) as Codec<Omit<DiskSlowness, 'for'>>,
)

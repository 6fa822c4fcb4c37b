import { boolean, type Codec, defaulted, object } from '../codec.ts'
import { Duration } from '../duration.ts'
import { defineDisruption } from './define-disruption.ts'
import { checkedTarget, checkNodeTarget, type NodeTarget, ways } from './node-target.ts'

/** Nodes whose machines the cloud takes back. */
export interface ReclaimTarget extends NodeTarget {
  /** Milliseconds. */
  readonly notice: typeof Duration._A
  readonly drain: boolean
  readonly deleteNode: boolean
}

const ReclaimTarget: Codec<ReclaimTarget> = checkedTarget(
  object('ReclaimTarget', {
    ...ways,
    notice: defaulted(Duration, '2m', 'How long before the machine goes it is said.'),
    drain: defaulted(boolean, true, 'Whether a termination handler cordons and drains the node at the notice.'),
    deleteNode: defaulted(
      boolean,
      true,
      'Whether the cloud’s controller deletes the Node once it is NotReady; without it the Node stays.',
    ),
  }) as Codec<ReclaimTarget>,
)

export const reclaim = defineDisruption({
  name: 'reclaim',
  doc: 'The cloud takes the machine back, as it does with spot instances: first a notice, then it is gone for good.',
  target: ReclaimTarget,
  recurring: ReclaimTarget as unknown as Codec<NodeTarget>,
  check: checkNodeTarget,
})

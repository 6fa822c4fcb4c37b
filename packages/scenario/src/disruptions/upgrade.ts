import { parseSelector } from '@wavetank/cluster/api'
import type { Distribution } from '@wavetank/kernel'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import { boolean, type Codec, defaulted, integer, mapped, object, oneOf, optional, text, value } from '../codec.ts'
import { DurationDistribution } from '../distribution.ts'
import { Duration, PositiveDuration } from '../duration.ts'
import { defineDisruption } from './define-disruption.ts'
import { checkedTarget, checkNodeTarget, type NodeTarget, ways } from './node-target.ts'

/** How nodes are emptied before they are taken down; the names are those of kubectl’s flags. */
export interface UpgradeDrain {
  /** Milliseconds; for ever without it. */
  readonly timeout?: typeof Duration._A
  /** Seconds; each pod’s own without it. */
  readonly gracePeriod?: number
  readonly force: boolean
  readonly deleteEmptyDirData: boolean
  readonly disableEviction: boolean
  readonly podSelector?: string
}

export interface UpgradeTarget extends NodeTarget {
  readonly kubeletVersion?: string
  readonly maxUnavailable: number
  readonly takes: Distribution
  /** Milliseconds. */
  readonly pause: typeof Duration._A
  readonly drain: UpgradeDrain
  readonly whenBlocked: 'giveUp' | 'goOn' | 'stop'
}

const Version: Codec<string> = value<string>({
  name: 'Version',
  schema: { type: 'string', pattern: '^v[0-9]+\\.[0-9]+\\.[0-9]+', examples: ['v1.35.0'] },
  is: (u): u is string => typeof u === 'string',
  parse: (u) =>
    typeof u === 'string' && /^v[0-9]+\.[0-9]+\.[0-9]+([-+][0-9A-Za-z.+-]+)?$/.test(u)
      ? right(u)
      : left({ code: 'WT012', message: `expected a version, found ${JSON.stringify(u)}`, hint: 'as in `v1.35.0`' }),
})

const Selector: Codec<string> = mapped<string, string>(
  text,
  (u): u is string => typeof u === 'string',
  (written) => {
    const parsed = parseSelector(written)
    return isLeft(parsed) ? left({ code: 'WT012', message: parsed.left }) : right(written)
  },
  (written) => written,
)

const Drain: Codec<UpgradeDrain> = object('UpgradeDrain', {
  timeout: optional(PositiveDuration, 'How long the pods of a node may take to leave; without it, for ever.'),
  gracePeriod: optional(integer(0, 86_400), 'Seconds that pods have to end; without it, each its own.'),
  force: defaulted(boolean, false, 'Whether pods go that no controller would bring back.'),
  deleteEmptyDirData: defaulted(boolean, false, 'Whether pods go whose `emptyDir` volumes are lost with them.'),
  disableEviction: defaulted(boolean, false, 'Whether pods are deleted in place of evicted, whatever budgets say.'),
  podSelector: optional(Selector, 'Only pods with these labels leave.'),
}) as Codec<UpgradeDrain>

const UpgradeTarget: Codec<UpgradeTarget> = checkedTarget(
  object('UpgradeTarget', {
    ...ways,
    kubeletVersion: optional(Version, 'What `kubectl get nodes` shows from then on: `v1.35.0`.'),
    maxUnavailable: defaulted(integer(1, 100_000), 1, 'How many nodes are worked on at a time.'),
    takes: defaulted(DurationDistribution, '2m', 'How long a machine is off for it, before it boots.'),
    pause: defaulted(Duration, '0s', 'How long nothing new is begun after a node.'),
    drain: defaulted(Drain, {}, 'How nodes are drained. Pods of DaemonSets stay.'),
    whenBlocked: defaulted(
      oneOf('giveUp', 'goOn', 'stop'),
      'giveUp',
      'What becomes of a node whose drain fails or takes too long: it is uncordoned and left as it is, it is taken down all the same, or the upgrade ends there.',
    ),
  }) as unknown as Codec<UpgradeTarget>,
)

export const upgrade = defineDisruption({
  name: 'upgrade',
  doc: 'Nodes are upgraded, some at a time: each is cordoned, drained, switched off, booted with its new kubelet, and uncordoned.',
  target: UpgradeTarget,
  check: checkNodeTarget,
})

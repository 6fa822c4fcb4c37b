import type { ClusterView, FlagValues } from '@wavetank/cluster'
import type { Entry } from '@wavetank/kernel'
import { type Rate, spend, type TokenBucket } from './rate-limiter.ts'

/** kube-controller-manager's limits on API calls; each controller has a client, and so a bucket, of its own. */
export const clientFlags = {
  'kube-api-qps': {
    type: 'number',
    default: 20,
    min: 0.001,
    doc: 'API calls a second that a controller may make, each controller counted for itself.',
  },
  'kube-api-burst': { type: 'integer', default: 30, min: 1, doc: 'API calls that a controller may make at once.' },
} as const

export type ClientConfig = FlagValues<typeof clientFlags>

export const clientRate = (config: ClientConfig): Rate => ({
  qps: config['kube-api-qps'],
  burst: config['kube-api-burst'],
})

type Fold<Own, Config = ClientConfig> = (own: Own, entry: Entry<never>, view: ClusterView, config: Config) => void

/** The folds by which a controller's own writes, of these kinds, take their tokens. */
export const spendOnWrites = <Own extends { readonly bucket: TokenBucket }>(
  name: string,
  kinds: readonly string[],
): Readonly<Record<string, Fold<Own>>> => {
  const spendOne: Fold<Own> = (own, entry, _view, config) => {
    if ((entry as Entry).by === name) spend(own.bucket, clientRate(config), (entry as Entry).at)
  }
  return Object.fromEntries(kinds.map((kind) => [kind, spendOne]))
}

/** Folds of several concerns, one after the other where they are about the same kind. */
export const joinFolds = <Own, Config = ClientConfig>(
  ...groups: readonly Readonly<Record<string, Fold<Own, Config>>>[]
): Readonly<Record<string, Fold<Own, Config>>> => {
  const joined: Record<string, Fold<Own, Config>> = {}
  for (const group of groups) {
    for (const [kind, fold] of Object.entries(group)) {
      const first = joined[kind]
      joined[kind] =
        first === undefined
          ? fold
          : (own, entry, view, config) => {
              first(own, entry, view, config)
              fold(own, entry, view, config)
            }
    }
  }
  return joined
}

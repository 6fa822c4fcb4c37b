import type { ClusterView } from '@wavetank/cluster'
import { namePattern } from '@wavetank/scenario'

/** What an hour of a node costs, in whatever currency. The first price that fits a node is its own. */
export interface Price {
  /** Names of nodes; `*` stands for anything. */
  readonly nodes?: string
  /** Labels that a node has. */
  readonly labels?: Readonly<Record<string, string>>
  readonly perHour: number
}

type PricedNode = Pick<ClusterView['nodes'] extends ReadonlyMap<string, infer N> ? N : never, 'name' | 'labels'>

/** The price of an hour of a node; undefined where nobody said. */
export const priceOf = (prices: readonly Price[], { name, labels }: PricedNode): number | undefined =>
  prices.find(
    (price) =>
      (price.nodes === undefined || namePattern(price.nodes).test(name)) &&
      Object.entries(price.labels ?? {}).every(([key, value]) => labels[key] === value),
  )?.perHour

import { NodeCreated, NodeDeleted } from '@wavetank/cluster'
import { namePattern } from '@wavetank/scenario'
import { defaulted, object, type ProblemAt, text } from '@wavetank/scenario/codec'
import type * as t from 'io-ts'
import { defineMetric, listen, type MeasureFold } from '../define-metric.ts'
import { priceOf } from '../price.ts'
import { areaOf, beginLevel, newLevel, setLevel } from '../statistic.ts'

const HOUR = 3_600_000

const Nodes = object('Nodes', {
  nodes: defaulted(text, '*', 'Only nodes of this name; `*` stands for anything.'),
})
type Nodes = t.TypeOf<typeof Nodes>

type PricedNode = Parameters<typeof priceOf>[1]

/** What nodes add up to, over their hours. */
const foldHours = ({ nodes: written }: Nodes, rateOf: (node: PricedNode) => number): MeasureFold => {
  const pattern = namePattern(written)
  const rates = new Map<string, number>()
  const level = newLevel(0)
  let rate = 0
  const listener = listen(
    { NodeCreated, NodeDeleted },
    {
      NodeCreated: ({ event, at }, view) => {
        const node = view.nodes.get(event.node)
        if (node === undefined || !pattern.test(node.name)) return
        const own = rateOf(node)
        rates.set(node.name, own)
        rate += own
        setLevel(level, rate, at)
      },
      NodeDeleted: ({ event, at }) => {
        rate -= rates.get(event.node) ?? 0
        rates.delete(event.node)
        // Sums of fractions leave dust behind.
        if (rates.size === 0) rate = 0
        setLevel(level, rate, at)
      },
    },
  )
  return {
    listens: [listener],
    begin: (at) => beginLevel(level, at),
    result: ({ at }) => areaOf(level, at) / HOUR,
  }
}

export const cost = defineMetric<Nodes>({
  name: 'cost',
  doc: 'What the nodes cost: for each, the hours for which its Node object was there, by its price in `prices`.',
  unit: 'cost',
  of: Nodes,
  check: ({ nodes }, scenario, prices): readonly ProblemAt[] => {
    const pattern = namePattern(nodes)
    const without = scenario.nodes.find(
      ({ metadata: { name, labels = {} } }) => pattern.test(name) && priceOf(prices, { name, labels }) === undefined,
    )
    if (without === undefined) return []
    const message = `node ${without.metadata.name} has no price`
    return [[[], { code: 'WT061', message, hint: 'give it one under `prices`; 0 if it costs nothing' }]]
  },
  fold: (of, { prices }) => foldHours(of, (node) => priceOf(prices, node) ?? 0),
})

export const nodeHours = defineMetric<Nodes>({
  name: 'nodeHours',
  doc: 'Hours for which Node objects were there, added up.',
  unit: 'number',
  of: Nodes,
  fold: (of) => foldHours(of, () => 1),
})

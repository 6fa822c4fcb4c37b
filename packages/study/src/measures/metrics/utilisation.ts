import { defaulted, object } from '@wavetank/scenario/codec'
import type * as t from 'io-ts'
import { defineMetric } from '../define-metric.ts'
import { amountOf, missingResource, ResourceName } from '../resource.ts'
import { createNodeResourceSource } from '../sources/node-resources.ts'
import { beginLevel, LevelStatistic, levelOf, newLevel, setLevel } from '../statistic.ts'

const Of = object('Utilisation', {
  resource: defaulted(ResourceName, 'cpu', 'Of which resource: `cpu`, `memory`, `pods`, `nvidia.com/gpu`, …'),
  statistic: defaulted(LevelStatistic, 'mean', 'Of the share over time.'),
})

export const utilisation = defineMetric<t.TypeOf<typeof Of>>({
  name: 'utilisation',
  doc: 'What pods on nodes request, of what the nodes can allocate.',
  unit: 'ratio',
  of: Of,
  check: ({ resource }, scenario) => missingResource(scenario, resource),
  fold: ({ resource, statistic }, { share }) => {
    const source = share(createNodeResourceSource)
    const of = amountOf(resource)
    const known = new Map<string, { requested: number; allocatable: number }>()
    const level = newLevel()
    let requested = 0
    let allocatable = 0
    source.follow((name, node, at) => {
      const was = known.get(name)
      const now = node === undefined ? undefined : { requested: of(node.requested), allocatable: of(node.allocatable) }
      if (was?.requested === now?.requested && was?.allocatable === now?.allocatable) return
      requested += (now?.requested ?? 0) - (was?.requested ?? 0)
      allocatable += (now?.allocatable ?? 0) - (was?.allocatable ?? 0)
      if (now === undefined) known.delete(name)
      else known.set(name, now)
      setLevel(level, allocatable === 0 ? 0 : requested / allocatable, at)
    })
    return {
      listens: [source.listener],
      begin: (at) => beginLevel(level, at),
      result: ({ at }) => levelOf(level, statistic, at),
    }
  },
})

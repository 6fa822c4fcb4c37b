import { matchesNodeAffinity, PodCreated, type PodTemplate } from '@wavetank/cluster'
import { defaulted, object, oneOf } from '@wavetank/scenario/codec'
import type * as t from 'io-ts'
import { defineMetric, listen } from '../define-metric.ts'
import { amountOf, missingResource, ResourceName } from '../resource.ts'
import { createNodeResourceSource } from '../sources/node-resources.ts'
import { beginLevel, LevelStatistic, levelOf, newLevel, setLevel } from '../statistic.ts'

const Of = object('Fragmentation', {
  resource: defaulted(ResourceName, 'cpu', 'Of which resource: `cpu`, `memory`, `nvidia.com/gpu`, …'),
  among: defaulted(
    oneOf('asking', 'all'),
    'asking',
    'Which pods are the workload: those that ask for the resource, or all. For a pod that asks for none, all that is free is of no use.',
  ),
  statistic: defaulted(LevelStatistic, 'mean', 'Of the share over time.'),
})

/** What is free of each thing that a pod can ask for, on one node. */
interface Free {
  readonly resource: number
  readonly cpuMillis: number
  readonly memoryBytes: number
  readonly pods: number
  readonly extended: Readonly<Record<string, number>>
  readonly labels: Readonly<Record<string, string>>
  readonly name: string
}

interface Shape {
  readonly template: PodTemplate
  /** Pods of this shape so far: the popularity of the paper. */
  count: number
  /** What is free on nodes where such a pod would not fit. */
  unusable: number
}

const fits = ({ requests, spec }: PodTemplate, free: Free): boolean => {
  if (free.pods < 1 || requests.cpuMillis > free.cpuMillis || requests.memoryBytes > free.memoryBytes) return false
  for (const name in requests.extended) if (requests.extended[name]! > (free.extended[name] ?? 0)) return false
  return matchesNodeAffinity(spec, free)
}

/**
 * The fragmentation of Weng et al., "Beware of Fragmentation: Scheduling GPU-Sharing Workloads with Fragmentation
 * Gradient Descent" (USENIX ATC 2023), section 3.2, for any resource: what is free on a node is a fragment for a pod
 * that does not fit there; expected over the workload, and over what is free in the cluster to make it a share.
 *
 * Kubernetes allocates extended resources in whole pieces, so the part of the paper about pieces of one GPU that is
 * shared has no counterpart. The workload is every pod created so far, in the place of the paper's history.
 */
export const fragmentation = defineMetric<t.TypeOf<typeof Of>>({
  name: 'fragmentation',
  doc: 'Share of what is free that a pod of the workload could not use, because it does not fit on the node where it is free: the expected value over all pods created so far. 0 without pods, or with nothing free.',
  unit: 'ratio',
  of: Of,
  check: ({ resource }, scenario) => missingResource(scenario, resource),
  fold: ({ resource, among, statistic }, { share }) => {
    const source = share(createNodeResourceSource)
    const of = amountOf(resource)
    const nodes = new Map<string, Free>()
    const shapes = new Map<string, Shape>()
    const byTemplate = new Map<string, Shape>()
    const level = newLevel(0)
    let free = 0
    let pods = 0
    const shapeOf = (template: PodTemplate): Shape => {
      let shape = byTemplate.get(template.hash)
      if (shape !== undefined) return shape
      const { requests, spec } = template
      const key = JSON.stringify([requests, spec.nodeSelector, spec.affinity?.nodeAffinity])
      shape = shapes.get(key)
      if (shape === undefined) {
        shape = { template, count: 0, unusable: 0 }
        for (const node of nodes.values()) if (!fits(template, node)) shape.unusable += node.resource
        shapes.set(key, shape)
      }
      byTemplate.set(template.hash, shape)
      return shape
    }
    const settle = (at: number): void => {
      let sum = 0
      for (const { count, unusable } of shapes.values()) sum += count * unusable
      setLevel(level, free <= 0 || pods === 0 ? 0 : sum / (pods * free), at)
    }
    source.follow((name, node, at) => {
      const was = nodes.get(name)
      if (node === undefined) nodes.delete(name)
      else {
        const { requested, allocatable } = node
        const extended: Record<string, number> = {}
        for (const key in allocatable.extended)
          extended[key] = allocatable.extended[key]! - (requested.extended[key] ?? 0)
        nodes.set(name, {
          resource: Math.max(0, of(allocatable) - of(requested)),
          cpuMillis: allocatable.cpuMillis - requested.cpuMillis,
          memoryBytes: allocatable.memoryBytes - requested.memoryBytes,
          pods: allocatable.pods - requested.pods,
          extended,
          labels: node.labels,
          name,
        })
      }
      const now = nodes.get(name)
      if (was !== undefined && now !== undefined && was.pods === now.pods && was.resource === now.resource) return
      free += (now?.resource ?? 0) - (was?.resource ?? 0)
      for (const shape of shapes.values()) {
        if (was !== undefined && !fits(shape.template, was)) shape.unusable -= was.resource
        if (now !== undefined && !fits(shape.template, now)) shape.unusable += now.resource
      }
      settle(at)
    })
    const created = listen(
      { PodCreated },
      {
        PodCreated: ({ event, at }, view) => {
          const template = view.pods.get(event.pod)?.template as PodTemplate | undefined
          if (template === undefined) return
          if (among === 'asking' && of(template.requests) === 0) return
          shapeOf(template).count++
          pods++
          settle(at)
        },
      },
    )
    return {
      listens: [source.listener, created],
      begin: (at) => beginLevel(level, at),
      result: ({ at }) => levelOf(level, statistic, at),
    }
  },
})

/**
 * The answer as cluster-capacity prints it, so that whatever reads that reads this.
 *
 * Source: kubernetes-sigs/cluster-capacity, pkg/framework/report.go (ClusterCapacityReview, prettyPrint). Unlike there,
 * creationTimestamp is the instant of the run at which the pods come, and nodes are in the order of their names.
 */

import { formatTime } from '@wavetank/cluster'
import { canonicalQuantity, type JsonObject, parseQuantity, quantityWhole } from '@wavetank/cluster/api'
import { isLeft } from 'fp-ts/lib/Either.js'
import type { Filling, PodSpecFile } from './fill-cluster.ts'

interface Resources {
  readonly primaryResources: Readonly<Record<string, string>>
  readonly scalarResources: Readonly<Record<string, number>> | null
}

export interface CapacityReview {
  readonly spec: {
    readonly templates: readonly JsonObject[]
    readonly podRequirements: readonly {
      readonly podName: string
      readonly resources: Resources
      readonly limits: Resources
      readonly nodeSelectors: Readonly<Record<string, string>> | null
    }[]
  }
  readonly status: {
    readonly creationTimestamp: string
    readonly replicas: number
    readonly failReason: { readonly failType: string; readonly failMessage: string }
    readonly pods: readonly {
      readonly podName: string
      readonly replicasOnNodes: readonly { readonly nodeName: string; readonly replicas: number }[]
      readonly failSummary: null
    }[]
  }
}

const PRIMARY = ['cpu', 'memory', 'ephemeral-storage'] as const

const sumOf = (quantities: readonly string[]): string => {
  if (quantities.length === 1) return canonicalQuantity(quantities[0]!)
  let nanos = 0n
  let isBinary = false
  for (const quantity of quantities) {
    const parsed = parseQuantity(quantity)
    if (isLeft(parsed)) continue
    nanos += parsed.right.nanos
    isBinary ||= parsed.right.format === 'BinarySI'
  }
  if (isBinary && nanos % (1024n * 1024n * 1_000_000_000n) === 0n)
    return canonicalQuantity(`${nanos / (1024n * 1024n * 1_000_000_000n)}Mi`)
  return canonicalQuantity(`${nanos / 1_000_000n}m`)
}

/** Sums over the containers, as cluster-capacity takes them: without init containers and overhead. */
const resourcesOf = ({ pod }: PodSpecFile, field: 'requests' | 'limits'): Resources => {
  const all = new Map<string, string[]>()
  for (const { resources } of pod.spec.containers)
    for (const [resource, quantity] of Object.entries(resources[field] ?? {}))
      all.set(resource, [...(all.get(resource) ?? []), quantity])
  const scalars = [...all].filter(([resource]) => !PRIMARY.includes(resource as never))
  return {
    primaryResources: Object.fromEntries(PRIMARY.map((resource) => [resource, sumOf(all.get(resource) ?? ['0'])])),
    scalarResources:
      scalars.length === 0
        ? null
        : Object.fromEntries(
            scalars.map(([resource, amounts]) => [resource, amounts.reduce((sum, one) => sum + quantityWhole(one), 0)]),
          ),
  }
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** @param at on the wall clock of the run, in milliseconds since 1970 */
export const capacityReview = (specs: readonly PodSpecFile[], filling: Filling, at: number): CapacityReview => ({
  spec: {
    templates: specs.map(({ manifest }) => manifest),
    podRequirements: specs.map((spec) => ({
      podName: spec.pod.metadata.name,
      resources: resourcesOf(spec, 'requests'),
      limits: resourcesOf(spec, 'limits'),
      nodeSelectors: (spec.pod.spec.nodeSelector as Readonly<Record<string, string>> | undefined) ?? null,
    })),
  },
  status: {
    creationTimestamp: formatTime(at),
    replicas: filling.total,
    failReason: { failType: filling.failType, failMessage: filling.failMessage },
    pods: specs.map(({ pod }, i) => ({
      podName: pod.metadata.name,
      replicasOnNodes: [...filling.onNodes[i]!]
        .sort(([a], [b]) => compareText(a, b))
        .map(([nodeName, replicas]) => ({ nodeName, replicas })),
      failSummary: null,
    })),
  },
})

const instancesOf = ({ replicasOnNodes }: CapacityReview['status']['pods'][number]): number =>
  replicasOnNodes.reduce((all, { replicas }) => all + replicas, 0)

/** As cluster-capacity prints it: a number for each pod, and everything else with `--verbose`. */
export const formatCapacityReview = ({ spec, status }: CapacityReview, verbose: boolean): string => {
  if (!verbose) return status.pods.map((pod) => `${instancesOf(pod)}\n`).join('')
  const lines: string[] = []
  for (const { podName, resources, nodeSelectors } of spec.podRequirements) {
    const { primaryResources, scalarResources } = resources
    lines.push(`${podName} pod requirements:`)
    lines.push(`\t- CPU: ${primaryResources.cpu}`, `\t- Memory: ${primaryResources.memory}`)
    if (scalarResources !== null) {
      const scalars = Object.entries(scalarResources).map(([resource, amount]) => `${resource}:${amount}`)
      lines.push(`\t- ScalarResources: map[${scalars.sort(compareText).join(' ')}]`)
    }
    if (nodeSelectors !== null) {
      const pairs = Object.entries(nodeSelectors).sort(([a], [b]) => compareText(a, b))
      lines.push(`\t- NodeSelector: ${pairs.map(([key, value]) => `${key}=${value}`).join(',')}`)
    }
    lines.push('')
  }
  for (const pod of status.pods)
    lines.push(`The cluster can schedule ${instancesOf(pod)} instance(s) of the pod ${pod.podName}.`)
  lines.push('', `Termination reason: ${status.failReason.failType}: ${status.failReason.failMessage}`)
  if (status.replicas > 0) {
    lines.push('', 'Pod distribution among nodes:')
    for (const { podName, replicasOnNodes } of status.pods) {
      lines.push(podName)
      for (const { nodeName, replicas } of replicasOnNodes) lines.push(`\t- ${nodeName}: ${replicas} instance(s)`)
    }
  }
  return `${lines.join('\n')}\n`
}

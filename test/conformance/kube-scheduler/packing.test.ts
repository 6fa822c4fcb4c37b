import { isLeft } from 'fp-ts/lib/Either.js'
import { expect, it } from 'vitest'
import { decodeKubeSchedulerConfiguration } from '../../../packages/controllers/src/kube-scheduler/configuration/decode.ts'
import { createTestCluster } from './cluster.ts'

/** On how many of ten nodes twenty pods of half a core land, by scoring strategy. */
const nodesUsed = (type: string): number => {
  const decoded = decodeKubeSchedulerConfiguration({
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    profiles: [{ pluginConfig: [{ name: 'NodeResourcesFit', args: { scoringStrategy: { type } } }] }],
  })
  if (isLeft(decoded)) throw new Error(decoded.left.map(({ message }) => message).join(', '))
  const cluster = createTestCluster(decoded.right)
  for (let i = 0; i < 10; i++) cluster.node(`n${i}`)
  for (let i = 0; i < 20; i++) {
    cluster.pod(`p${i}`, { requests: { cpu: '500m', memory: '2Gi' } })
    cluster.cycle(1_000 + i)
  }
  const used = new Set([...cluster.view.pods.values()].map(({ node }) => node))
  expect(used.has('')).toBe(false)
  return used.size
}

it('packs with MostAllocated what LeastAllocated spreads', () => {
  expect(nodesUsed('MostAllocated')).toBe(3)
  expect(nodesUsed('LeastAllocated')).toBe(10)
})

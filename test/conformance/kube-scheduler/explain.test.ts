import { createDraw } from '@wavetank/kernel'
import { describe, expect, it } from 'vitest'
import { explainPod, simulatorAnnotations } from '../../../packages/controllers/src/kube-scheduler/explain.ts'
import { createTestCluster, type TestCluster } from './cluster.ts'

const build = (): TestCluster => {
  const cluster = createTestCluster()
  cluster.node('n1')
  cluster.node('n2', { unschedulable: true })
  cluster.node('n3')
  cluster.pod('old', { node: 'n1', requests: { cpu: '2', memory: '1Gi' } })
  cluster.pod('new', { requests: { cpu: '1', memory: '1Gi' } })
  return cluster
}
const explain = ({ view, own }: TestCluster) => explainPod(view, own, view.pods.get('shop/new')!, createDraw(1))!

describe('the explanation of a pod', () => {
  it('says of each node who refused it, or what it scored', () => {
    const { nodes, best, chosen } = explain(build())
    expect(nodes.map(({ node, isFeasible, total }) => [node, isFeasible, total])).toEqual([
      ['n1', true, 300 + 56 + 68],
      ['n2', false, undefined],
      ['n3', true, 300 + 84 + 90],
    ])
    expect(nodes[1]!.filters).toEqual([{ plugin: 'NodeUnschedulable', reasons: ['node(s) were unschedulable'] }])
    expect(nodes[0]!.scores).toContainEqual({ plugin: 'TaintToleration', raw: 0, normalized: 100, weight: 3 })
    expect([best, chosen]).toEqual([['n3'], 'n3'])
  })

  it('is the decision that the scheduler takes, and the same afterwards', () => {
    const cluster = build()
    const before = explain(cluster)
    expect(cluster.cycle()).toMatchObject({ kind: 'PodBound', node: before.chosen })
    expect(explain(cluster).nodes).toEqual(before.nodes)
  })

  it('has the annotations of kube-scheduler-simulator', () => {
    const annotations = simulatorAnnotations(explain(build()))
    const read = (name: string) => JSON.parse(annotations[`kube-scheduler-simulator.sigs.k8s.io/${name}`]!)
    expect(read('filter-result').n2).toEqual({ NodeUnschedulable: 'node(s) were unschedulable' })
    expect(read('filter-result').n1).toMatchObject({ NodeUnschedulable: 'passed', NodeResourcesFit: 'passed' })
    expect(read('score-result').n3).toMatchObject({ NodeResourcesFit: '84', TaintToleration: '0' })
    expect(read('finalscore-result').n3).toMatchObject({ NodeResourcesFit: '84', TaintToleration: '300' })
    expect(annotations['kube-scheduler-simulator.sigs.k8s.io/selected-node']).toBe('n3')
  })
})

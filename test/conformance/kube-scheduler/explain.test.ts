import type { SchedulerMemory } from '@wavetank/controllers'
import { createDraw, createMemorySink, createMemorySource, type Entry } from '@wavetank/kernel'
import { loadScenario } from '@wavetank/scenario'
import { nodeFiles } from '@wavetank/scenario/node'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { createSimulation, explainPodAt, openLog, scenarioOptions, stateAt } from 'wavetank'
import { explainPod } from '../../../packages/controllers/src/kube-scheduler/explain.ts'
import { simulatorAnnotations } from '../../../packages/controllers/src/kube-scheduler/simulator-annotations.ts'
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

  it('has the annotations of kube-scheduler-simulator: all of them, names in order, who skips with no text', () => {
    // The form is that of an attempt in kubernetes-sigs/kube-scheduler-simulator, docs/debuggable-scheduler.md.
    const annotations = simulatorAnnotations(explain(build()))
    const prefix = 'kube-scheduler-simulator.sigs.k8s.io/'
    const passed =
      '{"NodeName":"passed","NodeResourcesFit":"passed","NodeUnschedulable":"passed","TaintToleration":"passed"}'
    const raw = (fit: number, balance: number) =>
      `{"ImageLocality":"0","NodeResourcesBalancedAllocation":"${balance}","NodeResourcesFit":"${fit}","TaintToleration":"0"}`
    expect(Object.entries(annotations)).toEqual(
      Object.entries({
        'bind-result': '{"DefaultBinder":"success"}',
        'filter-result': `{"n1":${passed},"n2":{"NodeUnschedulable":"node(s) were unschedulable"},"n3":${passed}}`,
        'finalscore-result': `{"n1":${raw(56, 68)},"n3":${raw(84, 90)}}`.replaceAll(
          'Toleration":"0"',
          'Toleration":"300"',
        ),
        'permit-result': '{}',
        'permit-result-timeout': '{}',
        'postfilter-result': '{}',
        'prebind-result': '{"VolumeBinding":"success"}',
        'prefilter-result': '{}',
        'prefilter-result-status':
          '{"InterPodAffinity":"","NodeAffinity":"","NodePorts":"","NodeResourcesFit":"success","NodeVolumeLimits":"","PodTopologySpread":"","VolumeBinding":"","VolumeRestrictions":"","VolumeZone":""}',
        'prescore-result':
          '{"InterPodAffinity":"","NodeAffinity":"","NodeResourcesBalancedAllocation":"success","NodeResourcesFit":"success","PodTopologySpread":"","TaintToleration":"success","VolumeBinding":""}',
        'reserve-result': '{"VolumeBinding":"success"}',
        'score-result': `{"n1":${raw(56, 68)},"n3":${raw(84, 90)}}`,
        'selected-node': 'n3',
      }).map(([name, value]) => [`${prefix}${name}`, value]),
    )
  })

  it('says of a pod that fits nowhere what its condition says, and whom preemption would choose', () => {
    const cluster = createTestCluster()
    cluster.node('n1')
    cluster.node('n2', { unschedulable: true })
    cluster.pod('old', { node: 'n1', requests: { cpu: '4' } })
    cluster.pod('new', { requests: { cpu: '1' }, spec: { priority: 10 } as never })
    const explanation = explain(cluster)
    expect(explanation).toMatchObject({
      message: '0/2 nodes are available: 1 Insufficient cpu, 1 node(s) were unschedulable.',
      preemption: { node: 'n1', victims: ['shop/old'] },
      chosen: undefined,
      nodes: [{ filters: expect.arrayContaining([{ plugin: 'NodeResourcesFit', reasons: ['Insufficient cpu'] }]) }, {}],
    })
    const annotations = simulatorAnnotations(explanation)
    expect(annotations).toMatchObject({
      'kube-scheduler-simulator.sigs.k8s.io/postfilter-result':
        '{"n1":{"DefaultPreemption":"preemption victim"},"n2":{}}',
      'kube-scheduler-simulator.sigs.k8s.io/selected-node': '',
      'kube-scheduler-simulator.sigs.k8s.io/bind-result': '{}',
    })
  })
})

describe('the explanation of a pod from a log', () => {
  it.each(['preemption', 'zone-gone', 'gates', 'anti-affinity', 'packing'])(
    'is what the scheduler decided and said, for every pod and attempt: %s',
    async (story) => {
      const path = `scenarios/scheduling-${story}.yaml`
      const loaded = await loadScenario(path, { files: nodeFiles, ...scenarioOptions })
      if (isLeft(loaded)) throw new Error(JSON.stringify(loaded.left))
      const sink = createMemorySink()
      const entries: Entry[] = []
      const simulation = createSimulation(loaded.right.scenario, { sink, onEntry: (entry) => entries.push(entry) })
      while (simulation.advance(100_000) === undefined);
      const open = () => openLog(createMemorySource(sink.bytes()))
      const wrong: unknown[] = []
      let bound = 0
      let refused = 0
      for (const { at, cause, event } of entries) {
        const { kind, pod, node, message } = event as { kind: string; pod: string; node: string; message: string }
        if (kind === 'PodBound') {
          const explained = explainPodAt(open, pod, at)
          const report = isLeft(explained) ? undefined : explained.right.report
          const table = report !== undefined && 'table' in report ? report.table : undefined
          if (table?.explanation.chosen !== node) wrong.push([pod, node, table?.explanation.chosen])
          bound++
        }
        if (kind === 'PodUnschedulable') {
          const opened = open()
          if (isLeft(opened)) throw new Error(opened.left.message)
          const { view, slices } = stateAt(opened.right, { seq: cause! })
          const own = slices['default-scheduler'] as SchedulerMemory
          const said = explainPod(view, own, view.pods.get(pod)!, createDraw(simulation.seed))?.message
          if (said !== message) wrong.push([pod, message, said])
          refused++
        }
      }
      expect(wrong).toEqual([])
      expect(bound + refused).toBeGreaterThan(0)
    },
  )
})

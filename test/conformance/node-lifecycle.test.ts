import { NodeMarkedUnknown, NodeTainted, PodMarkedForDeletion } from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { pod, smallRun } from './small-run.ts'

const seconds = (entries: readonly { readonly at: number }[]): readonly number[] => entries.map(({ at }) => at / 1_000)

const nodes = (count: number, zones?: readonly string[]) => [
  { name: 'n', count, capacity: { cpu: '8', memory: '16Gi' }, ...(zones === undefined ? {} : { zones }) },
]
const pinned = (name: string, node: string, spec: object = {}) => pod(name, { nodeName: node, ...spec })

describe('a node that falls silent: node_lifecycle_controller.go', () => {
  const fails = (more: object = {}) =>
    smallRun({
      nodes: nodes(3),
      manifests: [pinned('a', 'n-1')],
      timeline: [{ at: '2m', fail: { node: 'n-1' } }],
      duration: '20m',
      ...more,
    })

  it('is Unknown once it has been silent for 50 s, at a look every 5 s', () => {
    const [at, ...more] = seconds(fails().of(NodeMarkedUnknown))
    // The last lease renewal is up to 10 s before.
    expect(at).toBeGreaterThan(120 + 40)
    expect(at).toBeLessThanOrEqual(120 + 55)
    expect(more).toEqual([])
  })

  it('takes its grace period from --node-monitor-grace-period', () => {
    const later = fails({ flags: { 'kube-controller-manager': { 'node-monitor-grace-period': '100s' } } })
    expect(seconds(later.of(NodeMarkedUnknown))[0]! - seconds(fails().of(NodeMarkedUnknown))[0]!).toBe(50)
  })

  it('loses its pods 300 s after the NoExecute taint, those that tolerate less earlier', () => {
    const toleration = (tolerationSeconds: number) => ({
      tolerations: [
        { key: 'node.kubernetes.io/unreachable', operator: 'Exists', effect: 'NoExecute', tolerationSeconds },
      ],
    })
    const run = fails({
      manifests: [pinned('a', 'n-1'), pinned('b', 'n-1', toleration(60)), pinned('c', 'n-1', toleration(0))],
    })
    const tainted = run.of(NodeTainted).find(({ event }) => event.taint.effect === 'NoExecute')!.at
    const evicted = run.of(PodMarkedForDeletion).map(({ at, event }) => [event.pod, (at - tainted) / 1_000])
    expect(evicted).toEqual([
      ['default/c', 0],
      ['default/b', 60],
      ['default/a', 300],
    ])
  })

  it('that comes back before keeps them', () => {
    const run = fails({
      timeline: [
        { at: '2m', fail: { node: 'n-1' } },
        { at: '5m', recover: { node: 'n-1' } },
      ],
    })
    expect(run.of(NodeMarkedUnknown)).toHaveLength(1)
    expect(run.of(PodMarkedForDeletion)).toEqual([])
    expect(run.view.pods.get('default/a')?.phase).toBe('Running')
    expect(run.view.nodes.get('n-1')?.taints).toEqual([])
  })
})

describe('zones: zoneStates, ReducedQPSFunc, handleDisruption', () => {
  const failing = (count: number, zones: readonly string[], failed: readonly number[]) =>
    smallRun({
      nodes: nodes(count, zones),
      timeline: failed.map((n) => ({ at: '2m', fail: { node: `n-${n}` } })),
      duration: '15m',
    })
  const noExecute = (run: ReturnType<typeof failing>) =>
    run.of(NodeTainted).filter(({ event }) => event.taint.effect === 'NoExecute')

  it('a healthy zone taints a node every 10 s', () => {
    const at = seconds(noExecute(failing(8, ['a'], [1, 2, 3])))
    expect(at).toHaveLength(3)
    expect(at[1]! - at[0]!).toBeCloseTo(10, -1)
    expect(at[2]! - at[1]!).toBeCloseTo(10, -1)
  })

  it('a small zone with 55 % of its nodes silent taints none of them any more', () => {
    // Two zones of 5: in a, 3 of 5 are silent, the third some seconds after the first.
    const run = failing(10, ['a', 'b'], [1, 3, 5])
    const last = run.of(NodeMarkedUnknown)[2]!.at
    expect(noExecute(run).filter(({ at }) => at > last)).toEqual([])
  })

  it('if every zone is silent, the fault is taken to be elsewhere: nothing is tainted', () => {
    // What was tainted until the last one fell silent is untainted.
    const { view } = failing(4, ['a', 'b'], [1, 2, 3, 4])
    const taints = [...view.nodes.values()].flatMap((node) => node.taints)
    expect(taints.filter(({ effect }) => effect === 'NoExecute')).toEqual([])
    expect(taints).toHaveLength(4)
  })
})

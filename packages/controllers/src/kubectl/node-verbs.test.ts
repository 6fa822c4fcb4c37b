import { NodeCordoned, NodeTainted, NodeUncordoned, NodeUntainted } from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { node, run } from './test-cluster.ts'

const n1 = { names: ['n1'] }
const marked = node('n1', { spec: { unschedulable: true } })
const tainted = node('n1', { spec: { taints: [{ key: 'gpu', value: 'a', effect: 'NoSchedule' }] } })

describe('kubectl cordon and uncordon', () => {
  it.each([
    ['cordon', node('n1'), [NodeCordoned({ node: 'n1' })], 'node/n1 cordoned'],
    ['cordon', marked, [], 'node/n1 already cordoned'],
    ['uncordon', marked, [NodeUncordoned({ node: 'n1' })], 'node/n1 uncordoned'],
    ['uncordon', node('n1'), [], 'node/n1 already uncordoned'],
  ])('%s: %#', (verb, manifest, events, line) => {
    const { written, output, exitCode } = run({ verb, nodes: n1 }, [manifest])
    expect(written).toEqual(events)
    expect(output).toEqual([line])
    expect(exitCode).toBe(0)
  })

  it('touches no node when one of the names is wrong', () => {
    const { written, output, exitCode } = run({ verb: 'cordon', nodes: { names: ['n1', 'n9'] } }, [node('n1')])
    expect(written).toEqual([])
    expect(output).toEqual(['Error from server (NotFound): nodes "n9" not found'])
    expect(exitCode).toBe(1)
  })

  it('cordons the nodes that a selector chooses', () => {
    const nodes = { selector: 'disk=ssd' }
    const ssd = node('n2', { metadata: { labels: { disk: 'ssd' } } })
    expect(run({ verb: 'cordon', nodes }, [node('n1'), ssd]).output).toEqual(['node/n2 cordoned'])
  })
})

describe('kubectl taint', () => {
  const taint = { verb: 'taint', nodes: n1, add: [], remove: [], overwrite: false }
  const gpu = { key: 'gpu', value: 'b', effect: 'NoSchedule' as const }

  it.each([
    ['adds', node('n1'), { add: [gpu] }, [NodeTainted({ node: 'n1', taint: gpu })], 'tainted'],
    [
      'adds one without a value',
      node('n1'),
      { add: [{ ...gpu, value: '' }] },
      [NodeTainted({ node: 'n1', taint: { key: 'gpu', effect: 'NoSchedule' } })],
      'tainted',
    ],
    [
      'adds another effect of the same key',
      tainted,
      { add: [{ ...gpu, effect: 'NoExecute' }] },
      [NodeTainted({ node: 'n1', taint: { ...gpu, effect: 'NoExecute' } })],
      'tainted',
    ],
    [
      'removes by key',
      tainted,
      { remove: [{ key: 'gpu' }] },
      [NodeUntainted({ node: 'n1', key: 'gpu', effect: 'NoSchedule' })],
      'untainted',
    ],
    [
      'replaces with --overwrite',
      tainted,
      { add: [gpu], overwrite: true },
      [NodeTainted({ node: 'n1', taint: gpu })],
      'modified',
    ],
    [
      'adds and removes',
      tainted,
      {
        add: [
          { ...gpu, key: 'disk' },
          { ...gpu, key: 'net' },
        ],
        remove: [{ key: 'gpu', effect: 'NoSchedule' }],
      },
      [
        NodeUntainted({ node: 'n1', key: 'gpu', effect: 'NoSchedule' }),
        NodeTainted({ node: 'n1', taint: { ...gpu, key: 'disk' } }),
        NodeTainted({ node: 'n1', taint: { ...gpu, key: 'net' } }),
      ],
      'modified',
    ],
  ])('%s', (_what, manifest, changes, events, done) => {
    const { written, output, exitCode } = run({ ...taint, ...changes }, [manifest])
    expect(written).toEqual(events)
    expect(output).toEqual([`node/n1 ${done}`])
    expect(exitCode).toBe(0)
  })

  it.each([
    [
      'the taint is there',
      { add: [gpu] },
      'error: node n1 already has gpu taint(s) with same effect(s) and --overwrite is false',
    ],
    ['there is no such key', { remove: [{ key: 'disk' }] }, 'error: taint "disk" not found'],
    [
      'there is no such effect',
      { remove: [{ key: 'gpu', effect: 'NoExecute' }] },
      'error: taint "gpu:NoExecute" not found',
    ],
    [
      'there is no such node',
      { nodes: { names: ['n9'] }, add: [gpu] },
      'Error from server (NotFound): nodes "n9" not found',
    ],
  ])('refuses when %s', (_when, changes, line) => {
    const { written, output, exitCode } = run({ ...taint, ...changes }, [tainted])
    expect(written).toEqual([])
    expect(output).toEqual([line])
    expect(exitCode).toBe(1)
  })
})

import { NodeCordoned, NodeDeleted, NodeFailed, NodeMarkedUnknown, NodeReclaimed, PodDeleted } from '@wavetank/cluster'
import { DisruptionIgnored, KubectlIssued } from '@wavetank/controllers'
import { foldKubeEvents } from '@wavetank/report'
import { describe, expect, it } from 'vitest'
import { createSimulation } from 'wavetank'
import { readScenario } from '../properties/random-scenario.ts'
import { NO_LATENCIES, pod, smallRun } from './small-run.ts'

/**
 * Machines that the cloud takes back. What becomes of their Nodes is the cloud provider's part of Kubernetes:
 * staging/src/k8s.io/cloud-provider/controllers/nodelifecycle/node_lifecycle_controller.go, MonitorNodes.
 */

const nodes = [{ name: 'spot', count: 2, capacity: { cpu: '8', memory: '16Gi' } }]
const manifests = [pod('a', { nodeName: 'spot-1' })]
const run = (timeline: readonly object[], more: object = {}) =>
  smallRun({ nodes, manifests, duration: '10m', timeline, ...more })
const reclaim = (more: object = {}) => ({ at: '1m', reclaim: { node: 'spot-1', ...more } })

describe('a machine that is taken back', () => {
  it('is drained at the notice, and gone at its end', () => {
    const result = run([reclaim()])
    expect(result.of(NodeCordoned).map(({ at }) => at)).toEqual([60_000])
    expect(result.of(KubectlIssued).map(({ event }) => event.line)).toEqual([
      'drain spot-1 --force --ignore-daemonsets --delete-emptydir-data --timeout=2m0s',
    ])
    expect(result.of(PodDeleted).some(({ at, event }) => event.pod === 'default/a' && at < 180_000)).toBe(true)
    expect(result.of(NodeFailed).map(({ at }) => at)).toEqual([180_000])
  })

  it('without a handler its pods run to the end', () => {
    const result = run([reclaim({ drain: false, notice: '30s' })])
    expect(result.of(KubectlIssued)).toEqual([])
    expect(result.of(PodDeleted).filter(({ at }) => at < 90_000)).toEqual([])
    expect(result.of(NodeFailed).map(({ at }) => at)).toEqual([90_000])
  })

  it.each<[string, object]>([
    ['a partition', { partition: { node: 'spot-1' } }],
    ['a disk that fills', { fillDisk: { node: 'spot-1', by: '1Gi' } }],
  ])('%s at the millisecond of the pass that deletes its Node meets a Node that is still there', (_, fault) => {
    const result = run([
      { ...reclaim({ drain: false, notice: '20s' }), at: '123s' },
      { at: '200s', ...fault },
    ])
    expect(result.of(NodeDeleted).map(({ at }) => at)).toEqual([200_000])
  })

  it('its Node is deleted by the pass that finds it NotReady and the instance gone', () => {
    const result = run([reclaim()])
    const [unknown] = result.of(NodeMarkedUnknown)
    const [deleted] = result.of(NodeDeleted)
    expect(deleted!.at - unknown!.at).toBeLessThanOrEqual(5_000)
    expect(result.view.nodes.has('spot-1')).toBe(false)
  })

  it('or it stays, NotReady for good: power does not come back', () => {
    const result = run([reclaim({ deleteNode: false }), { at: '8m', recover: { node: 'spot-1' } }])
    expect(result.of(NodeDeleted)).toEqual([])
    expect(result.of(DisruptionIgnored).map(({ event }) => event.reason)).toEqual(['the machine is gone'])
  })

  it('a node that only lost its power is not deleted: its instance exists', () => {
    expect(run([{ at: '1m', fail: { node: 'spot-1' } }]).of(NodeDeleted)).toEqual([])
  })

  it('one that was down before is deleted as well', () => {
    const result = run([{ at: '10s', fail: { node: 'spot-1' } }, reclaim({ notice: '3m' })])
    expect(result.of(KubectlIssued)).toEqual([])
    expect(result.of(NodeDeleted).map(({ at }) => at)).toEqual([245_000])
  })

  it('a second notice changes nothing', () => {
    const result = run([reclaim(), { at: '2m', reclaim: { pool: 'spot', notice: '10s' } }])
    expect(result.of(DisruptionIgnored).map(({ event }) => [event.node, event.reason])).toEqual([
      ['spot-1', 'the machine is to be taken back already'],
    ])
    expect(result.of(NodeReclaimed).map(({ at, event }) => [event.node, at])).toEqual([
      ['spot-2', 130_000],
      ['spot-1', 180_000],
    ])
  })

  it('the Event of its deletion is that of the cloud’s controller', () => {
    const file = { apiVersion: 'wavetank.dev/v1alpha1', kind: 'Scenario', metadata: { name: 'x' }, duration: '10m' }
    const events = foldKubeEvents()
    const simulation = createSimulation(
      readScenario({ ...file, nodes, latencies: NO_LATENCIES, timeline: [reclaim()] }),
      { onEntry: events.apply },
    )
    while (simulation.advance(100_000) === undefined);
    const said = events.events(600_000).filter(({ reason }) => reason === 'DeletingNode')
    expect(said.map(({ message }) => message)).toEqual([
      'Deleting node spot-1 because it does not exist in the cloud provider',
    ])
  })

  it('a failure model takes machines back at random times', () => {
    const failures = [
      {
        name: 'spot',
        reclaim: { pool: 'spot', notice: '30s', drain: false },
        timeToFailure: { exponential: { mean: '1h' } },
      },
    ]
    const result = smallRun({ nodes: [{ name: 'spot', count: 20 }], duration: '1h', failures })
    const gone = result.of(NodeReclaimed)
    // Of twenty, 1 − 1/e within their mean: 12.6, standard deviation 2.2.
    expect(gone.length).toBeGreaterThan(5)
    expect(gone.length).toBeLessThan(19)
    expect(result.of(KubectlIssued)).toEqual([])
    expect(new Set(gone.map(({ event }) => event.node)).size).toBe(gone.length)
  })
})

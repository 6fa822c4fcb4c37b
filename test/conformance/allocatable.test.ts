import { describe, expect, it } from 'vitest'
import { smallRun } from './small-run.ts'

/** pkg/kubelet/nodestatus/setters.go MachineInfo, pkg/kubelet/cm/node_container_manager_linux.go; semantics 4.5. */

const MI = 1024 * 1024
const GI = 1024 * MI

const allocatable = (pool: object, flags: object = {}) => {
  const run = smallRun({ nodes: [{ name: 'n', count: 1, ...pool }], flags: { kubelet: flags }, duration: '1s' })
  const { cpuMillis, memoryBytes, ephemeralStorageBytes, pods } = run.view.nodes.get('n-1')!.allocatable
  return [cpuMillis, memoryBytes, ephemeralStorageBytes, pods]
}
/** 10 % of 100Gi as a float32, rounded down: eviction/helpers.go parsePercentage. */
const STORAGE = 100 * GI - 10_737_418_400
const capacity = { cpu: '4', memory: '8Gi', 'ephemeral-storage': '100Gi' }

describe('allocatable = capacity − kubeReserved − systemReserved − hard eviction threshold', () => {
  it.each([
    [
      'by default: 100Mi of memory and 10 % of storage are kept',
      { capacity },
      {},
      [4000, 8 * GI - 100 * MI, STORAGE, 110],
    ],
    [
      'kubeReserved and systemReserved add up',
      { capacity },
      { kubeReserved: { cpu: '500m', memory: '1Gi' }, systemReserved: { cpu: '250m', 'ephemeral-storage': '5Gi' } },
      [3250, 7 * GI - 100 * MI, STORAGE - 5 * GI, 110],
    ],
    [
      'evictionHard as a whole replaces the defaults',
      { capacity },
      { evictionHard: { 'memory.available': '500Mi' } },
      [4000, 8 * GI - 500 * MI, 100 * GI, 110],
    ],
    [
      'percentages are of the capacity, rounded down',
      { capacity: { ...capacity, memory: '1001' } },
      { evictionHard: { 'memory.available': '10%' } },
      [4000, 901, 100 * GI, 110],
    ],
    [
      'never below nothing',
      { capacity },
      { kubeReserved: { cpu: '5', memory: '9Gi' }, evictionHard: {} },
      [0, 0, 100 * GI, 110],
    ],
    ['maxPods is a resource of the node', { capacity }, { maxPods: 250 }, [4000, 8 * GI - 100 * MI, STORAGE, 250]],
    [
      'a pool has settings of its own, one by one',
      { capacity, kubelet: { kubeReserved: { cpu: '1' } } },
      { maxPods: 30, kubeReserved: { memory: '1Gi' } },
      [3000, 8 * GI - 100 * MI, STORAGE, 30],
    ],
    [
      'what a pool says itself is not computed',
      { capacity, allocatable: { memory: '8Gi' } },
      { kubeReserved: { memory: '1Gi' } },
      [4000, 8 * GI, STORAGE, 110],
    ],
    [
      'huge pages come out of the memory',
      { capacity: { ...capacity, 'hugepages-2Mi': '1Gi' } },
      {},
      [4000, 7 * GI - 100 * MI, STORAGE, 110],
    ],
  ])('%s', (_, pool, flags, expected) => {
    expect(allocatable(pool, flags)).toEqual(expected)
  })

  it('a Node manifest that says what is allocatable keeps it, one that does not gets it computed', () => {
    const node = (name: string, status: object) => ({ apiVersion: 'v1', kind: 'Node', metadata: { name }, status })
    const { view } = smallRun({
      nodes: [node('said', { capacity, allocatable: { ...capacity, cpu: '3' } }), node('computed', { capacity })],
      duration: '1s',
    })
    expect(view.nodes.get('said')?.allocatable.cpuMillis).toBe(3000)
    expect(view.nodes.get('said')?.allocatable.memoryBytes).toBe(8 * GI)
    expect(view.nodes.get('computed')?.allocatable.memoryBytes).toBe(8 * GI - 100 * MI)
  })
})

import type { Millis } from '@wavetank/kernel'
import type { Scenario } from '@wavetank/scenario'
import { describe, expect, it } from 'vitest'
import { createSimulation } from 'wavetank'
import { scenarioFrom } from '../scenario.test-helper.ts'
import { type PreviewOptions, previewDrains } from './preview.ts'

const deployment = (replicas: number, cpu: number, spec = ''): string => `
  - apiVersion: apps/v1
    kind: Deployment
    metadata: { name: web }
    spec:
      replicas: ${replicas}
      selector: { matchLabels: { app: web } }
      template:
        metadata: { labels: { app: web } }
        spec:
          ${spec}
          containers: [{ name: c, image: i, resources: { requests: { cpu: "${cpu}" } } }]`
const APART = `affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: web } } }] } }`
const budget = (rule: string): string => `
  - apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata: { name: web }
    spec: { ${rule}, selector: { matchLabels: { app: web } } }`
const nodes = (count: number, cpu = 4): string =>
  `duration: 20m\nnodes: [{ name: w, count: ${count}, capacity: { cpu: "${cpu}" }, allocatable: { cpu: "${cpu}" } }]\nmanifests:`

const preview = async (text: string | Scenario, options: Partial<PreviewOptions> = {}) => {
  const scenario = typeof text === 'string' ? await scenarioFrom(text) : text
  const found = await previewDrains(scenario, {
    seed: 1,
    at: 120_000,
    nodes: scenario.nodes.map(({ metadata }) => metadata.name),
    flags: ['--ignore-daemonsets'],
    timeout: 300_000,
    settle: 120_000,
    comesBack: true,
    ...options,
  })
  if (found === undefined) throw new Error('interrupted')
  return found
}
const verdicts = ({ nodes: all }: Awaited<ReturnType<typeof preview>>) => all.map(({ node, drains }) => [node, drains])

describe('a node', () => {
  it('can be drained if its pods find room elsewhere', async () => {
    const found = await preview(`${nodes(3)}${deployment(6, 1)}`)
    expect(verdicts(found)).toEqual([
      ['w-1', true],
      ['w-2', true],
      ['w-3', true],
    ])
    expect(found.nodes.map(({ pods, blocks, refused }) => [pods, blocks, refused])).toEqual(Array(3).fill([2, [], 0]))
  })

  it('cannot where its pods find none, which kubectl does not say', async () => {
    const found = await preview(`${nodes(3)}${deployment(12, 1)}`)
    expect(verdicts(found).every(([, drains]) => !drains)).toBe(true)
    expect(found.order).toEqual([])
    const [block] = found.left[0]!.blocks
    expect(block).toMatch(
      /^pods default\/web-\S+, \S+, \S+, \S+ find no other node: 0\/3 nodes are available: 1 node\(s\) were unschedulable, 2 Insufficient cpu\./,
    )
  })

  it('cannot where a budget allows nothing, and the numbers are told', async () => {
    const found = await preview(`${nodes(3)}${deployment(3, 1, APART)}${budget('minAvailable: 3')}`)
    expect(found.nodes[0]!.drains).toBe(false)
    expect(found.nodes[0]!.blocks.join('\n')).toContain(
      'PodDisruptionBudget default/web (minAvailable 3) allows 0 disruptions: 3 of 3 pods are healthy, 3 have to be',
    )
  })

  it('cannot with pods that nobody makes again, or whose data would go, unless that is meant', async () => {
    const text = `${nodes(2)}
  - { apiVersion: v1, kind: Pod, metadata: { name: bare }, spec: { nodeName: w-1, containers: [{ name: c, image: i }] } }
  - { apiVersion: v1, kind: Pod, metadata: { name: data }, spec: { nodeName: w-2, containers: [{ name: c, image: i }], volumes: [{ name: v, emptyDir: {} }] } }`
    const found = await preview(text)
    expect(found.nodes.map(({ blocks }) => blocks)).toEqual([
      ['cannot delete Pods that declare no controller (use --force to override): default/bare'],
      ['cannot delete Pods with local storage (use --delete-emptydir-data to override): default/data'],
    ])
    const meant = await preview(text, { flags: ['--force', '--delete-emptydir-data'] })
    expect(verdicts(meant).every(([, drains]) => drains)).toBe(true)
    expect(meant.left).toEqual([])
  })

  it('cannot where a volume keeps a pod, and that is told', async () => {
    const text = `${nodes(2)}
  - { apiVersion: v1, kind: PersistentVolume, metadata: { name: disk }, spec: { capacity: { storage: 1Gi }, accessModes: [ReadWriteOnce], storageClassName: "", local: { path: /d }, nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [{ key: kubernetes.io/hostname, operator: In, values: [w-1] }] }] } } } }
  - { apiVersion: v1, kind: PersistentVolumeClaim, metadata: { name: data }, spec: { accessModes: [ReadWriteOnce], storageClassName: "", resources: { requests: { storage: 1Gi } } } }
${deployment(1, 1, 'volumes: [{ name: d, persistentVolumeClaim: { claimName: data } }]')}`
    const found = await preview(text)
    expect(verdicts(found)).toEqual([
      ['w-1', false],
      ['w-2', true],
    ])
    expect(found.nodes[0]!.blocks.join()).toContain("didn't match PersistentVolume's node affinity")
    expect(found.left.map(({ node }) => node)).toEqual(['w-1'])
    // It may wait until its node is back, and then it is ready again.
    const waits = await preview(text, { mayWait: true })
    expect(waits.nodes.map(({ drains, waiting }) => [drains, waiting])).toEqual([
      [true, 1],
      [true, 0],
    ])
    expect(waits.left).toEqual([])
  })
})

describe('the order', () => {
  it('takes as many at once as a budget allows', async () => {
    const text = `${nodes(6)}${deployment(4, 1, APART)}${budget('minAvailable: 2')}`
    const { order, left } = await preview(text)
    expect(left).toEqual([])
    expect(order.flatMap((step) => step.nodes).sort()).toEqual(['w-1', 'w-2', 'w-3', 'w-4', 'w-5', 'w-6'])
    // Of the nodes with pods, never more than two at once.
    const with1 = await preview(text, { atOnceMax: 1 })
    expect(with1.order.map((step) => step.nodes.length)).toEqual([1, 1, 1, 1, 1, 1])
    expect(Math.max(...order.map((step) => step.nodes.length))).toBeGreaterThan(1)
    const strict = await preview(text.replace('minAvailable: 2', 'maxUnavailable: 1'))
    expect(strict.order.length).toBeGreaterThan(order.length)
  })

  it('ends where no room is left, if nodes do not come back', async () => {
    const found = await preview(`${nodes(4)}${deployment(6, 1)}`, { comesBack: false })
    // Six pods need two nodes of four.
    expect(found.order.flatMap((step) => step.nodes)).toHaveLength(2)
    expect(found.left).toHaveLength(2)
    expect(found.left[0]!.blocks.join()).toMatch(/finds? no other node/)
  })

  it('is one that drains every node when it is done as it says', async () => {
    const text = `${nodes(4)}${deployment(3, 2, APART)}`
    const { order, left } = await preview(text)
    expect(left).toEqual([])
    let at = 180_000
    const timeline = order.flatMap((step) => {
      const lines = step.nodes.map((node) => ({ at, line: `drain ${node} --ignore-daemonsets` }))
      const back = step.nodes.map((node) => ({ at: at + step.takes + 60_000, line: `uncordon ${node}` }))
      at += step.takes + 61_000
      return [...lines, ...back]
    })
    const lines = timeline.map((entry) => `  - { at: ${entry.at / 1_000}s, kubectl: ${entry.line} }`).join('\n')
    const again = await scenarioFrom(`${text}\ntimeline:\n${lines}\n`.replace('duration: 20m', 'duration: 2h'))
    const codes: number[] = []
    const simulation = createSimulation(again, {
      onEntry: ({ event }) => {
        if (event.kind === 'KubectlCompleted') codes.push((event as never as { exitCode: number }).exitCode)
      },
    })
    while (simulation.advance(100_000) === undefined);
    expect(codes).toEqual(timeline.map(() => 0))
  })

  it('is only of the nodes that are asked for, and the same again', async () => {
    const scenario = await scenarioFrom(`${nodes(3)}${deployment(3, 1)}`)
    const once = await preview(scenario, { nodes: ['w-2'] })
    expect(once.order.map((step) => step.nodes)).toEqual([['w-2']])
    expect(await preview(scenario, { nodes: ['w-2'] })).toEqual(once)
  })

  it('leaves out what the scenario has later, and stops when it is told to', async () => {
    const text = `${nodes(3)}${deployment(3, 1)}\ntimeline: [{ at: 121s, fail: { node: w-3 } }]\n`
    expect(verdicts(await preview(text)).every(([, drains]) => drains)).toBe(true)
    const scenario = await scenarioFrom(text)
    const stopped = await previewDrains(scenario, {
      seed: 1,
      at: 60_000 as Millis,
      nodes: ['w-1'],
      flags: [],
      timeout: 1_000,
      settle: 1_000,
      comesBack: true,
      wasInterrupted: () => true,
    })
    expect(stopped).toBeUndefined()
  })
})

import { decodeObject, type JsonObject, type Pod } from '@wavetank/cluster/api'
import fc from 'fast-check'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { scenarioFrom } from '../scenario.test-helper.ts'
import { capacityReview, formatCapacityReview } from './capacity-review.ts'
import { fillCluster, type PodSpecFile } from './fill-cluster.ts'

const podOf = (name: string, cpu: string, memory: string, more: object = {}): PodSpecFile => {
  const resources = { requests: { cpu, memory }, limits: { cpu, memory } }
  const manifest = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { app: 'guestbook' } },
    spec: { containers: [{ name: 'main', image: 'example/main:1', resources }], ...more },
  } as unknown as JsonObject
  const decoded = decodeObject(manifest)
  if (isLeft(decoded)) throw new Error(JSON.stringify(decoded.left))
  return { pod: decoded.right as Pod, manifest }
}
/** cluster-capacity's own example, examples/pod.yaml. */
const SMALL = podOf('small-pod', '150m', '100Mi')

const node = (name: string, cpu: string, memory: string, more = ''): string =>
  `  - { name: ${name}, count: 1, capacity: { cpu: "${cpu}", memory: ${memory} }, allocatable: { cpu: "${cpu}", memory: ${memory} }${more} }\n`

const fill = async (text: string, specs: readonly PodSpecFile[], options: object = {}) => {
  const filling = await fillCluster(await scenarioFrom(text), specs, {
    at: 60_000,
    proportion: specs.map(() => 1),
    ...options,
  })
  if (filling === undefined) throw new Error('interrupted')
  return filling
}

describe('filling a cluster', () => {
  it('is 52 pods of 150m on four nodes of two CPUs, as cluster-capacity has it', async () => {
    const nodes = `duration: 1h\nnodes:\n${[1, 2, 3, 4].map((i) => node(`kube-node-${i}`, '2', '4Gi')).join('')}`
    const review = capacityReview([SMALL], await fill(nodes, [SMALL]), 0)
    expect(formatCapacityReview(review, true)).toBe(`small-pod pod requirements:
	- CPU: 150m
	- Memory: 100Mi

The cluster can schedule 52 instance(s) of the pod small-pod.

Termination reason: Unschedulable: 0/4 nodes are available: 4 Insufficient cpu. preemption: 0/4 nodes are available: 4 No preemption victims found for incoming pod.

Pod distribution among nodes:
small-pod
	- kube-node-1-1: 13 instance(s)
	- kube-node-2-1: 13 instance(s)
	- kube-node-3-1: 13 instance(s)
	- kube-node-4-1: 13 instance(s)
`)
    expect(formatCapacityReview(review, false)).toBe('52\n')
    expect(review.status.creationTimestamp).toBe('1970-01-01T00:00:00Z')
  })

  it('leaves out tainted nodes and what runs already', async () => {
    const taint = ', taints: [{ key: node-role.kubernetes.io/control-plane, effect: NoSchedule }]'
    const kindnet = `manifests:
  - apiVersion: apps/v1
    kind: DaemonSet
    metadata: { name: kindnet }
    spec:
      selector: { matchLabels: { app: kindnet } }
      template:
        metadata: { labels: { app: kindnet } }
        spec:
          tolerations: [{ operator: Exists }]
          containers: [{ name: k, image: k, resources: { requests: { cpu: 100m, memory: 50Mi } } }]
`
    const nodes = `nodes:\n${node('kind-control-plane', '8', '16Gi', taint)}${node('kind-worker', '8', '16Gi')}${node('kind-worker2', '8', '16Gi')}`
    const text = formatCapacityReview(
      capacityReview([SMALL], await fill(`duration: 1h\n${nodes}${kindnet}`, [SMALL]), 0),
      true,
    )
    expect(text).toContain('The cluster can schedule 104 instance(s) of the pod small-pod.')
    // What cluster-capacity prints for such a cluster, but for the words of Kubernetes 1.34 for the taint.
    expect(text).toContain(
      'Termination reason: Unschedulable: 0/3 nodes are available: 1 node(s) had untolerated taint(s), 2 Insufficient cpu. preemption: 0/3 nodes are available: 1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod.',
    )
    expect(text).toContain('kind-worker-1: 52 instance(s)\n\t- kind-worker2-1: 52 instance(s)')
  })

  it('keeps to a limit, and without a limit to the pods that a node takes', async () => {
    const nodes = `duration: 1h\nnodes:\n${node('m', '2', '4Gi')}`
    expect(await fill(nodes, [SMALL], { limit: 5 })).toMatchObject({
      total: 5,
      failType: 'LimitReached',
      failMessage: 'Maximum number of pods simulated: 5',
    })
    const tiny = podOf('tiny', '1m', '1Mi')
    expect(await fill(nodes, [tiny])).toMatchObject({
      total: 110,
      failMessage: expect.stringContaining('0/1 nodes are available: 1 Too many pods.'),
    })
  })

  it('ends where a quota is used up', async () => {
    const quota = `manifests:
  - { apiVersion: v1, kind: ResourceQuota, metadata: { name: q, namespace: default }, spec: { hard: { pods: "3" } } }
`
    const filling = await fill(`duration: 1h\nnodes:\n${node('m', '2', '4Gi')}${quota}`, [SMALL])
    expect(filling).toMatchObject({ total: 3, failType: 'AdmissionControllerError' })
    expect(filling.failMessage).toContain('exceeded quota: q')
  })

  it('keeps to node selectors and namespaces of the pod', async () => {
    const labelled = podOf('web', '1', '1Gi', { nodeSelector: { disk: 'ssd' } })
    const nodes = `duration: 1h\nnodes:\n${node('a', '4', '8Gi', ', labels: { disk: ssd }')}${node('b', '4', '8Gi')}`
    const filling = await fill(nodes, [labelled])
    expect([...filling.onNodes[0]!]).toEqual([['a-1', 4]])
    const { metadata } = labelled.manifest as { readonly metadata: JsonObject }
    const moved = {
      pod: { ...labelled.pod, metadata: { ...labelled.pod.metadata, namespace: 'shop' } } as Pod,
      manifest: { ...labelled.manifest, metadata: { ...metadata, namespace: 'shop' } } as JsonObject,
    }
    expect((await fill(nodes, [moved])).total).toBe(4)
  })

  it('holds as many as fit node by node, whatever the node and the pod', async () => {
    const size = fc.integer({ min: 1, max: 12 })
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(size, size), { minLength: 1, maxLength: 4 }),
        size,
        size,
        async (all, cpu, gib) => {
          const nodes = all.map(([c, m], i) => node(`n${i}`, `${c}`, `${m}Gi`)).join('')
          const filling = await fill(`duration: 1h\nnodes:\n${nodes}`, [podOf('p', `${cpu}`, `${gib}Gi`)])
          const fits = all.map(([c, m]) => Math.min(Math.floor(c / cpu), Math.floor(m / gib)))
          expect(filling.total).toBe(fits.reduce((sum, one) => sum + one, 0))
        },
      ),
      { seed: 7, numRuns: 15 },
    )
  })

  it('of several pods keeps to the proportion', async () => {
    const specs = [podOf('a', '1', '1Gi'), podOf('b', '2', '1Gi')]
    const filling = await fill(`duration: 1h\nnodes:\n${node('m', '13', '64Gi')}`, specs, { proportion: [2, 1] })
    // Three turns of two a and one b take 12 of 13 CPUs; the next a takes the last one.
    expect(filling.onNodes.map((own) => [...own.values()])).toEqual([[7], [3]])
    expect(filling.total).toBe(10)
  })
})

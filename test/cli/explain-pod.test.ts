import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFolder } from './folder.ts'

const folder = createFolder()
const { wavetank, write, path } = folder
afterAll(folder.remove)

const pod = (name: string, cpu: string, more = ''): string => `  - apiVersion: v1
    kind: Pod
    metadata: { name: ${name} }
    spec:
      ${more}
      containers: [{ name: main, image: example/web:1, resources: { requests: { cpu: "${cpu}" } } }]
`
const scenario = `apiVersion: wavetank.dev/v1alpha1
kind: Scenario
metadata: { name: three }
duration: 10m
nodes:
  - { name: big, count: 2, zones: [a, b], capacity: { cpu: "8", memory: 16Gi } }
  - { name: small, count: 1, capacity: { cpu: "1", memory: 16Gi } }
  - { name: tainted, count: 1, taints: [{ key: gpu, effect: NoSchedule }] }
schedulerConfiguration:
  apiVersion: kubescheduler.config.k8s.io/v1
  kind: KubeSchedulerConfiguration
  profiles:
    - schedulerName: default-scheduler
      pluginConfig:
        - { name: NodeResourcesFit, args: { scoringStrategy: { type: MostAllocated } } }
timeline:
  - at: 1m
    kubectl: apply -f later/
  - at: 5m
    kubectl: delete pod first
manifests:
${pod('first', '2')}${pod('huge', '20')}${pod('gated', '1', 'schedulingGates: [{ name: example.com/quota }]')}${pod('foreign', '1', 'schedulerName: volcano')}${pod('pinned', '1', 'nodeName: small-1')}`

const document = (text: string): string => text.replace(/^ {2}- /, '').replaceAll(/^ {4}/gm, '')
const log = ['--log', '']
const explain = async (name: string, ...more: readonly string[]) => wavetank('explain', 'pod', name, ...more, ...log)

beforeAll(async () => {
  log[1] = path('three.ndjson')
  write('later/second.yaml', document(pod('second', '2')))
  write('three.yaml', scenario)
  expect((await wavetank('run', path('three.yaml'), '-q', ...log)).err).toBe('')
})

describe('explain pod', () => {
  it('shows the decision of a pod that has a node, with the cluster as it was then', async () => {
    const { code, out } = await explain('second', '--at', '9m')
    expect(code).toBe(0)
    expect(out).toMatchInlineSnapshot(`
      "default/second at 9m0s: on big-1 since 1m0.014s
        chosen at 1m0.014s by default-scheduler, attempt 1, priority 0
        looked at 4 of 4 nodes: 2 would do
        nothing to filter: NodeAffinity, NodePorts, VolumeRestrictions, NodeVolumeLimits, VolumeBinding, VolumeZone, PodTopologySpread, InterPodAffinity

        scores, and in brackets what the plugin said before normalising and weighting:
        NODE      TOTAL   NODERESOURCESFIT   NODERESOURCESBALANCEDALLOCATION
        big-1 *   401     26 (26)            75 (75)
        big-2     400     13 (13)            87 (87)
        the same for all: TaintToleration 300, ImageLocality 0

        NODES   REFUSED BY         BECAUSE                            WHICH
        1       NodeResourcesFit   Insufficient cpu                   small-1
        1       TaintToleration    node(s) had untolerated taint(s)   tainted-1
      "
    `)
  })

  it('says of a pod without a node what it waits for, what was said, and what would be', async () => {
    const { code, out } = await explain('huge', '--at', '2m')
    expect(code).toBe(0)
    expect(out).toMatchInlineSnapshot(`
      "default/huge at 2m0s: no node, 2m0s after its creation
        is tried again by NodeResourcesFit when it may help that: a pod with a node goes; a node comes
        is tried again by TaintToleration when it may help that: a node comes; taints of a node change, or it is uncordoned
        is tried again at 5m30s in any case
        last refused at 6ms: 0/4 nodes are available: 1 node(s) had untolerated taint(s), 3 Insufficient cpu. preemption: 0/4 nodes are available: 4 Preemption is not helpful for scheduling.
        if it were tried at 2m0s by default-scheduler, attempt 2, priority 0: the same
        looked at 4 of 4 nodes: 0 would do
        nothing to filter: NodeAffinity, NodePorts, VolumeRestrictions, NodeVolumeLimits, VolumeBinding, VolumeZone, PodTopologySpread, InterPodAffinity

        NODES   REFUSED BY         BECAUSE                            WHICH
        3       NodeResourcesFit   Insufficient cpu                   big-1, big-2, small-1
        1       TaintToleration    node(s) had untolerated taint(s)   tainted-1
      "
    `)
  })

  it.each([
    ['gated', '  waits for its scheduling gates to be removed: example.com/quota\n'],
    ['foreign', '  no scheduler is called "volcano"; there is default-scheduler\n'],
    ['pinned', 'on small-1, which its manifest names\n'],
  ])('knows why the scheduler has nothing to do: %s', async (name, said) => {
    const { code, out } = await explain(name)
    expect([code, out]).toEqual([0, expect.stringContaining(said)])
  })

  it('has every node and score as JSON', async () => {
    const { table, node } = JSON.parse((await explain('second', '-o', 'json')).out)
    expect(table.explanation.nodes.map(({ node: name }: { node: string }) => name).sort()).toEqual([
      'big-1',
      'big-2',
      'small-1',
      'tainted-1',
    ])
    expect(table.explanation.chosen).toBe(node)
  })

  it('has the annotations of kube-scheduler-simulator', async () => {
    const annotations = JSON.parse((await explain('second', '-o', 'annotations')).out)
    expect(Object.keys(annotations)).toHaveLength(13)
    const filters = JSON.parse(annotations['kube-scheduler-simulator.sigs.k8s.io/filter-result'])
    expect(filters['tainted-1'].TaintToleration).toBe('node(s) had untolerated taint(s)')
  })

  it('goes by the configuration of the run, which its log has', async () => {
    const annotations = JSON.parse((await explain('second', '-o', 'annotations')).out)
    const scores = JSON.parse(annotations['kube-scheduler-simulator.sigs.k8s.io/score-result'])
    const node = annotations['kube-scheduler-simulator.sigs.k8s.io/selected-node']
    // MostAllocated: the node of the first pod, with 4 of 8 cores and 400 MiB of 16 GiB, (50 + 2) / 2.
    expect(scores[node].NodeResourcesFit).toBe('26')
    expect((await wavetank('get', 'pod', 'first', '--at', '2m', '-o', 'wide', ...log)).out).toContain(node)
  })

  it.each([
    [['second', '--at', '30s'], 'error: there is no pod default/second at 30s\n'],
    [['first', '--at', '9m'], 'error: there is no pod default/first at 9m0s; it was removed at 5m'],
    [['second', '-n', 'shop'], 'error: there is no pod shop/second at 10m0s\n'],
    [['second', '--at', '11m'], 'error: the run ended at 10m0s, before 11m0s\n'],
    [['second', '-o', 'yaml'], 'error: unknown output format "yaml"\n    one of table, json, annotations\n'],
    [['pinned', '-o', 'annotations'], 'error: no scheduler of this cluster was asked about default/pinned\n'],
  ])('refuses %j', async ([name, ...more], said) => {
    const { code, out, err } = await explain(name!, ...more)
    expect([code, out]).toEqual([2, ''])
    expect(err).toContain(said)
  })

  it('asks for the name', async () => {
    expect(await wavetank('explain', 'po', ...log)).toEqual({
      code: 2,
      out: '',
      err: 'error: which pod?\n    wavetank explain pod NAME\n',
    })
    expect((await wavetank('explain', 'po/second', ...log)).code).toBe(0)
  })
})

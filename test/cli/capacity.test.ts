import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { createFolder, longScenario } from './folder.ts'

const folder = createFolder()
const { wavetank, write, path } = folder
afterAll(folder.remove)

const scenario = (more = 'expect: [{ name: all run, at: 4m, that: "pods.all(p, ready(p))" }]\n', count = 1): string =>
  `apiVersion: wavetank.dev/v1alpha1
kind: Scenario
metadata: { name: shop }
duration: 5m
nodes: [{ name: worker, count: ${count}, capacity: { cpu: "4" }, allocatable: { cpu: "4" } }]
manifests:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: { name: web }
    spec:
      replicas: 10
      selector: { matchLabels: { app: web } }
      template:
        metadata: { labels: { app: web } }
        spec: { containers: [{ name: web, image: web, resources: { requests: { cpu: "1" } } }] }
${more}`
const POD = `apiVersion: v1
kind: Pod
metadata: { name: small }
spec: { containers: [{ name: main, image: main, resources: { requests: { cpu: 500m } } }] }
`

describe('capacity', () => {
  it('says how many nodes are needed, what it tried and what that shows', async () => {
    const file = write('shop.yaml', scenario())
    expect(await wavetank('capacity', file, '--replications', '2')).toMatchInlineSnapshot(`
      {
        "code": 0,
        "err": "",
        "out": "NODES      RUNS   FAILED   ENOUGH   WHAT FAILED
      1 worker   1      1        no       all run (1)
      2 worker   1      1        no       all run (1)
      4 worker   2      0        yes
      3 worker   2      0        yes

      worker: 3 nodes
      2 runs of each, of which none may fail: that shows a probability of 22.36% with 95% confidence, not of 95%
      ",
      }
    `)
    const json = await wavetank('capacity', file, '--replications', '2', '--json')
    const again = await wavetank('capacity', file, '--replications', '2', '-o', 'json')
    expect(again).toEqual(json)
    const { counts, digest } = JSON.parse(json.out) as { counts: object; digest: string }
    expect(counts).toEqual({ worker: 3 })
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/)
  })

  it('ends with 1 where nothing is enough', async () => {
    const file = write('many.yaml', scenario())
    const said = await wavetank('capacity', file, '--replications', '1', '--max', '2')
    expect(said.code).toBe(1)
    expect(said.out).toContain('not enough: up to 2 nodes of worker\n')
  })

  it('finds the cheapest machines of a list', async () => {
    const file = write('mix.yaml', scenario())
    const prices = write('prices.csv', 'type,cpu,memory,price\nsmall,2500m,8Gi,1\nlarge,8500m,32Gi,3.5\n')
    const said = await wavetank('capacity', file, '--prices', prices, '--replications', '1')
    expect(said).toMatchObject({ code: 0, err: '' })
    expect(said.out).toContain('worker: 1 small, 1 large for 4.5, and nothing is cheaper\n')
    const few = await wavetank(
      'capacity',
      file,
      '--prices',
      prices,
      '--replications',
      '1',
      '--max-tests',
      '1',
      '--no-bound',
    )
    expect(few.out).toMatch(/a cheaper one would cost at least \d/)
    const named = write('named.yaml', `${scenario()}timeline: [{ at: 4m30s, fail: { node: worker-1 } }]\n`)
    expect((await wavetank('capacity', named, '--prices', prices)).err).toBe(
      'error: with these machines in the place of worker the scenario is not right any more: there is no node "worker-1"\n    known: worker-large-1, worker-small-1\n',
    )
    write('wrong.csv', 'type,cpu,memory,price\nsmall,two,8Gi,\n')
    const wrong = await wavetank('capacity', file, '--prices', path('wrong.csv'))
    expect(wrong).toMatchObject({ code: 2, out: '' })
    expect(wrong.err).toContain('wrong.csv:2:7 error WT041')
    expect(wrong.err).toContain('`price` is missing')
  })

  it('says how many more pods a cluster holds, as cluster-capacity does', async () => {
    const file = write('cluster.yaml', scenario('', 3))
    const pod = write('pod.yaml', POD)
    const said = await wavetank('capacity', file, '--pod-spec', pod, '--verbose')
    expect(said).toMatchObject({ code: 0, err: '' })
    expect(said.out).toContain('The cluster can schedule 4 instance(s) of the pod small.')
    const json = JSON.parse((await wavetank('capacity', file, '--pod-spec', pod, '-o', 'json')).out)
    expect(json.status).toMatchObject({ replicas: 4, failReason: { failType: 'Unschedulable' } })
    const less = await wavetank(
      'capacity',
      file,
      '--pod-spec',
      pod,
      '--exclude-nodes',
      'worker-1,worker-2',
      '-o',
      'yaml',
    )
    expect(less.out).toContain('  replicas: 0\n')
  })

  it('takes a dump of a cluster for one', async () => {
    const pod = write('pod.yaml', POD)
    const dump = await wavetank('capacity', 'test/dumps/harbour.yaml', '--pod-spec', pod)
    expect(dump.err).not.toContain('error')
    expect(dump.code).toBe(0)
    expect(dump.out).toMatch(/^[1-9]\d*\n$/)
  })

  it('says what is wrong with the command', async () => {
    const file = write('shop.yaml', scenario())
    const bare = write('bare.yaml', scenario(''))
    const pod = write('pod.yaml', POD)
    const other = write('other.yaml', 'apiVersion: v1\nkind: Namespace\nmetadata: { name: shop }\n')
    const inline = write('inline.yaml', scenario().replace(/nodes: .*/, 'nodes: []'))
    const err = async (...args: readonly string[]) => {
      const { code, out, err: text } = await wavetank('capacity', ...args)
      expect({ code, out }).toEqual({ code: 2, out: '' })
      return text
    }
    expect(await err(path('gone.yaml'))).toContain('gone.yaml: no such file')
    expect(await err(bare)).toContain('the scenario expects nothing')
    expect(await err(inline)).toContain('no pool of nodes')
    expect(await err(file, '--pool', 'wroker')).toContain('no pool "wroker"')
    expect(await err(file, '--probability', '1')).toContain('between 0 and 1')
    expect(await err(file, '--pod-spec', other)).toContain('is a Namespace, not a Pod')
    expect(await err(file, '--pod-spec', pod, '--proportion', '2:1')).toContain('2 numbers for 1 pod')
    expect(await err(file, '--pod-spec', pod, '--proportion', '0:1')).toContain('with colons between')
    expect(await err(file, '--pod-spec', pod, '--pod-spec', pod)).toContain('the same name')
    expect(await err(file, '--pod-spec', pod, '--exclude-nodes', 'none')).toContain('there is no node "none"')
    expect(await err(file, '--prices', path('gone.csv'))).toContain('gone.csv: no such file')
    expect(await err(file, '-o', 'yaml')).toContain('yaml is for --pod-spec')
    expect(await err(write('broken.yaml', 'kind: Scenario\n'))).toContain('WT011')
  })

  it('gives the same answer in one thread and in two', () => {
    write('shop.yaml', scenario())
    const args = ['capacity', 'shop.yaml', '--replications', '4', '--json', '--workers']
    const one = folder.child(...args, '1')
    expect(one).toMatchObject({ code: 0, err: '' })
    expect(folder.child(...args, '2')).toEqual(one)
  }, 60_000)

  it('ends at once with Ctrl-C', async () => {
    const unused = '  - { match: { image: none }, run: { for: 1s } }\n'
    const expectation = 'expect: [{ name: few, always: "pods.size() < 1000000" }]\n'
    write('long.yaml', `${longScenario}${unused}${expectation}`.replace('8760h', '10s'))
    const child = folder.start('capacity', 'long.yaml', '--replications', '100000')
    // The warning says that it has been read.
    await once(child.stderr!, 'data')
    await setTimeout(300)
    child.kill('SIGINT')
    const [code] = await once(child, 'exit')
    expect(code).toBe(130)
  }, 30_000)
})

import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createFolder } from './folder.ts'

const { wavetank, path, read, write, remove } = createFolder()
afterAll(remove)

const scenario = (name: string): string => fileURLToPath(new URL(`../../scenarios/${name}.yaml`, import.meta.url))

beforeAll(async () => {
  const log = ['--log', path('a.ndjson')]
  expect((await wavetank('run', scenario('node-failure'), '-q', ...log)).code).toBe(0)
  const edit = write(
    'fork.yaml',
    `apiVersion: wavetank.dev/v1alpha1
kind: Fork
remove:
  - at: 5m
    fail: { node: worker-1 }
nodes: [{ name: extra, count: 1 }]
`,
  )
  expect((await wavetank('fork', '--at', '4m', '--edit', edit, '-q', ...log, '-o', path('b.ndjson'))).code).toBe(1)
})

const diff = async (a: string, b: string, ...more: readonly string[]) => wavetank('diff', path(a), path(b), ...more)

describe('diff', () => {
  it('of a run with itself is empty, and ends with 0', async () => {
    expect(await diff('a.ndjson', 'a.ndjson')).toEqual({ code: 0, out: '', err: '' })
  })
  it('says where two runs part, what led to it in each, and what came of it, and ends with 1', async () => {
    const { code, out, err } = await diff('a.ndjson', 'b.ndjson')
    expect([code, err]).toEqual([1, ''])
    expect(out).toMatchInlineSnapshot(`
      "A  a.ndjson
      B  b.ndjson
      the first 71 entries are the same; at 4m0s the runs part

      A:
        5m0s  the scenario has it that node worker-1 loses power (#71)
      B:
        4m0s  somebody runs \`kubectl apply -f …\` (#71)

      WORKLOAD                                 READY A   B     AVAILABLE A   B       LONGEST OUTAGE A   B
      ReplicationController/default/hostname   3/3       3/3   74.5%         99.7%   5m1.396s           none

                                            A       B        CHANGE
      pods created                          5       4        -1
      pods bound                            4       3        -1
      nodes                                 3       4        +1
      nodes Ready                           2       4        +2
      machines that failed                  1       0        -1
      node time Ready                       76.4%   100.0%   +23.6%
      cpu requested, mean                   2.9%    2.0%     -0.9%
      memory requested, mean                0.9%    0.5%     -0.4%
      disruptions, DeletionByTaintManager   2       0        -2

      EXPECTATION                                          A                   B
      the node is NotReady once its grace period is over   met at 5m50s        failed at 5m55s
      its pods are not ready any more, and still there     met at 6m0s         failed at 6m0s
      the controller replaces its pod elsewhere            met at 10m51.396s   failed at 11m40s
      nobody brings the bare pod back                      met at 20m0s        failed at 20m0s

      nodes in B alone: extra-1

      POD AT THE END           A                         B
      default/bare             Terminating on worker-1   Running on worker-1
      default/hostname-4kbzc   Running on worker-2       -
      default/hostname-xg4sf   Terminating on worker-1   Running on worker-1

      ENTRIES                               A     B     CHANGE
      ExpectationFailed                     0     4     +4
      ExpectationMet                        7     3     -4
      ReplicationControllerStatusReported   9     5     -4
      NodeTainted                           2     0     -2
      PodDisruptionTargeted                 2     0     -2
      PodMarkedForDeletion                  2     0     -2
      PodMarkedNotReady                     2     0     -2
      TaintEvictionDue                      2     0     -2
      TaintEvictionPlanned                  2     0     -2
      ContainerStarted                      5     4     -1
      DisruptionDue                         1     0     -1
      KubectlCompleted                      0     1     +1
      … and 10 more kinds of entries
      "
    `)
  })
  it('prints nothing with --quiet', async () => {
    expect(await diff('a.ndjson', 'b.ndjson', '-q')).toEqual({ code: 1, out: '', err: '' })
  })
  it('gives everything that differs as JSON', async () => {
    const { out } = await diff('a.ndjson', 'b.ndjson', '--json')
    const json = JSON.parse(out)
    expect(json).toMatchObject({
      header: [],
      same: 71,
      divergence: { at: 240_000, a: [{ seq: 71 }], b: [{ seq: 71, by: 'fork' }] },
      nodes: { a: [], b: ['extra-1'] },
      workloads: [{ kind: 'ReplicationController', key: 'default/hostname' }],
    })
    expect(json.kinds).toContainEqual({ kind: 'NodeFailed', a: 1, b: 0 })
    expect(json.pods.map(({ pod }: { pod: string }) => pod)).toEqual([
      'default/bare',
      'default/hostname-4kbzc',
      'default/hostname-xg4sf',
    ])
  })
  it('says the same with the logs in the other order', async () => {
    const there = JSON.parse((await diff('a.ndjson', 'b.ndjson', '--json')).out)
    const back = JSON.parse((await diff('b.ndjson', 'a.ndjson', '--json')).out)
    const turned = (list: readonly { a?: unknown; b?: unknown }[]) =>
      list.map(({ a, b, ...rest }) => ({ ...rest, a: b, b: a }))
    for (const part of ['workloads', 'numbers', 'pods', 'kinds'])
      expect([part, turned(back[part])]).toEqual([part, there[part]])
  })
  it('tells of runs that only end otherwise', async () => {
    const log = ['--log', path('short.ndjson'), '--until', '19m']
    expect((await wavetank('run', scenario('node-failure'), '-q', ...log)).code).toBe(0)
    const { code, out } = await diff('a.ndjson', 'short.ndjson')
    expect(code).toBe(1)
    expect(out).toContain('the first 119 entries are the same; at 20m0s the runs part\n')
    expect(out).toContain('B:\n  the log has ended\n')
    expect(out).toContain('A ended: horizon at 20m0s\nB ended: horizon at 19m0s\n')
  })
  it('tells of runs of another seed, whose entries differ from the first on', async () => {
    expect((await wavetank('run', scenario('node-failure'), '-q', '--seed', '8', '--log', path('s.ndjson'))).code).toBe(
      0,
    )
    const { out } = await diff('a.ndjson', 's.ndjson')
    expect(out).toContain('the headers differ: seed\nthe first 0 entries are the same; at 0s the runs part\n')
  })
  it('reads a log that is torn as far as it goes, and says so', async () => {
    write('torn.ndjson', read('a.ndjson').slice(0, -300))
    const { code, err } = await diff('a.ndjson', 'torn.ndjson')
    expect(code).toBe(1)
    expect(err).toMatch(/^torn\.ndjson:\d+ warning WT30\d/)
  })
  it('ends with 2 for what is no log, or is not there', async () => {
    expect(await diff('a.ndjson', 'fork.yaml')).toMatchObject({ code: 2, out: '' })
    expect((await diff('none.ndjson', 'a.ndjson')).err).toMatch(/^none\.ndjson error WT3\d\d/)
  })
})

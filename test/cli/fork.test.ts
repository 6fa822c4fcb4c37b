import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createFolder, type Said } from './folder.ts'

const folder = createFolder()
const { wavetank, path, read, write, remove } = folder
afterAll(remove)

const scenario = fileURLToPath(new URL('../../scenarios/node-failure.yaml', import.meta.url))
const HEAD = 'apiVersion: wavetank.dev/v1alpha1\nkind: Fork\n'

beforeAll(async () => {
  expect((await wavetank('run', scenario, '-q', '--log', path('run.ndjson'))).code).toBe(0)
})

const fork = async (at: string, edit?: string, ...more: readonly string[]): Promise<Said> => {
  const file = edit === undefined ? [] : ['--edit', write('fork.yaml', `${HEAD}${edit}`)]
  return wavetank('fork', '--at', at, ...file, '--log', path('run.ndjson'), '-o', path('fork.ndjson'), ...more)
}

/** The lines of a log without their checksums: those of all lines change with the header. */
const lines = (name: string): readonly string[] =>
  read(name)
    .split('\n')
    .map((line) => line.replace(/,"crc":"[0-9a-f]{8}"\}$/, '}'))

describe('fork', () => {
  it('without a file gives the log of the original, byte for byte', async () => {
    const { code, err, out } = await fork('6m')
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/\nwavetank diff run\.ndjson fork\.ndjson\n$/)
    expect(read('fork.ndjson')).toBe(read('run.ndjson'))
  })

  it('begins with the same bytes, and goes on as its file has it', async () => {
    const { code, err } = await fork('4m', 'remove:\n  - at: 5m\n    fail: { node: worker-1 }\n', '-q')
    expect([code, err]).toEqual([1, ''])
    const before = read('run.ndjson').slice(0, read('run.ndjson').indexOf('{"seq":71,'))
    expect(read('fork.ndjson').startsWith(before)).toBe(true)
    expect(before).toContain('"at":60000,')
    expect((await wavetank('get', 'nodes', '--log', path('fork.ndjson'), '--at', '10m')).out).not.toContain('NotReady')
  })

  it('adds nodes, objects, commands, faults and expectations, all at its instant if they do not say otherwise', async () => {
    write(
      'web.yaml',
      'apiVersion: v1\nkind: Pod\nmetadata: { name: web }\nspec: { containers: [{ name: web, image: "example/web:1" }] }\n',
    )
    const edit = `duration: 30m
nodes: [{ name: extra, count: 2, kubelet: { maxPods: 7 } }]
manifests:
  - web.yaml
  - { apiVersion: v1, kind: ReplicationController, metadata: { name: hostname }, spec: { replicas: 4, selector: { app: hostname }, template: { metadata: { labels: { app: hostname } }, spec: { containers: [{ name: hostname, image: "example/hostname:1.0" }] } } } }
timeline:
  - kubectl: cordon worker-2
  - at: 6m
    freeze: { node: extra-1 }
expect:
  - name: they come soon
    eventually: nodes.size() == 5 && pods.filter(p, ready(p)).size() == 6
    within: 10s
`
    const { code, err } = await fork('4m', edit)
    expect([code, err]).toEqual([0, ''])
    const log = ['--log', path('fork.ndjson')]
    expect((await wavetank('why', 'expect/they come', ...log)).out).toContain('eventually, from 4m0s to 4m10s')
    expect(
      (await wavetank('get', 'nodes', '--at', '4m10s', '--no-headers', ...log)).out
        .split('\n')
        .map((line) => line.split(/ +/).slice(0, 2).join(' ')),
    ).toEqual([
      'extra-1 Ready',
      'extra-2 Ready',
      'worker-1 Ready',
      'worker-2 Ready,SchedulingDisabled',
      'worker-3 Ready',
      '',
    ])
    expect((await wavetank('get', 'node', 'extra-1', '-o', 'yaml', ...log)).out).toContain('pods: "7"')
    expect((await wavetank('replay', ...log)).out).toContain('simulated      30m0s')
    // The header says more, so every checksum is another one; the entries are the same.
    const [, ...before] = lines('run.ndjson')
    const [, ...after] = lines('fork.ndjson')
    expect(after.slice(0, 71)).toEqual(before.slice(0, 71))
  })

  it('can be gone on from again', async () => {
    expect((await fork('4m', 'timeline:\n  - at: 7m\n    kubectl: scale rc hostname --replicas=5\n', '-q')).code).toBe(
      1,
    )
    const again = await wavetank('fork', '--at', '6m', '--log', path('fork.ndjson'), '-o', path('again.ndjson'), '-q')
    expect(again.code).toBe(1)
    expect(read('again.ndjson')).toBe(read('fork.ndjson'))
  })

  it('needs nothing but the log', async () => {
    write(
      'only/behaves.yaml',
      `apiVersion: wavetank.dev/v1alpha1
kind: Scenario
metadata: { name: behaves }
duration: 10m
nodes: [{ name: worker, count: 1, kubelet: { maxPods: 5 } }]
dependencies: [{ name: database }]
manifests: [{ apiVersion: v1, kind: Pod, metadata: { name: web }, spec: { containers: [{ name: web, image: "example/web:1" }] } }]
behaviors:
  - name: leaks
    run: { for: 90s, exitCode: 3 }
    memory: { leak: { rise: 1Mi, every: 1s } }
timeline: [{ at: 8m, down: { dependency: database } }]
limits: { entries: 5000 }
`,
    )
    const log = path('only/run.ndjson')
    expect((await wavetank('run', path('only/behaves.yaml'), '-q', '--log', log)).code).toBe(0)
    const edit = write('only/fork.yaml', `${HEAD}timeline: [{ at: 6m, down: { dependency: database } }]\n`)
    const { code, err } = await wavetank('fork', '--at', '5m', '--edit', edit, '--log', log, '-q')
    // The dependency is down already when the original takes it down.
    expect([code, err]).toEqual([0, ''])
    expect(readdirSync(path('only')).sort()).toEqual(['behaves.yaml', 'fork.yaml', 'run.fork-5m.ndjson', 'run.ndjson'])
    expect(
      (await wavetank('events', '--entries', '--from', '8m', '--log', path('only/run.fork-5m.ndjson'))).out,
    ).toContain('OutageIgnored')
  })
})

describe('fork, when something is wrong', () => {
  beforeEach(() => write('fork.ndjson', ''))

  it('says everything that is wrong with its file, with the place, and writes nothing', async () => {
    const edit = `duration: 3m
seed: 8
remove:
  - at: 2m
  - at: 7m
    kubectl: scale rc hostname --replicas=9
timeline:
  - at: 3m
    kubectl: scale rc hostnam --replicas=2
  - fail: { node: worker-9 }
expect:
  - at: 1m
    that: pods.size() > 0
`
    const { code, out, err } = await fork('4m', edit)
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatchInlineSnapshot(`
      "fork.yaml:3:11 error WT048 duration: this is before the fork
          the fork is at 4m0s
      fork.yaml:4:1 error WT010 seed: unknown field \`seed\`
          known: apiVersion, kind, duration, remove, timeline, manifests, nodes, behaviors, expect
      fork.yaml:6:9 error WT048 remove[0].at: this is before the fork
          the fork is at 4m0s
      fork.yaml:10:9 error WT048 timeline[0].at: this is before the fork
          the fork is at 4m0s
      fork.yaml:11:14 warning WT036 timeline[0].kubectl: no manifest brings ReplicationController default/hostnam
          did you mean \`hostname\`?
      fork.yaml:12:5 warning WT026 timeline[1].at: this is after the end of the run, and never happens
      fork.yaml:12:19 error WT025 timeline[1].fail.node: there is no node "worker-9"
          did you mean \`worker-1\`?
      fork.yaml:14:9 error WT048 expect[0].at: this is before the fork
          the fork is at 4m0s
      6 errors, 2 warnings
      "
    `)
    expect(read('fork.ndjson')).toBe('')
  })
  it('names what is left of the timeline when there is nothing to remove', async () => {
    const { code, err } = await fork('4m', 'remove:\n  - at: 7m\n    kubectl: scale rc hostname --replicas=9\n')
    expect(code).toBe(2)
    expect(err).toMatchInlineSnapshot(`
      "fork.yaml:4:5 error WT049 the original timeline has no such entry
          what is left of it: at 5m0s fail of worker-1
      1 error, 0 warnings
      "
    `)
  })
  it('takes no behaviour that would change what has happened', async () => {
    const edit = `behaviors:
  - { match: { labels: app=hostname }, run: { for: 1s } }
  - { match: { image: "example/new:*" }, memory: 1Gi }
`
    const { code, err } = await fork('4m', edit)
    expect(code).toBe(2)
    expect(err).toMatchInlineSnapshot(`
      "fork.yaml:4:14 error WT050 behaviors[0].match: behaviour #1 matches containers of Pod hostname-mh7f5, which was there before the fork
          match an image that nothing has had so far, and set it in the timeline
      fork.yaml:5:5 error WT050 behaviors[1]: behaviour #2 says what containers use, which only a scenario can
      fork.yaml:5:14 warning WT024 behaviors[1].match: behaviour #2 matches no container of any manifest
          known: example/hostname:1.0
      2 errors, 1 warning
      "
    `)
  })
  it('is refused for a scenario, for no file, for an instant after the end, and for the place of the original', async () => {
    const at = ['--at', '4m', '--log', path('run.ndjson'), '-o', path('fork.ndjson')]
    expect((await wavetank('fork', ...at, '--edit', scenario)).err).toMatch(
      /WT013 kind: this is a Scenario, not a fork/,
    )
    expect((await wavetank('fork', ...at, '--edit', path('none.yaml'))).err).toMatch(/WT004/)
    expect((await fork('21m')).err).toBe(
      'error: the run ended at 20m0s, before 21m0s\n    a fork begins within the run; its `duration` may be longer\n',
    )
    expect((await wavetank('fork', '--at', '4m', '--log', path('run.ndjson'), '-o', path('run.ndjson'))).err).toMatch(
      /^error: run\.ndjson is the log of the original: it would be lost/,
    )
    expect((await wavetank('fork', '--log', path('run.ndjson'))).code).toBe(2)
  })
  it('says so when the run comes out otherwise before its instant, and leaves no log', async () => {
    const gone = `apiVersion: wavetank.dev/v1alpha1
kind: Scenario
metadata: { name: gone }
duration: 5m
nodes: [{ name: worker, count: 1 }]
manifests: [{ apiVersion: v1, kind: Pod, metadata: { name: web }, spec: { containers: [{ name: web, image: "example/web:1" }] } }]
timeline: [{ at: 1m, kubectl: delete pod web }]
`
    const log = path('gone/run.ndjson')
    expect((await wavetank('run', write('gone/gone.yaml', gone), '-q', '--log', log)).code).toBe(0)
    const edit = write('gone/fork.yaml', `${HEAD}behaviors: [{ run: { for: 10s } }]\n`)
    const { code, err } = await wavetank('fork', '--at', '4m', '--edit', edit, '--log', log)
    expect(code).toBe(2)
    expect(err).toMatch(
      /error: run again, the original is another run: from entry #\d+ at 1[0-9.]+s on, ContainerExited\n/,
    )
    expect(readdirSync(path('gone')).sort()).toEqual(['fork.yaml', 'gone.yaml', 'run.ndjson'])
  })
  it('is refused for a log that is torn', async () => {
    write('torn.ndjson', read('run.ndjson').slice(0, -300))
    const { code, err } = await wavetank('fork', '--at', '4m', '--log', path('torn.ndjson'), '-o', path('fork.ndjson'))
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/^error: the log is torn: what the timeline would have brought/),
    ])
  })
})

describe('fork of a run whose control plane fails', () => {
  const story = fileURLToPath(new URL('../../scenarios/scheduler-down.yaml', import.meta.url))
  const forked = async (at: string, edit: string): Promise<Said> => {
    expect((await wavetank('run', story, '-q', '--log', path('story.ndjson'))).code).toBe(0)
    const file = ['--edit', write('fork.yaml', `${HEAD}${edit}`)]
    return wavetank('fork', '--at', at, ...file, '--log', path('story.ndjson'), '-o', path('fork.ndjson'), '-q')
  }
  const lastPods = async (at: string): Promise<string> =>
    (await wavetank('get', 'pods', '--log', path('fork.ndjson'), '--at', at)).out

  it('leaves an outage out, with its end', async () => {
    await forked('1m', 'remove:\n  - at: 2m\n    stopController: { controller: kube-scheduler, for: 5m }\n')
    expect(await lastPods('4m')).not.toContain('Pending')
    expect(read('fork.ndjson')).not.toMatch(/ControllersStopped|OutageDue/)
  })

  it('brings one', async () => {
    await forked(
      '8m',
      'timeline:\n  - stopApiServer: { for: 1m }\n  - at: 8m30s\n    kubectl: scale deployment web --replicas=9\n',
    )
    expect(read('fork.ndjson')).toMatch(/"kind":"ApiServerWentDown"/)
    expect(read('fork.ndjson')).toContain('The connection to the server kubernetes:6443 was refused')
  })

  it('leaves an upgrade out, and brings one', async () => {
    const upgrade = 'upgrade: { pool: worker, takes: 30s }'
    await forked('1m', `timeline:\n  - at: 10m\n    ${upgrade.replace('pool: worker', 'node: worker-1')}\n`)
    expect(read('fork.ndjson')).toMatch(/"kind":"NodeUpgradesEnded",.*"upgraded":\["worker-1"\]/)
    const file = [
      '--edit',
      write('less.yaml', `${HEAD}remove:\n  - at: 10m\n    upgrade: { node: worker-1, takes: 30s }\n`),
    ]
    await wavetank('fork', '--at', '9m', ...file, '--log', path('fork.ndjson'), '-o', path('less.ndjson'), '-q')
    expect(read('less.ndjson')).not.toContain('NodeUpgradesEnded')
  })

  it('says what there is when it removes an outage that is not', async () => {
    const { code, err } = await forked('1m', 'remove:\n  - at: 2m\n    stopApiServer: {}\n')
    expect(code).toBe(2)
    expect(err).toContain('at 2m0s controller kube-scheduler down')
  })
})

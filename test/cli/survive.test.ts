import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { createFolder, longScenario } from './folder.ts'

const folder = createFolder()
const { wavetank, write, path } = folder
afterAll(folder.remove)

const SCENARIO = `apiVersion: wavetank.dev/v1alpha1
kind: Scenario
metadata: { name: shop }
duration: 10m
nodes: [{ name: worker, count: 3, zones: [a, b], capacity: { cpu: "4" }, allocatable: { cpu: "4" } }]
manifests: [manifests/web.yaml]
expect:
  - { name: four are ready, at: 9m, that: "pods.filter(p, ready(p)).size() == 4" }
  - { name: one is up, after: 1m, always: "pods.exists(p, ready(p))" }
`
const WEB = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 4
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web, resources: { requests: { cpu: "2" } } }] }
`
const shop = (): string => {
  write('manifests/web.yaml', WEB)
  return write('shop.yaml', SCENARIO)
}

describe('survive', () => {
  it('says which failures break what, and what that costs', async () => {
    expect(await wavetank('survive', shop(), '--failures', '2')).toMatchInlineSnapshot(`
      {
        "code": 1,
        "err": "",
        "out": "5 units (nodes, zones), fail at 5m0s for ever
      single: 4 of 4 break something, 1 left out: they take the same nodes, or hold a set that breaks all
      double: 3 of 3 break something, 7 left out: they take the same nodes, or hold a set that breaks all

      BREAKS           SMALLEST SETS       RUNS   PENDING   AVAILABILITY
      four are ready   worker-1            1/1    0         Deployment/default/web 100% to 16.67%
                       worker-2            1/1    0         Deployment/default/web 100% to 15%
                       worker-3            1/1    0         Deployment/default/web 100% to 15%
      one is up        worker-2 + zone a   1/1    0         Deployment/default/web 100% to 15%
      ",
      }
    `)
  })

  it('writes scenarios that fail what they are about, also from another folder', async () => {
    const said = await wavetank('survive', shop(), '-o', path('broken'), '--failures', '1..2', '--json')
    const { written, broken, digest } = JSON.parse(said.out.replaceAll('broken/', `${path('broken')}/`)) as {
      written: readonly string[]
      broken: readonly { expectation: string; cutSets: readonly { units: readonly string[] }[] }[]
      digest: string
    }
    expect(digest).toMatch(/^sha256:/)
    const cuts = broken.flatMap(({ expectation, cutSets }) => cutSets.map(({ units }) => [expectation, units] as const))
    expect(written).toHaveLength(cuts.length)
    expect(readdirSync(path('broken'))).toHaveLength(cuts.length)
    for (const [i, file] of written.entries()) {
      const ran = await wavetank('run', file, '--log', path('run.ndjson'))
      expect(ran).toMatchObject({ code: 1, err: '' })
      expect(ran.out).toMatch(new RegExp(`✗ ${cuts[i]![0]}`))
    }
    // Again, with fewer: what is left from before goes.
    expect((await wavetank('survive', shop(), '-o', path('broken'))).code).toBe(1)
    expect(readdirSync(path('broken')).length).toBeLessThan(cuts.length)
  }, 60_000)

  it('gives the same result again, and says nothing with -q where nothing breaks', async () => {
    const json = await wavetank('survive', shop(), '--failures', '2', '--max-runs', '6', '--json')
    expect(await wavetank('survive', shop(), '--failures', '2', '--max-runs', '6', '--json')).toEqual(json)
    const { coverage } = JSON.parse(json.out) as { coverage: readonly { shareMax?: number }[] }
    expect(coverage[1]!.shareMax).toBeGreaterThan(0)
    const short = ['--for', '10s', '--over', 'nodes']
    expect(await wavetank('survive', shop(), '-q', ...short)).toEqual({ code: 0, out: '', err: '' })
    expect((await wavetank('survive', shop(), ...short)).out).toContain('holds: four are ready\nholds: one is up\n')
  })

  it('gives the same result in one thread and in two', () => {
    shop()
    // Late failures are tried from a snapshot, early ones from the start in both threads.
    for (const at of ['9m', '1m']) {
      const args = ['survive', 'shop.yaml', '--failures', '2', '--json', '--at', at, '--workers']
      const one = folder.child(...args, '1')
      expect(one).toMatchObject({ code: 1, err: '' })
      expect(folder.child(...args, '2')).toEqual(one)
    }
  }, 60_000)

  it('says what is wrong with the command, and writes nothing', async () => {
    const err = async (...args: readonly string[]) => {
      const { code, out, err: text } = await wavetank('survive', ...args)
      expect({ code, out }).toEqual({ code: 2, out: '' })
      return text
    }
    const file = shop()
    expect(await err(path('gone.yaml'))).toContain('gone.yaml: no such file')
    expect(await err(file, '--over', 'racks')).toContain('no node has the label "racks"')
    expect(await err(file, '--failures', '0')).toContain('how many fail at once')
    expect(await err(file, '--for', '0s')).toContain('longer than nothing')
    expect(await err(file, '--fault', 'burn')).toContain('fail, partition')
    expect(await err(file, '--at', '1h')).toContain('the run is over before anything fails')
    const bare = SCENARIO.slice(0, SCENARIO.indexOf('expect:'))
    expect(await err(write('bare.yaml', bare))).toContain('the scenario expects nothing')
    write('mine/notes.txt', 'mine')
    expect(await err(file, '-o', path('mine'))).toContain('it has notes.txt in it')
    expect(await err(file, '-o', path('no/folder'))).toContain('the folder does not exist')
    expect(existsSync(path('no'))).toBe(false)
    expect(readdirSync(path('.')).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('ends soon with Ctrl-C, and leaves nothing', async () => {
    const unused = '  - { match: { image: none }, run: { for: 1s } }\n'
    write('long.yaml', `${longScenario}${unused}expect: [{ name: few, always: "pods.size() < 1000000" }]\n`)
    const child = folder.start('survive', 'long.yaml', '--at', '1s', '-o', 'broken-long')
    await once(child.stderr!, 'data')
    await setTimeout(300)
    child.kill('SIGINT')
    const [code] = await once(child, 'exit')
    expect(code).toBe(130)
    expect(existsSync(path('broken-long'))).toBe(false)
  }, 30_000)
})

import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { createFolder, longScenario } from './folder.ts'

const folder = createFolder()
const { wavetank, write, path } = folder
afterAll(folder.remove)

const scenario = (minAvailable: number): string => `apiVersion: wavetank.dev/v1alpha1
kind: Scenario
metadata: { name: shop }
duration: 10m
nodes:
  - { name: old, count: 2, labels: { pool: old }, capacity: { cpu: "4" } }
  - { name: new, count: 1, capacity: { cpu: "4" } }
manifests:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: { name: web }
    spec:
      replicas: 3
      selector: { matchLabels: { app: web } }
      template:
        metadata: { labels: { app: web } }
        spec: { containers: [{ name: web, image: web, resources: { requests: { cpu: "1" } } }] }
  - apiVersion: policy/v1
    kind: PodDisruptionBudget
    metadata: { name: web }
    spec: { minAvailable: ${minAvailable}, selector: { matchLabels: { app: web } } }
`

describe('drain', () => {
  it('says which nodes can go, in which order, and how many at once', async () => {
    const file = write('shop.yaml', scenario(1))
    expect(await wavetank('drain', file)).toMatchInlineSnapshot(`
      {
        "code": 0,
        "err": "",
        "out": "NODE    DRAINS   PODS   TAKES   WHAT STANDS IN THE WAY
      new-1   yes      1      2s
      old-1   yes      1      3s
      old-2   yes      1      2s

      All of them can go in this order, in 10s; each is uncordoned before the next go:
      1. new-1, old-2 at once, 3s
      2. old-1, 7s
      ",
      }
    `)
    const json = await wavetank('drain', file, '--json')
    expect(await wavetank('drain', file, '--json')).toEqual(json)
    expect(JSON.parse(json.out)).toMatchObject({ left: [], digest: expect.stringMatching(/^sha256:/) })
    expect(await wavetank('drain', file, '-q')).toEqual({ code: 0, out: '', err: '' })
  })

  it('says what stands in the way, with the numbers of the budget', async () => {
    const file = write('strict.yaml', scenario(3))
    expect(await wavetank('drain', file, '--nodes', 'new-1', '--timeout', '2m')).toMatchInlineSnapshot(`
      {
        "code": 1,
        "err": "",
        "out": "NODE    DRAINS   PODS   TAKES   WHAT STANDS IN THE WAY
      new-1   no       0      2m1s    pod default/web-56f77d9db6-qggmh is not evicted: Cannot evict pod as it would violate the pod's disruption budget. The disruption budget web needs 3 healthy pods and has 3 currently
                                      PodDisruptionBudget default/web (minAvailable 3) allows 0 disruptions: 3 of 3 pods are healthy, 3 have to be

      No node can go.
      ",
      }
    `)
  })

  it('drains some nodes for good', async () => {
    const file = write('shop.yaml', scenario(1))
    const said = await wavetank('drain', file, '-l', 'pool=old', '--for-good', '--at-once', '1')
    expect(said).toMatchObject({ code: 0, err: '' })
    expect(said.out).toMatch(/none comes back:\n1\. old-\d, \S+\n2\. old-\d, \S+\n$/)
  })

  it('takes a dump of a cluster', async () => {
    const said = await wavetank('drain', 'test/dumps/harbour.yaml', '--force', '--delete-emptydir-data')
    expect(said.err).not.toContain('error')
    expect(said.out).toMatch(/^NODE +DRAINS +PODS +TAKES +WHAT STANDS IN THE WAY\n/)
    expect(said.out).toContain("didn't match PersistentVolume's node affinity")
    const flags = ['--force', '--delete-emptydir-data', '--may-wait', '--at-once', '1']
    const waits = await wavetank('drain', 'test/dumps/harbour.yaml', ...flags)
    expect(waits.out).toMatch(/harbour-worker +yes, 1 pod waits for it/)
    expect(waits.code).toBe(0)
  })

  it('says what is wrong with the command', async () => {
    const file = write('shop.yaml', scenario(1))
    const err = async (...args: readonly string[]) => {
      const { code, out, err: text } = await wavetank('drain', ...args)
      expect({ code, out }).toEqual({ code: 2, out: '' })
      return text
    }
    expect(await err(path('gone.yaml'))).toContain('gone.yaml: no such file')
    expect(await err(file, '--nodes', 'old-9')).toContain('there is no node "old-9"')
    expect(await err(file, '-l', 'pool=none')).toContain('there is no such node')
    expect(await err(file, '--for-good', '--may-wait')).toContain('no node comes back')
    expect(await err(file, '-l', '=')).toContain('--selector')
    expect(await err(file, '--timeout', 'soon')).toContain('expected a duration')
    expect(await err(write('broken.yaml', 'kind: Scenario\n'))).toContain('WT011')
  })

  it('ends soon with Ctrl-C', async () => {
    write('long.yaml', `${longScenario}  - { match: { image: none }, run: { for: 1s } }\n`.replace('8760h', '1h'))
    const child = folder.start('drain', 'long.yaml', '--at', '1s', '--settle', '8760h')
    await once(child.stderr!, 'data')
    await setTimeout(300)
    child.kill('SIGINT')
    const [code] = await once(child, 'exit')
    expect(code).toBe(130)
  }, 30_000)
})

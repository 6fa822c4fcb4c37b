import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { createFolder } from './folder.ts'

const folder = createFolder()
const { wavetank, write, path, read } = folder
afterAll(folder.remove)

const deployment = (name: string, replicas: number, spec: string, more = ''): string => `apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec:
${spec}
      containers:
        - name: ${name}
          image: example/${name}:1
          resources: { requests: { cpu: "1", memory: 2Gi } }
---
apiVersion: v1
kind: Namespace
metadata: { name: shop }
${more}`

/** Runs what was written: it has to be valid, and to hold. */
const holds = async (scenario: string): Promise<string> => {
  const { code, out, err } = await wavetank('run', path(scenario), '--log', path('run.ndjson'))
  expect({ code, err }, out).toEqual({ code: 0, err: '' })
  return out
}

describe('init', () => {
  it('writes a scenario of a folder, with nodes for it, a failure and expectations, that holds', async () => {
    write('app/web.yaml', deployment('web', 6, '      nodeSelector: { disk: ssd }'))
    write(
      'app/jobs/report.yaml',
      'apiVersion: batch/v1\nkind: Job\nmetadata: { name: report, namespace: shop }\nspec: { template: { spec: { restartPolicy: Never, containers: [{ name: a, image: a }] } } }\n',
    )
    write('app/values.yaml', 'replicas: 3\n')
    write('app/notes.md', '# notes\n')
    const { code, out, err } = await wavetank('init', path('app'), '-o', path('app.yaml'))
    expect(code).toBe(0)
    expect(err).toBe('note: app/values.yaml has no Kubernetes objects: it is left out\n')
    expect(out).toBe(
      'app.yaml: 3 nodes, 3 objects, 2 expectations\n    worker-3 loses power at 5m, and comes back at 15m\nnext: wavetank run app.yaml\n',
    )
    expect(read('app.yaml')).toMatchInlineSnapshot(`
      "# Written by \`wavetank init\`; run it with \`wavetank run\`. What else can stand here: docs/scenario-format.md
      apiVersion: wavetank.dev/v1alpha1
      kind: Scenario
      metadata:
        name: app
      duration: 30m
      manifests:
        - app/jobs/report.yaml
        - app/web.yaml
      nodes:
        - name: worker
          count: 3
          capacity: { cpu: "4", memory: 16Gi }
          labels:
            disk: ssd
      # A manifest does not say how long work takes.
      behaviors:
        - match: { namespace: shop, owner: Job/report }
          run: { for: 30s }
      # A first failure: the node that runs most loses power, and comes back.
      timeline:
        - at: 5m
          fail: { node: worker-3, for: 10m }
      expect:
        - name: Deployment shop/web is available at the end
          at: 30m
          that: deployment("shop/web").status.availableReplicas == 6
        - name: Job shop/report is complete at the end
          at: 30m
          that: job("shop/report").status.conditions.exists(c, c.type == "Complete" && c.status == "True")
      "
    `)
    expect(await holds('app.yaml')).toContain('2 of 2 met')
  })

  it('takes over a dump of a cluster from standard input, nodes and all', async () => {
    const dump = join(import.meta.dirname, '../dumps/harbour.yaml')
    const { code, out, err } = folder.shell(
      `mkdir -p dump && cd dump && wavetank init - < ${dump} && wavetank run scenario.yaml`,
    )
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('harbour-worker loses power at 5m')
    expect(out).toContain('not so, and only a comment: DaemonSet kube-system/kube-proxy is available at the end\n')
    expect(out).toContain('expectations   5 of 5 met')
    const text = read('dump/scenario.yaml')
    expect(text).toContain('# The nodes are those of the manifests.')
    expect(text).toContain('  # Not so: `ds("kube-system/kube-proxy").status.numberAvailable` is 3, expected 4\n')
    expect(text).toContain('owner: CronJob/tide-table')
    expect(read('dump/manifests.yaml')).toBe(readFileSync(dump, 'utf8'))
  })

  // The other folders have an object in several versions, or nodes alone.
  it.each([
    'node-failure',
    'replication-controller-orphan',
    'scheduling-anti-affinity',
    'scheduling-gates',
    'scheduling-packing',
    'scheduling-preemption',
    'scheduling-zone-gone',
  ])('makes a scenario that holds of the manifests in scenarios/%s', async (name) => {
    const { code, err } = await wavetank('init', join('scenarios', name), '-o', path(`${name}.yaml`))
    expect(code, err).toBe(0)
    await holds(`${name}.yaml`)
  })

  it('makes as many nodes as the workloads need', async () => {
    const nodesOf = async (name: string, text: string): Promise<string> => {
      write(`${name}/all.yaml`, text)
      const { out } = await wavetank('init', path(name), '-o', path(`${name}.yaml`))
      await holds(`${name}.yaml`)
      return `${/(\d+) nodes/.exec(out)?.[1]} ${/capacity: (.*)/.exec(read(`${name}.yaml`))?.[1]}`
    }
    expect(await nodesOf('many', deployment('many', 40, ''))).toBe('17 { cpu: "4", memory: 16Gi }')
    const apart =
      '      affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: kubernetes.io/hostname, labelSelector: { matchLabels: { app: apart } } }] } }'
    expect(await nodesOf('apart', deployment('apart', 7, apart))).toBe('8 { cpu: "4", memory: 16Gi }')
    const large = deployment('large', 2, '').replace('cpu: "1"', 'cpu: "18"')
    expect(await nodesOf('large', large)).toBe('3 { cpu: "32", memory: 128Gi }')
    const spread =
      '      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: topology.kubernetes.io/zone, whenUnsatisfiable: DoNotSchedule, labelSelector: { matchLabels: { app: zones } } }]'
    await nodesOf('zones', deployment('zones', 6, spread))
    expect(read('zones.yaml')).toContain('    zones: [zone-a, zone-b, zone-c]\n')
  })

  it('prints the scenario, if it is told to', async () => {
    const { code, out } = await wavetank('init', 'scenarios/node-failure', '-o', '-', '--name', 'mine')
    expect(code).toBe(0)
    expect(out).toContain('metadata:\n  name: mine\n')
    expect(out).toContain('  - scenarios/node-failure\n')
  })

  it('does not write over what is there, unless it is told to', async () => {
    write('taken.yaml', 'mine\n')
    const refused = await wavetank('init', path('app'), '-o', path('taken.yaml'))
    expect(refused).toEqual({
      code: 2,
      out: '',
      err: 'error: taken.yaml is there already\n    write over it with --force, or to another place with -o PATH\n',
    })
    expect(read('taken.yaml')).toBe('mine\n')
    expect((await wavetank('init', path('app'), '-o', path('taken.yaml'), '--force', '-q')).out).toBe('')
    expect(read('taken.yaml')).toContain('kind: Scenario')
  })

  it('does not take a scenario for a manifest', async () => {
    write('twice/web.yaml', deployment('web', 1, ''))
    expect((await wavetank('init', path('twice'), '-o', path('twice/scenario.yaml'), '-q')).code).toBe(0)
    expect((await wavetank('init', path('twice'), '-o', path('twice/scenario.yaml'), '-q', '--force')).code).toBe(0)
    expect(read('twice/scenario.yaml')).toContain('manifests:\n  - web.yaml\n')
  })

  it.each([
    [
      'a Helm chart',
      { 'chart/Chart.yaml': 'name: x\n' },
      'chart',
      /is a Helm chart, not manifests\n {4}render it first: helm template chart \| wavetank init -\n$/,
    ],
    [
      'a kustomization',
      { 'base/kustomization.yaml': 'resources: []\n' },
      'base',
      /kubectl kustomize base \| wavetank init -\n$/,
    ],
    ['a folder without manifests', { 'none/values.yaml': 'a: 1\n' }, 'none', /^error: none has no manifests\n/],
    ['nothing at all', {}, 'nowhere', /^error: nowhere: no such file or folder\n/],
    [
      'wrong manifests',
      { 'wrong/web.yaml': deployment('web', 1, '').replace('replicas: 1', 'replicas: many') },
      'wrong',
      /^wrong\/web\.yaml:\d+:\d+ error WT/,
    ],
  ])('refuses %s, says what to do, and writes nothing', async (_, files, asked, message) => {
    for (const [name, text] of Object.entries(files)) write(name, text)
    const { code, out, err } = await wavetank('init', path(asked), '-o', path('refused.yaml'))
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(message)
    expect(existsSync(path('refused.yaml'))).toBe(false)
  })
})

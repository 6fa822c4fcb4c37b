import fc from 'fast-check'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { FILE_BYTES_MAX, type FileReader, memoryFiles } from './files.ts'
import type { FlagCatalog } from './flags.ts'
import { type LoadOptions, loadScenario } from './load-scenario.ts'
import { formatIssues, type LocatedIssue } from './located-issue.ts'

const flags: FlagCatalog = {
  'kube-controller-manager': {
    'node-monitor-grace-period': { type: 'duration', default: 50_000, doc: 'Silence after which a node is unknown.' },
    'large-cluster-size-threshold': { type: 'integer', default: 50, min: 0, doc: 'A zone with more nodes is large.' },
  },
}

const WEB = `apiVersion: v1
kind: ReplicationController
metadata:
  name: web
spec:
  replicas: 2
  selector: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: nginx:1.27
`
const BARE = `apiVersion: v1
kind: Pod
metadata:
  name: bare
spec:
  containers:
  - {name: main, image: busybox}
`
const NODES = 'nodes:\n- {name: node, count: 2}\n'
const HEAD = 'apiVersion: wavetank.dev/v1alpha1\nkind: Scenario\nmetadata:\n  name: story\nduration: 10m\n'

const load = async (files: Readonly<Record<string, string | Uint8Array>>, options: Partial<LoadOptions> = {}) =>
  loadScenario('s.yaml', { files: memoryFiles(files), flags, ...options })

const scenarioOf = async (files: Readonly<Record<string, string>>, options: Partial<LoadOptions> = {}) => {
  const loaded = await load(files, options)
  if (isLeft(loaded)) throw new Error(formatIssues(loaded.left))
  return loaded.right
}
const short = (issues: readonly LocatedIssue[]) =>
  issues.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`)
const complaints = async (files: Readonly<Record<string, string | Uint8Array>>, options: Partial<LoadOptions> = {}) => {
  const loaded = await load(files, options)
  return short(isLeft(loaded) ? loaded.left : loaded.right.warnings)
}

describe('priority classes', () => {
  const urgent = (more: string): string =>
    `apiVersion: scheduling.k8s.io/v1\nkind: PriorityClass\nmetadata:\n  name: ${more}\n`
  const manifests = 'manifests: [m.yaml]\n'
  const named = BARE.replace('spec:\n', 'spec:\n  priorityClassName: urgent\n')
  const loading = async (text: string, timeline = '') => {
    const loaded = await load({
      's.yaml': HEAD + manifests + timeline,
      'm.yaml': text,
      'c.yaml': urgent('urgent\nvalue: 7'),
    })
    const issues = isLeft(loaded) ? loaded.left : loaded.right.warnings
    return issues.map(({ line, column, code, severity, message }) => `${line}:${column} ${code} ${severity} ${message}`)
  }

  it('refuses a pod that names one that is not there, where it does', async () => {
    const message = 'no PriorityClass with name urgent was found'
    expect(await loading(named)).toEqual([`6:22 WT121 error ${message}`])
    expect(await loading(`${named}---\n${urgent('urgent\nvalue: 7')}`)).toEqual([])
  })

  it('warns of a workload whose pods will be refused, unless the timeline brings the class', async () => {
    const web = WEB.replace('      containers', '      priorityClassName: urgent\n      containers')
    expect(await loading(web)).toEqual(['12:26 WT121 warning no PriorityClass with name urgent was found'])
    expect(await loading(web, 'timeline: [{at: 1m, kubectl: apply -f c.yaml}]\n')).toEqual([])
  })

  it('refuses a number that is not that of the class', async () => {
    const wrong = named.replace('priorityClassName: urgent', 'priority: 3')
    expect((await loading(wrong))[0]).toMatch(
      /^6:3 WT107 error the integer value of priority \(3\) must not be provided/,
    )
  })

  it('refuses a second default', async () => {
    const two = ['a', 'b'].map((name) => urgent(`${name}\nvalue: 7\nglobalDefault: true`)).join('---\n')
    expect(await loading(two)).toEqual([
      '13:16 WT029 error PriorityClass a is already marked as default. Only one default can exist',
    ])
  })

  it('loads the classes of the system as kubectl prints them', async () => {
    const system = urgent('system-node-critical\nvalue: 2000001000')
    expect(await loading(system)).toEqual([])
  })
})

describe('a scenario', () => {
  it('is complete with defaults when it says the least', async () => {
    const { scenario, warnings } = await scenarioOf({ 's.yaml': HEAD })
    expect(warnings).toEqual([])
    expect(scenario).toMatchObject({
      name: 'story',
      seed: 1,
      start: Date.UTC(2025, 0, 1),
      timeZone: 'UTC',
      duration: 600_000,
      objects: [],
      nodes: [],
      flags: { 'kube-controller-manager': { 'node-monitor-grace-period': 50_000, 'large-cluster-size-threshold': 50 } },
      limits: { entries: 100_000_000 },
    })
    expect(scenario.latencies.apiWrite).toEqual({ lognormal: { median: 5, sigma: 0.6 } })
    expect(scenario.latencies.imagePullRate).toEqual({ lognormal: { median: 40_000_000, sigma: 0.5 } })
  })

  it('is plain data', async () => {
    const { scenario } = await scenarioOf({ 's.yaml': `${HEAD}${NODES}manifests: [web.yaml]\n`, 'web.yaml': WEB })
    expect(JSON.parse(JSON.stringify(scenario))).toEqual(scenario)
  })

  it('takes files, folders, globs and objects as they are', async () => {
    const inline = '- apiVersion: v1\n  kind: Namespace\n  metadata: {name: shop}\n'
    const { scenario } = await scenarioOf({
      's.yaml': `${HEAD}manifests:\n- web.yaml\n- pods\n- "deep/**/*.json"\n${inline}nodes:\n- manifests: ./nodes/*.yaml\n`,
      'web.yaml': WEB,
      'pods/bare.yml': BARE,
      'pods/README.md': 'no manifest',
      'pods/inner/other.yaml': BARE.replace('bare', 'other'),
      'deep/a/b/cm.json':
        '{"apiVersion":"v1","kind":"Pod","metadata":{"name":"deep"},"spec":{"containers":[{"name":"a","image":"b"}]}}',
      'nodes/n1.yaml': 'apiVersion: v1\nkind: Node\nmetadata: {name: n1}\n',
    })
    expect(scenario.objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'Namespace shop',
      'Pod bare',
      'Pod deep',
      'ReplicationController web',
    ])
    expect(scenario.nodes.map(({ metadata }) => metadata.name)).toEqual(['n1'])
  })

  it('reads a file that two patterns match once', async () => {
    const { scenario } = await scenarioOf({ 's.yaml': `${HEAD}manifests: [web.yaml, "*eb.yaml"]\n`, 'web.yaml': WEB })
    expect(scenario.objects).toHaveLength(1)
  })

  it('numbers the nodes of a pool and deals out its zones', async () => {
    const pool =
      'nodes:\n- name: node\n  count: 11\n  zones: [a, b]\n  capacity: {cpu: 8, nvidia.com/gpu: 2}\n  allocatable: {cpu: 7500m}\n  taints: [{key: k, effect: NoSchedule}]\n'
    const { scenario } = await scenarioOf({ 's.yaml': HEAD + pool })
    expect(scenario.nodes.map(({ metadata }) => metadata.name).slice(0, 3)).toEqual(['node-1', 'node-2', 'node-3'])
    expect(scenario.nodes.at(-1)).toMatchObject({
      metadata: {
        name: 'node-11',
        labels: { 'topology.kubernetes.io/zone': 'a', 'kubernetes.io/hostname': 'node-11' },
      },
      spec: { taints: [{ key: 'k', effect: 'NoSchedule' }] },
      status: {
        capacity: { cpu: '8', memory: '16Gi', pods: '110', 'ephemeral-storage': '100Gi', 'nvidia.com/gpu': '2' },
        allocatable: { cpu: '7500m', 'nvidia.com/gpu': '2' },
      },
    })
  })

  it('sorts the timeline by time and keeps the order of the file at one instant', async () => {
    const timeline =
      'timeline:\n- {at: 5m, fail: {node: node-1}}\n- {at: 1m, kubectl: cordon node-2}\n- {at: 5m, recover: {node: node-1}}\n'
    const { scenario } = await scenarioOf({ 's.yaml': HEAD + NODES + timeline })
    expect(scenario.timeline).toMatchObject([
      { at: 60_000, action: { kind: 'kubectl', command: { verb: 'cordon' } }, source: { line: 10, column: 3 } },
      { at: 300_000, action: { kind: 'fail', node: 'node-1' } },
      { at: 300_000, action: { kind: 'recover', node: 'node-1' } },
    ])
  })

  it('reads what containers do', async () => {
    const behaviors = `behaviors:
- match: {labels: "app in (web,api)", image: "*nginx:*"}
  startup: {uniform: [1s, 3s]}
  run: {for: {weibull: {scale: 1h, shape: 2}}, exitCode: 3}
  probes:
    liveness: {answers: [{fromRequest: 6, status: 500}]}
    readiness: {succeedAfter: 10s, failAfter: 1m}
    startup: {failAfter: 5s}
  memory: 200Mi
  cpu: 0.5
  onSigterm: {after: 4s}
- match: {container: main}
  onSigterm: ignore
`
    const { scenario, warnings } = await scenarioOf({
      's.yaml': `${HEAD}manifests: [web.yaml, bare.yaml]\n${behaviors}`,
      'web.yaml': WEB,
      'bare.yaml': BARE,
    })
    expect(warnings).toEqual([])
    expect(scenario.behaviors).toEqual([
      {
        match: { labels: 'app in (web,api)', image: '*nginx:*' },
        startup: { uniform: [1_000, 3_000] },
        run: { for: { weibull: { scale: 3_600_000, shape: 2 } }, exitCode: 3 },
        probes: {
          liveness: {
            by: 'requests',
            steps: [
              { from: 1, status: 200 },
              { from: 6, status: 500 },
            ],
          },
          readiness: {
            by: 'time',
            steps: [
              { from: 0, status: 503 },
              { from: 10_000, status: 200 },
              { from: 60_000, status: 500 },
            ],
          },
          startup: {
            by: 'time',
            steps: [
              { from: 0, status: 200 },
              { from: 5_000, status: 500 },
            ],
          },
        },
        memory: { since: 'container', pieces: [{ from: 0, value: 209_715_200 }] },
        cpu: { since: 'container', pieces: [{ from: 0, value: 500 }] },
        onSigterm: { exitCode: 0, after: 4_000 },
      },
      { match: { container: 'main' }, startup: { constant: 0 }, probes: {}, onSigterm: 'ignore' },
    ])
  })

  it('reads the windows of expectations', async () => {
    const expectations =
      'expect:\n- {always: a, after: 1m}\n- {eventually: b, after: 1m, within: 30s, name: soon}\n- {never: c, until: 2m}\n- {at: 3m, that: d}\n'
    const { scenario } = await scenarioOf({ 's.yaml': HEAD + expectations })
    expect(scenario.expect.map(({ source, ...rest }) => rest)).toEqual([
      { kind: 'always', expression: 'a', from: 60_000 },
      { name: 'soon', kind: 'eventually', expression: 'b', from: 60_000, to: 90_000 },
      { kind: 'never', expression: 'c', from: 0, to: 120_000 },
      { kind: 'at', expression: 'd', from: 180_000, to: 180_000 },
    ])
  })

  it('is the same whatever the order of files and documents', async () => {
    const documents = [
      WEB,
      BARE,
      WEB.replace('name: web', 'name: api'),
      'apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n',
      'apiVersion: v1\nkind: Node\nmetadata: {name: n2}\n',
      'apiVersion: v1\nkind: Node\nmetadata: {name: n10}\n',
    ]
    const scenarioFrom = async (ordered: readonly string[], split: number) =>
      (
        await scenarioOf({
          's.yaml': `${HEAD}manifests: [all]\n`,
          'all/a.yaml': `# first\n---\n${ordered.slice(0, split).join('---\n')}`,
          'all/b.yaml': ordered.slice(split).join('---\n'),
        })
      ).scenario
    const reference = await scenarioFrom(documents, 3)
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray(documents, { minLength: documents.length }),
        fc.integer({ min: 1, max: documents.length - 1 }),
        async (ordered, split) => {
          expect(await scenarioFrom(ordered, split)).toEqual(reference)
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('bad input', () => {
  const withLines = (text: string) => ({ 's.yaml': HEAD + NODES + text, 'web.yaml': WEB, 'bare.yaml': BARE })

  // Lines 1 to 5 are the head, 6 and 7 the nodes: what is written here starts on line 8.
  it.each<[string, string[]]>([
    ['seeed: 3\n', ['s.yaml:8:1 WT010']],
    ['seed: -3\n', ['s.yaml:8:7 WT016']],
    ['seed: 1.5\n', ['s.yaml:8:7 WT016']],
    ['seed: many\n', ['s.yaml:8:7 WT012']],
    ['start: 2025-01-01T00:00:00\n', ['s.yaml:8:8 WT019']],
    ['start: 2025-04-31T00:00:00Z\n', ['s.yaml:8:8 WT019']],
    ['timeZone: Europe/ Paris\n', ['s.yaml:8:11 WT019']],
    ['manifests: web.yaml\n', ['s.yaml:8:12 WT012']],
    ['manifests: [https://example.com/a.yaml]\n', ['s.yaml:8:13 WT004']],
    ['manifests: [wep.yaml]\n', ['s.yaml:8:13 WT004']],
    ['manifests: ["*.json"]\n', ['s.yaml:8:13 WT023']],
    ['manifests: [{kind: Pod}]\n', ['s.yaml:8:13 WT103']],
    [
      'manifests: [{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, imag: b}]}}]\n',
      ['s.yaml:8:82 WT103', 's.yaml:8:92 WT101'],
    ],
    ['behaviors:\n- startup: 5\n', ['s.yaml:9:12 WT014']],
    ['behaviors:\n- run: {exitCode: 1}\n', ['s.yaml:9:8 WT011']],
    ['behaviors:\n- run: {for: 1s, exitCode: 300}\n', ['s.yaml:9:28 WT016']],
    ['behaviors:\n- memory: 16gb\n', ['s.yaml:9:11 WT015']],
    ['behaviors:\n- memory: -1\n', ['s.yaml:9:11 WT015']],
    ['behaviors:\n- onSigterm: sleep\n', ['s.yaml:9:14 WT012']],
    ['behaviors:\n- match: {labels: "a in (b"}\n', ['s.yaml:9:19 WT012']],
    ['behaviors:\n- match: {owner: web}\n', ['s.yaml:9:18 WT012']],
    ['behaviors:\n- probes: {readiness: {}}\n', ['s.yaml:9:23 WT022']],
    [
      'behaviors:\n- probes: {readiness: {answers: [{after: 1s, status: 200}, {fromRequest: 2, status: 200}]}}\n',
      ['s.yaml:9:60 WT022'],
    ],
    [
      'behaviors:\n- probes: {readiness: {answers: [{after: 2s, status: 200}, {after: 1s, status: 99}]}}\n',
      ['s.yaml:9:80 WT016'],
    ],
    ['latencies: {watch: -5ms}\n', ['s.yaml:8:20 WT014']],
    ['latencies: {watch: {lognormal: {median: 0s, sigma: 1}}}\n', ['s.yaml:8:41 WT018']],
    ['latencies: {watch: {normal: {mean: 1s}}}\n', ['s.yaml:8:20 WT018']],
    ['latencies: {watch: {uniform: [2s, 1s]}}\n', ['s.yaml:8:30 WT018']],
    ['latencies: {watch: {constant: 1s, uniform: [1s, 2s]}}\n', ['s.yaml:8:20 WT022']],
    ['latencies: {wach: 1s}\n', ['s.yaml:8:13 WT010']],
    ['images: {sizes: {nginx: big}}\n', ['s.yaml:8:25 WT015']],
    ['flags: {kube-controller-manger: {}}\n', ['s.yaml:8:9 WT028']],
    ['flags: {kube-controller-manager: {node-monitor-grace-period: 50}}\n', ['s.yaml:8:62 WT014']],
    ['flags: {kube-controller-manager: {large-cluster-size-threshold: -1}}\n', ['s.yaml:8:65 WT016']],
    ['timeline:\n- at: 1m\n', ['s.yaml:9:3 WT022']],
    ['timeline:\n- {at: 1m, kubectl: cordon node-1, fail: {node: node-1}}\n', ['s.yaml:9:42 WT022']],
    ['timeline:\n- {at: 1m, fail: {node: node-3}}\n', ['s.yaml:9:25 WT025']],
    ['timeline:\n- {at: 1m, reboot: {node: node-3}}\n', ['s.yaml:9:27 WT025']],
    ['timeline:\n- {at: 1m, shutdown: {node: node-3}}\n', ['s.yaml:9:29 WT025']],
    ['timeline:\n- {at: 1m, partition: {zone: nowhere}}\n', ['s.yaml:9:30 WT025']],
    ['timeline:\n- {at: 1m, fillDisk: {node: node-3, by: 1Gi}}\n', ['s.yaml:9:29 WT025']],
    ['timeline:\n- {at: 1m, fillDisk: {node: node-1}}\n', ['s.yaml:9:22 WT022']],
    ['timeline:\n- {at: 1m, fillDisk: {by: 1Gi}}\n', ['s.yaml:9:22 WT022']],
    ['timeline:\n- {at: 1m, fillDisk: {node: node-1, by: -1}}\n', ['s.yaml:9:41 WT015']],
    ['timeline:\n- {at: 1m, fillDisk: {node: node-1, by: 1Gi, disk: tmpfs}}\n', ['s.yaml:9:52 WT017']],
    ['timeline:\n- {at: 1m, fillDisk: {node: node-1, by: 1Gi, for: -5s}}\n', ['s.yaml:9:51 WT014']],
    ['timeline:\n- {at: 1m, freeDisk: {node: node-1, by: 1Gi}}\n', ['s.yaml:9:37 WT010']],
    ['timeline:\n- {at: 1m, slowDisk: {node: node-1, by: 0.5}}\n', ['s.yaml:9:41 WT016']],
    ['timeline:\n- {at: 1m, mendDisk: {zone: nowhere}}\n', ['s.yaml:9:29 WT025']],
    ['behaviors:\n- {disk: {leak: {rise: 0, every: 1s}}}\n', ['s.yaml:9:24 WT016']],
    ['behaviors:\n- {processes: many}\n', ['s.yaml:9:15 WT015']],
    ['behaviors:\n- {logs: {shared: 1Gi}}\n', ['s.yaml:9:10 WT042']],
    ['behaviors:\n- {volumes: {cache: -1}}\n', ['s.yaml:9:21 WT015']],
    ['timeline:\n- {at: 1m, freeze: {selector: disk=ssd}}\n', ['s.yaml:9:31 WT025']],
    ['timeline:\n- {at: 1m, freeze: {selector: "a in b"}}\n', ['s.yaml:9:31 WT012']],
    ['timeline:\n- {at: 1m, heal: {node: node-1, zone: a}}\n', ['s.yaml:9:39 WT022']],
    ['timeline:\n- {at: 1m, stopKubelet: {for: 1m}}\n', ['s.yaml:9:25 WT022']],
    ['timeline:\n- {at: 1m, fail: {node: node-1, for: 0s}}\n', ['s.yaml:9:38 WT014']],
    ['timeline:\n- {at: 1m, recover: {node: node-1, for: 1m}}\n', ['s.yaml:9:36 WT010']],
    ['timeline:\n- {at: 1m, fail: {zone: a}}\n', ['s.yaml:9:25 WT025']],
    ['timeline:\n- {at: 1m, upgrade: {pool: nowhere}}\n', ['s.yaml:9:28 WT025']],
    ['timeline:\n- {at: 1m, upgrade: {selector: pool=spot}}\n', ['s.yaml:9:32 WT025']],
    ['timeline:\n- {at: 1m, upgrade: {takes: 1m}}\n', ['s.yaml:9:21 WT022']],
    ['timeline:\n- {at: 1m, upgrade: {node: node-1, takes: -1m}}\n', ['s.yaml:9:43 WT014']],
    ['timeline:\n- {at: 1m, upgrade: {node: node-1, maxUnavailable: 0}}\n', ['s.yaml:9:52 WT016']],
    ['timeline:\n- {at: 1m, upgrade: {node: node-1, kubeletVersion: "1.35"}}\n', ['s.yaml:9:52 WT012']],
    ['timeline:\n- {at: 1m, upgrade: {node: node-1, whenBlocked: wait}}\n', ['s.yaml:9:49 WT017']],
    ['timeline:\n- {at: 1m, upgrade: {node: node-1, drain: {timeout: 0s}}}\n', ['s.yaml:9:53 WT014']],
    ['timeline:\n- {at: 1m, upgrade: {node: node-1, drain: {podSelector: "a in b"}}}\n', ['s.yaml:9:57 WT012']],
    ['timeline:\n- {at: 1m, upgrade: {node: node-1, for: 1m}}\n', ['s.yaml:9:36 WT010']],
    ['timeline:\n- {at: 1m, stopController: {controller: kube-schedular}}\n', ['s.yaml:9:41 WT017']],
    ['timeline:\n- {at: 1m, stopController: {}}\n', ['s.yaml:9:28 WT011']],
    ['timeline:\n- {at: 1m, stopController: {controller: kube-scheduler, for: -5m}}\n', ['s.yaml:9:62 WT014']],
    ['timeline:\n- {at: 1m, startController: {controller: kube-scheduler, for: 5m}}\n', ['s.yaml:9:58 WT010']],
    ['timeline:\n- {at: 1m, stopApiServer: {for: 0s}}\n', ['s.yaml:9:33 WT014']],
    ['timeline:\n- {at: 1m, stopApiServer: {by: 3}}\n', ['s.yaml:9:28 WT010']],
    ['timeline:\n- {at: 1m, slowApiServer: {by: 0.5}}\n', ['s.yaml:9:32 WT016']],
    [
      'timeline:\n- {at: 1m, stopController: {controller: kube-scheduler, for: 5m}}\n- {at: 3m, stopController: {controller: kube-scheduler}}\n',
      ['s.yaml:10:28 WT053'],
    ],
    [
      'timeline:\n- {at: 3m, stopController: {controller: job-controller}}\n- {at: 1m, stopController: {controller: kube-controller-manager}}\n- {at: 2m, startController: {controller: kube-scheduler}}\n',
      ['s.yaml:9:28 WT053'],
    ],
    ['timeline:\n- {at: 1m, stopApiServer: {}}\n- {at: 2m, stopApiServer: {}}\n', ['s.yaml:10:27 WT053']],
    ['timeline:\n- {at: 1m, slowApiServer: {for: 2m}}\n- {at: 2m, slowApiServer: {by: 3}}\n', ['s.yaml:10:27 WT053']],
    ['timeline:\n- at: 1m\n  kubectl: scale rc web\n', ['s.yaml:10:24 WT032']],
    [
      'timeline:\n- at: 1m\n  kubectl: >-\n    scale rc web\n    --replica=3\n',
      ['s.yaml:12:5 WT031', 's.yaml:12:16 WT032'],
    ],
    ['timeline:\n- at: 11m\n  kubectl: cordon node-1\n', ['s.yaml:9:7 WT026']],
    ['timeline:\n- at: 1m\n  kubectl: cordon node-7\n', ['s.yaml:10:12 WT036']],
    ['expect:\n- {name: x}\n', ['s.yaml:9:3 WT022']],
    ['expect:\n- {always: a, never: b}\n', ['s.yaml:9:22 WT022']],
    ['expect:\n- {that: a}\n', ['s.yaml:9:3 WT011']],
    ['expect:\n- {always: a, at: 1m}\n', ['s.yaml:9:19 WT029']],
    ['expect:\n- {always: a, after: 3m, until: 2m}\n', ['s.yaml:9:33 WT029']],
    ['expect:\n- {at: 11m, that: a}\n', ['s.yaml:9:8 WT026']],
    ['expect:\n- {always: a, name: x}\n- {never: b, name: x}\n', ['s.yaml:10:20 WT021']],
    ['limits: {entries: 0}\n', ['s.yaml:8:19 WT016']],
    ['behaviors:\n- match: {image: "nginx:*"}\n', ['s.yaml:9:10 WT024']],
    ['seed: 1\nseed: 2\n', ['s.yaml:9:1 WT002']],
  ])('is named with its place: %j', async (text, expected) => {
    expect(await complaints(withLines(text))).toEqual(expected)
  })

  it.each<[string, string[]]>([
    ['- {name: node, count: -3}\n', ['s.yaml:7:23 WT016']],
    ['- {name: Node, count: 3}\n', ['s.yaml:7:10 WT020']],
    ['- {name: n, count: 3}\n', ['s.yaml:7:10 WT012']],
    ['- {count: 3}\n', ['s.yaml:7:3 WT011']],
    ['- {name: a, count: 1}\n- {name: a, count: 1}\n', ['s.yaml:8:10 WT021']],
    ['- {name: a, count: 1, allocatable: {memory: 17Gi}}\n', ['s.yaml:7:45 WT029']],
    ['- {name: a, count: 1, kubelet: {maxPods: -1}}\n', ['s.yaml:7:42 WT016']],
    ['- {name: a, count: 1, kubelet: {maxPod: 1}}\n', ['s.yaml:7:33 WT028']],
    ['- {name: a, count: 1, kubelet: {kubeReserved: {cores: 1}}}\n', ['s.yaml:7:55 WT017']],
    ['- {name: a, count: 1, kubelet: {evictionHard: {memory.available: 101%}}}\n', ['s.yaml:7:66 WT016']],
    ['- {name: a, count: 1, kubelet: {shutdownGracePeriodCriticalPods: 5s}}\n', ['s.yaml:7:66 WT029']],
    ['- {name: a, count: 1, kubelet: {evictionSoft: {memory.available: 1Gi}}}\n', ['s.yaml:7:47 WT029']],
    ['- {name: a, count: 1, kubelet: {evictionHard: {containerfs.available: 5%}}}\n', ['s.yaml:7:71 WT017']],
    ['- {name: a, count: 1, kubelet: {imageGCHighThresholdPercent: 101}}\n', ['s.yaml:7:62 WT029']],
    ['- {name: a, count: 1, kubelet: {imageGCLowThresholdPercent: 90}}\n', ['s.yaml:7:61 WT029']],
    ['- {name: a, count: 1, kubelet: {imageGCHighThresholdPercent: 70}}\n', ['s.yaml:7:62 WT029']],
    ['- {name: a, count: 1, kubelet: {imageMaximumGCAge: 1m}}\n', ['s.yaml:7:52 WT029']],
    ['- {name: a, count: 1, kubelet: {containerLogMaxFiles: 1}}\n', ['s.yaml:7:55 WT016']],
    ['- {name: a, count: 1, disks: {containerfs: nodefs}}\n', ['s.yaml:7:44 WT029']],
    ['- {name: a, count: 1, disks: {imagefsInodes: 10k}}\n', ['s.yaml:7:46 WT029']],
    ['- {name: a, count: 1, disks: {rootfs: 1Gi}}\n', ['s.yaml:7:31 WT010']],
    ['- {name: a, count: 1, pids: 0}\n', ['s.yaml:7:29 WT016']],
    ['- {name: a, count: 1, taints: [{key: a, effect: NoShedule}]}\n', ['s.yaml:7:49 WT017']],
    ['- {name: a, count: 1, labels: {"a b": c}}\n', ['s.yaml:7:31 WT110']],
    ['- nodes/\n', ['s.yaml:7:3 WT012']],
  ])('in nodes is named with its place: %j', async (text, expected) => {
    expect(await complaints({ 's.yaml': `${HEAD}nodes:\n${text}` })).toEqual(expected)
  })

  it('is named all at once, in every file, sorted by file and place', async () => {
    const loaded = await load({
      's.yaml': `${HEAD}sed: 1\nmanifests: [web.yaml, gone.yaml, dup.yaml]\nbehaviors:\n- {startup: 5, rum: {}}\n- {cpu: lots}\n`,
      'web.yaml': WEB.replace('image:', 'imag:').replace('replicas: 2', 'replicas: "2"'),
      'dup.yaml': `${BARE}---\n${BARE}---\n{`,
    })
    expect(isLeft(loaded) && formatIssues(loaded.left)).toMatchInlineSnapshot(`
      "dup.yaml:12:9 error WT021 metadata.name: Pod default/bare is there twice
          the first is at dup.yaml:4:9
      dup.yaml:17:2 error WT001 unexpected end of the stream within a flow collection
      s.yaml:6:1 error WT010 sed: unknown field \`sed\`
          did you mean \`seed\`?
      s.yaml:7:23 error WT004 manifests[1]: gone.yaml: no such file or folder
      s.yaml:9:13 error WT014 behaviors[0].startup: expected a duration, found the number 5
          a duration needs a unit: did you mean \`5s\`?
      s.yaml:9:16 error WT010 behaviors[0].rum: unknown field \`rum\`
          did you mean \`run\`?
      s.yaml:10:9 error WT015 behaviors[1].cpu: "lots": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'
          such as \`500m\` or \`0.5\` CPU, \`128Mi\` or \`1G\` of memory
      web.yaml:6:13 error WT102 spec.replicas: Invalid value: "2": expected a whole number, got text
          remove the quotes: \`2\`
      web.yaml:13:9 error WT103 spec.template.spec.containers[0].image: Required value
      web.yaml:14:9 error WT101 unknown field "spec.template.spec.containers[0].imag"
          did you mean \`image\`?
      10 errors, 0 warnings
      "
    `)
  })

  it('explains a file that is no scenario', async () => {
    const loaded = await load({ 's.yaml': WEB })
    expect(isLeft(loaded) && short(loaded.left)).toEqual(['s.yaml:2:7 WT013'])
    expect(isLeft(loaded) && loaded.left[0]?.hint).toContain('`manifests`')
    expect(await complaints({ 's.yaml': '- a\n- b\n' })).toEqual(['s.yaml:1:1 WT013'])
    expect(await complaints({ 's.yaml': `${HEAD}---\n${BARE}` })).toEqual(['s.yaml:7:1 WT013'])
    expect(await complaints({ 's.yaml': HEAD.replace('v1alpha1', 'v2') })).toEqual(['s.yaml:1:13 WT017'])
  })

  it('is found in files that cannot be read', async () => {
    const s = (path: string) => ({ 's.yaml': `${HEAD}manifests: [${path}]\n` })
    expect(await complaints({})).toEqual(['s.yaml:1:1 WT004'])
    expect(await complaints({ 's.yaml': '# nothing\n' })).toEqual(['s.yaml:1:1 WT008'])
    expect(await complaints({ ...s('a.yaml'), 'a.yaml': '' })).toEqual(['a.yaml:1:1 WT008'])
    expect(await complaints({ ...s('a.yaml'), 'a.yaml': new Uint8Array([0x50, 0x4b, 0, 3]) })).toEqual([
      'a.yaml:1:1 WT007',
    ])
    expect(await complaints({ ...s('a.yaml'), 'a.yaml': new Uint8Array([0x61, 0xff, 0xfe]) })).toEqual([
      'a.yaml:1:1 WT007',
    ])
    expect(await complaints({ ...s('folder'), 'folder/a.txt': 'x' })).toEqual(['s.yaml:6:13 WT023'])
  })

  it('is refused before it is read when it is huge', async () => {
    const files: FileReader = {
      ...memoryFiles({ 's.yaml': `${HEAD}manifests: [big.yaml]\n` }),
      status: async (path) =>
        path === 'big.yaml' ? { kind: 'file', bytes: 100_000_000 } : { kind: 'file', bytes: 100 },
      read: async (path) => {
        if (path === 'big.yaml') throw new Error('read although it is too large')
        return new TextEncoder().encode(`${HEAD}manifests: [big.yaml]\n`)
      },
    }
    const loaded = await loadScenario('s.yaml', { files, flags })
    expect(isLeft(loaded) && loaded.left).toMatchObject([{ file: 'big.yaml', code: 'WT006' }])
    expect(FILE_BYTES_MAX).toBeLessThan(100_000_000)
  })

  it('names the place within an expression', async () => {
    const checkExpression = (text: string) => {
      const offset = text.indexOf('(>')
      return offset < 0 ? undefined : { message: 'unexpected `>`', offset: offset + 1 }
    }
    const files = {
      's.yaml': `${HEAD}expect:\n- always: size(>0\n- always: "size(>0"\n- always: |\n    a &&\n    size(>0\n`,
    }
    expect(await complaints(files, { checkExpression })).toEqual([
      's.yaml:7:16 WT040',
      's.yaml:8:17 WT040',
      's.yaml:11:10 WT040',
    ])
  })

  it('in names of time zones is found by whoever knows them', async () => {
    const files = { 's.yaml': `${HEAD}timeZone: Europe/Pariss\n` }
    expect(await complaints(files)).toEqual([])
    expect(await complaints(files, { isTimeZone: (name) => name === 'UTC' })).toEqual(['s.yaml:6:11 WT019'])
  })

  it('are Services that want what another has', async () => {
    const service = (name: string, rest: string) =>
      `---\napiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec:\n  type: NodePort\n${rest}`
    const files = {
      's.yaml': `${HEAD}manifests: [w.yaml]\n`,
      'w.yaml':
        service('a', '  ports:\n  - {port: 80, nodePort: 30080}\n') +
        service('b', '  clusterIP: 192.168.0.1\n  ports:\n  - {port: 80}\n') +
        service('c', '  ports:\n  - {port: 80, nodePort: 30080}\n'),
    }
    expect(await complaints(files)).toEqual(['w.yaml:15:14 WT104', 'w.yaml:25:26 WT104'])
  })

  it('stays quiet about what it may not have seen', async () => {
    const timeline =
      'timeline:\n- {at: 1m, fail: {node: n1}}\n- {at: 1m, kubectl: cordon n1}\nbehaviors:\n- match: {container: x}\n'
    expect(await complaints({ 's.yaml': `${HEAD}manifests: [gone.yaml]\n${timeline}` })).toEqual(['s.yaml:6:13 WT004'])
  })
})

describe('warnings', () => {
  it('say once for each kind what is not simulated', async () => {
    const cm = (name: string) => `---\napiVersion: example.com/v1\nkind: Widget\nmetadata: {name: ${name}}\n`
    const { warnings, scenario } = await scenarioOf({
      's.yaml': `${HEAD}manifests: [w.yaml]\n`,
      'w.yaml': cm('a') + cm('b'),
    })
    expect(short(warnings)).toEqual(['w.yaml:3:7 WT027'])
    expect(scenario.objects).toHaveLength(2)
  })

  it('say which behaviour came first', async () => {
    const behaviors = 'behaviors:\n- {name: all}\n- match: {image: "nginx*"}\n'
    const { warnings } = await scenarioOf({ 's.yaml': `${HEAD}manifests: [web.yaml]\n${behaviors}`, 'web.yaml': WEB })
    expect(warnings).toMatchObject([{ code: 'WT024', line: 9, hint: 'behaviour all comes first and takes them' }])
  })

  it('count the images that a command will set', async () => {
    const timeline = 'timeline:\n- at: 1m\n  kubectl: set image rc/web web=web:2\n'
    const warnings = async (image: string) => {
      const text = `${HEAD}manifests: [web.yaml]\nbehaviors:\n- match: {image: "${image}"}\n${timeline}`
      return (await scenarioOf({ 's.yaml': text, 'web.yaml': WEB })).warnings
    }
    expect(await warnings('web:2')).toEqual([])
    expect(await warnings('web:3')).toMatchObject([{ code: 'WT024' }])
  })

  it('say that a command has nothing to act on, unless a controller may make it', async () => {
    const timeline = (line: string) => `timeline:\n- at: 1m\n  kubectl: ${line}\n`
    const warnings = async (line: string) =>
      (await scenarioOf({ 's.yaml': `${HEAD}manifests: [web.yaml]\n${timeline(line)}`, 'web.yaml': WEB })).warnings
    expect(await warnings('scale rc wep --replicas=1')).toMatchObject([{ code: 'WT036', hint: 'did you mean `web`?' }])
    expect(await warnings('scale rc web -n shop --replicas=1')).toMatchObject([
      { code: 'WT036', hint: 'there is one in another namespace: `-n default`' },
    ])
    expect(await warnings('scale rc web --replicas=1')).toEqual([])
    expect(await warnings('delete pod web-x2k4q')).toEqual([])
  })

  it('do not count objects that an earlier command brings', async () => {
    const { scenario, warnings } = await scenarioOf({
      's.yaml': `${HEAD}timeline:\n- {at: 1m, kubectl: create -f later/web.yaml}\n- {at: 2m, kubectl: scale rc web --replicas=5}\n`,
      'later/web.yaml': WEB,
    })
    expect(warnings).toEqual([])
    expect(scenario.timeline[0]?.action).toMatchObject({
      command: { verb: 'create', manifests: [{ metadata: { name: 'web' } }] },
    })
  })
})

describe('anything at all', () => {
  it('is loaded or refused, never thrown at', async () => {
    const keys = fc.constantFrom(
      'apiVersion',
      'kind',
      'metadata',
      'name',
      'duration',
      'manifests',
      'nodes',
      'behaviors',
      'match',
      'probes',
      'answers',
      'timeline',
      'at',
      'kubectl',
      'fail',
      'expect',
      'always',
      'latencies',
      'watch',
      'uniform',
      'flags',
      '__proto__',
      'constructor',
    )
    const leaves = fc.oneof(
      fc.constantFrom('1m', 'Scenario', 'wavetank.dev/v1alpha1', 'scale rc a --replicas=1', 'Pod', 'v1', '*', ''),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.double(),
    )
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        leaves,
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(keys, tie('tree'), { maxKeys: 8 }),
      ),
    }))
    await fc.assert(
      fc.asyncProperty(fc.dictionary(keys, tree, { maxKeys: 12 }), fc.boolean(), async (json, headed) => {
        const text = JSON.stringify(
          headed
            ? {
                ...json,
                apiVersion: 'wavetank.dev/v1alpha1',
                kind: 'Scenario',
                metadata: { name: 'a' },
                duration: '1m',
              }
            : json,
        )
        const loaded = await load({ 's.yaml': text })
        if (isRight(loaded)) expect(loaded.right.scenario.name).toBe('a')
        else expect(loaded.left.some(({ severity }) => severity === 'error')).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })
})

import { existsSync, readFileSync, truncateSync } from 'node:fs'
import { afterAll, expect, it } from 'vitest'
import { createFolder, smallScenario } from './folder.ts'

const folder = createFolder()
const { wavetank, write, path } = folder
afterAll(folder.remove)

const complaints = async (name: string): Promise<string> => {
  const { code, out, err } = await wavetank('validate', path(name))
  expect([code, out]).toEqual([2, ''])
  return err
}

it('names every problem of every file at once, each with its place, code, path and hint', async () => {
  write(
    'app/web.yaml',
    `apiVersion: apps/v1
kind: ReplicaSet
metadata: { name: web }
spec:
  replica: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: wep } }
    spec:
      containers:
        - name: web
          image: example/web:1
          resources: { requests: { cpu: 1 core } }
---
apiVersion: v1
kind: Pod
metadata: { name: Web_1 }
spec: { containers: [] }
`,
  )
  write('app/broken.yaml', 'kind: Pod\n\tmetadata: {}\n')
  write(
    'scenario.yaml',
    `apiVersion: wavetank.dev/v1alpha1
kind: Scenario
metadata: { name: bad }
duration: 10
seed: -1
manifest: [app/]
manifests: [app/, nowhere/, "*.none"]
nodes:
  - { name: worker, count: -3, capacity: { cpu: "4", memory: 8Gi } }
  - { name: worker, capacity: { cpu: four, memory: 8Gi } }
timeline:
  - at: 5m
    kubectl: scale rs web --replicas=many
  - at: 5
    kubectl: frobnicate web
expect:
  - name: syntax
    always: pods.size( == 2
`,
  )
  expect(await complaints('scenario.yaml')).toMatchInlineSnapshot(`
    "app/broken.yaml:2:1 error WT001 tab characters must not be used in indentation
        indent with spaces
    app/web.yaml:5:3 error WT101 unknown field "spec.replica"
        did you mean \`replicas\`?
    app/web.yaml:8:25 error WT112 spec.template.metadata.labels: Invalid value: {"app":"wep"}: \`selector\` does not match template \`labels\`
    app/web.yaml:13:41 error WT114 spec.template.spec.containers[0].resources.requests[cpu]: Invalid value: "1 core": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'
    app/web.yaml:17:19 error WT109 metadata.name: Invalid value: "Web_1": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
    app/web.yaml:18:21 error WT103 spec.containers: Required value
    scenario.yaml:4:11 error WT014 duration: expected a duration, found the number 10
        a duration needs a unit: did you mean \`10s\`?
    scenario.yaml:5:7 error WT016 seed: must be 0 or more, found -1
    scenario.yaml:6:1 error WT010 manifest: unknown field \`manifest\`
        did you mean \`manifests\`?
    scenario.yaml:7:19 error WT004 manifests[1]: nowhere: no such file or folder
    scenario.yaml:7:29 error WT023 manifests[2]: *.none matches no file
    scenario.yaml:9:28 error WT016 nodes[0].count: must be between 0 and 100000, found -3
    scenario.yaml:10:5 error WT011 nodes[1]: \`count\` is missing
        How many nodes.
    scenario.yaml:10:38 error WT015 nodes[1].capacity.cpu: "four": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'
        such as \`500m\` or \`0.5\` CPU, \`128Mi\` or \`1G\` of memory
    scenario.yaml:13:38 error WT034 timeline[0].kubectl: invalid argument "many" for "--replicas" flag: expected a whole number
    scenario.yaml:14:9 error WT014 timeline[1].at: expected a duration, found the number 5
        a duration needs a unit: did you mean \`5s\`?
    scenario.yaml:18:24 error WT040 expect[0].always: Unexpected token: \`eq\`
    17 errors, 0 warnings
    "
  `)
})

it.each([
  ['a file that is missing', 'nowhere.yaml', undefined, 'nowhere.yaml:1:1 error WT004'],
  ['a folder', 'folder', undefined, 'WT004'],
  ['a file with nothing in it', 'empty.yaml', '', 'empty.yaml:1:1 error WT008'],
  ['a file that is not text', 'binary.yaml', new Uint8Array([0x1f, 0x8b, 8, 0, 0]), 'binary.yaml:1:1 error WT007'],
  [
    'another kind',
    'pod.yaml',
    'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n',
    'pod.yaml:2:7 error WT013 kind: this is a Pod, not a scenario',
  ],
  ['a field that is there twice', 'twice.yaml', `${smallScenario()}seed: 1\nseed: 2\n`, 'twice.yaml:12:1 error WT002'],
  ['a tab', 'tab.yaml', 'a:\n\tb: 1\n', 'tab.yaml:2:1 error WT001'],
])('refuses %s', async (_, name, content, said) => {
  if (content !== undefined) write(name, content)
  expect(await complaints(name)).toContain(said)
})

/** What Linux counts: bytes that this process has read, from caches too. */
const COUNTERS = '/proc/self/io'
const bytesRead = (): number => Number(/rchar: (\d+)/.exec(readFileSync(COUNTERS, 'utf8'))?.[1])

it.skipIf(!existsSync(COUNTERS))('refuses a large file without reading it', async () => {
  truncateSync(write('big.yaml', ''), 1024 ** 3)
  const before = bytesRead()
  expect(await complaints('big.yaml')).toContain('big.yaml:1:1 error WT006 big.yaml has 1024 MiB')
  expect(bytesRead() - before).toBeLessThan(1024 ** 3)
})

it('refuses aliases that expand to billions of values, before they do', async () => {
  const levels = Array.from({ length: 12 }, (_, i) => {
    const item = i === 0 ? 'x' : `*a${i - 1}`
    return `  a${i}: &a${i} [${Array.from({ length: 10 }, () => item).join(', ')}]`
  })
  write('bomb.yaml', smallScenario(`bomb:\n${levels.join('\n')}\n`))
  expect(await complaints('bomb.yaml')).toContain('error WT003 aliases repeat more than 100000 values')
})

it('reports a kind that is not simulated once, and goes on', async () => {
  const ingress = (name: string): string =>
    `  - { apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: { name: ${name} }, spec: {} }\n`
  const { code, err } = await wavetank('validate', write('inert.yaml', smallScenario(ingress('a') + ingress('b'))))
  expect(code).toBe(0)
  expect(err.match(/WT027/g)).toHaveLength(1)
})

it('keeps everything that kubectl prints', async () => {
  const printed = `apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Pod
    metadata:
      name: printed
      namespace: default
      uid: 0b7e0f38-6f33-4d4c-9a53-1f5be6f6a8a1
      resourceVersion: "1234"
      creationTimestamp: "2024-01-01T00:00:00Z"
      managedFields: [{ manager: kubectl, operation: Update, apiVersion: v1, fieldsType: FieldsV1, fieldsV1: {} }]
    spec: { containers: [{ name: a, image: "example/a:1" }], nodeName: worker-1 }
    status: { phase: Running, podIP: 10.0.0.9, conditions: [{ type: Ready, status: "True" }] }
`
  write('printed.yaml', printed)
  const text = smallScenario().replace('manifests:', 'manifests:\n  - printed.yaml')
  expect(await wavetank('validate', write('prints.yaml', text))).toMatchObject({ code: 0, err: '' })
})

it('names every problem of a KubeSchedulerConfiguration in its own file, unsupported fields by their names', async () => {
  write(
    'scheduler.yaml',
    `apiVersion: kubescheduler.config.k8s.io/v1
kind: KubeSchedulerConfiguration
percentageOfNodesToScore: 101
extenders:
  - urlPrefix: http://10.0.0.1/
profiles:
  - schedulerName: packing
    pluginConfg: []
    plugins:
      score:
        enabled:
          - { name: RequestedToCapacity, weight: 3 }
    pluginConfig:
      - name: NodeResourcesFit
        args:
          scoringStrategy:
            type: Packed
`,
  )
  write('configured.yaml', smallScenario('schedulerConfiguration: scheduler.yaml\n'))
  expect(await complaints('configured.yaml')).toMatchInlineSnapshot(`
    "scheduler.yaml:3:27 error WT116 percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]
    scheduler.yaml:4:1 error WT107 extenders: Forbidden: extenders are not simulated
    scheduler.yaml:8:5 error WT101 unknown field "profiles[0].pluginConfg"
        did you mean \`pluginConfig\`?
    scheduler.yaml:12:21 error WT119 profiles[0].plugins.score.enabled[0].name: Not found: "RequestedToCapacity"
    scheduler.yaml:17:19 error WT105 profiles[0].pluginConfig[0].args.scoringStrategy.type: Unsupported value: "Packed": supported values: "LeastAllocated", "MostAllocated", "RequestedToCapacityRatio"
    5 errors, 0 warnings
    "
  `)
})

it('names problems of a KubeSchedulerConfiguration that stands in the scenario at their place there', async () => {
  write(
    'inline.yaml',
    smallScenario(`schedulerConfiguration:
  apiVersion: kubescheduler.config.k8s.io/v1
  kind: KubeSchedulerConfiguration
  profiles:
    - plugins: { queueSort: { disabled: [{ name: "*" }] } }
`),
  )
  expect(await complaints('inline.yaml')).toMatchInlineSnapshot(`
    "inline.yaml:15:44 error WT107 schedulerConfiguration.profiles[0].plugins.queueSort.disabled[0].name: profiles[0].plugins.queueSort.disabled[0].name: Forbidden: this extension point cannot do without its plugin
    1 error, 0 warnings
    "
  `)
})

it.each([
  ['schedulerConfiguration: nowhere.yaml', 'WT004'],
  ['schedulerConfiguration: 3', 'WT012'],
  ['schedulerConfiguration: folder/', 'a scheduler has one configuration, and folder/ is 2 files'],
  ['schedulerConfiguration: two.yaml', 'two.yaml:4:1 error WT012 a scheduler has one configuration'],
  [
    'schedulerConfiguration: list.yaml',
    'list.yaml:1:1 error WT012 expected a KubeSchedulerConfiguration, found a list',
  ],
  ['schedulerConfiguration: empty.yaml', 'WT008'],
  ['schedulerConfiguration: pod.yaml', 'kind: Unsupported value: "Pod"'],
  ['schedulerConfiguration: broken.yaml', 'broken.yaml:2:1 error WT001'],
])('refuses %s', async (line, said) => {
  const head = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n'
  write('folder/a.yaml', head)
  write('folder/b.yaml', head)
  write('two.yaml', `${head}---\n${head}`)
  write('list.yaml', '- 1\n')
  write('empty.yaml', '')
  write('pod.yaml', 'apiVersion: v1\nkind: Pod\n')
  write('broken.yaml', 'kind: Pod\n\tmetadata: {}\n')
  write('one.yaml', smallScenario(`${line}\n`))
  expect(await complaints('one.yaml')).toContain(said)
})

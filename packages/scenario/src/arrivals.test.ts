import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { memoryFiles } from './files.ts'
import { loadScenario } from './load-scenario.ts'
import { formatIssues } from './located-issue.ts'

const HEAD = `apiVersion: wavetank.dev/v1alpha1
kind: Scenario
metadata: { name: trace }
duration: 10m
nodes: [{ name: worker, count: 1 }]
`
const MANIFEST = `    manifest:
      apiVersion: v1
      kind: Pod
      metadata:
        name: \${name}
        annotations: { example.com/run: "\${for}" }
      spec:
        containers:
          - name: main
            image: busybox
            args: ["echo $\${HOME} of \${name}"]
            resources: { requests: { cpu: "\${cpu}", memory: "\${memory}" } }
`
const ARRIVALS = `arrivals:
  - csv: pods.csv
${MANIFEST}`
const TABLE = `name,at,for,cpu,memory
a,1.5,90s,100m,
b,2m,1h,1,64Mi
`

const load = (scenario: string, table: string) =>
  loadScenario('s.yaml', {
    files: memoryFiles({ 's.yaml': `${HEAD}${scenario}`, 'pods.csv': table }),
    flags: { kubelet: {} },
  })
const complaints = async (scenario: string, table: string): Promise<string> => {
  const loaded = await load(scenario, table)
  return formatIssues(isLeft(loaded) ? loaded.left : loaded.right.warnings)
}
const timelineOf = async (scenario: string, table: string) => {
  const loaded = await load(scenario, table)
  if (isLeft(loaded)) throw new Error(formatIssues(loaded.left))
  return loaded.right.scenario.timeline
}

describe('arrivals', () => {
  it('are objects that are created at their instants', async () => {
    const timeline = await timelineOf(ARRIVALS, TABLE)
    expect(timeline.map(({ at, action }) => [at, 'text' in action && action.text])).toEqual([
      [1_500, 'create -f pods.csv:2'],
      [120_000, 'create -f pods.csv:3'],
    ])
    expect(timeline.map(({ source }) => source)).toEqual([
      { file: 'pods.csv', line: 2, column: 1 },
      { file: 'pods.csv', line: 3, column: 1 },
    ])
  })

  it('have the values of their row, without the fields whose value is empty', async () => {
    const [first] = await timelineOf(ARRIVALS, TABLE)
    expect(first!.action).toMatchObject({
      command: {
        verb: 'create',
        manifests: [
          {
            metadata: { name: 'a', namespace: 'default', annotations: { 'example.com/run': '90s' } },
            // biome-ignore lint/suspicious/noTemplateCurlyInString: that is what a container gets.
            spec: { containers: [{ args: ['echo ${HOME} of a'], resources: { requests: { cpu: '100m' } } }] },
          },
        ],
      },
    })
    expect(JSON.stringify(first!.action)).not.toContain('memory')
  })

  it('can be some of the rows only', async () => {
    const timeline = await timelineOf(ARRIVALS.replace('    manifest', '    only: { cpu: 1 }\n    manifest'), TABLE)
    expect(timeline.map(({ at }) => at)).toEqual([120_000])
  })

  it('are in the order of their instants, whatever the order of the rows', async () => {
    const timeline = await timelineOf(ARRIVALS, 'name,at,for,cpu,memory\nlate,3m,1s,1,\nearly,1m,1s,1,\n')
    expect(timeline.map(({ at }) => at)).toEqual([60_000, 180_000])
  })

  it('have every problem of the table named at its place', async () => {
    const table = `name,at,for,cpu,memory
a,soon,90s,100m,
B_,1m,90s,1,
c,,1s,many,
d,1m,1s
a,2m,1s,1,
e,1m,1s,1,
e,2m,1s,1,
`
    expect(await complaints(ARRIVALS, table)).toMatchInlineSnapshot(`
      "pods.csv:2:3 error WT014 expected a duration, found "soon"
          written as \`250ms\`, \`30s\`, \`5m\` or \`1h30m\`
      pods.csv:3:1 error WT109 metadata.name: Invalid value: "B_": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')
      pods.csv:4:3 error WT041 there is no value here
      pods.csv:4:7 error WT114 spec.containers[0].resources.requests[cpu]: Invalid value: "many": quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'
      pods.csv:5:1 error WT041 the header has 5 names, this row has 3 values
      pods.csv:8:1 error WT021 Pod default/e is there twice
          the first is at pods.csv:7:1
      6 errors, 0 warnings
      "
    `)
  })

  it('have a problem of the manifest named once, at the manifest', async () => {
    expect(await complaints(ARRIVALS.replace('image:', 'imag:'), TABLE)).toMatchInlineSnapshot(`
      "s.yaml:16:13 error WT103 arrivals[0].manifest.spec.containers[0].image: spec.containers[0].image: Required value
      s.yaml:17:13 error WT101 arrivals[0].manifest.spec.containers[0].imag: unknown field "spec.containers[0].imag"
          did you mean \`image\`?
      2 errors, 0 warnings
      "
    `)
  })

  it('have columns that are not there named', async () => {
    const scenario = ARRIVALS.replace('{cpu}', '{cpus}').replace('    manifest', '    only: { phase: x }\n    manifest')
    expect(await complaints(scenario, TABLE)).toMatchInlineSnapshot(`
      "s.yaml:8:20 error WT025 arrivals[0].only.phase: the table has no column \`phase\`
          known: name, at, for, cpu, memory
      s.yaml:20:43 error WT025 arrivals[0].manifest.spec.containers[0].resources.requests.cpu: the table has no column \`cpus\`
          did you mean \`cpu\`?; \`$\${\` stands for the text \`\${\`
      2 errors, 0 warnings
      "
    `)
    expect(await complaints(ARRIVALS, 'name,when\na,1\n')).toMatchInlineSnapshot(`
      "pods.csv:1:1 error WT041 the table has no column \`at\`
          known: name, when
      s.yaml:13:41 error WT025 arrivals[0].manifest.metadata.annotations.example.com/run: the table has no column \`for\`
          known: name, when; \`$\${\` stands for the text \`\${\`
      s.yaml:19:43 error WT025 arrivals[0].manifest.spec.containers[0].resources.requests.cpu: the table has no column \`cpu\`
          known: name, when; \`$\${\` stands for the text \`\${\`
      s.yaml:19:61 error WT025 arrivals[0].manifest.spec.containers[0].resources.requests.memory: the table has no column \`memory\`
          known: name, when; \`$\${\` stands for the text \`\${\`
      4 errors, 0 warnings
      "
    `)
    expect(await complaints(ARRIVALS.replace('pods.csv', 'none.csv'), TABLE)).toMatchInlineSnapshot(`
      "s.yaml:7:10 error WT004 arrivals[0].csv: none.csv: no such file or folder
      1 error, 0 warnings
      "
    `)
  })

  it('after the end of the run are counted in one warning', async () => {
    expect(await complaints(ARRIVALS, `${TABLE}c,3h,1s,1,\nd,3h,1s,1,\n`)).toMatchInlineSnapshot(`
      "s.yaml:7:10 warning WT026 arrivals[0].csv: 2 of its 4 rows are after the end of the run, and never happen
      0 errors, 1 warning
      "
    `)
  })
})

describe('a run as long as an annotation says', () => {
  const behavior = 'behaviors: [{ run: { for: 1m, forAnnotation: example.com/run } }]\n'
  it('has to be a duration, in manifests and in tables', async () => {
    expect(await complaints(`${behavior}${ARRIVALS}`, TABLE)).toBe('0 errors, 0 warnings\n')
    expect(await complaints(`${behavior}${ARRIVALS}`, TABLE.replace('90s', '90'))).toMatchInlineSnapshot(`
      "pods.csv:2:1 error WT014 expected a duration, found "90"
          a duration needs a unit: did you mean \`90s\`?
      1 error, 0 warnings
      "
    `)
    const pod =
      'manifests:\n  - apiVersion: v1\n    kind: Pod\n    metadata: { name: p, annotations: { example.com/run: soon } }\n    spec: { containers: [{ name: c, image: i }] }\n'
    expect(await complaints(`${behavior}${pod}`, TABLE)).toMatchInlineSnapshot(`
      "s.yaml:10:58 error WT014 manifests[0].metadata.annotations.example.com/run: expected a duration, found "soon"
          written as \`250ms\`, \`30s\`, \`5m\` or \`1h30m\`
      1 error, 0 warnings
      "
    `)
  })
})

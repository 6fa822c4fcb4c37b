import { KubectlCompleted } from '@wavetank/controllers'
import { describe, expect, it } from 'vitest'
import { type SmallRun, smallRun } from './small-run.ts'

/**
 * `kubectl rollout undo|history|status` of DaemonSets and StatefulSets, which keep their past in ControllerRevisions.
 *
 * Sources are in staging/src/k8s.io/kubectl/pkg/polymorphichelpers: rollback.go, history.go, rollout_status.go.
 */

type Json = Readonly<Record<string, unknown>>

const template = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image: 'web:1' }] } }
const daemonSet = (spec: Json = {}): Json => ({
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'web', annotations: { 'kubernetes.io/change-cause': 'first' } },
  spec: { selector: { matchLabels: { app: 'web' } }, template, ...spec },
})
const statefulSet = (spec: Json = {}): Json => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'web' },
  spec: { serviceName: 'web', replicas: 2, selector: { matchLabels: { app: 'web' } }, template, ...spec },
})

type Line = readonly [at: string, kubectl: string]
const run = (manifest: Json, ...lines: readonly Line[]): SmallRun =>
  smallRun({
    nodes: [{ name: 'n', count: 2, capacity: { cpu: '8', memory: '16Gi' } }],
    manifests: [manifest],
    timeline: lines.map(([at, kubectl]) => ({ at, kubectl })),
  })

const completed = ({ of }: SmallRun) => of(KubectlCompleted).map(({ event }) => event)
const output = (played: SmallRun): readonly string[] => completed(played).at(-1)?.output ?? []
const images = ({ view }: SmallRun): readonly string[] =>
  Array.from(view.pods.values(), ({ template: { spec } }) => spec.containers[0]?.image ?? '')
const revisions = ({ view }: SmallRun): readonly (readonly [number, string])[] =>
  Array.from(
    view.controllerRevisions.values(),
    ({ revision, template: { spec } }) => [revision, spec.containers[0]?.image ?? ''] as const,
  ).sort(([a], [b]) => a - b)

const second: Line = ['1m', 'set image TYPE/web web=web:2']
const third: Line = ['3m', 'set image TYPE/web web=web:3']
const of = (type: string, ...lines: readonly Line[]): readonly Line[] =>
  lines.map(([at, line]) => [at, line.replace('TYPE', type)])

describe.each([
  ['ds', 'daemonset.apps/web', daemonSet],
  ['sts', 'statefulset.apps/web', statefulSet],
] as const)('rollout undo of %s', (type, printed, manifest) => {
  it('brings back the revision before, under a new number (Rollback)', () => {
    const played = run(manifest(), ...of(type, second, ['3m', 'rollout undo TYPE/web']))
    expect(output(played)).toEqual([`${printed} rolled back`])
    expect(images(played)).toEqual(['web:1', 'web:1'])
    expect(revisions(played)).toEqual([
      [2, 'web:2'],
      [3, 'web:1'],
    ])
  })

  it('brings back the revision named (findHistory)', () => {
    const played = run(manifest(), ...of(type, second, third, ['5m', 'rollout undo TYPE/web --to-revision=1']))
    expect(images(played)).toEqual(['web:1', 'web:1'])
    expect(revisions(played)).toEqual([
      [2, 'web:2'],
      [3, 'web:3'],
      [4, 'web:1'],
    ])
  })

  it('twice is back and forth', () => {
    const twice = of(type, second, ['3m', 'rollout undo TYPE/web'], ['5m', 'rollout undo TYPE/web'])
    expect(images(run(manifest(), ...twice))).toEqual(['web:2', 'web:2'])
  })

  it.each([
    ['rollout undo TYPE/web --to-revision=1', 'skipped rollback (current template already matches revision 1)', 0],
    ['rollout undo TYPE/web', 'error: no last revision to roll back to', 1],
    ['rollout undo TYPE/web --to-revision=7', 'error: unable to find specified revision 7 in history', 1],
  ])('of a set that never changed: %s', (line, said, exitCode) => {
    const played = run(manifest(), ...of(type, ['2m', line]))
    expect(completed(played).at(-1)).toMatchObject({
      exitCode,
      output: [exitCode === 0 ? `${printed} ${said}` : said],
    })
    expect(images(played)).toEqual(['web:1', 'web:1'])
  })
})

describe('rollout history', () => {
  it('of a DaemonSet has the causes that its revisions took over (ViewHistory)', () => {
    const lines = of('ds', ['30s', 'annotate ds/web kubernetes.io/change-cause=second'], second, [
      '3m',
      'rollout history ds/web',
    ])
    expect(output(run(daemonSet(), ...lines))).toEqual([
      'daemonset.apps/web ',
      'REVISION  CHANGE-CAUSE',
      '1         first',
      '2         second',
      '',
    ])
  })

  it('of a StatefulSet', () => {
    expect(output(run(statefulSet(), ...of('sts', second, ['3m', 'rollout history sts web'])))).toEqual([
      'statefulset.apps/web ',
      'REVISION  CHANGE-CAUSE',
      '1         <none>',
      '2         <none>',
      '',
    ])
  })

  it('of a set that no controller has seen yet', () => {
    const played = smallRun({
      files: { 'web.yaml': statefulSet() },
      timeline: [
        { at: '1s', kubectl: 'create -f web.yaml' },
        { at: '1s', kubectl: 'rollout history sts/web' },
      ],
    })
    expect(output(played)).toEqual(['statefulset.apps/web ', 'No rollout history found.'])
  })
})

describe('rollout status', () => {
  const different = (played: SmallRun): readonly string[] =>
    output(played).filter((line, i, lines) => line !== lines[i - 1])

  it('of a DaemonSet says what it waits for, until it is over (DaemonSetStatusViewer)', () => {
    const played = run(daemonSet(), ...of('ds', second, ['1m', 'rollout status ds/web']))
    expect(different(played)).toEqual([
      'Waiting for daemon set spec update to be observed...',
      'Waiting for daemon set "web" rollout to finish: 0 out of 2 new pods have been updated...',
      'Waiting for daemon set "web" rollout to finish: 1 out of 2 new pods have been updated...',
      'Waiting for daemon set "web" rollout to finish: 1 of 2 updated pods are available...',
      'daemon set "web" successfully rolled out',
    ])
    expect(completed(played).at(-1)?.exitCode).toBe(0)
  })

  it('of a StatefulSet without a partition (StatefulSetStatusViewer)', () => {
    const played = run(
      statefulSet({ updateStrategy: { type: 'RollingUpdate' } }),
      ...of('sts', second, ['1m', 'rollout status sts/web']),
    )
    const lines = different(played)
    expect(lines[0]).toBe('Waiting for statefulset spec update to be observed...')
    expect(lines).toContain('Waiting for 1 pods to be ready...')
    expect(lines.some((line) => /^waiting for statefulset rolling update to complete [01] pods at/.test(line))).toBe(
      true,
    )
    expect(lines.at(-1)).toMatch(/^statefulset rolling update complete 2 pods at revision web-\w+\.\.\.$/)
    expect(completed(played).at(-1)?.exitCode).toBe(0)
  })

  it('of a StatefulSet that says nothing: its partition is 0', () => {
    const played = run(statefulSet(), ['2m', 'rollout status sts/web'])
    expect(output(played)).toEqual(['partitioned roll out complete: 2 new pods have been updated...'])
  })

  it('of a StatefulSet with a partition', () => {
    const partition = { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } }
    const played = run(statefulSet(partition), ...of('sts', second, ['1m', 'rollout status sts/web']))
    const lines = different(played)
    expect(lines).toContain('Waiting for partitioned roll out to finish: 0 out of 1 new pods have been updated...')
    expect(lines.at(-1)).toBe('partitioned roll out complete: 1 new pods have been updated...')
  })

  it.each([
    ['ds', daemonSet],
    ['sts', statefulSet],
  ] as const)('of %s that is updated on delete is an error', (type, manifest) => {
    const played = run(manifest({ updateStrategy: { type: 'OnDelete' } }), ['2m', `rollout status ${type}/web`])
    expect(completed(played).at(-1)).toMatchObject({
      exitCode: 1,
      output: ['error: rollout status is only available for RollingUpdate strategy type'],
    })
  })

  it('of a DaemonSet ends with it', () => {
    const lines = of('ds', second, ['1m', 'rollout status ds/web'], ['1m', 'delete ds web'])
    const status = completed(run(daemonSet(), ...lines)).find(({ line }) => line.startsWith('rollout status'))
    expect(status).toMatchObject({ exitCode: 1 })
    expect(status?.output.at(-1)).toBe('error: object has been deleted')
  })

  it('of nothing', () => {
    expect(output(run(daemonSet(), ['1m', 'rollout status sts/web']))).toEqual([
      'Error from server (NotFound): statefulsets.apps "web" not found',
    ])
  })
})

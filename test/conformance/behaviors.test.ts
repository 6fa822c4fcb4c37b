import { ContainerExited, ContainerStarted } from '@wavetank/cluster'
import { decodeScenario, formatIssues } from '@wavetank/scenario'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { flagCatalog } from 'wavetank'
import { NO_LATENCIES, pod, smallRun } from './small-run.ts'

/** What a scenario says about containers: docs/scenario-format.md, "Behaviors". */

const run = (behavior: object, more: object = {}) =>
  smallRun({ manifests: [pod('a', { restartPolicy: 'OnFailure' })], behaviors: [behavior], duration: '2h', ...more })

/** How long each instance ran, in whole seconds. */
const spans = (result: ReturnType<typeof run>): readonly number[] => {
  const starts = result.of(ContainerStarted)
  return result.of(ContainerExited).map(({ at }, i) => Math.round((at - starts[i]!.at) / 1_000))
}

describe('exit codes by attempt', () => {
  const codes = (exitCodes: readonly number[]) =>
    run({ run: { for: '10s', exitCodes } })
      .of(ContainerExited)
      .map(({ event }) => event.exitCode)

  it('each run has its own, and the last counts for all after it', () => {
    expect(codes([1, 137, 0])).toEqual([1, 137, 0])
    expect(codes([3, 2]).slice(0, 5)).toEqual([3, 2, 2, 2, 2])
  })
})

describe('work that is saved', () => {
  const worker = { for: '10m', exitCode: 0 }
  const crashes = { after: '3m30s', exitCode: 1 }

  it('is done in the end, although the process never lives long enough to do it at once', () => {
    // Each instance lives 3 m 30 s, of which 3 m are saved: 10 m are done in the fourth.
    const result = run({ run: { ...worker, checkpoint: '1m' }, crash: crashes })
    expect(spans(result)).toEqual([210, 210, 210, 60])
    expect(result.of(ContainerStarted).map(({ event }) => event.progress)).toEqual([
      undefined,
      180_000,
      360_000,
      540_000,
    ])
    expect(result.view.pods.get('default/a')?.phase).toBe('Succeeded')
  })

  it('without a checkpoint it never is', () => {
    const result = run({ run: worker, crash: crashes })
    expect(new Set(spans(result))).toEqual(new Set([210]))
    expect(result.of(ContainerStarted).length).toBeGreaterThan(10)
    expect(result.view.pods.get('default/a')?.phase).toBe('Running')
  })

  const job = (spec: object, more: object = {}) => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'job' },
    spec: {
      ...more,
      template: { spec: { restartPolicy: 'OnFailure', containers: [{ name: 'main', image: 'example/a:1' }], ...spec } },
    },
  })
  const claim = { name: 'data', persistentVolumeClaim: { claimName: 'data' } }
  const storage = [
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'disk' },
      provisioner: 'example.com/disk',
    },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'disk', resources: { requests: { storage: '1Gi' } } },
    },
  ]
  const kept = (manifests: readonly object[], more: object = {}) =>
    smallRun({
      manifests: [...storage, ...manifests],
      behaviors: [{ run: { ...worker, checkpoint: '1m', checkpointVolume: 'data' } }],
      latencies: { ...NO_LATENCIES, volumeProvision: '0s' },
      duration: '1h',
      ...more,
    })
  const progress = (result: ReturnType<typeof run>) => result.of(ContainerStarted).map(({ event }) => event.progress)

  it('goes on in the next pod if a claim keeps it', () => {
    const result = kept([job({ volumes: [claim] })], {
      timeline: [{ at: '5m30s', kubectl: 'delete pods -l job-name=job' }],
    })
    expect(progress(result)).toEqual([undefined, 300_000])
    expect(spans(result)[1]).toBe(300)
    expect(result.view.jobs.get('default/job')?.status.succeeded).toBe(1)
  })

  it('goes on from what was saved when its machine lost power', () => {
    const result = kept([job({ volumes: [claim] })], {
      nodes: [{ name: 'n', count: 2, capacity: { cpu: '8', memory: '16Gi' } }],
      // It started at a second or two, so the fourth minute of it has just been saved.
      timeline: [
        { at: '4m10s', fail: { selector: 'kubernetes.io/os=linux' } },
        { at: '5m', recover: { selector: 'kubernetes.io/os=linux' } },
      ],
    })
    expect(progress(result)).toEqual([undefined, 240_000])
  })

  it('is lost with a volume that is the pod’s own, or another one', () => {
    const timeline = [{ at: '5m30s', kubectl: 'delete pods -l job-name=job' }]
    expect(progress(kept([job({ volumes: [{ name: 'data', emptyDir: {} }] })], { timeline }))).toEqual([
      undefined,
      undefined,
    ])
    expect(progress(kept([job({ volumes: [{ ...claim, name: 'other' }] })], { timeline }))).toEqual([
      undefined,
      undefined,
    ])
  })

  it('is another for each index', () => {
    const indexed = job({ volumes: [claim] }, { completions: 2, parallelism: 1, completionMode: 'Indexed' })
    const result = kept([indexed], { timeline: [{ at: '5m30s', kubectl: 'delete pods -l job-name=job' }] })
    expect(progress(result)).toEqual([undefined, 300_000, undefined])
  })

  it('begins anew once it is done', () => {
    const run = kept([job({ volumes: [claim], restartPolicy: 'Never' }, { completions: 2, parallelism: 1 })])
    expect(progress(run)).toEqual([undefined, undefined])
    expect(spans(run)).toEqual([600, 600])
  })

  it('is lost with the pod', () => {
    const result = smallRun({
      manifests: [
        {
          apiVersion: 'batch/v1',
          kind: 'Job',
          metadata: { name: 'job' },
          spec: {
            template: { spec: { restartPolicy: 'OnFailure', containers: [{ name: 'main', image: 'example/a:1' }] } },
          },
        },
      ],
      behaviors: [{ run: { ...worker, checkpoint: '1m' } }],
      timeline: [{ at: '5m', kubectl: 'delete pods -l job-name=job' }],
      duration: '1h',
    })
    expect(result.of(ContainerStarted).map(({ event }) => event.progress)).toEqual([undefined, undefined])
    expect(spans(result)[1]).toBe(600)
  })
})

describe('crashes at any time', () => {
  it.each([
    ['exponential', { exponential: { mean: '1h' } }, 3_600],
    ['Weibull, wearing out', { weibull: { scale: '1h', shape: 2 } }, 3_190],
    ['log-normal', { lognormal: { median: '1h', sigma: 0.5 } }, 4_079],
    ['recorded', { empirical: ['30m', '90m'] }, 3_600],
  ])('%s', (_, after, mean) => {
    const result = run({ crash: { after } }, { duration: '1500h' })
    const lives = spans(result)
    expect(lives.length).toBeGreaterThan(1_000)
    const average = lives.reduce((sum, life) => sum + life, 0) / lives.length
    // Four standard errors of the widest of them.
    expect(Math.abs(average / mean - 1)).toBeLessThan(0.13)
    expect(new Set(result.of(ContainerExited).map(({ event }) => event.exitCode))).toEqual(new Set([1]))
  })

  it('what comes first ends the process', () => {
    const both = (seconds: string) => run({ run: { for: '60s' }, crash: { after: seconds, exitCode: 9 } })
    expect(both('20s').of(ContainerExited)[0]?.event.exitCode).toBe(9)
    expect(both('90s').of(ContainerExited)[0]?.event.exitCode).toBe(0)
  })
})

describe('bad input is named with its place', () => {
  const issues = (behavior: string): string => {
    const text = [
      'apiVersion: wavetank.dev/v1alpha1',
      'kind: Scenario',
      'metadata: { name: bad }',
      'duration: 1m',
      'dependencies: [{ name: database }]',
      'manifests:',
      '  - { apiVersion: v1, kind: Pod, metadata: { name: a }, spec: { containers: [{ name: main, image: "example/a:1" }] } }',
      'behaviors:',
      `  - ${behavior}`,
      '',
    ].join('\n')
    const decoded = decodeScenario(
      { file: 'bad.yaml', text, resolved: new Map(), texts: new Map() },
      { flags: flagCatalog },
    )
    return isLeft(decoded) ? formatIssues(decoded.left) : formatIssues(decoded.right.warnings)
  }

  it.each([
    ['an exit code of 300', '{ run: { for: 1s, exitCodes: [0, 300] } }', /^bad\.yaml:9:38 error WT016/],
    [
      'a probability above 1',
      '{ probes: { liveness: { chance: { probability: 1.5 } } } }',
      /^bad\.yaml:9:52 error WT016/,
    ],
    ['a negative time', '{ crash: { after: -5s } }', /^bad\.yaml:9:23 error WT014/],
    ['a checkpoint of no time', '{ run: { for: 1m, checkpoint: 0s } }', /^bad\.yaml:9:35 error WT01[46]/],
    [
      'a dependency that nobody declares',
      '{ probes: { readiness: { needs: [{ dependency: databse }] } } }',
      /^bad\.yaml:9:52 error WT025 .*there is no dependency "databse"\n {4}did you mean `database`\?/,
    ],
    [
      'an answer that is no status',
      '{ probes: { liveness: { answers: [{ after: 0s, status: 99 }] } } }',
      /^bad\.yaml:9:60 error WT016/,
    ],
    ['a start that fails in no known way', '{ startError: { reason: OOMKilled } }', /^bad\.yaml:9:29 error WT017/],
    ['a message that is no text', '{ startError: { message: 3 } }', /^bad\.yaml:9:30 error WT012/],
    [
      'a hook that fails twice as often as always',
      '{ hooks: { preStop: { fails: 2 } } }',
      /^bad\.yaml:9:34 error WT016/,
    ],
    ['a hook that takes less than no time', '{ hooks: { postStart: { takes: -1s } } }', /^bad\.yaml:9:36 error WT014/],
    ['an unknown hook', '{ hooks: { preStart: {} } }', /^bad\.yaml:9:16 error WT010/],
    ['a behaviour that matches nothing', '{ match: { image: "other:*" } }', /^bad\.yaml:9:14 warning WT024/],
  ])('%s', (_, behavior, expected) => {
    expect(issues(behavior)).toMatch(expected)
  })
})

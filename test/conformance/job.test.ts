import {
  ClusterConfigured,
  createObject,
  createPod,
  DEFAULT_SETTINGS,
  deleteObject,
  deletePod,
  jobEvents,
  NodeDeleted,
  NodeFailed,
  PodCreated,
  PodDeleted,
  PodDisruptionTargeted,
  PodFinalizersChanged,
  PodLabelled,
  PodMarkedForDeletion,
  updateObject,
} from '@wavetank/cluster'
import { type ApiObject, apiObject, type Job } from '@wavetank/cluster/api'
import { type BehaviorOf, type ContainerBehavior, DEFAULT_BEHAVIOR } from '@wavetank/controllers'
import type { SimEvent } from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { type Act, done, minutes, node, type Played, play, seconds, stored } from './stage.ts'

/**
 * Job. `§` is the section of the behavioural specification; sources are in pkg/controller/job.
 *
 * Nothing but the controller's own delays takes time here, so instants are exact: a pod starts when it is made, and its
 * end is known when it ends.
 */

const KEY = 'shop/batch'
const TRACKING = 'batch.kubernetes.io/job-tracking'

const nothing = { constant: 0 }
const instant = ClusterConfigured({
  settings: {
    ...DEFAULT_SETTINGS,
    latencies: {
      ...Object.fromEntries(Object.keys(DEFAULT_SETTINGS.latencies).map((name) => [name, nothing])),
      imagePullRate: { constant: 1e9 },
    },
  } as unknown as Record<string, unknown>,
})

type Fields = Readonly<Record<string, unknown>>
const job = (spec: Fields = {}, podSpec: Fields = {}, name = 'batch'): Job =>
  apiObject({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'shop' },
    spec: {
      ...spec,
      template: {
        metadata: { labels: { app: 'batch' } },
        spec: {
          restartPolicy: 'Never',
          ...podSpec,
          containers: [{ name: 'main', image: 'luksa/batch-job', imagePullPolicy: 'Never' }],
        },
      },
    },
  }) as Job

/** Runs so many seconds, and ends with that code. */
const runs = (length: number, exitCode = 0): ContainerBehavior => ({
  ...DEFAULT_BEHAVIOR,
  run: { for: { constant: seconds(length) }, exitCode },
})
const always =
  (behavior: ContainerBehavior): BehaviorOf =>
  () =>
    behavior
/** By completion index. */
const byIndex =
  (...behaviors: readonly ContainerBehavior[]): BehaviorOf =>
  ({ labels }) =>
    behaviors[Number(labels['batch.kubernetes.io/job-completion-index'])] ?? DEFAULT_BEHAVIOR

const create =
  (object: ApiObject): Act =>
  (view, at) =>
    done(createObject(view, at, object))
const change =
  (fields: Fields): Act =>
  (view) => {
    const was = stored(view, 'Job', KEY) as Job
    return done(updateObject(view, { ...was, spec: { ...was.spec, ...fields } } as ApiObject))
  }
const events =
  (...given: readonly SimEvent[]): Act =>
  () =>
    given
const look: Act = () => undefined
/** The first pod of the Job is deleted by somebody. */
const deleteFirst: Act = (view) => deletePod([...view.pods.values()][0]!)

interface Case {
  readonly spec?: Fields
  readonly pod?: Fields
  readonly behavior?: BehaviorOf
  readonly acts?: readonly (readonly [at: number, act: Act])[]
  /** Seconds. */
  readonly until?: number
  readonly nodes?: readonly SimEvent[]
}

const stage = ({ spec, pod, behavior = always(runs(5)), acts = [], until = 60, nodes = [node('n1')] }: Case): Played =>
  play({
    nodes: [instant, ...nodes],
    behaviorOf: behavior,
    acts: [[0, create(job(spec, pod))], ...acts, [seconds(until), look]],
  })

/** To the hundredth: the scheduler and the kubelet take a few milliseconds. */
const inSeconds = (at: number): string => `${Math.floor(at / 10) / 100}`

/** When pods were made, how the Job ended and when, and what it has counted. */
const story = (played: Played): string => {
  const made = played.of(PodCreated).map(({ at }) => inSeconds(at))
  const ended = played.of(jobEvents.Finished).map(({ at, event }) => `${event.reason} at ${inSeconds(at)}`)
  const { status } = played.view.jobs.get(KEY)!
  return `made ${made.join(' ')}; ${ended.join() || 'goes on'}; ${status.succeeded} succeeded, ${status.failed} failed`
}

const cases: readonly (readonly [rule: string, given: Case, story: string])[] = [
  ['§5.1 one pod by default', {}, 'made 0; CompletionsReached at 6; 1 succeeded, 0 failed'],
  [
    '§5.5 completions one after another',
    { spec: { completions: 3 } },
    'made 0 6 12; CompletionsReached at 18; 3 succeeded, 0 failed',
  ],
  [
    '§5.5 as many at once as parallelism says, and no more than are missing',
    { spec: { completions: 5, parallelism: 2 } },
    'made 0 0 6 6 12; CompletionsReached at 18; 5 succeeded, 0 failed',
  ],
  [
    '§5.5 never more than completions',
    { spec: { completions: 2, parallelism: 9 } },
    'made 0 0; CompletionsReached at 6; 2 succeeded, 0 failed',
  ],
  [
    '§5.4 completions: 0 is complete at once, without a pod',
    { spec: { completions: 0 } },
    'made ; CompletionsReached at 0; 0 succeeded, 0 failed',
  ],
  ['§5.5 parallelism: 0 waits', { spec: { parallelism: 0, completions: 1 } }, 'made ; goes on; 0 succeeded, 0 failed'],
  [
    '§5.5 a work queue is complete when one pod has succeeded and all have ended',
    { spec: { parallelism: 3 } },
    'made 0 0 0; CompletionsReached at 6; 3 succeeded, 0 failed',
  ],
  [
    '§5.6 the limit is exceeded by one failure more: 10, 20, 40 s after the one before',
    { spec: { backoffLimit: 3 }, behavior: always(runs(0, 1)), until: 300 },
    'made 0 10 30 70; BackoffLimitExceeded at 71; 0 succeeded, 4 failed',
  ],
  [
    '§5.6 with the default limit seven pods, the delays counted from the end of each',
    { behavior: always(runs(0, 1)), until: 2_000 },
    'made 0 10 30 70 150 310 630; BackoffLimitExceeded at 631; 0 succeeded, 7 failed',
  ],
  [
    '§5.6 the delay stops at ten minutes',
    { spec: { backoffLimit: 8 }, behavior: always(runs(0, 1)), until: 3_000 },
    'made 0 10 30 70 150 310 630 1230 1830; BackoffLimitExceeded at 1831; 0 succeeded, 9 failed',
  ],
  [
    '§5.6 failures that come together add up: three make 40 s',
    { spec: { parallelism: 3, completions: 3, backoffLimit: 5 }, behavior: always(runs(0, 1)), until: 120 },
    'made 0 0 0 40 40 40; BackoffLimitExceeded at 41; 0 succeeded, 6 failed',
  ],
  [
    '§5.6 the first failure is the end of a limit of 0',
    { spec: { backoffLimit: 0 }, behavior: always(runs(0, 1)) },
    'made 0; BackoffLimitExceeded at 1; 0 succeeded, 1 failed',
  ],
  [
    '§5.6 OnFailure: the kubelet restarts, and the sum of restarts is the limit',
    { spec: { backoffLimit: 1 }, pod: { restartPolicy: 'OnFailure' }, behavior: always(runs(2, 1)), until: 40 },
    'made 0; BackoffLimitExceeded at 4; 0 succeeded, 1 failed',
  ],
  [
    '§5.4 the deadline is exact, and what it stops has failed',
    { spec: { activeDeadlineSeconds: 10 }, behavior: always(runs(600)) },
    'made 0; DeadlineExceeded at 11; 0 succeeded, 1 failed',
  ],
  [
    '§5.4 a deadline that is shortened counts at once',
    {
      spec: { activeDeadlineSeconds: 500 },
      behavior: always(runs(600)),
      acts: [[seconds(20), change({ activeDeadlineSeconds: 10 })]],
    },
    'made 0; DeadlineExceeded at 21; 0 succeeded, 1 failed',
  ],
  [
    '§5.5 parallelism raised adds at once',
    {
      spec: { completions: 4, parallelism: 1 },
      behavior: always(runs(20)),
      acts: [[seconds(5), change({ parallelism: 4 })]],
    },
    'made 0 5 5 5; CompletionsReached at 26; 4 succeeded, 0 failed',
  ],
  [
    '§5.5 parallelism lowered removes, and what is removed is no failure',
    {
      spec: { completions: 4, parallelism: 3 },
      behavior: always(runs(20)),
      acts: [[seconds(5), change({ parallelism: 1 })]],
      until: 90,
    },
    'made 0 0 0 21 42 63; CompletionsReached at 84; 4 succeeded, 0 failed',
  ],
  ['§5.10 a suspended Job makes nothing', { spec: { suspend: true } }, 'made ; goes on; 0 succeeded, 0 failed'],
  [
    '§5.10 suspending removes pods without counting them; resuming starts again at once',
    {
      behavior: always(runs(20)),
      acts: [
        [seconds(5), change({ suspend: true })],
        [seconds(30), change({ suspend: false })],
      ],
    },
    'made 0 30; CompletionsReached at 51; 1 succeeded, 0 failed',
  ],
  [
    '§5.10 the deadline starts again with a Job that is resumed',
    {
      spec: { activeDeadlineSeconds: 15 },
      behavior: always(runs(600)),
      acts: [
        [seconds(5), change({ suspend: true })],
        [seconds(10), change({ suspend: false })],
      ],
    },
    'made 0 10; DeadlineExceeded at 26; 0 succeeded, 1 failed',
  ],
  [
    '§5.4 but is looked at before: one suspended for longer than its deadline fails when it is resumed',
    {
      spec: { activeDeadlineSeconds: 15 },
      behavior: always(runs(600)),
      acts: [
        [seconds(5), change({ suspend: true })],
        [seconds(30), change({ suspend: false })],
      ],
    },
    'made 0; DeadlineExceeded at 30; 0 succeeded, 0 failed',
  ],
  [
    '§5.3 a deleted pod counts as failed at once, and is replaced after the delay',
    { spec: { completions: 1 }, behavior: always(runs(30)), acts: [[seconds(5), deleteFirst]], until: 90 },
    'made 0 15; CompletionsReached at 46; 1 succeeded, 1 failed',
  ],
  [
    '§5.11 with podReplacementPolicy Failed only once it has failed',
    {
      spec: { podReplacementPolicy: 'Failed' },
      behavior: always({ ...runs(30), onSigterm: { exitCode: 1, after: seconds(8) } }),
      acts: [[seconds(5), deleteFirst]],
      until: 90,
    },
    'made 0 23; CompletionsReached at 54; 1 succeeded, 1 failed',
  ],
  [
    '§5.11 and not at all if it ends well',
    {
      spec: { podReplacementPolicy: 'Failed' },
      behavior: always({ ...runs(30), onSigterm: { exitCode: 0, after: seconds(8) } }),
      acts: [[seconds(5), deleteFirst]],
    },
    'made 0; CompletionsReached at 14; 1 succeeded, 0 failed',
  ],
  [
    '§5.11 by default it counts as failed even if it ends well',
    {
      behavior: always({ ...runs(30), onSigterm: { exitCode: 0, after: seconds(8) } }),
      acts: [[seconds(5), deleteFirst]],
      until: 90,
    },
    'made 0 15; CompletionsReached at 46; 1 succeeded, 1 failed',
  ],
  [
    '§5.9 FailJob ends the Job at the first match',
    {
      spec: { podFailurePolicy: { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } }] } },
      behavior: always(runs(5, 42)),
    },
    'made 0; PodFailurePolicy at 6; 0 succeeded, 1 failed',
  ],
  [
    '§5.9 Ignore does not count, but delays',
    {
      spec: {
        backoffLimit: 0,
        podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] }] },
      },
      behavior: always(runs(30)),
      acts: [
        [
          seconds(5),
          (view) => {
            const [pod] = [...view.pods.values()]
            const reason = PodDisruptionTargeted({ pod: pod!.key, reason: 'EvictionByEvictionAPI', message: '' })
            return [reason, ...deletePod(pod!)]
          },
        ],
      ],
      until: 90,
    },
    'made 0 15; CompletionsReached at 46; 1 succeeded, 0 failed',
  ],
  [
    '§5.8 an Indexed Job makes the lowest indexes first',
    { spec: { completionMode: 'Indexed', completions: 3, parallelism: 2 } },
    'made 0 0 6; CompletionsReached at 12; 3 succeeded, 0 failed',
  ],
  [
    '§5.8 each index has its own limit and its own delay',
    {
      spec: { completionMode: 'Indexed', completions: 2, parallelism: 2, backoffLimitPerIndex: 1 },
      behavior: byIndex(runs(2, 1), runs(30)),
      until: 90,
    },
    'made 0 0 12; FailedIndexes at 31; 1 succeeded, 2 failed',
  ],
  [
    '§5.8 too many failed indexes end the Job',
    {
      spec: { completionMode: 'Indexed', completions: 4, parallelism: 4, backoffLimitPerIndex: 0, maxFailedIndexes: 1 },
      behavior: byIndex(runs(2, 1), runs(2, 1), runs(50), runs(50)),
    },
    'made 0 0 0 0; MaxFailedIndexesExceeded at 4; 0 succeeded, 4 failed',
  ],
  [
    '§5.9 FailIndex fails the index at once',
    {
      spec: {
        completionMode: 'Indexed',
        completions: 2,
        parallelism: 2,
        backoffLimitPerIndex: 5,
        podFailurePolicy: { rules: [{ action: 'FailIndex', onExitCodes: { operator: 'In', values: [3] } }] },
      },
      behavior: byIndex(runs(2, 3), runs(5)),
    },
    'made 0 0; FailedIndexes at 6; 1 succeeded, 1 failed',
  ],
  [
    '§5.9 a success policy ends the Job; what still runs is deleted and not counted',
    {
      spec: {
        completionMode: 'Indexed',
        completions: 3,
        parallelism: 3,
        successPolicy: { rules: [{ succeededIndexes: '1' }] },
      },
      behavior: byIndex(runs(50), runs(5), runs(50)),
    },
    'made 0 0 0; SuccessPolicy at 7; 1 succeeded, 0 failed',
  ],
  [
    '§5.8 an elastic Job drops the indexes beyond its completions',
    {
      spec: { completionMode: 'Indexed', completions: 3, parallelism: 3 },
      behavior: byIndex(runs(20), runs(20), runs(20)),
      acts: [[seconds(5), change({ completions: 2, parallelism: 2 })]],
    },
    'made 0 0 0; CompletionsReached at 21; 2 succeeded, 0 failed',
  ],
  [
    '§5.1 a Job of another controller is left alone',
    { spec: { managedBy: 'acme.io/queue' } },
    'made ; goes on; 0 succeeded, 0 failed',
  ],
  [
    '§5.11 a node that is gone: its pods are found failed by the pod garbage collector',
    {
      nodes: [node('n1')],
      behavior: always(runs(300)),
      acts: [
        [seconds(5), events(NodeFailed({ node: 'n1' }))],
        [seconds(10), events(NodeDeleted({ node: 'n1' }), node('n2'))],
      ],
      until: 400,
    },
    'made 0 70; CompletionsReached at 371; 1 succeeded, 1 failed',
  ],
]

describe('a Job', () => {
  it.each(cases)('%s', (_, given, expected) => {
    expect(story(stage(given))).toBe(expected)
  })
})

const conditions = ({ view }: Played): readonly string[] =>
  view.jobs.get(KEY)!.conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`)

describe('the end of a Job', () => {
  it('§5.7 is decided first, and comes when no pod is left terminating', () => {
    const behavior = always({ ...runs(600), onSigterm: { exitCode: 0, after: seconds(20) } })
    const given = { spec: { activeDeadlineSeconds: 10 }, behavior }
    const stopping = stage({ ...given, until: 25 })
    expect(conditions(stopping)).toEqual(['FailureTarget=True DeadlineExceeded'])
    expect(stopping.view.jobs.get(KEY)!.status).toMatchObject({ active: 0, terminating: 1, failed: 1 })
    expect(conditions(stage({ ...given, until: 40 }))).toEqual([
      'FailureTarget=True DeadlineExceeded',
      'Failed=True DeadlineExceeded',
    ])
  })

  it('§5.7 never comes while a pod hangs on a dead node', () => {
    const given = { spec: { activeDeadlineSeconds: 10 }, behavior: always(runs(600)), until: 600 }
    const dead = stage({ ...given, acts: [[seconds(5), events(NodeFailed({ node: 'n1' }))]] })
    expect(conditions(dead)).toEqual(['FailureTarget=True DeadlineExceeded'])
  })

  it('§5.7 counts in the order status, finalizers, status', () => {
    const played = stage({})
    const kinds = [jobEvents.Decided, jobEvents.StatusReported, PodFinalizersChanged, jobEvents.Finished]
    const names = new Set<string>(kinds.map(({ kind }) => kind))
    const last = played.entries.filter(({ at, event }) => at > seconds(6) && names.has(event.kind))
    expect(last.map(({ event }) => event.kind)).toEqual([
      'JobDecided',
      'JobStatusReported',
      'PodFinalizersChanged',
      'JobStatusReported',
      'JobFinished',
    ])
    expect(last[1]?.event).toMatchObject({ succeeded: 0, uncountedSucceeded: [expect.any(String)] })
    expect(last[3]?.event).toMatchObject({ succeeded: 1 })
  })

  it('§5.7 tells of it', () => {
    expect(
      stage({})
        .said('Job')
        .map((text) => text.replace(/batch-\w{5}$/, 'batch-…')),
    ).toEqual(['Normal SuccessfulCreate Created pod: batch-…', 'Normal Completed Job completed'])
    const failed = stage({ spec: { backoffLimit: 0 }, behavior: always(runs(0, 1)) })
    expect(failed.said('Job')).toContain('Warning BackoffLimitExceeded Job has reached the specified backoff limit')
  })

  it('§5.7 keeps the pods, and their finalizer is gone', () => {
    const { view, table } = stage({})
    expect([...view.pods.values()].map(({ phase, finalizers }) => [phase, finalizers])).toEqual([['Succeeded', []]])
    expect(table('Job').split('\n')[1]).toMatch(/^batch\s+Complete\s+1\/1\s+6s\s+60s/)
  })
})

describe('the pods of a Job', () => {
  const first = ({ view }: Played) => [...view.pods.values()][0]!

  it('§5.1 carry the generated labels, the finalizer and the owner', () => {
    const pod = first(stage({ behavior: always(runs(600)) }))
    const uid = pod.owner?.uid
    expect(pod.labels).toEqual({
      app: 'batch',
      'batch.kubernetes.io/controller-uid': uid,
      'batch.kubernetes.io/job-name': 'batch',
      'controller-uid': uid,
      'job-name': 'batch',
    })
    expect(pod.finalizers).toEqual([TRACKING])
    expect(pod.name).toMatch(/^batch-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
  })

  it('§5.8 of an Indexed Job know their index', () => {
    const spec = { completionMode: 'Indexed', completions: 2, parallelism: 2, backoffLimitPerIndex: 1 }
    const { view } = stage({ spec, behavior: always(runs(600)) })
    const pod = [...view.pods.values()][1]!
    expect(pod.name).toMatch(/^batch-1-\w{5}$/)
    expect(pod.hostname).toBe('batch-1')
    expect(pod.labels['batch.kubernetes.io/job-completion-index']).toBe('1')
    expect(pod.annotations).toMatchObject({
      'batch.kubernetes.io/job-completion-index': '1',
      'batch.kubernetes.io/job-index-failure-count': '0',
    })
    expect(pod.template.spec.containers[0]?.env).toMatchObject([
      {
        name: 'JOB_COMPLETION_INDEX',
        valueFrom: { fieldRef: { fieldPath: "metadata.labels['batch.kubernetes.io/job-completion-index']" } },
      },
    ])
  })

  it('§5.8 take over what their index has suffered, and the failed one is kept until then', () => {
    const spec = { completionMode: 'Indexed', completions: 1, parallelism: 1, backoffLimitPerIndex: 3 }
    const waiting = stage({ spec, behavior: always(runs(2, 1)), until: 8 })
    expect(first(waiting).finalizers).toEqual([TRACKING])
    expect(waiting.view.jobs.get(KEY)!.status.failed).toBe(0)
    const { view } = stage({ spec, behavior: always(runs(2, 1)), until: 13.5 })
    const counts = [...view.pods.values()].map(
      ({ annotations }) => annotations['batch.kubernetes.io/job-index-failure-count'],
    )
    expect(counts).toEqual(['0', '1'])
    expect([...view.pods.values()].map(({ finalizers }) => finalizers.length)).toEqual([0, 1])
  })

  it('§5.5 are as many as the rate limit allows: thirty at once, then twenty a second', () => {
    const { of } = stage({ spec: { parallelism: 70, completions: 70 }, behavior: always(runs(600)) })
    const made = of(PodCreated).map(({ at }) => at)
    expect(made.filter((at) => at === 0)).toHaveLength(30)
    expect(made).toHaveLength(70)
    expect(made.at(-1)).toBe(2_000)
  })

  it('§5.5 count as none while the Job waits', () => {
    const spec = { completionMode: 'Indexed', completions: 2, parallelism: 2 }
    const { view } = stage({ spec, behavior: byIndex(runs(2, 1), runs(50)), until: 8 })
    expect(view.jobs.get(KEY)!.status).toMatchObject({ active: 0, ready: 1, failed: 1 })
  })

  it('§5.5 go in the order of their age, the newest first', () => {
    const { of } = stage({
      spec: { parallelism: 1, completions: 5 },
      behavior: always(runs(600)),
      acts: [
        [seconds(5), change({ parallelism: 2 })],
        [seconds(10), change({ parallelism: 3 })],
        [seconds(20), change({ parallelism: 1 })],
      ],
      until: 30,
    })
    const made = of(PodCreated).map(({ event }) => event.pod)
    expect(of(PodMarkedForDeletion).map(({ event }) => event.pod)).toEqual([made[2], made[1]])
  })

  it('§1.2 that lose their label are let go and replaced', () => {
    const relabel: Act = (view) => {
      const [pod] = [...view.pods.values()]
      return [PodLabelled({ pod: pod!.key, labels: { app: 'batch' } })]
    }
    const { view, of } = stage({ behavior: always(runs(600)), acts: [[seconds(5), relabel]], until: 20 })
    expect(of(PodCreated).map(({ at }) => inSeconds(at))).toEqual(['0', '6'])
    expect(first({ view } as Played)).toMatchObject({ owner: undefined, finalizers: [] })
  })

  it('§1.2 of a selector that was written by hand are taken over, and counted', () => {
    const adoptable: Act = (view, at) => {
      const content = { labels: { app: 'batch' }, annotations: {}, finalizers: [], spec: job().spec.template.spec }
      const created = createPod(view, at, 'orphan', { namespace: 'shop', content })
      return isLeft(created) ? [] : created.right
    }
    const spec = { manualSelector: true, selector: { matchLabels: { app: 'batch' } }, completions: 2, parallelism: 1 }
    const played = stage({ spec, acts: [[0, adoptable]], behavior: always(runs(5)) })
    expect(story(played)).toMatch(/CompletionsReached at \d+(\.\d+)?; 2 succeeded, 0 failed$/)
    expect(played.of(PodCreated).filter(({ by }) => by === 'job-controller')).toHaveLength(1)
  })
})

describe('a deleted Job', () => {
  const remove =
    (propagation: 'Background' | 'Foreground' | 'Orphan'): Act =>
    (view) =>
      done(deleteObject(view, { kind: 'Job', namespace: 'shop', name: 'batch' }, { propagation }))
  const behavior = always(runs(600))

  it.each(['Background', 'Foreground'] as const)('§1.8 takes its pods along: %s', (propagation) => {
    const { view } = stage({ spec: { parallelism: 2 }, behavior, acts: [[seconds(5), remove(propagation)]] })
    expect(view.jobs.size + view.pods.size).toBe(0)
  })

  it('§1.8 leaves them without owner and finalizer', () => {
    const { view } = stage({ spec: { parallelism: 2 }, behavior, acts: [[seconds(5), remove('Orphan')]] })
    expect(view.jobs.size).toBe(0)
    expect([...view.pods.values()].map(({ owner, finalizers }) => [owner, finalizers])).toEqual([
      [undefined, []],
      [undefined, []],
    ])
  })

  it('§5.11 a pod deleted by force stays until it is counted', () => {
    const force: Act = (view) => deletePod([...view.pods.values()][0]!, 0)
    const { of } = stage({ behavior, acts: [[seconds(5), force]], until: 30 })
    expect(of(PodDeleted).map(({ at }) => inSeconds(at))).toEqual(['6'])
  })
})

describe('ttlSecondsAfterFinished', () => {
  it.each([
    [0, '6'],
    [20, '26'],
  ])('§11.5 of %i deletes the Job and its pods', (ttlSecondsAfterFinished, at) => {
    const { view, of } = stage({ spec: { ttlSecondsAfterFinished } })
    expect(of(jobEvents.MarkedForDeletion).map((entry) => [inSeconds(entry.at), entry.event.propagation])).toEqual([
      [at, 'Foreground'],
    ])
    expect(view.jobs.size + view.pods.size).toBe(0)
  })

  it('§11.5 can be set and changed afterwards', () => {
    const { of } = stage({
      spec: { ttlSecondsAfterFinished: 1_000 },
      acts: [[seconds(20), change({ ttlSecondsAfterFinished: 30 })]],
    })
    expect(of(jobEvents.MarkedForDeletion).map(({ at }) => inSeconds(at))).toEqual(['36'])
  })

  it('§11.5 without it a Job stays', () => {
    expect(stage({ until: 4_000 }).view.jobs.size).toBe(1)
  })
})

describe('an update of a Job', () => {
  const refusal = (spec: Fields, fields: Fields): string => {
    let text = 'none'
    const attempt: Act = (view) => {
      const was = stored(view, 'Job', KEY) as Job
      const result = updateObject(view, { ...was, spec: { ...was.spec, ...fields } } as ApiObject)
      if (isLeft(result)) text = result.left.message
      return undefined
    }
    stage({ spec, behavior: always(runs(600)), acts: [[seconds(2), attempt]], until: 5 })
    return text
  }
  const indexed = { completionMode: 'Indexed', completions: 3, parallelism: 3 }
  const template = job({}, { nodeSelector: { disk: 'ssd' } }).spec.template

  it.each<[string, Fields, Fields, string]>([
    [
      'completions stay',
      {},
      { completions: 5 },
      'Job "batch" is invalid: spec.completions: Invalid value: 5: field is immutable',
    ],
    [
      'but for Indexed Jobs, with parallelism',
      indexed,
      { completions: 5 },
      'Job "batch" is invalid: spec.completions: Invalid value: 5: can only be modified in tandem with spec.parallelism',
    ],
    ['which then may change', indexed, { completions: 5, parallelism: 5 }, 'none'],
    [
      'the mode stays',
      indexed,
      { completionMode: 'NonIndexed' },
      'Job "batch" is invalid: spec.completionMode: Invalid value: "NonIndexed": field is immutable',
    ],
    ['parallelism may change', {}, { parallelism: 4 }, 'none'],
    ['where pods may stand may change before the Job has started', { suspend: true }, { template }, 'none'],
  ])('§5.1 %s', (_, spec, fields, expected) => {
    expect(refusal(spec, fields)).toBe(expected)
  })

  it('§5.1 the template stays once the Job has started', () => {
    expect(refusal({}, { template })).toMatch(
      /^Job "batch" is invalid: spec\.template: Invalid value: .*: field is immutable$/,
    )
  })
})

describe('a dead node', () => {
  it('§5.11 its pod is replaced when it is evicted, though it never stops terminating', () => {
    const played = stage({
      nodes: [node('n1')],
      behavior: always(runs(900)),
      acts: [
        [seconds(5), events(NodeFailed({ node: 'n1' }))],
        [seconds(6), events(node('n2'))],
      ],
      until: 600,
    })
    const [, replacement] = played.of(PodCreated)
    const [evicted] = played.of(PodMarkedForDeletion)
    expect(evicted?.at).toBeGreaterThan(minutes(5))
    expect(replacement!.at - evicted!.at).toBeGreaterThanOrEqual(seconds(1))
    expect(played.view.jobs.get(KEY)!.status).toMatchObject({ active: 1, failed: 1, terminating: 1 })
  })
})

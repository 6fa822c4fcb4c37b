import {
  ClusterConfigured,
  createObject,
  cronJobEvents,
  DEFAULT_SETTINGS,
  deleteObject,
  jobEvents,
  NamespaceMarkedForDeletion,
  updateObject,
} from '@wavetank/cluster'
import { type ApiObject, apiObject, type CronJob, decodeObject } from '@wavetank/cluster/api'
import { type BehaviorOf, DEFAULT_BEHAVIOR } from '@wavetank/controllers'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { type Act, done, node, type Played, play, seconds, stored } from './stage.ts'

/**
 * CronJob. `§` is the section of the behavioural specification; sources are in pkg/controller/cronjob.
 *
 * Nothing but the controller's own delays takes time here. The run begins on Wednesday, 1 January 2025, at 10:00 UTC.
 */

const KEY = 'shop/hello'
const START = Date.parse('2025-01-01T10:00:00Z')
/** Minutes since 1970 at the start, which name the Jobs. */
const MINUTE = START / 60_000

const nothing = { constant: 0 }
const settings = (start: number) =>
  ClusterConfigured({
    settings: {
      ...DEFAULT_SETTINGS,
      start,
      latencies: {
        ...Object.fromEntries(Object.keys(DEFAULT_SETTINGS.latencies).map((name) => [name, nothing])),
        imagePullRate: { constant: 1e9 },
      },
    } as unknown as Record<string, unknown>,
  })

type Fields = Readonly<Record<string, unknown>>
const cronJob = (spec: Fields, apiVersion = 'batch/v1'): CronJob =>
  apiObject({
    apiVersion,
    kind: 'CronJob',
    metadata: { name: 'hello', namespace: 'shop' },
    spec: {
      schedule: '* * * * *',
      jobTemplate: {
        metadata: { labels: { team: 'night' }, annotations: { note: 'x' } },
        spec: {
          backoffLimit: 0,
          template: {
            spec: {
              restartPolicy: 'Never',
              containers: [{ name: 'hello', image: 'busybox', imagePullPolicy: 'Never' }],
            },
          },
        },
      },
      ...spec,
    },
  }) as CronJob

const runs = (length: number, exitCode = 0): BehaviorOf => {
  const behavior = { ...DEFAULT_BEHAVIOR, run: { for: { constant: seconds(length) }, exitCode } }
  return () => behavior
}
const create =
  (object: ApiObject): Act =>
  (view, at) =>
    done(createObject(view, at, object))
const change =
  (fields: Fields): Act =>
  (view) => {
    const was = stored(view, 'CronJob', KEY) as CronJob
    return done(updateObject(view, { ...was, spec: { ...was.spec, ...fields } } as ApiObject))
  }
const removeJob =
  (name: string): Act =>
  (view) =>
    done(deleteObject(view, { kind: 'Job', namespace: 'shop', name }, { propagation: 'Background' }))
const look: Act = () => undefined

interface Case {
  readonly spec?: Fields
  readonly apiVersion?: string
  readonly behavior?: BehaviorOf
  /** Seconds. */
  readonly acts?: readonly (readonly [at: number, act: Act])[]
  readonly until: number
  readonly start?: string
  readonly createdAt?: number
}

const stage = ({ spec = {}, apiVersion, behavior = runs(5), acts = [], until, start, createdAt = 0 }: Case): Played =>
  play({
    nodes: [settings(start === undefined ? START : Date.parse(start)), node('n1')],
    behaviorOf: behavior,
    acts: [
      [seconds(createdAt), create(cronJob(spec, apiVersion))],
      ...acts.map(([at, act]) => [seconds(at), act] as const),
      [seconds(until), look],
    ],
  })

/** When Jobs were made, in seconds, and for which minute: `60.1 (1)`. */
const made = (played: Played): string =>
  played
    .of(jobEvents.Created)
    .map(({ at, event }) => `${Math.floor(at / 10) / 100} (${Number(event.object.split('-').at(-1)) - MINUTE})`)
    .join(', ')
/** Jobs that exist, by minute. */
const kept = ({ view }: Played): string =>
  [...view.jobs.values()].map(({ name }) => Number(name.split('-').at(-1)) - MINUTE).join(' ')

const cases: readonly (readonly [rule: string, given: Case, jobs: string])[] = [
  ['§6.2 a Job 0.1 s after each time, named after the minute', { until: 190 }, '60.1 (1), 120.1 (2), 180.1 (3)'],
  ['§6.5 counts from its creation', { createdAt: 59.9, until: 70 }, '60.1 (1)'],
  ['§6.5 a time that is just over is not made up for', { createdAt: 60.05, until: 130 }, '120.1 (2)'],
  ['§6.1 batch/v1beta1 is the same', { apiVersion: 'batch/v1beta1', until: 70 }, '60.1 (1)'],
  ['§6.4 Allow: as many as there are', { behavior: runs(150), until: 190 }, '60.1 (1), 120.1 (2), 180.1 (3)'],
  [
    '§6.4 Forbid: the latest run that was missed starts when the other one has ended',
    { spec: { concurrencyPolicy: 'Forbid' }, behavior: runs(150), until: 400 },
    '60.1 (1), 211.1 (3), 362.1 (6)',
  ],
  [
    '§6.4 Forbid with a deadline: a run that is too late by then is lost',
    { spec: { concurrencyPolicy: 'Forbid', startingDeadlineSeconds: 20 }, behavior: runs(100), until: 310 },
    '60.1 (1), 180.1 (3), 300.1 (5)',
  ],
  [
    '§6.4 Forbid with a deadline that reaches back far enough',
    { spec: { concurrencyPolicy: 'Forbid', startingDeadlineSeconds: 45 }, behavior: runs(100), until: 190 },
    '60.1 (1), 161.1 (2)',
  ],
  [
    '§6.4 Replace: each takes the place of the one before',
    { spec: { concurrencyPolicy: 'Replace' }, behavior: runs(150), until: 190 },
    '60.1 (1), 120.1 (2), 180.1 (3)',
  ],
  [
    '§6.5 resumed after missed times: the latest of them, at once',
    { spec: { suspend: true }, acts: [[250, change({ suspend: false })]], until: 310 },
    '250 (4), 300.1 (5)',
  ],
  [
    '§6.5 but not one that is past its deadline',
    { spec: { suspend: true, startingDeadlineSeconds: 5 }, acts: [[250, change({ suspend: false })]], until: 310 },
    '300.1 (5)',
  ],
  ['§6.5 startingDeadlineSeconds: 0 never runs', { spec: { startingDeadlineSeconds: 0 }, until: 600 }, ''],
  [
    '§6.5 a small one does, for the look comes 0.1 s late',
    { spec: { startingDeadlineSeconds: 1 }, until: 70 },
    '60.1 (1)',
  ],
  [
    '§6.2 a new schedule counts from its next time',
    { spec: { schedule: '0 * * * *' }, acts: [[30, change({ schedule: '*/2 * * * *' })]], until: 250 },
    '120.1 (2), 240.1 (4)',
  ],
  [
    '§6.1 @every counts from the creation, then from the run before',
    { spec: { schedule: '@every 90s' }, createdAt: 10, until: 300 },
    '100.1 (1), 190.1 (3), 280.1 (4)',
  ],
  [
    '§6.3 @every below a minute: while the Job of the minute runs, another of its name is not made',
    { spec: { schedule: '@every 20s' }, behavior: runs(100), until: 70 },
    '20.1 (0), 60.1 (1)',
  ],
  [
    '§6.3 and when that Job has ended, it is found instead',
    { spec: { schedule: '@every 20s' }, until: 70 },
    '20.1 (0), 60.1 (1)',
  ],
  [
    '§6.1 in a time zone: 9 o’clock in Berlin',
    {
      spec: { schedule: '0 9 * * *', timeZone: 'Europe/Berlin' },
      start: '2025-03-29T07:00:00Z',
      until: 24 * 3_600 + 10,
    },
    `3600.1 (${(Date.parse('2025-03-29T08:00:00Z') - START) / 60_000}), 86400.1 (${(Date.parse('2025-03-30T07:00:00Z') - START) / 60_000})`,
  ],
  [
    '§6.4 a Job of its name that belongs to nobody is in the way, and it waits for something to happen',
    {
      acts: [
        [
          30,
          (view, at) =>
            done(
              createObject(
                view,
                at,
                apiObject({
                  apiVersion: 'batch/v1',
                  kind: 'Job',
                  metadata: { name: `hello-${MINUTE + 1}`, namespace: 'shop' },
                  spec: cronJob({}).spec.jobTemplate.spec,
                }),
              ),
            ),
        ],
      ],
      until: 190,
    },
    '30 (1)',
  ],
  [
    '§6.4 nothing is made in a namespace that is being deleted',
    { acts: [[59.5, () => [NamespaceMarkedForDeletion({ namespace: 'shop' })]]], until: 130 },
    '',
  ],
]

describe('a CronJob', () => {
  it.each(cases)('%s', (_, given, jobs) => {
    expect(made(stage(given))).toBe(jobs)
  })
})

describe('the Job that it makes', () => {
  it('§6.3 has labels and annotations of the template, the scheduled time, and the CronJob as its owner', () => {
    const { view } = stage({ until: 61 })
    const job = view.jobs.get(`shop/hello-${MINUTE + 1}`)!
    expect(job.labels).toEqual({ team: 'night' })
    expect(job.annotations).toEqual({
      note: 'x',
      'batch.kubernetes.io/cronjob-scheduled-timestamp': '2025-01-01T10:01:00Z',
    })
    expect(job.owner).toMatchObject({ apiVersion: 'batch/v1', kind: 'CronJob', name: 'hello' })
    expect(job.spec.backoffLimit).toBe(0)
  })

  it('§6.3 says the scheduled time in the time zone', () => {
    const { view } = stage({ spec: { timeZone: 'Asia/Seoul' }, until: 61 })
    expect([...view.jobs.values()][0]!.annotations['batch.kubernetes.io/cronjob-scheduled-timestamp']).toBe(
      '2025-01-01T19:01:00+09:00',
    )
  })
})

describe('the history', () => {
  it('§6.4 keeps three that succeeded', () => {
    expect(kept(stage({ until: 419 }))).toBe('4 5 6')
  })

  it('§6.4 keeps one that failed', () => {
    expect(kept(stage({ behavior: runs(1, 1), until: 419 }))).toBe('6')
  })

  it('§6.4 as many as the limits say', () => {
    const limits = { successfulJobsHistoryLimit: 0, failedJobsHistoryLimit: 2 }
    expect(kept(stage({ spec: limits, until: 419 }))).toBe('')
    expect(kept(stage({ spec: limits, behavior: runs(1, 1), until: 419 }))).toBe('5 6')
  })

  it('§6.4 applies as soon as a limit is lowered', () => {
    const acts = [[330, change({ successfulJobsHistoryLimit: 1 })]] as const
    expect(kept(stage({ acts, until: 331 }))).toBe('5')
  })
})

describe('the status', () => {
  const statusOf = ({ view }: Played) => {
    const { active, lastScheduleAt, lastSuccessfulAt } = view.cronJobs.get(KEY)!
    return { active: active.length, lastScheduleAt, lastSuccessfulAt }
  }

  it('§6.4 has the scheduled time, not the time of the start, and who runs', () => {
    expect(statusOf(stage({ until: 61 }))).toEqual({ active: 1, lastScheduleAt: 60_000, lastSuccessfulAt: undefined })
    expect(statusOf(stage({ until: 119 }))).toEqual({ active: 0, lastScheduleAt: 60_000, lastSuccessfulAt: 66_000 })
  })

  it('§6.4 loses a Job that somebody deletes', () => {
    const played = stage({ behavior: runs(600), acts: [[90, removeJob(`hello-${MINUTE + 1}`)]], until: 91 })
    expect(statusOf(played).active).toBe(0)
    expect(played.said('CronJob').at(-1)).toBe(`Normal MissingJob Active job went missing: hello-${MINUTE + 1}`)
  })

  it('prints as kubectl does', () => {
    expect(stage({ until: 65 }).table('CronJob').split('\n')).toEqual([
      'NAME    SCHEDULE    TIMEZONE   SUSPEND   ACTIVE   LAST SCHEDULE   AGE',
      'hello   * * * * *   <none>     False     1        5s              65s',
      '',
    ])
  })
})

describe('what it says', () => {
  const job = `hello-${MINUTE + 1}`

  it('§6.4 of a Job that comes and goes', () => {
    expect(stage({ until: 100 }).said('CronJob')).toEqual([
      `Normal SuccessfulCreate Created job ${job}`,
      `Normal SawCompletedJob Saw completed job: ${job}, condition: Complete`,
    ])
  })

  it('§6.4 of one that it replaces', () => {
    const played = stage({ spec: { concurrencyPolicy: 'Replace' }, behavior: runs(600), until: 121 })
    expect(played.said('CronJob')).toContain(`Normal SuccessfulDelete Deleted job ${job}`)
    expect(kept(played)).toBe('2')
  })

  it('§6.4 of one that is in the way', () => {
    expect(stage({ spec: { concurrencyPolicy: 'Forbid' }, behavior: runs(600), until: 121 }).said('CronJob')).toContain(
      'Normal JobAlreadyActive Not starting job because prior execution is running and concurrency policy is Forbid',
    )
  })

  it('§6.4 D.4 of more than a hundred missed runs, and starts the latest all the same', () => {
    const played = stage({
      spec: { suspend: true },
      acts: [[101 * 60 + 30, change({ suspend: false })]],
      until: 101 * 60 + 31,
    })
    expect(played.said('CronJob')).toContain(
      'Warning TooManyMissedTimes too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew',
    )
    expect(made(played)).toBe('6090 (101)')
  })

  it.each([
    [100, false],
    [101, true],
  ])('§6.4 D.4 after %i missed runs it warns: %s', (missed, warns) => {
    const played = stage({
      spec: { suspend: true },
      acts: [[missed * 60 + 30, change({ suspend: false })]],
      until: missed * 60 + 31,
    })
    expect(played.said('CronJob').some((text) => text.includes('TooManyMissedTimes'))).toBe(warns)
  })

  it('§6.4 C of a zone that does not exist, and makes nothing', () => {
    const played = stage({ spec: { timeZone: 'Mars/Base' }, until: 121 })
    expect(played.said('CronJob')).toEqual([
      'Warning UnknownTimeZone invalid timeZone: "Mars/Base": unknown time zone Mars/Base',
    ])
    expect(made(played)).toBe('')
  })

  it('§6.4 C of a schedule that never comes', () => {
    expect(stage({ spec: { schedule: '0 0 31 2 *' }, until: 5 }).said('CronJob')).toEqual([
      'Warning InvalidSchedule invalid schedule: 0 0 31 2 * : time difference between two schedules is less than 1 second',
    ])
  })
})

describe('Forbid', () => {
  it('§6.4 E.3 does not move lastScheduleTime while it waits', () => {
    const { of } = stage({ spec: { concurrencyPolicy: 'Forbid' }, behavior: runs(150), until: 205 })
    expect(new Set(of(cronJobEvents.StatusReported).map(({ event }) => event.lastScheduleAt))).toEqual(
      new Set([60_000]),
    )
  })
})

describe('a deleted CronJob', () => {
  it('§1.8 takes its Jobs and their pods along', () => {
    const remove: Act = (view) =>
      done(deleteObject(view, { kind: 'CronJob', namespace: 'shop', name: 'hello' }, { propagation: 'Background' }))
    const { view } = stage({ behavior: runs(600), acts: [[130, remove]], until: 200 })
    expect(view.cronJobs.size + view.jobs.size + view.pods.size).toBe(0)
  })
})

describe('the API server', () => {
  it.each([
    [{ schedule: '* * * * 7' }, 'end of range (7) above maximum (6): 7'],
    [{ schedule: 'TZ=UTC * * * * *' }, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'],
    [{ concurrencyPolicy: 'Perhaps' }, 'supported values: "Allow", "Forbid", "Replace"'],
  ])('§6.1 refuses %j', (spec, message) => {
    const decoded = decodeObject({ ...cronJob({}), spec: { ...cronJob({}).spec, ...spec } })
    expect(isLeft(decoded) && decoded.left.map((issue) => issue.message).join()).toContain(message)
  })
})

describe('Jobs that it did not make itself', () => {
  const jobManifest = (name: string, spec: Fields, owners: readonly Fields[]): ApiObject =>
    apiObject({
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { name, namespace: 'shop', ownerReferences: owners },
      spec: {
        template: {
          spec: { restartPolicy: 'Never', containers: [{ name: 'x', image: 'busybox', imagePullPolicy: 'Never' }] },
        },
        ...spec,
      },
    })
  /** As `kubectl create job --from` makes it. */
  const byHand =
    (name: string, spec: Fields = {}): Act =>
    (view, at) => {
      const { uid } = view.cronJobs.get(KEY)!
      const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: 'hello', uid, controller: true }
      return done(createObject(view, at, jobManifest(name, spec, [owner])))
    }
  const resume =
    (name: string): Act =>
    (view) => {
      const job = stored(view, 'Job', `shop/${name}`) as unknown as { readonly spec: Fields }
      return done(updateObject(view, apiObject({ ...job, spec: { ...job.spec, suspend: false } } as never)))
    }

  it('§6.4 A a Job by hand is unexpected while it runs, and its end is not seen', () => {
    const played = stage({ acts: [[10, byHand('by-hand')]], until: 50 })
    expect(played.said('CronJob')).toEqual([
      'Warning UnexpectedJob Saw a job that the controller did not create or forgot: by-hand',
    ])
    expect(played.view.cronJobs.get(KEY)!.active).toEqual([])
  })

  it('§6.4 A but it counts for lastSuccessfulTime', () => {
    const { view } = stage({ acts: [[10, byHand('by-hand')]], until: 50 })
    // Five seconds of work, and a second until the Job counts them.
    expect(view.cronJobs.get(KEY)!.lastSuccessfulAt).toBe(16_000)
  })

  it('§6.4 A lastSuccessfulTime never goes back: a longer Job that began earlier ends later', () => {
    const lengths: BehaviorOf = ({ owners }) => ({
      ...DEFAULT_BEHAVIOR,
      run: {
        for: { constant: seconds(owners().some(({ name }) => name.endsWith(`${MINUTE + 1}`)) ? 100 : 5) },
        exitCode: 0,
      },
    })
    const at = (until: number) => stage({ behavior: lengths, until }).view.cronJobs.get(KEY)!.lastSuccessfulAt
    expect([at(130), at(170), at(200)]).toEqual([126_000, 161_000, 186_000])
  })

  it('§6.4 cleanupFinishedJobs deletes by the time of the start: a Job that was suspended began when it was resumed', () => {
    const acts = [
      [30, byHand('by-hand', { suspend: true })],
      [130, resume('by-hand')],
    ] as const
    const { view } = stage({ spec: { successfulJobsHistoryLimit: 1 }, acts, until: 150 })
    expect([...view.jobs.values()].map(({ name }) => name)).toEqual(['by-hand'])
  })

  it('§6.4 F a Job of somebody else that has the name keeps its run from starting', () => {
    const name = `hello-${MINUTE + 1}`
    const other: Act = (view, at) => done(createObject(view, at, jobManifest(name, {}, [])))
    const { view } = stage({ acts: [[10, other]], until: 100 })
    expect(view.cronJobs.get(KEY)!.lastScheduleAt).toBeUndefined()
    expect([...view.jobs.values()].map((job) => [job.name, job.owner])).toEqual([[name, undefined]])
  })

  it('§6.4 F one of its own that it forgot is taken up as the run', () => {
    const name = `hello-${MINUTE + 1}`
    const { view, of } = stage({ behavior: runs(600), acts: [[10, byHand(name)]], until: 100 })
    const { active, lastScheduleAt } = view.cronJobs.get(KEY)!
    expect([active.map((job) => job.name), lastScheduleAt]).toEqual([[name], 60_000])
    expect(of(jobEvents.Created)).toHaveLength(1)
  })

  it('§6.4 a Job that was let go is none of its history', () => {
    const name = `hello-${MINUTE + 1}`
    const release: Act = () => [jobEvents.Released({ object: `shop/${name}`, owner: KEY })]
    const { view } = stage({ spec: { successfulJobsHistoryLimit: 0 }, acts: [[63, release]], until: 150 })
    expect([...view.jobs.values()].map((job) => job.name)).toEqual([name])
  })
})

describe('Allow', () => {
  it('§6.4 E leaves what runs alone, and has both in its status', () => {
    const played = stage({ spec: { concurrencyPolicy: 'Allow' }, behavior: runs(90), until: 125 })
    expect(kept(played)).toBe('1 2')
    expect(played.view.cronJobs.get(KEY)!.active.map(({ name }) => name)).toEqual([
      `hello-${MINUTE + 1}`,
      `hello-${MINUTE + 2}`,
    ])
  })
})

describe('a CronJob that waits for its Jobs to be deleted', () => {
  it('§6.4 B makes no new ones', () => {
    const stubborn: BehaviorOf = () => ({ ...DEFAULT_BEHAVIOR, onSigterm: 'ignore' })
    const remove: Act = (view) =>
      done(deleteObject(view, { kind: 'CronJob', namespace: 'shop', name: 'hello' }, { propagation: 'Foreground' }))
    const { view, of } = stage({ behavior: stubborn, acts: [[100, remove]], until: 125 })
    expect(view.cronJobs.has(KEY)).toBe(true)
    expect(of(jobEvents.Created)).toHaveLength(1)
  })
})

import { type ClusterView, finishedCondition, isOpenPod, type Job, type Pod } from '@wavetank/cluster'
import { createMemorySink, createMemorySource, type Entry } from '@wavetank/kernel'
import { snapshot } from '@wavetank/testkit'
import fc from 'fast-check'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { createSimulation, openLog, type SimulationResult, stateAt } from 'wavetank'
import { check } from './check.ts'
import { type RandomFile, readScenario } from './random-scenario.ts'

/** Jobs and CronJobs at random, on nodes that fail, with people who delete, suspend and scale. */

const podTemplate = fc.constantFrom('Never', 'OnFailure').map((restartPolicy) => ({
  metadata: { labels: { app: 'batch' } },
  spec: { restartPolicy, containers: [{ name: 'main', image: 'example/batch:1' }] },
}))

const jobSpec = fc
  .record({
    mode: fc.constantFrom('NonIndexed', 'Indexed', 'queue', 'per index'),
    completions: fc.integer({ min: 0, max: 6 }),
    parallelism: fc.integer({ min: 0, max: 4 }),
    backoffLimit: fc.integer({ min: 0, max: 3 }),
    more: fc.record(
      {
        activeDeadlineSeconds: fc.integer({ min: 5, max: 200 }),
        ttlSecondsAfterFinished: fc.integer({ min: 0, max: 100 }),
        suspend: fc.boolean(),
        podReplacementPolicy: fc.constantFrom('Failed', 'TerminatingOrFailed'),
      },
      { requiredKeys: [] },
    ),
    template: podTemplate,
  })
  .map(({ mode, completions, parallelism, backoffLimit, more, template }) => ({
    ...more,
    parallelism,
    template,
    ...(mode === 'queue' ? {} : { completions }),
    ...(mode === 'per index' ? { backoffLimitPerIndex: 1 } : { backoffLimit }),
    ...(mode === 'Indexed' || mode === 'per index' ? { completionMode: 'Indexed' } : {}),
  }))

const cronSpec = fc.record({
  schedule: fc.constantFrom('* * * * *', '*/2 * * * *', '@every 50s', '@every 20s'),
  concurrencyPolicy: fc.constantFrom('Allow', 'Forbid', 'Replace'),
  jobTemplate: jobSpec.map((spec) => ({ spec })),
})

const suspension = fc
  .tuple(fc.constantFrom('job/a', 'job/b', 'cj/tick'), fc.boolean())
  .map(([target, suspend]) => `patch ${target} -p '{"spec":{"suspend":${suspend}}}'`)
const command = fc.oneof(
  suspension,
  fc
    .tuple(fc.constantFrom('job/a', 'job/b'), fc.integer({ min: 0, max: 5 }))
    .map(([target, parallelism]) => `patch ${target} -p '{"spec":{"parallelism":${parallelism}}}'`),
  fc.constantFrom('', ' --force --grace-period=0').map((how) => `delete pods -l app=batch${how}`),
  fc
    .tuple(fc.constantFrom('job/a', 'job/b', 'cj/tick'), fc.constantFrom('background', 'foreground', 'orphan'))
    .map(([target, cascade]) => `delete ${target} --cascade=${cascade}`),
  fc.constantFrom('create job by-hand --from=cj/tick', 'label pods -l app=batch job-name=x --overwrite'),
)
const node = fc.integer({ min: 1, max: 2 }).map((n) => `n-${n}`)
const happening = fc.oneof(
  { weight: 4, arbitrary: command.map((kubectl) => ({ kubectl })) },
  { weight: 1, arbitrary: fc.record({ fail: fc.record({ node }) }) },
  { weight: 1, arbitrary: fc.record({ recover: fc.record({ node }) }) },
)

const object = (kind: string, name: string, spec: object) => ({
  apiVersion: 'batch/v1',
  kind,
  metadata: { name },
  spec,
})
const file: fc.Arbitrary<RandomFile> = fc
  .record({
    seed: fc.integer({ min: 0, max: 1_000_000 }),
    jobs: fc.tuple(jobSpec, jobSpec),
    cron: cronSpec,
    run: fc.integer({ min: 0, max: 90 }),
    exitCode: fc.constantFrom(0, 0, 1),
    timeline: fc.array(fc.tuple(fc.integer({ min: 0, max: 500 }), happening), { maxLength: 8 }),
  })
  .map(({ seed, jobs: [a, b], cron, run, exitCode, timeline }) => ({
    apiVersion: 'wavetank.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: 'random-jobs' },
    seed,
    duration: '10m',
    nodes: [{ name: 'n', count: 2, capacity: { cpu: '4', memory: '4Gi' } }],
    manifests: [object('Job', 'a', a), object('Job', 'b', b), object('CronJob', 'tick', cron)],
    behaviors: [
      { match: { owner: 'Job/b' }, run: { for: '5s', exitCode: 1 } },
      { match: {}, run: { for: { exponential: { mean: `${run + 1}s` } }, exitCode } },
    ],
    timeline: [...timeline].sort(([x], [y]) => x - y).map(([at, what]) => ({ at: `${at}s`, ...what })),
  }))

const play = (given: RandomFile, onEntry: (entry: Entry, view: ClusterView) => void = () => {}) => {
  const sink = createMemorySink()
  const simulation = createSimulation(readScenario(given), { sink, onEntry })
  let result: SimulationResult | undefined
  while (result === undefined) result = simulation.advance(10_000)
  return { simulation, sink, result }
}

describe('Jobs, whatever happens', () => {
  it('are rebuilt by the log', () => {
    check(
      fc.property(file, (given) => {
        const { simulation, sink } = play(given)
        const reading = openLog(createMemorySource(sink.bytes()))
        if (isLeft(reading)) throw new Error(reading.left.message)
        const state = stateAt(reading.right)
        expect(snapshot(state.view)).toEqual(snapshot(simulation.view))
        expect(snapshot(state.slices)).toEqual(snapshot(simulation.slices))
      }),
    )
  })

  it('count each pod once: never more successes than completions, never more ends than pods', () => {
    check(
      fc.property(file, (given) => {
        play(given, ({ event }, view) => {
          if (event.kind !== 'JobStatusReported') return
          const job = view.jobs.get((event as unknown as { readonly object: string }).object)!
          const { succeeded, failed, active } = job.status
          if (job.spec.completions !== undefined) expect(succeeded).toBeLessThanOrEqual(job.spec.completions)
          expect(succeeded + failed).toBeLessThanOrEqual(job.podsMade)
          expect(active).toBeLessThanOrEqual(5)
        })
      }),
    )
  })

  it('know their open pods', () => {
    check(
      fc.property(file, (given) => {
        const { simulation } = play(given)
        const { view } = simulation
        for (const job of view.jobs.values()) {
          const open = [...(view.podsByOwner.get(job.uid) ?? [])].filter((pod) => isOpenPod(pod as Pod))
          expect(new Set(job.openPods)).toEqual(new Set(open))
        }
      }),
    )
  })

  it('never change after they have finished', () => {
    check(
      fc.property(file, (given) => {
        const finished = new Map<string, string>()
        play(given, (_, view) => {
          for (const job of view.jobs.values()) {
            if (finishedCondition(job as Job) === undefined) continue
            const now = JSON.stringify([job.status, job.conditions])
            expect(finished.get(job.uid) ?? now).toBe(now)
            finished.set(job.uid, now)
          }
        })
      }),
    )
  })

  it('of a CronJob with Forbid never overlap', () => {
    check(
      fc.property(file, (given) => {
        play(given, ({ event }, view) => {
          if (event.kind !== 'CronJobStatusReported') return
          for (const cronJob of view.cronJobs.values()) {
            if (cronJob.spec.concurrencyPolicy === 'Allow') continue
            const running = [...view.jobs.values()].filter(
              (job) =>
                job.owner?.uid === cronJob.uid && job.name !== 'by-hand' && finishedCondition(job as Job) === undefined,
            )
            expect(running.length).toBeLessThanOrEqual(1)
          }
        })
      }),
    )
  })
})

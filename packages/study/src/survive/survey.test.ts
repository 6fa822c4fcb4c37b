import type { Millis } from '@wavetank/kernel'
import type { Scenario } from '@wavetank/scenario'
import fc from 'fast-check'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { simulate } from 'wavetank'
import { createLocalEngine } from '../engine/local-engine.ts'
import { scenarioFrom } from '../scenario.test-helper.ts'
import { combinationCount, combinationsOf, randomCombination } from './combinations.ts'
import { impactsOf } from './impact.ts'
import { reproduction } from './reproduction.ts'
import { failureEntries, type SurveyOptions, surveyFailures } from './survey.ts'
import { type Unit, unitsOf } from './units.ts'

const OPTIONS: SurveyOptions = {
  seed: 1,
  replications: 1,
  at: 120_000,
  fault: 'fail',
  failures: 2,
  setsMax: 2_000,
  confidence: 0.95,
}

const deployment = (replicas: number, cpu: number): string => `
  - apiVersion: apps/v1
    kind: Deployment
    metadata: { name: web }
    spec:
      replicas: ${replicas}
      selector: { matchLabels: { app: web } }
      template:
        metadata: { labels: { app: web } }
        spec: { containers: [{ name: c, image: i, resources: { requests: { cpu: "${cpu}" } } }] }`
const cluster = (nodes: number, zones: string, replicas: number, cpu: number, more = ''): string => `duration: 10m
nodes: [{ name: w, count: ${nodes}, zones: [${zones}], capacity: { cpu: "4" }, allocatable: { cpu: "4" } }]
manifests:${deployment(replicas, cpu)}
expect:
  - { name: all are ready, at: 9m, that: 'pods.filter(p, ready(p)).size() == ${replicas}' }
  - { name: one is up, after: 1m, always: 'pods.exists(p, ready(p))' }
${more}`

const units = (scenario: Scenario, over: readonly string[] = ['nodes', 'zones']): readonly Unit[] => {
  const found = unitsOf(scenario, over)
  if (isLeft(found)) throw new Error(found.left.word)
  return found.right
}
const survey = async (scenario: Scenario, options: Partial<SurveyOptions> = {}, over?: readonly string[]) => {
  const found = await surveyFailures(scenario, units(scenario, over), { ...OPTIONS, ...options })
  if (found === undefined) throw new Error('interrupted')
  return found
}

/** What a run from the start comes to. */
const fails = (scenario: Scenario, failed: readonly Unit[], options: SurveyOptions, seed = 1): ReadonlySet<string> => {
  const timeline = [...scenario.timeline, ...failureEntries(failed, options)].sort((a, b) => a.at - b.at)
  const { verdicts } = simulate({ ...scenario, timeline }, { seed })
  return new Set(verdicts.flatMap(({ name, verdict }) => (verdict === 'failed' ? [name] : [])))
}

describe('combinations', () => {
  it('are all there, each once, in order', () => {
    fc.assert(
      fc.property(fc.nat(9), fc.nat(5), (count, size) => {
        const all = [...combinationsOf(count, size)]
        expect(all).toHaveLength(combinationCount(count, size))
        expect(new Set(all.map((set) => set.join())).size).toBe(all.length)
        for (const set of all) {
          expect(set).toHaveLength(size)
          expect([...new Set(set)].sort((a, b) => a - b)).toEqual(set)
        }
      }),
      { seed: 7 },
    )
    expect(combinationCount(50, 3)).toBe(19_600)
    expect(combinationCount(1_000, 3)).toBe(166_167_000)
  })

  it('are as likely as each other when they are drawn', () => {
    const seen = new Map<string, number>()
    let state = 1
    const next = (): number => {
      state = (state * 48_271) % 2_147_483_647
      return state / 2_147_483_647
    }
    for (let i = 0; i < 10_000; i++) {
      const key = randomCombination(5, 2, next).join()
      seen.set(key, (seen.get(key) ?? 0) + 1)
    }
    expect(seen.size).toBe(10)
    for (const count of seen.values()) expect(Math.abs(count - 1_000)).toBeLessThan(120)
  })
})

describe('units', () => {
  it('are nodes, zones, and whatever a label puts together', async () => {
    const scenario = await scenarioFrom(
      cluster(3, 'a, b', 1, 1).replace('capacity', 'labels: { example.com/rack: r1 }, capacity'),
    )
    expect(units(scenario).map(({ name, nodes }) => [name, nodes.join()])).toEqual([
      ['w-1', 'w-1'],
      ['w-2', 'w-2'],
      ['w-3', 'w-3'],
      ['zone a', 'w-1,w-3'],
      ['zone b', 'w-2'],
    ])
    expect(units(scenario, ['example.com/rack'])).toEqual([
      { name: 'example.com/rack=r1', target: { selector: 'example.com/rack=r1' }, nodes: ['w-1', 'w-2', 'w-3'] },
    ])
    expect(unitsOf(scenario, ['racks'])).toMatchObject({ left: { word: 'racks' } })
  })
})

describe('a survey of failures', () => {
  it('finds the smallest sets that break each expectation: those of running all of them from the start', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 5 }),
        fc.constantFrom('a', 'a, b', 'a, b, c'),
        fc.integer({ min: 1, max: 8 }),
        fc.constantFrom(1, 2, 4),
        fc.constantFrom(undefined, 60_000),
        async (nodes, zones, replicas, cpu, lasts) => {
          const scenario = await scenarioFrom(cluster(nodes, zones, replicas, cpu))
          const options = { ...OPTIONS, lasts, failures: 2 }
          const all = units(scenario)
          const bare = fails(scenario, [], options)
          const found = await survey(scenario, options)
          // Whether runs go on from a snapshot or are made from the start does not show.
          expect(await survey(scenario, { ...options, engine: createLocalEngine() })).toEqual(found)
          expect(found.failAnyway).toEqual([...bare].sort())
          const sets = [1, 2].flatMap((size) => [...combinationsOf(all.length, size)])
          const cuts = sets.map((set) => {
            const chosen = set.map((i) => all[i]!)
            const own = new Set(chosen.flatMap((unit) => unit.nodes))
            return { chosen, own, failed: fails(scenario, chosen, options) }
          })
          for (const { name = '' } of scenario.expect) {
            if (bare.has(name)) continue
            const breaking = cuts.filter(({ failed }) => failed.has(name))
            const minimal = breaking.filter(
              (one) =>
                !breaking.some(
                  (other) =>
                    other !== one &&
                    other.chosen.length <= one.chosen.length &&
                    [...other.own].every((node) => one.own.has(node)) &&
                    (other.own.size < one.own.size ||
                      other.chosen.length < one.chosen.length ||
                      breaking.indexOf(other) < breaking.indexOf(one)),
                ),
            )
            const told = found.broken.find(({ expectation }) => expectation === name)?.cutSets ?? []
            expect(told.map((cut) => cut.units.join(' + ')).sort()).toEqual(
              minimal.map(({ chosen }) => chosen.map((unit) => unit.name).join(' + ')).sort(),
            )
          }
        },
      ),
      { seed: 7, numRuns: 5 },
    )
  })

  it('knows k of n: three nodes hold what any two of them hold, and no one alone', async () => {
    const found = await survey(await scenarioFrom(cluster(3, 'a', 8, 1)), { failures: 3 }, ['nodes'])
    expect(found.coverage.map(({ size, run, broke }) => [size, run, broke])).toEqual([
      [1, 3, 0],
      [2, 3, 3],
      [3, 1, 1],
    ])
    expect(
      found.broken.map(({ expectation, cutSets }) => [expectation, cutSets.map((cut) => cut.units.join())]),
    ).toEqual([
      ['all are ready', ['w-1,w-2', 'w-1,w-3', 'w-2,w-3']],
      ['one is up', expect.any(Array)],
    ])
    expect(found.broken[0]!.cutSets[0]!.pendingMax).toBe(4)
  })

  it('does not run what holds sets that break everything, and nothing else is left out', async () => {
    const text = cluster(4, 'a', 16, 1).replace(/ {2}- \{ name: one is up.*\n/, '')
    const found = await survey(await scenarioFrom(text), { failures: 3 }, ['nodes'])
    expect(found.coverage.map(({ run, leftOut }) => [run, leftOut])).toEqual([
      [4, 0],
      [0, 6],
      [0, 4],
    ])
    expect(found.held).toEqual([])
  })

  it('lets a failure end: what comes back in time breaks nothing', async () => {
    const scenario = await scenarioFrom(cluster(2, 'a', 8, 1))
    expect((await survey(scenario, { failures: 1 })).broken.map(({ expectation }) => expectation)).toContain(
      'all are ready',
    )
    expect((await survey(scenario, { failures: 1, lasts: 20_000 })).held).toContain('all are ready')
  })

  it('draws sets where there are too many, the same ones again, and bounds what it has not seen', async () => {
    const scenario = await scenarioFrom(cluster(6, 'a', 4, 1))
    const once = await survey(scenario, { failures: 2, setsMax: 12 }, ['nodes'])
    expect(once.coverage).toMatchObject([
      { size: 1, sets: 6, run: 6 },
      { size: 2, sets: 15, run: 6, broke: 0 },
    ])
    // 0 of 6: 1 − 0.05^(1/6).
    expect(once.coverage[1]!.shareMax).toBeCloseTo(1 - 0.05 ** (1 / 6), 6)
    expect(await survey(scenario, { failures: 2, setsMax: 12 }, ['nodes'])).toEqual(once)
    expect((await survey(scenario, { failures: 3, setsMax: 6 }, ['nodes'])).coverage[2]).toMatchObject({
      run: 0,
      shareMax: 1,
    })
  })

  it('counts over seeds, and says with which one a set breaks something', async () => {
    const random = cluster(3, 'a', 2, 1, 'behaviors: [{ run: { for: { uniform: [1m, 20m] }, exitCode: 1 } }]\n')
    const scenario = await scenarioFrom(random.replace('at: 9m, that', 'after: 2m, until: 4m, always'))
    const found = await survey(scenario, { replications: 6, failures: 1 }, ['nodes'])
    for (const { expectation, cutSets } of found.broken)
      for (const cut of cutSets) {
        expect(cut.failedRuns).toBeGreaterThan(0)
        const own = units(scenario, ['nodes']).filter(({ name }) => cut.units.includes(name))
        expect(fails(scenario, own, OPTIONS, cut.seed).has(expectation)).toBe(true)
      }
    expect(found.broken.length + found.failAnyway.length).toBeGreaterThan(0)
  })

  it('says what it costs in availability', async () => {
    const scenario = await scenarioFrom(cluster(2, 'a', 8, 1))
    const [one] = units(scenario, ['nodes'])
    const [impacts] = await impactsOf(createLocalEngine(), scenario, [{ units: [one!], seed: 1 }], OPTIONS)
    expect(impacts).toHaveLength(1)
    expect(impacts![0]).toMatchObject({ workload: 'Deployment/default/web', without: 1 })
    // Ready until somebody notices, of the eight minutes that are left.
    expect(impacts![0]!.with).toBeGreaterThan(0.05)
    expect(impacts![0]!.with).toBeLessThan(0.2)
  })

  it('stops when it is told to', async () => {
    const scenario = await scenarioFrom(cluster(2, 'a', 1, 1))
    const found = await surveyFailures(scenario, units(scenario), { ...OPTIONS, wasInterrupted: () => true })
    expect(found).toBeUndefined()
  })

  it('refuses failures after the end', async () => {
    const scenario = await scenarioFrom(cluster(2, 'a', 1, 1))
    await expect(survey(scenario, { at: 3_600_000 as Millis })).rejects.toMatchObject({
      engineFailure: 'the run is over before anything fails',
    })
  })
})

it('a reproduction has the failures, the seed, and paths that lead to the same files', () => {
  const text = `kind: Scenario
metadata: { name: shop }
manifests: [web.yaml, { apiVersion: v1, kind: Namespace, metadata: { name: web.yaml } }]
nodes: [{ manifests: nodes/ }, { name: w, count: 1 }]
schedulerConfiguration: scheduler.yaml
behaviors: [{ memory: { shared: { csv: { file: m.csv } } }, cpu: { csv: c.csv } }]
failures: [{ name: f, recorded: f.csv }]
arrivals: [{ csv: a.csv, manifest: {} }]
timeline: [{ at: 1m, kubectl: apply -f later.yaml -n shop }]
`
  const unit = { name: 'zone a', target: { zone: 'a' }, nodes: [] }
  const made = reproduction(text, [unit], 7, { at: 90_000, lasts: 60_000, fault: 'fail' }, (path) => `../${path}`)
  expect(made).toEqual({
    kind: 'Scenario',
    metadata: { name: 'shop-without-zone-a' },
    seed: 7,
    manifests: ['../web.yaml', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'web.yaml' } }],
    nodes: [{ manifests: '../nodes/' }, { name: 'w', count: 1 }],
    schedulerConfiguration: '../scheduler.yaml',
    behaviors: [{ memory: { shared: { csv: { file: '../m.csv' } } }, cpu: { csv: '../c.csv' } }],
    failures: [{ name: 'f', recorded: '../f.csv' }],
    arrivals: [{ csv: '../a.csv', manifest: {} }],
    timeline: [
      { at: '1m', kubectl: 'apply -f ../later.yaml -n shop' },
      { at: '1m30s', fail: { zone: 'a', for: '1m' } },
    ],
  })
})

/**
 * Which failures break which expectations.
 *
 *   run without failure ──▶ snapshot at the instant of failure ──┬──▶ a goes ──▶ what was expected
 *                                                                ├──▶ b goes ──▶ …
 *                                                                └──▶ a and b go ──▶ …
 *
 * 1. Sets of failures are tried by size, smallest first. A *cut set* breaks an expectation; it is minimal if no set of no
 *    more failures does that takes only some of its nodes. A set that contains cut sets of every expectation can be no
 *    minimal one: it is not run, and that is exact.
 * 2. Sets that take the same nodes are the same failure: the smallest, first one stands for all.
 * 3. If there are more sets than runs, all of the smaller sizes are run, and of the first size that is too large a random
 *    choice, seeded; what is not seen is bounded (Clopper and Pearson, 1934).
 * 4. Every set meets the same seeds. That a run goes on from the snapshot instead of from the start does not show.
 */

import { isActive, type Pod } from '@wavetank/cluster'
import { createDraw, type Millis } from '@wavetank/kernel'
import type { Scenario, TimelineEntry } from '@wavetank/scenario'
import { createTrial, planWith, type Snapshot, type TrialResult, tryFrom } from 'wavetank'
import type { DesignPoint } from '../design-point.ts'
import type { Engine, EngineFailure } from '../engine/engine.ts'
import { binomialQuantile } from '../statistics/quantile-functions.ts'
import { type Combination, combinationCount, combinationsOf, isWithin, randomCombination } from './combinations.ts'
import type { Unit } from './units.ts'

export const FAULTS = ['fail', 'partition', 'stopKubelet', 'freeze'] as const

export interface SurveyOptions {
  readonly seed: number
  /** Runs of each set, with seeds one after another. */
  readonly replications: number
  /** When the failures happen; milliseconds of the run. */
  readonly at: number
  /** How long they last; for ever if absent. */
  readonly lasts?: number | undefined
  readonly fault: (typeof FAULTS)[number]
  /** At most so many units fail at once. */
  readonly failures: number
  /** At most so many sets are run. */
  readonly setsMax: number
  readonly confidence: number
  readonly onRun?: (done: number, of: number) => void
  readonly wasInterrupted?: () => boolean
  /** Makes every run from the start instead of going on from the snapshots: for several threads. */
  readonly engine?: Engine
  readonly signal?: AbortSignal
}

/** A set of failures that breaks something. */
export interface CutSet {
  readonly units: readonly string[]
  readonly nodes: readonly string[]
  /** Of the replications. */
  readonly failedRuns: number
  /** Pods without a node at the end, at most. */
  readonly pendingMax: number
  /** Replications that broke it begin with this seed. */
  readonly seed: number
}

export interface Coverage {
  readonly size: number
  /** Sets of that size. */
  readonly sets: number
  readonly run: number
  /** Not run, since they contain sets that break everything, or take the same nodes as another one. */
  readonly leftOut: number
  /** Of those that were run. */
  readonly broke: number
  /** Of a random choice: no larger a share of these sets breaks something, with the confidence of the survey. */
  readonly shareMax?: number
}

export interface Survey {
  readonly units: readonly string[]
  readonly coverage: readonly Coverage[]
  /** Expectations that fail without any failure; nothing is said of them. */
  readonly failAnyway: readonly string[]
  /** By expectation, those first that break soonest and most often. */
  readonly broken: readonly { readonly expectation: string; readonly cutSets: readonly CutSet[] }[]
  /** Expectations that nothing broke. */
  readonly held: readonly string[]
  readonly runs: number
}

const SLICE = 5_000

/** Lets signals have their turn. */
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** What the timeline of a scenario that has these failures has more. */
export const failureEntries = (
  units: readonly Unit[],
  { at, lasts, fault }: Pick<SurveyOptions, 'at' | 'lasts' | 'fault'>,
): readonly TimelineEntry[] =>
  units.map(
    ({ target }) =>
      ({
        at: at as Millis,
        action: { kind: fault, ...target, ...(lasts === undefined ? {} : { for: lasts as Millis }) },
        source: { file: '', line: 1, column: 1 },
      }) as TimelineEntry,
  )

interface Ended {
  readonly failed: readonly string[]
  readonly pending: number
}

const isPending = (pod: Pod): boolean => pod.node === '' && isActive(pod)

interface KnownCut {
  readonly set: Combination
  readonly cut: CutSet
}

/** Whether a set contains a cut set, by its nodes. */
const isPartOf = ({ set, cut }: KnownCut, other: Combination, nodes: ReadonlySet<string>): boolean =>
  set.length <= other.length && cut.nodes.every((node) => nodes.has(node))

class Interrupted extends Error {}

/** What makes the runs of sets of failures: for each set, what became of it with each seed. */
interface Runs {
  readonly prepare: () => Promise<void>
  readonly of: (sets: readonly (readonly Unit[])[]) => Promise<readonly (readonly Ended[])[]>
}

const tooLate = (): EngineFailure => ({
  engineFailure: 'the run is over before anything fails',
  hint: 'let failures happen earlier, with --at',
})

const unfinished = (units: readonly Unit[], reason: string): EngineFailure => ({
  engineFailure: `the run without ${units.map(({ name }) => name).join(', ')} was ended before its time: ${reason}`,
  hint: 'raise `limits` of the scenario if it is meant to be that long',
})

const seedsOf = ({ seed, replications }: SurveyOptions): readonly number[] =>
  Array.from({ length: replications }, (_, i) => seed + i)

/** Runs that go on from the snapshots, one for each seed. */
const forkedRuns = (scenario: Scenario, options: SurveyOptions): Runs => {
  const { at, wasInterrupted = () => false } = options
  const finish = async (trial: ReturnType<typeof createTrial>): Promise<TrialResult> => {
    for (;;) {
      const result = trial.advance(SLICE)
      await breathe()
      if (wasInterrupted()) throw new Interrupted()
      if (result !== undefined) return result
    }
  }
  const snapshots: Snapshot[] = []
  const one = async (units: readonly Unit[]): Promise<readonly Ended[]> => {
    const entries = failureEntries(units, options)
    const ended: Ended[] = []
    for (const snapshot of snapshots) {
      const trial = tryFrom(snapshot, planWith(snapshot.plan, entries, scenario.nodes))
      const { end, verdicts } = await finish(trial)
      if (end.reason !== 'horizon' && end.reason !== 'quiet') throw unfinished(units, end.reason)
      let pending = 0
      for (const pod of trial.view.pods.values()) if (isPending(pod as Pod)) pending++
      ended.push({ failed: verdicts.flatMap(({ name, verdict }) => (verdict === 'failed' ? [name] : [])), pending })
    }
    return ended
  }
  return {
    prepare: async () => {
      for (const seed of seedsOf(options)) {
        const trial = createTrial(scenario, { seed })
        if (trial.advanceTo(at) !== undefined) throw tooLate()
        snapshots.push(trial.snapshot())
        await breathe()
        if (wasInterrupted()) throw new Interrupted()
      }
    },
    of: async (sets) => {
      const all: (readonly Ended[])[] = []
      for (const units of sets) all.push(await one(units))
      return all
    },
  }
}

const PENDING = { name: 'pending', metric: 'pendingPods', of: { statistic: 'end' }, unit: 'count' } as const

/** Runs from the start, on an engine. */
const wholeRuns = (scenario: Scenario, options: SurveyOptions, engine: Engine): Runs => {
  const seeds = seedsOf(options)
  let points = 0
  return {
    prepare: async () => {
      if (options.at >= scenario.duration) throw tooLate()
    },
    of: async (sets) => {
      const first = points
      points += sets.length
      const designs = sets.map((units, i): DesignPoint => {
        const timeline = [...scenario.timeline, ...failureEntries(units, options)].sort((a, b) => a.at - b.at)
        return {
          index: first + i,
          levels: [],
          scenario: { ...scenario, timeline },
          warmup: 0 as Millis,
          measures: [PENDING],
          prices: [],
        }
      })
      const asked = designs.flatMap(({ index }) => seeds.map((seed, number) => ({ point: index, number, seed })))
      const outcomes = await engine.evaluate(designs, asked, undefined, options.signal)
      return designs.map(({ index }, i) =>
        outcomes
          .filter(({ point }) => point === index)
          .sort((a, b) => a.number - b.number)
          .map(({ end, expectations, responses }) => {
            if (end !== 'horizon' && end !== 'quiet') throw unfinished(sets[i]!, end)
            const failed = Object.keys(expectations).filter((name) => expectations[name] === 'failed')
            return { failed, pending: responses.pending ?? 0 }
          }),
      )
    },
  }
}

/** Sets that are run before what they break counts for the next ones. */
const BATCH = 32

/** No larger a share breaks something, if `broke` of `run` random ones do. */
const shareMax = (broke: number, run: number, confidence: number): number => {
  if (broke >= run) return 1
  let low = 0
  let high = 1
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2
    if (binomialQuantile(1 - confidence, run, middle) > broke) high = middle
    else low = middle
  }
  return high
}

/** Tries every set of failures, or as many as may be run; `undefined` if it was interrupted. */
export const surveyFailures = async (
  scenario: Scenario,
  units: readonly Unit[],
  options: SurveyOptions,
): Promise<Survey | undefined> => {
  const { failures, setsMax, seed, confidence, replications, onRun = () => {} } = options
  const { engine } = options
  const runs = engine === undefined ? forkedRuns(scenario, options) : wholeRuns(scenario, options, engine)
  try {
    await runs.prepare()
    const bare = (await runs.of([[]]))[0]!
    const failAnyway = [...new Set(bare.flatMap(({ failed }) => failed))].sort()
    const names = scenario.expect.map(({ name }, i) => name ?? `expect[${i}]`)
    const open = names.filter((name) => !failAnyway.includes(name))
    const cuts = new Map<string, KnownCut[]>(open.map((name) => [name, []]))
    const seen = new Set<string>()
    const coverage: Coverage[] = []
    let made = 0
    const sizes = Array.from({ length: Math.min(failures, units.length) }, (_, i) => i + 1)
    const planned = Math.min(
      setsMax,
      sizes.reduce((sum, size) => sum + combinationCount(units.length, size), 0),
    )

    const nodesOf = (set: Combination): readonly string[] => [...new Set(set.flatMap((i) => units[i]!.nodes))].sort()
    const isNeeded = (set: Combination): boolean => {
      const nodes = new Set(nodesOf(set))
      return open.some((name) => !cuts.get(name)!.some((cut) => isPartOf(cut, set, nodes)))
    }
    const chosenOf = (set: Combination): readonly Unit[] => set.map((i) => units[i]!)
    const note = (set: Combination, ended: readonly Ended[]): boolean => {
      const chosen = chosenOf(set)
      let broke = false
      for (const name of open) {
        const failedRuns = ended.filter(({ failed }) => failed.includes(name)).length
        if (failedRuns === 0) continue
        broke = true
        const known = cuts.get(name)!
        const own = nodesOf(set)
        if (known.some((cut) => isPartOf(cut, set, new Set(own)))) continue
        // A node behind the zone that it is in.
        const larger = known.filter(
          ({ cut }) => own.length < cut.nodes.length && set.length <= cut.units.length && isWithin(own, cut.nodes),
        )
        for (const one of larger) known.splice(known.indexOf(one), 1)
        const first = ended.findIndex(({ failed }) => failed.includes(name))
        const pendingMax = Math.max(...ended.map(({ pending }) => pending))
        const cut: CutSet = {
          units: chosen.map((unit) => unit.name),
          nodes: own,
          failedRuns,
          pendingMax,
          seed: seed + first,
        }
        known.push({ set, cut })
      }
      return broke
    }

    for (const size of open.length === 0 ? [] : sizes) {
      const sets = combinationCount(units.length, size)
      let run = 0
      let broke = 0
      let leftOut = 0
      let batch: Combination[] = []
      const flush = async (): Promise<void> => {
        const sets = batch
        batch = []
        const ended = await runs.of(sets.map(chosenOf))
        sets.forEach((set, i) => {
          if (note(set, ended[i]!)) broke++
        })
        onRun(made, planned)
      }
      const take = async (set: Combination): Promise<void> => {
        const key = nodesOf(set).join(' ')
        if (seen.has(key) || !isNeeded(set)) {
          leftOut++
          return
        }
        seen.add(key)
        run++
        made++
        batch.push(set)
        if (batch.length === BATCH) await flush()
      }
      if (made === setsMax) {
        coverage.push({ size, sets, run, leftOut, broke, shareMax: 1 })
        continue
      }
      if (sets <= setsMax - made) {
        for (const set of combinationsOf(units.length, size)) await take(set)
        await flush()
        coverage.push({ size, sets, run, leftOut, broke })
        continue
      }
      const draw = createDraw(seed)
      const chosen = new Set<string>()
      // Sets that are drawn again, or left out, take part of the tries; the share is of those that can still tell something.
      for (let tries = 0; made < setsMax && tries < 20 * setsMax; tries++) {
        const set = randomCombination(units.length, size, (i) => draw('survive', `${size} ${tries} ${i}`))
        const key = set.join(' ')
        if (chosen.has(key)) continue
        chosen.add(key)
        await take(set)
      }
      await flush()
      coverage.push({ size, sets, run, leftOut, broke, shareMax: shareMax(broke, run, confidence) })
    }
    const broken = open
      .map((expectation) => ({ expectation, cutSets: cuts.get(expectation)!.map(({ cut }) => cut) }))
      .filter(({ cutSets }) => cutSets.length > 0)
    const smallest = ({ cutSets }: { readonly cutSets: readonly CutSet[] }): number =>
      Math.min(...cutSets.map((cut) => cut.units.length))
    return {
      units: units.map(({ name }) => name),
      coverage,
      failAnyway,
      broken: [...broken].sort((a, b) => smallest(a) - smallest(b) || b.cutSets.length - a.cutSets.length),
      held: open.filter((name) => cuts.get(name)!.length === 0),
      runs: (made + 1) * replications,
    }
  } catch (error) {
    if (error instanceof Interrupted || options.signal?.aborted === true) return undefined
    throw error
  }
}

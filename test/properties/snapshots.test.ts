import { isDeepStrictEqual } from 'node:util'
import { deserialize, serialize } from 'node:v8'
import type { Entry, Millis } from '@wavetank/kernel'
import type { Scenario } from '@wavetank/scenario'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  agreesUntil,
  createSimulation,
  createTrial,
  planOf,
  planWith,
  type RunPlan,
  type Snapshot,
  type Trial,
  type TrialOptions,
  type TrialResult,
  tryFrom,
  tryPlan,
} from 'wavetank'
import { readStory, stories } from '../stories/story.ts'
import { check } from './check.ts'
import { type RandomFile, readScenario, scenarioFile } from './random-scenario.ts'

interface Told {
  readonly entries: readonly Entry[]
  readonly result: TrialResult
}

const told = (begin: (options: TrialOptions) => Trial): Told => {
  const entries: Entry[] = []
  const trial = begin({ onEntry: (entry) => entries.push(entry) })
  for (;;) {
    const result = trial.advance(50_000)
    if (result !== undefined) return { entries, result }
  }
}

const whole = (plan: RunPlan): Told => told((options) => tryPlan(plan, options))
const from = (snapshot: Snapshot, plan?: RunPlan): Told => told((options) => tryFrom(snapshot, plan, options))

/** Compared as text: two hundred thousand entries of nested objects at once would take vitest minutes. */
const line = (entry: Entry): string => JSON.stringify(entry)

const expectSame = (after: Told, snapshot: Snapshot, undisturbed: Told): void => {
  const rest = undisturbed.entries.slice(snapshot.run.entries)
  expect(after.entries.length).toBe(rest.length)
  const other = after.entries.findIndex((entry, i) => line(entry) !== line(rest[i]!))
  expect(other < 0 ? undefined : line(after.entries[other]!)).toBe(other < 0 ? undefined : line(rest[other]!))
  expect(after.result).toEqual(undisturbed.result)
}

/** A snapshot of everything before `at`, and the run that went on after it was taken. */
const taken = (begin: (options: TrialOptions) => Trial, at: number): { snapshot: Snapshot; gone: Told } | undefined => {
  const entries: Entry[] = []
  const trial = begin({ onEntry: (entry) => entries.push(entry) })
  if (trial.advanceTo(at) !== undefined) return undefined
  const snapshot = trial.snapshot()
  for (;;) {
    const result = trial.advance(50_000)
    if (result !== undefined) return { snapshot, gone: { entries, result } }
  }
}

const freeze = (value: unknown): void => {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return
  Object.freeze(value)
  for (const item of Object.values(value)) freeze(item)
}

/** Whoever writes on what a snapshot shares with its run fails from here on. */
const freezeShared = ({ run: { view } }: Snapshot): void => {
  freeze(view.settings)
  for (const template of view.templates.values()) freeze(template)
  freeze(view.admissionClasses)
  for (const ranges of view.limitRanges.values()) freeze(ranges)
}

const holds = (scenario: Scenario, part: number): void => {
  const plan = planOf(scenario)
  const undisturbed = whole(plan)
  const at = Math.max(1, Math.floor(undisturbed.result.end.at * part))
  const first = taken((options) => tryPlan(plan, options), at)
  if (first === undefined) return
  const { snapshot, gone } = first
  freezeShared(snapshot)
  expect(snapshot.run.at).toBeLessThan(at)
  expect(gone.entries.length).toBe(undisturbed.entries.length)
  expect(gone.result).toEqual(undisturbed.result)
  expectSame(from(snapshot), snapshot, undisturbed)

  // Plain data: what comes back from bytes goes on as well.
  const bytes = serialize(snapshot.run)
  expectSame(from({ ...snapshot, run: deserialize(bytes) }), snapshot, undisturbed)

  const later = taken((options) => tryFrom(snapshot, plan, options), Math.floor((at + undisturbed.result.end.at) / 2))
  if (later !== undefined) expectSame(from(later.snapshot), later.snapshot, undisturbed)

  // Nothing of all that shows in it. (Equal numbers may have other bytes, so values are compared.)
  expect(isDeepStrictEqual(snapshot.run, deserialize(bytes))).toBe(true)

  const [node] = scenario.nodes
  if (node === undefined) return
  const target = { node: node.metadata.name }
  for (const action of [
    { kind: 'fail', ...target },
    { kind: 'partition', ...target },
  ] as const) {
    const other = planWith(plan, [{ at: at as Millis, action: action as never }], scenario.nodes)
    expect(agreesUntil(plan, other)).toBe(at)
    expectSame(from(snapshot, other), snapshot, whole(other))
  }
}

describe('a snapshot', () => {
  it.each(stories)(
    'goes on as the run that it was taken of, and as others that agree until then, in %s',
    async (story) => {
      const scenario = await readStory(story)
      holds(scenario!, 0.5)
    },
  )

  it('goes on as the run that it was taken of, and as others that agree until then', () => {
    check(
      fc.property(fc.tuple(scenarioFile, fc.double({ min: 0, max: 1, noNaN: true })), ([file, part]) => {
        holds(readScenario(file), part)
      }),
      0.5,
    )
  })

  it('goes on with whatever timeline differs from then on', () => {
    check(
      fc.property(fc.tuple(scenarioFile, scenarioFile), ([file, { timeline }]) => {
        const one = planOf(readScenario(file))
        const other = planOf(readScenario({ ...file, timeline } as RandomFile))
        const until = agreesUntil(one, other)
        const first = until === 0 ? undefined : taken((options) => tryPlan(one, options), until)
        if (first === undefined) return
        expectSame(from(first.snapshot, other), first.snapshot, whole(other))
      }),
    )
  })
})

describe('a trial', () => {
  it('has the entries of the simulation with a log', () => {
    check(
      fc.property(fc.tuple(scenarioFile), ([file]) => {
        const scenario = readScenario(file)
        const logged = told((options) => createSimulation(scenario, options))
        const trial = told((options) => createTrial(scenario, options))
        expect(trial.entries.map(line)).toEqual(logged.entries.map(line))
        expect(trial.result.verdicts).toEqual(logged.result.verdicts)
      }),
      0.3,
    )
  })
})

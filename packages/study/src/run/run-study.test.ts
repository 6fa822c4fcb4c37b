import { describe, expect, it } from 'vitest'
import type { DesignPoint, Outcome, Replication } from '../design-point.ts'
import type { Engine } from '../engine/engine.ts'
import type { Study } from '../file/load-study.ts'
import { digestOf } from '../results/results.ts'
import type { Journal } from './journal.ts'
import { isUnfinishedRun, runStudy } from './run-study.ts'

/** Answers with a number that depends on point and seed alone; the spread is that of the point. */
const answer = ({ point, number, seed }: Replication, end: Outcome['end'] = 'horizon'): Outcome => ({
  point,
  number,
  seed,
  responses: { x: 10 + point * (((seed % 1_000) + 1_000) % 1_000) * 0.001 },
  expectations: {},
  entries: 1,
  end,
})

const study = (replications: Partial<Study['replications']> = {}): Study => ({
  name: 's',
  axes: [],
  points: [0, 1, 5].map((_, index) => ({ index }) as DesignPoint),
  measures: [{ name: 'x', metric: 'events', of: {}, unit: 'number' }],
  prices: [],
  replications: { min: 4, max: 4, until: [], confidence: 0.95, ...replications },
  seed: 3,
  quantiles: [],
  digest: 'd',
  warnings: [],
})

interface Recording extends Engine {
  readonly asked: Replication[]
}

/** @param order in which the outcomes of a round come */
const engine = (order: (replications: readonly Replication[]) => readonly Replication[] = (all) => all): Recording => {
  const asked: Replication[] = []
  return {
    asked,
    evaluate: async (_, replications, onOutcome, signal) => {
      const outcomes: Outcome[] = []
      for (const one of order(replications)) {
        signal?.throwIfAborted()
        asked.push(one)
        const outcome = answer(one)
        onOutcome?.(outcome)
        outcomes.push(outcome)
      }
      return outcomes
    },
    close: async () => {},
  }
}

const memoryJournal = (outcomes: Outcome[] = []): Journal & { readonly lines: Outcome[] } => {
  const lines: Outcome[] = []
  return { outcomes: [...outcomes], lines, add: (outcome) => lines.push(outcome), sync: () => {}, close: () => {} }
}

const countsOf = (outcomes: readonly Outcome[]): readonly number[] =>
  [0, 1, 2].map((point) => outcomes.filter((outcome) => outcome.point === point).length)

describe('the runs of a study', () => {
  it('have the same seed at every point, and another for every replication', async () => {
    const outcomes = await runStudy(study(), { engine: engine() })
    expect(countsOf(outcomes)).toEqual([4, 4, 4])
    const seeds = outcomes.filter(({ point }) => point === 0).map(({ seed }) => seed)
    expect(new Set(seeds).size).toBe(4)
    expect(seeds.every((seed) => Number.isSafeInteger(seed) && seed >= 0)).toBe(true)
    for (const point of [1, 2])
      expect(outcomes.filter((outcome) => outcome.point === point).map(({ seed }) => seed)).toEqual(seeds)
  })

  it('grow in number until the interval is narrow enough, at the points that need it', async () => {
    const until = [{ measure: 'x', halfWidth: 0.05 }] as unknown as Study['replications']['until']
    const [none = 0, some = 0, more = 0] = countsOf(
      await runStudy(study({ max: 100_000, until }), { engine: engine() }),
    )
    expect(none).toBe(4)
    expect(some).toBeGreaterThan(20)
    // Twice the spread, four times the runs.
    expect(more / some).toBeGreaterThan(2)
    expect(countsOf(await runStudy(study({ max: 30, until }), { engine: engine() }))).toEqual([4, 30, 30])
  })

  it('are the same in whatever order they come, and however often they were interrupted', async () => {
    const until = [{ measure: 'x', relative: 0.01 }] as unknown as Study['replications']['until']
    const asked = study({ max: 500, until })
    const straight = await runStudy(asked, { engine: engine() })
    const backwards = await runStudy(asked, { engine: engine((all) => [...all].reverse()) })
    expect(digestOf(backwards)).toBe(digestOf(straight))

    let found: Outcome[] = []
    const made = []
    for (let session = 0; ; session++) {
      const abort = new AbortController()
      const journal = memoryJournal(found)
      const own = engine((all) => [...all].reverse())
      const running = runStudy(asked, {
        engine: own,
        journal,
        signal: abort.signal,
        onProgress: ({ made: now }) => {
          if (now === 7) abort.abort()
        },
      })
      const outcomes = await running.catch(() => undefined)
      made.push(...own.asked)
      found = [...found, ...journal.lines]
      if (outcomes === undefined) continue
      expect(session).toBeGreaterThan(3)
      expect(outcomes).toEqual(straight)
      break
    }
    // Nothing twice.
    expect(new Set(made.map(({ point, number }) => `${point}/${number}`)).size).toBe(made.length)
    expect(made).toHaveLength(straight.length)
  })

  it('that the rule does not ask for any more are in the journal and not in the study', async () => {
    const journal = memoryJournal((await runStudy(study({ min: 9, max: 9 }), { engine: engine() })) as Outcome[])
    const own = engine()
    expect(countsOf(await runStudy(study(), { engine: own, journal }))).toEqual([4, 4, 4])
    expect(own.asked).toEqual([])
  })

  it('end the study when one does not come to its end', async () => {
    const broken: Engine = {
      evaluate: async (_, replications, onOutcome) => {
        for (const one of replications) onOutcome?.(answer(one, one.number === 2 ? 'budget' : 'horizon'))
        return []
      },
      close: async () => {},
    }
    const journal = memoryJournal()
    const error = await runStudy(study(), { engine: broken, journal }).catch((thrown: unknown) => thrown)
    expect(isUnfinishedRun(error) && error.unfinishedRun).toMatchObject({ point: 0, number: 2, end: 'budget' })
    expect(journal.lines.every(({ end }) => end === 'horizon')).toBe(true)
  })
})

import type { Outcome, Replication } from '../design-point.ts'
import type { Engine } from '../engine/engine.ts'
import type { Study } from '../file/load-study.ts'
import { nextRound, type Precision, type Sample } from '../statistics/stopping.ts'
import type { Journal } from './journal.ts'
import { seedsOf } from './seeds.ts'

/** How far a study is. */
export interface StudyProgress {
  /** Runs that there are, those of an earlier session among them. */
  readonly done: number
  /** Runs that this round and those before it ask for: more may follow where intervals are not narrow enough. */
  readonly wanted: number
  /** Of this session. */
  readonly made: number
}

export interface RunStudyOptions {
  readonly engine: Engine
  /** Without one, nothing is remembered. */
  readonly journal?: Journal
  readonly signal?: AbortSignal
  readonly onProgress?: (progress: StudyProgress) => void
  /** Which runs are made here; all of them by default. Where intervals decide, a point has to be here as a whole. */
  readonly isOwn?: IsOwn
}

/** Whether a run is one that is made here. */
export type IsOwn = (point: number, number: number) => boolean

/** A run that did not come to its end, so that the study cannot either. */
export interface UnfinishedRun {
  readonly unfinishedRun: Outcome
}
export const isUnfinishedRun = (error: unknown): error is UnfinishedRun =>
  typeof error === 'object' && error !== null && 'unfinishedRun' in error

/** Outcomes that are written together. */
const BATCH = 64
const BATCH_MILLIS = 500

const kindOf = (study: Study, name: string): Sample['kind'] =>
  study.measures.find((measure) => measure.name === name)?.unit === 'truth' ? 'truth' : 'number'

/** How many replications a point should have, given those that it has. */
const wantedOf = (study: Study, outcomes: readonly Outcome[]): number => {
  const { min, max, until, confidence } = study.replications
  const rule = { minimum: min, maximum: max }
  if (outcomes.length < min || until.length === 0) return nextRound(outcomes.length, [], rule)
  return Math.max(
    ...until.map(({ measure, halfWidth, relative = 0 }) => {
      const values = outcomes.flatMap(({ responses }) => responses[measure] ?? [])
      const precision: Precision = {
        confidence,
        halfWidth: halfWidth === undefined ? { relative } : { absolute: halfWidth },
      }
      return nextRound(outcomes.length, [{ values, kind: kindOf(study, measure) }], { ...rule, precision })
    }),
  )
}

/**
 * Makes all runs that a study asks for, in rounds; its outcomes in the order of points and replications.
 *
 * What the next round asks for depends on the outcomes before it and on nothing else, so that an interrupted study asks
 * for the same when it goes on.
 */
export const runStudy = async (
  study: Study,
  { engine, journal, signal, onProgress, isOwn = () => true }: RunStudyOptions,
): Promise<readonly Outcome[]> => {
  const { points } = study
  const seedOf = seedsOf(study.seed)
  const known = points.map(() => new Map<number, Outcome>())
  for (const outcome of journal?.outcomes ?? []) {
    const own = known[outcome.point]
    if (own !== undefined && !own.has(outcome.number)) own.set(outcome.number, outcome)
  }
  const wanted = points.map(() => 0)
  let made = 0
  const firstOf = (point: number, count: number): readonly Outcome[] => {
    const outcomes: Outcome[] = []
    for (let number = 0; number < count; number++) outcomes.push(known[point]!.get(number)!)
    return outcomes
  }
  let done = 0
  let all = 0
  const tell = (): void => onProgress?.({ done, wanted: all, made })
  let unsynced = 0
  let syncedAt = performance.now()
  const sync = (): void => {
    journal?.sync()
    unsynced = 0
    syncedAt = performance.now()
  }
  const note = (outcome: Outcome): void => {
    if (outcome.end !== 'horizon' && outcome.end !== 'quiet') {
      const unfinished: UnfinishedRun = { unfinishedRun: outcome }
      throw unfinished
    }
    known[outcome.point]!.set(outcome.number, outcome)
    made++
    done++
    journal?.add(outcome)
    if (++unsynced >= BATCH || performance.now() - syncedAt > BATCH_MILLIS) sync()
    tell()
  }
  for (;;) {
    let grown = false
    points.forEach((_, point) => {
      if (study.replications.until.length > 0 && !isOwn(point, 0)) return
      const next = wantedOf(study, firstOf(point, wanted[point]!))
      if (next > wanted[point]!) grown = true
      wanted[point] = Math.max(next, wanted[point]!)
    })
    if (!grown) break
    const missing: Replication[] = []
    // By seed: points that agree for a while can share that while.
    const most = Math.max(...wanted)
    all = 0
    for (let number = 0; number < most; number++)
      points.forEach((_, point) => {
        if (number >= wanted[point]! || !isOwn(point, number)) return
        all++
        if (!known[point]!.has(number)) missing.push({ point, number, seed: seedOf(number) })
      })
    done = all - missing.length
    tell()
    try {
      if (missing.length > 0) await engine.evaluate(points, missing, note, signal)
    } finally {
      sync()
    }
  }
  return points.flatMap((_, point) => firstOf(point, wanted[point]!).filter((__, number) => isOwn(point, number)))
}

import type { ProbeAnswers } from './behavior.ts'

/**
 * Probes in closed form: a probe whose outcome changes nothing is no event. Of the endless row of ticks, the one that
 * changes the result is computed.
 *
 *   ticks     |   |   |   |   |   |        first, first + period, …
 *   answers   200 200 500 500 500 500      a step function of time, or of the number of the request
 *   result    ok            ↑ failure      after failureThreshold failures in a row
 *
 * Source of the rules: pkg/kubelet/prober/worker.go, doProbe.
 */
export interface ProbeRow {
  readonly answers: ProbeAnswers
  /** When the container started, milliseconds. */
  readonly startedAt: number
  /** The next tick. */
  readonly first: number
  readonly period: number
  /** Requests that this container has answered before. */
  readonly asked: number
  readonly successThreshold: number
  readonly failureThreshold: number
  /** What has been published last; `unknown` for a startup probe that has not succeeded yet. */
  readonly result: ProbeResult
}
export type ProbeResult = 'success' | 'failure' | 'unknown'

export interface ProbeChange {
  readonly at: number
  readonly result: 'success' | 'failure'
  /** Requests answered by then, the last included. */
  readonly asked: number
}

/** 200 ≤ status < 400. Source: pkg/probe/http/http.go. */
const succeeds = (status: number): boolean => status >= 200 && status < 400

/** The number of the first tick (from 0) that gets the answer of a step that starts `from`. */
const firstTickOf = (row: ProbeRow, from: number): number =>
  row.answers.by === 'requests'
    ? Math.max(0, from - row.asked - 1)
    : Math.max(0, Math.ceil((row.startedAt + from - row.first) / row.period))

/** The next change of the published result; `undefined` if it never changes again. */
export const nextProbeChange = (row: ProbeRow): ProbeChange | undefined => {
  const { steps } = row.answers
  let successes = 0
  let failures = 0
  for (let i = 0; i < steps.length; i++) {
    const step = steps[i]!
    const following = steps[i + 1]
    const begin = firstTickOf(row, step.from)
    const end = following === undefined ? Number.POSITIVE_INFINITY : firstTickOf(row, following.from)
    const ticks = end - begin
    if (ticks <= 0) continue
    const ok = succeeds(step.status)
    const before = ok ? successes : failures
    const threshold = ok ? row.successThreshold : row.failureThreshold
    if (row.result !== (ok ? 'success' : 'failure') && before + ticks >= threshold) {
      const tick = begin + threshold - before - 1
      return { at: row.first + tick * row.period, result: ok ? 'success' : 'failure', asked: row.asked + tick + 1 }
    }
    successes = ok ? successes + ticks : 0
    failures = ok ? 0 : failures + ticks
  }
  return undefined
}

import { type Answer, type Answering, stretchFrom, succeeds } from './probe-answers.ts'
import { durationOf, isNew, type ProbeTerms, type ProbeWorker, spacingOf } from './probe-worker.ts'

/**
 * Probes in closed form: a request that is answered as the one before, and changes no result, is no event. Of the
 * endless row of ticks the next one that matters is computed.
 *
 *   ticks     |   |   |   |   |   |        first, first + period, …
 *   answers   200 200 500 500 500 500      in stretches: by time, by the number of the request, by what is down, by chance
 *   log               500     500          the first that is answered otherwise
 *   result    ok            ↑ failure      and the one that is the last of failureThreshold failures in a row
 *
 * Source of the rules: pkg/kubelet/prober/worker.go, doProbe.
 */
export interface ProbeChange {
  /** When the request is sent. */
  readonly sentAt: number
  /** When its answer is there, or has not come in time. */
  readonly at: number
  readonly answer: Answer
  readonly output: string | undefined
  /** Its number. */
  readonly asked: number
}

/** Stretches after which the search goes on in another event, so that no search is endless. */
const STRETCHES_MAX = 1_000

const ticksWithin = (from: number, until: number, step: number): number =>
  until === Number.POSITIVE_INFINITY ? until : Math.max(0, Math.ceil((until - from) / step))

/**
 * The next request after the last one in the log that matters.
 *
 * @param first the first tick of the instance
 * @param every whether each request matters
 */
export const nextProbeChange = (
  worker: Readonly<ProbeWorker>,
  terms: ProbeTerms,
  answering: Answering,
  first: number,
  every: boolean,
): ProbeChange | undefined => {
  if (worker.onHold) return undefined
  let { asked, run, ok, failedAt } = worker
  let sentAt = isNew(worker) ? first : worker.at + spacingOf(worker.answer, terms)
  for (let i = 0; i < STRETCHES_MAX; i++) {
    const { answer, output, untilRequest, untilTime } = stretchFrom(answering, asked + 1, sentAt, failedAt)
    const change = { sentAt, at: sentAt + durationOf(answer, terms), answer, output, asked: asked + 1 }
    if (every || answer !== worker.answer || i === STRETCHES_MAX - 1) return change
    const spacing = spacingOf(answer, terms)
    const ticks = Math.min(untilRequest - asked - 1, ticksWithin(sentAt, untilTime, spacing))
    const outcome = succeeds(answer)
    if (worker.result !== (outcome ? 'success' : 'failure')) {
      const missing = (outcome ? terms.successThreshold : terms.failureThreshold) - (ok === outcome ? run : 0)
      if (missing <= ticks) {
        const skipped = Math.max(0, missing - 1)
        const sent = sentAt + skipped * spacing
        return { ...change, sentAt: sent, at: sent + durationOf(answer, terms), asked: asked + 1 + skipped }
      }
    }
    if (ticks === Number.POSITIVE_INFINITY) return undefined
    run = ok === outcome ? run + ticks : ticks
    ok = outcome
    asked += ticks
    if (!outcome) failedAt = asked
    sentAt += ticks * spacing
  }
  return undefined
}

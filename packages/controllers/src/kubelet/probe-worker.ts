import type { DeepReadonly, Probe } from '@wavetank/cluster'
import { type Answer, succeeds } from './probe-answers.ts'

export type ProbeResult = 'success' | 'failure' | 'unknown'

/**
 * What one worker of the prober remembers. It lives as long as its pod: what it has counted outlives a restart of the
 * container.
 *
 * Source: pkg/kubelet/prober/worker.go.
 */
export interface ProbeWorker {
  /** What has been published of the running instance; `unknown` for a startup probe that has not ended yet. */
  result: ProbeResult
  /** When it was, last. */
  resultAt: number
  /** Ticks count from here: the start of the worker, or the moment when a readiness worker was poked. */
  origin: number | undefined
  /** Probing begins here: at the start of the instance, or at the end of its startup probe. */
  since: number
  /** Requests to this instance up to the last one that is in the log. */
  asked: number
  /** How many of them an earlier worker has sent: the kubelet was restarted and the container was not. */
  askedBefore: number
  /** When the last one that is in the log was sent. */
  at: number
  /** What it was answered; 200 before the first. */
  answer: Answer
  /** The last request to this instance that failed; 0 if none did. */
  failedAt: number
  /** The last outcome, and how many in a row had it. */
  ok: boolean | undefined
  run: number
  /** Nothing is probed until the container has been restarted. */
  onHold: boolean
}

export interface ProbeTerms {
  /** Milliseconds. */
  readonly period: number
  readonly timeout: number
  readonly successThreshold: number
  readonly failureThreshold: number
}

/** Source: pkg/apis/core/v1/defaults.go, SetDefaults_Probe. */
export const termsOf = (probe: DeepReadonly<Probe>): ProbeTerms => ({
  period: (probe.periodSeconds ?? 10) * 1_000,
  timeout: (probe.timeoutSeconds ?? 1) * 1_000,
  successThreshold: probe.successThreshold ?? 1,
  failureThreshold: probe.failureThreshold ?? 3,
})

/** How long a request takes; that of an answer is negligible. */
export const durationOf = (answer: Answer, { timeout }: ProbeTerms): number => (answer === 'timeout' ? timeout : 0)

/** From one request to the next: a request that takes longer than a period is followed at once. */
export const spacingOf = (answer: Answer, { period, timeout }: ProbeTerms): number =>
  answer === 'timeout' ? Math.max(period, timeout) : period

/** Whether it has not asked the running instance yet. */
export const isNew = ({ asked, askedBefore }: Readonly<ProbeWorker>): boolean => asked === askedBefore

/** Counts `times` outcomes. */
export const count = (worker: Pick<ProbeWorker, 'ok' | 'run'>, ok: boolean, times: number): void => {
  worker.run = worker.ok === ok ? worker.run + times : times
  worker.ok = ok
}

/**
 * Nothing is asked any more: counts the requests since the last one in the log, which were answered as that one was.
 *
 * @param first the first tick of the instance
 * @param inclusive whether an answer at `until` still came
 */
export const settle = (
  worker: ProbeWorker,
  terms: ProbeTerms,
  first: number,
  until: number,
  inclusive: boolean,
): void => {
  if (worker.onHold) return
  const spacing = spacingOf(worker.answer, terms)
  const next = isNew(worker) ? first : worker.at + spacing
  const left = until - next - durationOf(worker.answer, terms)
  const times = inclusive ? Math.floor(left / spacing) + 1 : Math.ceil(left / spacing)
  if (times > 0) count(worker, succeeds(worker.answer), times)
}

/**
 * Request number `asked` was answered at `at`; those since the last one in the log were answered as that one. Source: doProbe.
 */
export const answered = (
  worker: ProbeWorker,
  kind: 'liveness' | 'readiness' | 'startup',
  terms: ProbeTerms,
  answer: Answer,
  asked: number,
  at: number,
): void => {
  const skipped = asked - 1 - worker.asked
  if (skipped > 0) {
    const ok = succeeds(worker.answer)
    count(worker, ok, skipped)
    if (!ok) worker.failedAt = asked - 1
  }
  const ok = succeeds(answer)
  count(worker, ok, 1)
  if (!ok) worker.failedAt = asked
  worker.asked = asked
  worker.at = at - durationOf(answer, terms)
  worker.answer = answer
  if (worker.run < (ok ? terms.successThreshold : terms.failureThreshold)) return
  const result = ok ? 'success' : 'failure'
  if (worker.result !== result) {
    worker.result = result
    worker.resultAt = at
  }
  if (kind === 'startup' || (kind === 'liveness' && !ok)) {
    worker.onHold = true
    worker.run = 0
  }
}

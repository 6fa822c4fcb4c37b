import { ln } from '@wavetank/kernel'
import type { ProbeAnswers } from './behavior.ts'

/** What a probe is answered: an HTTP status, no connection, or nothing within the time that the probe gives it. */
export type Answer = number | 'refused' | 'timeout'

/** As the log has it. */
export const parseAnswer = (text: string): Answer =>
  text === 'refused' || text === 'timeout' ? text : Number.parseInt(text, 10)

/** 200 ≤ status < 400. Source: pkg/probe/http/http.go. */
export const succeeds = (answer: Answer): boolean => typeof answer === 'number' && answer >= 200 && answer < 400

/** An answer, and how long the answers stay the same: for requests before this number, sent before this time. */
export interface Stretch {
  readonly answer: Answer
  readonly output: string | undefined
  readonly untilRequest: number
  readonly untilTime: number
}

/** What decides the answers of one container’s probe. */
export interface Answering {
  /** Without any: those of a process that serves once it has started up. */
  readonly answers: ProbeAnswers | undefined
  /** Of this instance of the container. */
  readonly startedAt: number
  /** Milliseconds from the start until the process serves. */
  readonly startup: number
  /** When a dependency went down and up again, in turn. */
  readonly outagesOf: (dependency: string) => readonly number[]
  /** A number from [0, 1), the same for the same request. */
  readonly luck: (request: number) => number
}

const FOREVER = Number.POSITIVE_INFINITY

const forever = (answer: Answer): Stretch => ({
  answer,
  output: undefined,
  untilRequest: FOREVER,
  untilTime: FOREVER,
})

/** Whether it is down, and until when that is known not to change. */
const outageAt = (turns: readonly number[], at: number): { readonly isDown: boolean; readonly until: number } => {
  let passed = 0
  while (passed < turns.length && turns[passed]! <= at) passed++
  return { isDown: passed % 2 === 1, until: turns[passed] ?? FOREVER }
}

const stepOf = ({ answers, startedAt, startup }: Answering, request: number, at: number): Stretch => {
  if (answers === undefined || answers.steps.length === 0) {
    const serves = startedAt + startup
    return at < serves ? { ...forever('refused'), untilTime: serves } : forever(200)
  }
  const byTime = answers.by === 'time'
  const where = byTime ? at - startedAt : request
  const { steps } = answers
  let i = 0
  while (i + 1 < steps.length && steps[i + 1]!.from <= where) i++
  const { status: answer, output } = steps[i]!
  const until = steps[i + 1]?.from ?? FOREVER
  return {
    answer,
    output,
    untilRequest: byTime ? FOREVER : until,
    untilTime: byTime ? startedAt + until : FOREVER,
  }
}

/**
 * The first request after `failedAt`, the last one that failed, that fails by chance: as every request fails with the
 * same probability, the number of those between is geometric, and one draw gives it.
 */
const nextChance = (probability: number, luck: Answering['luck'], failedAt: number): number => {
  if (probability >= 1) return failedAt + 1
  return failedAt + 1 + Math.floor(ln(1 - luck(failedAt)) / ln(1 - probability))
}

/**
 * The answer to a request, and for how long it stays.
 *
 * A process that is not up, or answers an error, does so whatever else there is; then what it depends on counts, then
 * chance.
 *
 * @param request number of the request to this instance of the container, from 1
 * @param failedAt number of its last request that failed; 0 if none has
 */
export const stretchFrom = (answering: Answering, request: number, at: number, failedAt: number): Stretch => {
  let step = stepOf(answering, request, at)
  if (!succeeds(step.answer)) return step
  const { needs, chance } = answering.answers ?? {}
  for (const { dependency, status: answer, output } of needs ?? []) {
    const { isDown, until } = outageAt(answering.outagesOf(dependency), at)
    step = { ...step, untilTime: Math.min(step.untilTime, until) }
    if (isDown) return { ...step, answer, output }
  }
  if (chance === undefined || chance.probability <= 0) return step
  const failing = nextChance(chance.probability, answering.luck, failedAt)
  if (request < failing) return { ...step, untilRequest: Math.min(step.untilRequest, failing) }
  return { ...step, answer: chance.status, output: chance.output, untilRequest: request + 1 }
}

import type { Schedule } from './schedule.ts'

/** What a CronJob says about when it runs; times are epoch milliseconds. */
export interface RunInput {
  readonly schedule: Schedule
  /** `metadata.creationTimestamp`. */
  readonly createdAt: number
  readonly lastScheduleAt: number | undefined
  readonly startingDeadlineSeconds: number | undefined
  readonly now: number
}

export interface DueRun {
  /** The latest time at which it should have run and did not. */
  readonly run: number | undefined
  /** Where the search began. */
  readonly earliest: number
  readonly missed: 'none' | 'few' | 'many'
  /** The schedule makes no sense. */
  readonly error: string | undefined
}

/** More missed runs than this are told of. */
const MANY = 100
/** Source: nextScheduleDelta. */
export const REQUEUE_DELTA = 100

const TOO_CLOSE = 'time difference between two schedules is less than 1 second'

/** Source: pkg/controller/cronjob/utils.go, mostRecentScheduleTime. */
export const dueRun = (input: RunInput, withDeadline: boolean): DueRun => {
  const { schedule, createdAt, lastScheduleAt, startingDeadlineSeconds, now } = input
  let earliest = lastScheduleAt ?? createdAt
  if (withDeadline && startingDeadlineSeconds !== undefined) {
    earliest = Math.max(earliest, now - startingDeadlineSeconds * 1_000)
  }
  const none = { run: undefined, earliest, missed: 'none', error: undefined } as const
  const first = schedule.next(earliest)
  if (first === undefined) return { ...none, error: TOO_CLOSE }
  if (now < first) return none
  const second = schedule.next(first)
  if (second === undefined) return { ...none, error: TOO_CLOSE }
  if (now < second) return { ...none, run: first }
  const step = Math.round((second - first) / 1_000)
  if (step < 1) return { ...none, error: TOO_CLOSE }
  const missed = Math.floor(Math.floor((now - first) / 1_000) / step) + 1
  let run: number | undefined
  // From one step before the estimate: schedules need not be regular.
  for (
    let time = schedule.next(first + (missed - 2) * step * 1_000);
    time !== undefined && time <= now;
    time = schedule.next(time)
  ) {
    run = time
  }
  return { run, earliest, missed: missed > MANY ? 'many' : 'few', error: undefined }
}

/** Milliseconds until the next look: 0.1 s after the next run. Source: nextScheduleTimeDuration. */
export const untilNextRun = (input: RunInput): number | undefined => {
  const { run, earliest, missed, error } = dueRun(input, false)
  const from = error !== undefined ? input.now : (run ?? (missed === 'none' ? earliest : input.now))
  const next = input.schedule.next(from)
  return next === undefined ? undefined : Math.max(0, next + REQUEUE_DELTA - input.now)
}

import { isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { dueRun, type RunInput, untilNextRun } from './due-run.ts'
import { parseSchedule, type Schedule } from './schedule.ts'
import { UTC } from './time-zone.ts'

const scheduleOf = (text: string): Schedule => {
  const schedule = parseSchedule(text, UTC)
  if (isRight(schedule)) return schedule.right
  throw new Error(schedule.left)
}
const at = (time: string): number => Date.parse(`2025-01-01T${time}Z`)
const iso = (time: number | undefined): string | undefined =>
  time === undefined ? undefined : new Date(time).toISOString().slice(11, 19)
const input = (text: string, now: string, more: Partial<RunInput> = {}): RunInput => ({
  schedule: scheduleOf(text),
  createdAt: at('10:00:30'),
  lastScheduleAt: undefined,
  startingDeadlineSeconds: undefined,
  now: at(now),
  ...more,
})

// Source: pkg/controller/cronjob/utils.go, mostRecentScheduleTime, nextScheduleTimeDuration; semantics 6.4 D.
describe('the run that is due', () => {
  it.each<[string, RunInput, string | undefined, string]>([
    ['none before the first time', input('*/5 * * * *', '10:04:59.999'), undefined, 'none'],
    ['the first one, from its very instant', input('*/5 * * * *', '10:05:00'), '10:05:00', 'none'],
    ['the first one, until the second', input('*/5 * * * *', '10:09:59.999'), '10:05:00', 'none'],
    ['the latest of several', input('*/5 * * * *', '10:32:00'), '10:30:00', 'few'],
    [
      'counted from the last scheduled time',
      input('*/5 * * * *', '10:32:00', { lastScheduleAt: at('10:30:00') }),
      undefined,
      'none',
    ],
    [
      'the latest of a schedule that is not regular',
      input('0 6-16/4 * * *', '15:00:00', { createdAt: at('00:00:00') }),
      '14:00:00',
      'few',
    ],
    ['of @every, in step with the reference', input('@every 90s', '10:10:00'), '10:09:30', 'few'],
    ['100 missed are few', input('* * * * *', '11:40:59'), '11:40:00', 'few'],
    ['101 missed are many, and the latest is due all the same', input('* * * * *', '11:41:00'), '11:41:00', 'many'],
    [
      'a deadline hides what is older',
      input('0,15,30,45 * * * *', '10:30:16', { startingDeadlineSeconds: 15 }),
      undefined,
      'none',
    ],
    [
      'and shows what is not',
      input('0,15,30,45 * * * *', '10:30:14.9', { startingDeadlineSeconds: 15 }),
      '10:30:00',
      'none',
    ],
    [
      'a deadline of 0 hides everything',
      input('* * * * *', '10:31:00', { startingDeadlineSeconds: 0 }),
      undefined,
      'none',
    ],
    [
      'many are few within a deadline',
      input('* * * * *', '16:00:30', { startingDeadlineSeconds: 200 }),
      '16:00:00',
      'few',
    ],
  ])('%s', (_, given, run, missed) => {
    const due = dueRun(given, true)
    expect(iso(due.run)).toBe(run)
    expect(due.missed).toBe(missed)
  })

  it('is an error where the schedule never comes', () => {
    expect(dueRun(input('0 0 31 2 *', '12:00:00'), true).error).toBe(
      'time difference between two schedules is less than 1 second',
    )
  })
})

describe('the next look', () => {
  it.each<[string, RunInput, number]>([
    ['0.1 s after the next run', input('*/5 * * * *', '10:01:00'), 240_100],
    ['after the next one when one is due', input('*/5 * * * *', '10:07:00'), 180_100],
    ['whatever the deadline', input('*/5 * * * *', '10:07:00', { startingDeadlineSeconds: 0 }), 180_100],
    [
      'after one that has just been started',
      input('* * * * *', '10:01:00.1', { lastScheduleAt: at('10:01:00') }),
      60_000,
    ],
  ])('is %s', (_, given, millis) => {
    expect(untilNextRun(given)).toBe(millis)
  })

  it('never comes where the schedule never does', () => {
    expect(untilNextRun(input('0 0 31 2 *', '12:00:00'))).toBeUndefined()
  })
})

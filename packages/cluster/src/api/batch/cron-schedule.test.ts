import { describe, expect, it } from 'vitest'
import { cronProblem, timeZoneProblem } from './cron-schedule.ts'

describe('cron schedules', () => {
  it.each([
    '* * * * *',
    '*/5 * * * *',
    '0 0 1 1 *',
    '0-10/2,30 8-18 * jan-MAR mon,Fri',
    '? ? ? ? ?',
    '5/15 * * * *',
    '@hourly',
    '@midnight',
    '@every 1h30m',
    '1,,2 * * * *',
  ])('takes %s', (schedule) => {
    expect(cronProblem(schedule)).toBeUndefined()
  })

  it.each([
    ['', 'empty spec string'],
    ['* * * * * *', 'expected exactly 5 fields, found 6: [* * * * * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['* * * * 7', 'end of range (7) above maximum (6): 7'],
    ['5-3 * * * *', 'beginning of range (5) beyond end of range (3): 5-3'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['1/2/3 * * * *', 'too many slashes: 1/2/3'],
    ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
    ['* * L * *', 'failed to parse int from L: strconv.Atoi: parsing "L": invalid syntax'],
    ['@sometimes', 'unrecognized descriptor: @sometimes'],
    ['@every soon', 'failed to parse duration @every soon: time: invalid duration "soon"'],
  ])('refuses %j', (schedule, problem) => {
    expect(cronProblem(schedule)).toBe(problem)
  })

  it('takes the names of time zones', () => {
    expect(['Etc/UTC', 'Europe/Berlin', 'UTC', 'Etc/GMT+5'].map(timeZoneProblem)).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
    expect(timeZoneProblem('Europe/../etc')).toBe('unknown time zone Europe/../etc')
    expect(timeZoneProblem('')).toBe('timeZone must be nil or non-empty string')
  })
})

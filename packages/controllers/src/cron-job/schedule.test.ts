import { readFileSync } from 'node:fs'
import { isLeft } from 'fp-ts/lib/Either.js'
import { afterEach, describe, expect, it } from 'vitest'
import { parseSchedule, plainExpression, type Schedule } from './schedule.ts'
import { formatInZone, type TimeZone, timeZoneOf, UTC } from './time-zone.ts'

const scheduleOf = (text: string, zone: TimeZone = UTC): Schedule => {
  const schedule = parseSchedule(text, zone)
  if (isLeft(schedule)) throw new Error(schedule.left)
  return schedule.right
}
const zoneOf = (name: string): TimeZone => {
  const zone = timeZoneOf(name)
  if (zone === undefined) throw new Error(`no zone ${name}`)
  return zone
}
const iso = (time: number | undefined): string =>
  time === undefined ? 'never' : new Date(time).toISOString().replace('.000Z', 'Z')
const nextTimes = (schedule: Schedule, from: string, count: number): readonly string[] => {
  const times: string[] = []
  for (let time: number | undefined = Date.parse(from); times.length < count && time !== undefined; ) {
    time = schedule.next(time)
    times.push(iso(time))
  }
  return times
}

// What robfig/cron v3.0.1 answers, written down by a program that asked it: zone, schedule, from, next times.
const answers = readFileSync(new URL('./testdata/robfig-cron.tsv', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => line.split('\t') as [string, string, string, ...string[]])

describe('a schedule', () => {
  it.each(answers)('in %s, %s after %s is what robfig/cron says', (zone, text, from, ...expected) => {
    expect(nextTimes(scheduleOf(text, zoneOf(zone)), from, expected.length)).toEqual(expected)
  })

  it.each([
    ['any star leaves the other day alone', '0 0 13 * ?', '0 0 13 * *'],
    ['a star in a list is a star', '0 0 *,5 * 1', '0 0 * * 1'],
    ['a step of 1 keeps the star', '0 0 */1 * 1', '0 0 * * 1'],
    ['a larger step takes it away: either day will do', '0 0 */16 * 1', '0 0 1,17 * 1'],
    ['a full range is no star, and with OR every day is right', '0 0 1-31 * 1', '0 0 * * *'],
    ['N/step runs to the end', '5/20 * * * *', '5,25,45 * * * *'],
    ['N-M/step does not', '5-30/20 * * * *', '5,25 * * * *'],
    ['names in any case', '0 0 * JAN,mar fri-SAT', '0 0 * 1,3 5,6'],
    ['empty parts of a list', '1,,2 * * * *', '1,2 * * * *'],
    ['a macro', '@weekly', '0 0 * * 0'],
    ['any white space', '0  0\t* * *', '0 0 * * *'],
  ])('is told to cron-parser in plain lists: %s', (_, text, plain) => {
    expect(plainExpression(text)).toBe(plain)
  })

  it.each(['* * * * 7', '* * * * * *', '5-3 * * * *', '* * L * *', '* * * * 5#2', '@reboot', '0 0 31W * *', ''])(
    'is refused where cron-parser might take it: %j',
    (text) => {
      expect(isLeft(parseSchedule(text, UTC))).toBe(true)
    },
  )

  it('counts @every from the reference, in whole seconds, one at least', () => {
    expect(scheduleOf('@every 1h0m1.9s').next(500)).toBe(3_601_000)
    expect(scheduleOf('@every 10ms').next(0)).toBe(1_000)
    expect(scheduleOf('@every 0.1h').next(999)).toBe(360_000)
  })

  it('is strictly later than what it is asked about', () => {
    const schedule = scheduleOf('* * * * *')
    expect(schedule.next(59_999)).toBe(60_000)
    expect(schedule.next(60_000)).toBe(120_000)
    expect(schedule.next(60_999)).toBe(120_000)
  })

  it('gives up after five years', () => {
    expect(iso(scheduleOf('0 0 29 2 *').next(Date.parse('2025-01-01T00:00:00Z')))).toBe('2028-02-29T00:00:00Z')
    expect(scheduleOf('0 0 29 2 *').next(Date.parse('2096-03-01T00:00:00Z'))).toBeUndefined()
    expect(scheduleOf('0 0 31 2 *').next(0)).toBeUndefined()
    expect(scheduleOf('0 0 31 4,6 *').next(0)).toBeUndefined()
  })
})

describe('in a time zone', () => {
  const berlin = zoneOf('Europe/Berlin')

  it('what falls into the skipped hour does not occur that day', () => {
    expect(nextTimes(scheduleOf('30 2 * * *', berlin), '2025-03-29T12:00:00Z', 2)).toEqual([
      '2025-03-31T00:30:00Z',
      '2025-04-01T00:30:00Z',
    ])
  })

  it('what falls into the repeated hour occurs twice', () => {
    expect(nextTimes(scheduleOf('30 2 * * *', berlin), '2025-10-25T12:00:00Z', 3)).toEqual([
      '2025-10-26T00:30:00Z',
      '2025-10-26T01:30:00Z',
      '2025-10-27T01:30:00Z',
    ])
  })

  it('what Go skips on days that have no midnight occurs here (docs/adr/0010)', () => {
    // robfig/cron walks from day to day by midnights and stumbles over 30 March in Beirut; 02:00 exists that day.
    expect(nextTimes(scheduleOf('0 2 * 3,11 0', zoneOf('Asia/Beirut')), '2025-03-24T00:00:00Z', 2)).toEqual([
      '2025-03-29T23:00:00Z',
      '2025-11-02T00:00:00Z',
    ])
  })

  it('knows zones by their exact names, old ones included', () => {
    for (const name of ['', 'UTC', 'Etc/UTC', 'Asia/Seoul', 'US/Eastern', 'Etc/GMT+5', 'Asia/Calcutta']) {
      expect(timeZoneOf(name), name).toBeDefined()
    }
    for (const name of ['Mars/Base', 'europe/berlin', 'Europe', 'Local', 'utc+1']) {
      expect(timeZoneOf(name), name).toBeUndefined()
    }
  })

  it.each([
    ['UTC', '2025-06-30T12:00:00Z'],
    ['Europe/London', '2025-06-30T13:00:00+01:00'],
    ['Asia/Kathmandu', '2025-06-30T17:45:00+05:45'],
    ['America/St_Johns', '2025-06-30T09:30:00-02:30'],
  ])('prints a time of %s as %s', (zone, text) => {
    expect(formatInZone(zoneOf(zone), Date.parse('2025-06-30T12:00:00Z'))).toBe(text)
  })
})

describe('the clock of the machine', () => {
  const { DateTimeFormat } = Intl
  afterEach(() => {
    Intl.DateTimeFormat = DateTimeFormat
  })

  it('and its time zones are never asked', () => {
    const strict = ((locale?: string, options?: Intl.DateTimeFormatOptions) => {
      if (options?.timeZone !== undefined) throw new Error(`Intl was asked for ${options.timeZone}`)
      return DateTimeFormat(locale, options)
    }) as unknown as typeof Intl.DateTimeFormat
    Intl.DateTimeFormat = strict
    expect(iso(scheduleOf('17 4 * * *').next(0))).toBe('1970-01-01T04:17:00Z')
    expect(iso(scheduleOf('17 4 * * *', zoneOf('Asia/Tokyo')).next(0))).toBe('1970-01-01T19:17:00Z')
  })
})

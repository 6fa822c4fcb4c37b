import { describe, expect, it } from 'vitest'
import { createIntervals } from './intervals.ts'

type Change = readonly [at: number, state: string | undefined]

/** What the intervals of one object are, as `state from..to`; `+` if it was still so at the end. */
const intervalsOf = (changes: readonly Change[], end: number): readonly string[] => {
  const rows: string[] = []
  const intervals = createIntervals<{ state: string }>(1_000, ({ state, start_at, end_at, end_time, is_open }) => {
    expect(end_time).toBe(1_000 + end_at)
    rows.push(`${state} ${start_at}..${end_at}${is_open ? '+' : ''}`)
  })
  for (const [at, state] of changes) intervals.become('a', state === undefined ? undefined : { state }, at)
  intervals.end(end)
  return rows
}

describe('intervals', () => {
  it.each<[string, readonly Change[], readonly string[]]>([
    [
      'end where the next begins',
      [
        [0, 'A'],
        [5, 'B'],
      ],
      ['A 0..5', 'B 5..9+'],
    ],
    [
      'go on while nothing changes',
      [
        [0, 'A'],
        [3, 'A'],
        [5, 'A'],
      ],
      ['A 0..9+'],
    ],
    [
      'end when the object is gone',
      [
        [0, 'A'],
        [5, undefined],
      ],
      ['A 0..5'],
    ],
    [
      'begin again with another object of that name',
      [
        [0, 'A'],
        [5, undefined],
        [7, 'A'],
      ],
      ['A 0..5', 'A 7..9+'],
    ],
    [
      'leave out what lasted no time',
      [
        [0, 'A'],
        [5, 'B'],
        [5, 'C'],
      ],
      ['A 0..5', 'C 5..9+'],
    ],
    [
      'are one, if what lies between lasted no time',
      [
        [0, 'A'],
        [5, 'B'],
        [5, 'A'],
        [7, 'B'],
      ],
      ['A 0..7', 'B 7..9+'],
    ],
    [
      'leave out what was gone at once',
      [
        [0, 'A'],
        [0, undefined],
      ],
      [],
    ],
    [
      'keep the last state of the run, however short',
      [
        [0, 'A'],
        [9, 'B'],
      ],
      ['A 0..9', 'B 9..9+'],
    ],
  ])('%s', (_, changes, expected) => {
    expect(intervalsOf(changes, 9)).toEqual(expected)
  })
})

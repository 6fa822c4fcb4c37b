import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  countIndexes,
  countShared,
  firstFree,
  formatIndexes,
  hasIndex,
  mergeIndexes,
  parseIndexes,
  withIndexes,
} from './indexes.ts'

// Source: pkg/controller/job/indexed_job_utils.go.
describe('completion indexes', () => {
  it.each([
    [[], ''],
    [[4], '4'],
    [[3, 4], '3,4'],
    [[3, 4, 5], '3-5'],
    [[1, 3, 4, 5, 7, 8], '1,3-5,7,8'],
    [[0, 2, 4], '0,2,4'],
  ])('%j is written %j', (indexes, text) => {
    expect(formatIndexes(withIndexes([], indexes))).toBe(text)
    expect(parseIndexes(text, 100)).toEqual(withIndexes([], indexes))
  })

  it.each([
    ['0-5', 3, '0-2'],
    ['0-5,7', 7, '0-5'],
    ['7,9', 5, ''],
    ['1,2,3', 10, '1-3'],
    ['x,2,3-y', 10, '2'],
  ])('%j of a Job with %i completions reads %j', (text, completions, read) => {
    expect(formatIndexes(parseIndexes(text, completions))).toBe(read)
  })

  it.each([
    ['', 3, 5, [0, 1, 2]],
    ['0,2', 3, 5, [1, 3, 4]],
    ['0-4', 3, 5, []],
    ['1-3', 5, 5, [0, 4]],
    ['', 9, 2, [0, 1]],
  ])('of %j the first %i free below %i are %j', (taken, count, completions, free) => {
    expect(firstFree(parseIndexes(taken, 100), count, completions)).toEqual(free)
  })

  const indexes = fc.uniqueArray(fc.nat(40))

  it('are a set', () => {
    fc.assert(
      fc.property(indexes, indexes, (a, b) => {
        const both = mergeIndexes(withIndexes([], a), withIndexes([], b))
        expect(countIndexes(both)).toBe(new Set([...a, ...b]).size)
        expect(countShared(withIndexes([], a), withIndexes([], b))).toBe(a.filter((index) => b.includes(index)).length)
        for (let index = 0; index <= 40; index++) {
          expect(hasIndex(both, index)).toBe(a.includes(index) || b.includes(index))
        }
        expect(parseIndexes(formatIndexes(both), 41)).toEqual(both)
      }),
    )
  })
})

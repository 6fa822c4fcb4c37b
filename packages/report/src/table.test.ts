import { expect, it } from 'vitest'
import { formatTable } from './table.ts'

// Semantics: node-and-scheduler 11.1.

it('makes each column three wider than its widest cell, and no column narrower than six', () => {
  const text = formatTable({
    headers: ['Name', 'Age'],
    rows: [
      ['a-rather-long-name', '5m'],
      ['b', '12d'],
    ],
  })
  expect(text).toBe('NAME                 AGE\na-rather-long-name   5m\nb                    12d\n')
  expect(formatTable({ headers: ['A', 'B'], rows: [['1', '2']] })).toBe('A     B\n1     2\n')
})

it('does not pad the last column, and pads in front of it even where it is empty', () => {
  expect(formatTable({ headers: ['NAME', 'LABEL'], rows: [['a', '']] })).toBe('NAME   LABEL\na      \n')
})

it('ends a cell at its first line break', () => {
  expect(formatTable({ headers: ['MESSAGE'], rows: [['one\ntwo']] })).toBe('MESSAGE\none...\n')
})

it('lets no escape character through to the terminal', () => {
  expect(formatTable({ headers: ['MESSAGE'], rows: [['\u001b[31mred']] })).toBe('MESSAGE\n^[[31mred\n')
})

it('counts characters, not UTF-16 units', () => {
  expect(formatTable({ headers: ['NAME', 'X'], rows: [['🌊🌊🌊🌊', 'y']] })).toBe('NAME   X\n🌊🌊🌊🌊   y\n')
})

it('leaves out the headers when asked to', () => {
  expect(formatTable({ headers: ['NAME', 'AGE'], rows: [['a', '1s']] }, true)).toBe('a     1s\n')
})

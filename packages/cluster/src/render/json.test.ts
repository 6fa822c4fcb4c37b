import { expect, it } from 'vitest'
import { compareKeys, sorted } from './json.ts'

it.each([
  [
    ['b', 'a', 'B'],
    ['B', 'a', 'b'],
  ],
  [
    ['tier-10', 'tier-9'],
    ['tier-9', 'tier-10'],
  ],
  [
    ['a1', 'a'],
    ['a', 'a1'],
  ],
  [
    ['app', 'app.kubernetes.io/name', 'app/x'],
    ['app', 'app.kubernetes.io/name', 'app/x'],
  ],
  [
    ['ab', 'a_b', 'a-b', 'a1b'],
    ['a-b', 'a_b', 'a1b', 'ab'],
  ],
  [
    ['a1', 'a01'],
    ['a1', 'a01'],
  ],
  [
    ['a102', 'a13'],
    ['a13', 'a102'],
  ],
])('sorts %j as kubectl’s YAML does', (keys, expected) => {
  expect([...keys].sort(compareKeys)).toEqual(expected)
})

it('sorts at every depth, drops what is absent, and keeps lists and nulls', () => {
  expect(JSON.stringify(sorted({ b: [{ d: 1, c: undefined, a: null }], a: {} }))).toBe(
    '{"a":{},"b":[{"a":null,"d":1}]}',
  )
})

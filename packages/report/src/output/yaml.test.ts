import { expect, it } from 'vitest'
import { formatJson } from './json.ts'
import { formatYaml } from './yaml.ts'

// Expected texts are what goyaml.v2 prints (its encode_test.go and kubectl's own output).

it.each([
  ['text', 'text'],
  ['true', '"true"'],
  ['yes', '"yes"'],
  ['n', '"n"'],
  ['null', '"null"'],
  ['', '""'],
  ['8080', '"8080"'],
  ['1.5', '"1.5"'],
  ['1e3', '"1e3"'],
  ['0x1f', '"0x1f"'],
  ['1:20', '"1:20"'],
  ['2025-01-01T00:00:00Z', '"2025-01-01T00:00:00Z"'],
  ['100m', '100m'],
  ['1Gi', '1Gi'],
  ['10.244.0.2', '10.244.0.2'],
  ['web:1.0', 'web:1.0'],
  ['a: b', "'a: b'"],
  ['ends with:', "'ends with:'"],
  ['a #b', "'a #b'"],
  ['[app]', "'[app]'"],
  ['*', "'*'"],
  ['-', "'-'"],
  ['-x', '-x'],
  ['- x', "'- x'"],
  ["it's: so", "'it''s: so'"],
  ["it's", "it's"],
  [' padded', "' padded'"],
  ['tab\there', '"tab\\there"'],
  ['ü → 🌊', 'ü → 🌊'],
])('writes %j as %s', (value, written) => {
  expect(formatYaml({ a: value })).toBe(`a: ${written}\n`)
})

it('writes numbers, booleans, nothing and empty collections as they are', () => {
  expect(formatYaml({ a: 1, b: true, c: null, d: {}, e: [] })).toBe('a: 1\nb: true\nc: null\nd: {}\ne: []\n')
})

it('puts lists below their key without an indent', () => {
  const value = {
    spec: { containers: [{ name: 'app', args: ['a', 'b'], env: [] }], tolerations: [] },
    list: [['a'], [{ b: 1 }]],
  }
  expect(formatYaml(value)).toMatchInlineSnapshot(`
    "spec:
      containers:
      - name: app
        args:
        - a
        - b
        env: []
      tolerations: []
    list:
    - - a
    - - b: 1
    "
  `)
})

it('quotes keys as it does values', () => {
  expect(formatYaml({ labels: { true: 'a', 'example.com/b': 'c' } })).toBe('labels:\n  "true": a\n  example.com/b: c\n')
})

it('writes several lines as a literal block', () => {
  expect(formatYaml({ a: 'one\ntwo\n', b: 'one\n\ntwo', c: 'one\n\n', d: ' one\ntwo' })).toBe(
    'a: |\n  one\n  two\nb: |-\n  one\n\n  two\nc: |+\n  one\n\nd: |2-\n   one\n  two\n',
  )
  expect(formatYaml({ a: 'one \ntwo' })).toBe('a: "one \\ntwo"\n')
})

it('folds a line at the first space past column 80', () => {
  const message =
    '0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod.'
  expect(formatYaml({ status: { conditions: [{ message }] } })).toMatchInlineSnapshot(`
    "status:
      conditions:
      - message: '0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are
          available: 3 No preemption victims found for incoming pod.'
    "
  `)
  expect(formatYaml({ plain: 'word '.repeat(40).trim() })).toMatchInlineSnapshot(`
    "plain: word word word word word word word word word word word word word word word
      word word word word word word word word word word word word word word word word
      word word word word word word word word word
    "
  `)
})

it('prints JSON with sorted keys and Go’s escapes', () => {
  expect(formatJson({ b: [1], a: '<&>', items: [] })).toBe(
    '{\n    "a": "\\u003c\\u0026\\u003e",\n    "b": [\n        1\n    ],\n    "items": []\n}\n',
  )
})

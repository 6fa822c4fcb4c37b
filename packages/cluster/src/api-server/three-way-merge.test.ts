import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { JsonObject } from '../api/codec.ts'
import { strategicMerge } from './patch-strategic.ts'
import { threeWayJsonMerge, threeWayMerge } from './three-way-merge.ts'

type Case = readonly [title: string, was: JsonObject, is: JsonObject, live: JsonObject, patch: JsonObject]

// What CreateThreeWayMergePatch gives, by the rules of patch.go: diffMaps, diffListsOfMaps, diffListsOfScalars.
const CASES: readonly Case[] = [
  ['nothing is different', { a: 1 }, { a: 1 }, { a: 1, b: 2 }, {}],
  ['the server lacks a field', {}, { a: 1 }, { b: 2 }, { a: 1 }],
  ['the server has another value', { a: 1 }, { a: 1 }, { a: 2 }, { a: 1 }],
  ['a field is no longer applied', { a: 1, b: 2 }, { a: 1 }, { a: 1, b: 3 }, { b: null }],
  ['and is gone already', { a: 1, b: 2 }, { a: 1 }, { a: 1 }, { b: null }],
  ['never applied, never removed', { a: 1 }, { a: 1 }, { a: 1, b: 3 }, {}],
  [
    'a mapping inside',
    { labels: { a: 'x', b: 'y' } },
    { labels: { a: 'z' } },
    { labels: { a: 'x', b: 'y', c: 'hand' } },
    { labels: { a: 'z', b: null } },
  ],
  ['text and number differ', {}, { cpu: 1 }, { cpu: '1' }, { cpu: 1 }],
  ['a null that the server has not', {}, { creationTimestamp: null }, {}, { creationTimestamp: null }],
  [
    'an item is changed by its key, the order named',
    {},
    { containers: [{ name: 'a', image: '2' }] },
    { containers: [{ name: 'a', image: '1', tty: true }] },
    { containers: [{ name: 'a', image: '2' }], '$setElementOrder/containers': [{ name: 'a' }] },
  ],
  [
    'an item is no longer applied',
    { containers: [{ name: 'a' }, { name: 'b' }] },
    { containers: [{ name: 'a' }] },
    { containers: [{ name: 'a' }, { name: 'b' }, { name: 'sidecar' }] },
    { containers: [{ name: 'b', $patch: 'delete' }], '$setElementOrder/containers': [{ name: 'a' }] },
  ],
  [
    'the server has an item besides: the order alone',
    { containers: [{ name: 'a' }] },
    { containers: [{ name: 'a' }] },
    { containers: [{ name: 'sidecar' }, { name: 'a' }] },
    { '$setElementOrder/containers': [{ name: 'a' }] },
  ],
  [
    'an empty list is filled without a word of order',
    {},
    { env: [{ name: 'A', value: '1' }] },
    { env: [] },
    { env: [{ name: 'A', value: '1' }] },
  ],
  ['lists without a key are replaced', { args: ['a'] }, { args: ['a', 'b'] }, { args: ['a'] }, { args: ['a', 'b'] }],
  [
    'sets: what is new, what is gone, in which order',
    { finalizers: ['a', 'b'] },
    { finalizers: ['a', 'c'] },
    { finalizers: ['a', 'b', 'x'] },
    {
      finalizers: ['c'],
      '$deleteFromPrimitiveList/finalizers': ['b'],
      '$setElementOrder/finalizers': ['a', 'c'],
    },
  ],
  [
    'a strategy names the keys that stay, even if nothing else is different',
    {},
    { spec: { strategy: { type: 'RollingUpdate' } } },
    { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } },
    { spec: { strategy: { $retainKeys: ['type'] } } },
  ],
  [
    'so does a volume that becomes another kind of volume',
    { volumes: [{ name: 'v', emptyDir: {} }] },
    { volumes: [{ name: 'v', configMap: { name: 'c' } }] },
    { volumes: [{ name: 'v', emptyDir: {} }] },
    {
      volumes: [{ name: 'v', configMap: { name: 'c' }, emptyDir: null, $retainKeys: ['configMap', 'name'] }],
      '$setElementOrder/volumes': [{ name: 'v' }],
    },
  ],
  [
    'the selector of a budget is sent whole every time',
    { spec: { selector: { matchLabels: { a: 'b' } } } },
    { spec: { selector: { matchLabels: { a: 'b' } } } },
    { kind: 'PodDisruptionBudget', spec: { selector: { matchLabels: { a: 'b' } } } },
    { spec: { selector: { matchLabels: { a: 'b' } } } },
  ],
]

describe('the patch that kubectl apply sends', () => {
  it.each(CASES)('%s', (_title, was, is, live, patch) => {
    expect(threeWayMerge(was, is, live)).toEqual(patch)
  })

  it('replaces lists of custom resources, and removes what is no longer applied', () => {
    const was = { spec: { a: 1, b: [1, 2], c: { d: 1 } } }
    const is = { spec: { b: [3], c: {} } }
    const live = { spec: { a: 1, b: [1, 2], c: { d: 1, e: 2 } } }
    expect(threeWayJsonMerge(was, is, live)).toEqual({ spec: { a: null, b: [3], c: { d: null } } })
  })

  it('brings to the server all that is applied, whatever was there before', () => {
    const value = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('x', 'y'))
    const items = fc.uniqueArray(fc.record({ name: fc.constantFrom('a', 'b', 'c'), image: value }), {
      selector: ({ name }) => name,
    })
    const object = fc.record(
      { a: value, labels: fc.dictionary(fc.constantFrom('k', 'l'), value), containers: items, args: fc.array(value) },
      { requiredKeys: [] },
    )
    const within = (part: unknown, whole: unknown): boolean => {
      if (Array.isArray(part) && part.length > 0 && typeof part[0] === 'object') {
        return (part as { name: string }[]).every((item) =>
          (whole as { name: string }[]).some((other) => other.name === item.name && within(item, other)),
        )
      }
      if (typeof part !== 'object' || part === null || Array.isArray(part)) {
        return JSON.stringify(part) === JSON.stringify(whole)
      }
      return Object.entries(part).every(([key, inner]) => within(inner, (whole as JsonObject)[key]))
    }
    fc.assert(
      fc.property(object, object, object, (was, is, live) => {
        const result = strategicMerge(live, threeWayMerge(was, is, live))
        expect(within(is, result)).toBe(true)
        for (const field of Object.keys(was)) if (!(field in is)) expect(result).not.toHaveProperty(field)
        // Applied once more, nothing is sent but what is sent every time.
        const again = Object.keys(threeWayMerge(is, is, result))
        expect(again.filter((field) => field !== '$setElementOrder/containers')).toEqual([])
      }),
    )
  })
})

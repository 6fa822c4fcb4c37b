import { deserialize, serialize } from 'node:v8'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { copyOf } from './copy.ts'

const leaf = fc.oneof(fc.integer(), fc.double(), fc.string(), fc.boolean(), fc.constant(undefined), fc.constant(null))
const plain = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    leaf,
    fc.array(tie('value')),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      tie('value'),
      { noNullPrototype: true },
    ),
    fc.array(fc.tuple(fc.string(), tie('value'))).map((pairs) => new Map(pairs)),
    fc.array(tie('value')).map((items) => new Set(items)),
    fc.float64Array(),
    fc.int32Array(),
  ),
})).value

const objectsIn = (value: unknown, found: Set<object> = new Set()): Set<object> => {
  if (typeof value !== 'object' || value === null || found.has(value)) return found
  found.add(value)
  if (ArrayBuffer.isView(value)) return found
  const inside = value instanceof Map ? [...value].flat() : value instanceof Set ? [...value] : Object.values(value)
  for (const item of inside) objectsIn(item, found)
  return found
}

describe('a copy', () => {
  it('says the same, and has no object of the original', () => {
    fc.assert(
      fc.property(plain, (value) => {
        const copy = copyOf(value)
        expect(copy).toStrictEqual(value)
        const before = objectsIn(value)
        for (const object of objectsIn(copy)) expect(before.has(object)).toBe(false)
      }),
    )
  })

  it('is what v8 makes of the same data', () => {
    fc.assert(
      fc.property(plain, (value) => {
        expect(copyOf(value)).toStrictEqual(deserialize(serialize(value)))
      }),
    )
  })

  it('has one object where the original has one, round in circles too', () => {
    const pod = { name: 'a', others: new Set<object>() }
    pod.others.add(pod)
    const copy = copyOf({ pods: new Map([['a', pod]]), last: pod, list: [pod] })
    expect(copy.last).not.toBe(pod)
    expect(copy.pods.get('a')).toBe(copy.last)
    expect(copy.list[0]).toBe(copy.last)
    expect(copy.last.others.has(copy.last)).toBe(true)
  })

  it('shares what it is told to, all the way down, wherever it is met', () => {
    const spec = { containers: [{ name: 'c' }] }
    const template = { spec, byName: new Map([['spec', spec]]) }
    const state = { pods: [{ template, spec }], containers: spec.containers }
    const copy = copyOf(state, [template])
    expect(copy.pods[0]).not.toBe(state.pods[0])
    expect(copy.pods[0]!.template).toBe(template)
    expect(copy.pods[0]!.spec).toBe(spec)
    expect(copy.containers).toBe(spec.containers)
  })

  it('keeps the order of maps, sets and keys', () => {
    const state = {
      b: new Map([
        [2, 'x'],
        [1, 'y'],
      ]),
      a: new Set([3, 1, 2]),
    }
    const copy = copyOf(state)
    expect(Object.keys(copy)).toEqual(['b', 'a'])
    expect([...copy.b.keys()]).toEqual([2, 1])
    expect([...copy.a]).toEqual([3, 1, 2])
  })

  it.each([
    ['a function', { size: () => 1 }],
    ['a function in a list', [Math.abs]],
    ['a function in a map', new Map([['f', Math.abs]])],
    ['an object of a class', { at: new Date(0) }],
    ['a map whose keys are forgotten', { memo: new WeakMap() }],
  ])('of %s is refused', (_, state) => {
    expect(() => copyOf(state)).toThrow(TypeError)
  })
})

import { assert, jsonValue, property } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { canonicalJson, createInterner } from './intern.ts'

describe('interning', () => {
  it('gives the first of several equal values', () => {
    const { intern, size } = createInterner<{ a?: number; b?: number }>()
    const first = intern({ a: 1, b: 2 })
    expect(intern({ b: 2, a: 1 })).toBe(first)
    expect(intern(first)).toBe(first)
    expect(intern({ a: 1 })).not.toBe(first)
    expect(size()).toBe(2)
  })

  it('writes JSON that is read back as the same value', () => {
    assert(property(jsonValue(), (value) => canonicalJson(JSON.parse(canonicalJson(value))) === canonicalJson(value)))
  })

  it('tells a list from a mapping and text from a number', () => {
    const values = [[], {}, '', 0, '0', null, [null], { a: null }]
    expect(new Set(values.map(canonicalJson)).size).toBe(values.length)
  })
})

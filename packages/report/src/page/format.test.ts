import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { type PageFacts, packPage, unpackPage } from './format.ts'

const facts = { name: 'ünïcode', podNames: 'a\nb' } as unknown as PageFacts

it('unpacks what was packed: numbers up to 2^53, in columns of any length', () => {
  const column = fc.array(fc.oneof(fc.nat(300), fc.maxSafeNat()), { maxLength: 200 })
  fc.assert(
    fc.property(column, column, (a, b) => {
      const page = unpackPage(packPage({ facts, columns: { a, b } }))
      expect(page.facts).toEqual(facts)
      expect([...page.column('a')]).toEqual(a)
      expect([...page.column('b')]).toEqual(b)
    }),
  )
})

it('has nothing in a column that is not there', () => {
  expect(unpackPage(packPage({ facts, columns: {} })).column('a')).toHaveLength(0)
})

it('takes a byte for a small number', () => {
  const length = (values: readonly number[]): number => packPage({ facts, columns: { a: values } }).length
  expect(length([1, 2, 3, 127]) - length([1, 2, 3])).toBe(1)
  expect(length([1, 2, 3, 128]) - length([1, 2, 3])).toBe(2)
})

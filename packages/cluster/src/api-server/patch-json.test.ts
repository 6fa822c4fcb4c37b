import { isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { jsonPatch, mergePatch } from './patch-json.ts'

describe('JSON merge patch', () => {
  // RFC 7386, appendix A.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ a: 'foo' }, 'bar', 'bar'],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j patched with %j is %j', (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result)
  })
})

describe('JSON patch', () => {
  // RFC 6902, appendix A, and what follows from RFC 6901.
  it.each([
    [{ foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { baz: 'qux', foo: 'bar' }],
    [{ foo: ['bar', 'baz'] }, [{ op: 'add', path: '/foo/1', value: 'qux' }], { foo: ['bar', 'qux', 'baz'] }],
    [{ baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
    [{ foo: ['bar', 'qux', 'baz'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['bar', 'baz'] }],
    [{ baz: 'qux', foo: 'bar' }, [{ op: 'replace', path: '/baz', value: 'boo' }], { baz: 'boo', foo: 'bar' }],
    [
      { foo: { bar: 1, w: 2 }, qux: {} },
      [{ op: 'move', from: '/foo/w', path: '/qux/t' }],
      { foo: { bar: 1 }, qux: { t: 2 } },
    ],
    [
      { foo: ['all', 'grass', 'cows', 'eat'] },
      [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
      { foo: ['all', 'cows', 'eat', 'grass'] },
    ],
    [{ baz: 'qux' }, [{ op: 'test', path: '/baz', value: 'qux' }], { baz: 'qux' }],
    [{ foo: 'bar' }, [{ op: 'add', path: '/child', value: { grand: {} } }], { foo: 'bar', child: { grand: {} } }],
    [{ '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
    [{ foo: ['bar'] }, [{ op: 'add', path: '/foo/-', value: ['abc'] }], { foo: ['bar', ['abc']] }],
    [{ a: 1 }, [{ op: 'copy', from: '/a', path: '/b' }], { a: 1, b: 1 }],
    [{ a: [{ b: 1 }] }, [{ op: 'replace', path: '/a/0/b', value: 2 }], { a: [{ b: 2 }] }],
    [{ a: 1 }, [{ op: 'replace', path: '', value: { b: 2 } }], { b: 2 }],
    [
      { m: {} },
      [{ op: 'add', path: '/m/app.kubernetes.io~1name', value: 'x' }],
      { m: { 'app.kubernetes.io/name': 'x' } },
    ],
    [{ a: { x: 1, y: 2 } }, [{ op: 'test', path: '/a', value: { y: 2, x: 1 } }], { a: { x: 1, y: 2 } }],
  ])('%j after %j is %j', (document, operations, result) => {
    const patched = jsonPatch(document, operations)
    expect(isRight(patched) ? patched.right : patched.left).toEqual(result)
  })

  it.each([
    [{ baz: 'qux' }, [{ op: 'test', path: '/baz', value: 'bar' }]],
    [{ foo: 'bar' }, [{ op: 'add', path: '/baz/bat', value: 'qux' }]],
    [{ foo: 'bar' }, [{ op: 'remove', path: '/baz' }]],
    [{ foo: 'bar' }, [{ op: 'replace', path: '/baz', value: 1 }]],
    [{ foo: ['bar'] }, [{ op: 'add', path: '/foo/2', value: 1 }]],
    [{ foo: ['bar'] }, [{ op: 'add', path: '/foo/01', value: 1 }]],
    [{ foo: ['bar'] }, [{ op: 'remove', path: '/foo/-' }]],
    [{ foo: 1 }, [{ op: 'copy', from: '/none', path: '/a' }]],
    [{ foo: 1 }, [{ op: 'move', from: '/none', path: '/a' }]],
    [{ foo: 1 }, [{ op: 'spam', path: '/a' }]],
    [{ foo: 1 }, [{ op: 'add', path: 'foo', value: 1 }]],
    [{ foo: 1 }, [{ op: 'add', value: 1 }]],
    [{ foo: 1 }, ['add']],
    [{ foo: 1 }, { op: 'add' }],
    [{ foo: 1 }, [{ op: 'remove', path: '' }]],
    [{ '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: '10' }]],
  ])('%j refuses %j', (document, operations) => {
    expect(isRight(jsonPatch(document, operations))).toBe(false)
  })

  it('applies all operations or none, and leaves what it was given as it was', () => {
    const document = Object.freeze({ a: Object.freeze([1, 2]), b: Object.freeze({ c: 1 }) })
    const good = [
      { op: 'add', path: '/a/0', value: 0 },
      { op: 'remove', path: '/b/c' },
    ]
    expect(jsonPatch(document, good)).toMatchObject({ right: { a: [0, 1, 2], b: {} } })
    expect(jsonPatch(document, [...good, { op: 'test', path: '/a/0', value: 9 }])).toMatchObject({
      left: 'operation 2: /a/0 is different',
    })
    expect(document).toEqual({ a: [1, 2], b: { c: 1 } })
  })
})

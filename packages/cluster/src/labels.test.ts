import { array, assert, constantFrom, dictionary, property, record, uniqueArray } from 'fast-check'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import {
  EVERYTHING,
  formatLabels,
  formatSelector,
  labelKeyProblems,
  labelValueProblems,
  parseSelector,
  type Requirement,
  selector,
  selectorOf,
  selectorOfLabels,
  selectorOfRequirements,
  selects,
} from './labels.ts'

describe('label selectors', () => {
  it.each([
    ['a=b', { a: 'b' }, true],
    ['a=b', { a: 'c' }, false],
    ['a=b', {}, false],
    ['a==b', { a: 'b' }, true],
    ['a!=b', {}, true],
    ['a!=b', { a: 'b' }, false],
    ['a in (x,y)', { a: 'y' }, true],
    ['a in (x,y)', {}, false],
    ['a notin (x,y)', {}, true],
    ['a notin (x,y)', { a: 'x' }, false],
    ['a', { a: '' }, true],
    ['a', {}, false],
    ['!a', {}, true],
    ['!a', { a: '' }, false],
    ['a=', { a: '' }, true],
    ['a>5', { a: '6' }, true],
    ['a>5', { a: '5' }, false],
    ['a<5', { a: '-6' }, true],
    ['a<5', { a: 'four' }, false],
    ['a>5', {}, false],
    ['a=b,c!=d', { a: 'b', c: 'e' }, true],
    ['a=b,c!=d', { a: 'b', c: 'd' }, false],
    ['constructor', {}, false],
    ['!toString', {}, true],
    ['', { any: 'thing' }, true],
  ])('%j on %j gives %j', (text, labels, expected) => {
    expect(selects(selector(text), labels)).toBe(expected)
  })

  it('selects nothing without a LabelSelector and everything with an empty one', () => {
    expect(selects(selectorOf(undefined), { a: 'b' })).toBe(false)
    expect(selects(selectorOf({}), undefined)).toBe(true)
    expect(selects(selectorOfLabels(undefined), {})).toBe(true)
  })

  it('needs all of matchLabels and matchExpressions', () => {
    const both = selectorOf({
      matchLabels: { app: 'web' },
      matchExpressions: [{ key: 'tier', operator: 'NotIn', values: ['cache'] }],
    })
    expect(selects(both, { app: 'web' })).toBe(true)
    expect(selects(both, { app: 'web', tier: 'cache' })).toBe(false)
    expect(formatSelector(both)).toBe('app=web,tier notin (cache)')
  })

  it.each([
    ['a=b,c!=d,e in (x,y),!f,g', 'a=b,c!=d,e in (x,y),!f,g'],
    [' b = c ,  a  in  ( y , x ) ', 'a in (x,y),b=c'],
    ['a notin (,x)', 'a notin (,x)'],
    ['in=notin', 'in=notin'],
    ['a>1,b<2', 'a>1,b<2'],
    ['', '<none>'],
  ])('prints %j as %j', (text, printed) => {
    expect(formatSelector(selector(text))).toBe(printed)
  })

  it.each([
    ['a=b,', "found '', expected: identifier after ','"],
    ['a in x', "found 'x', expected: '('"],
    ['a in (x', "found '', expected: ',' or ')'"],
    ['=b', "found '=', expected: '!', identifier"],
    ['a=b c', "found 'c', expected: ',' or 'end of string'"],
    ['a=b=c', "found '=', expected: ',' or 'end of string'"],
    ['a!', "found '!', expected: in, notin, =, ==, !=, gt, lt"],
    ['-a=b', 'key: Invalid value: "-a"'],
    ['a=b!', "found '!', expected: ',' or 'end of string'"],
    ['a=-b', 'Invalid value: "-b": a valid label must be'],
    ['a>b', 'the value must be an integer'],
  ])('refuses %j', (text, message) => {
    const parsed = parseSelector(text)
    expect(isLeft(parsed) && parsed.left).toContain(message)
  })

  it('reads back every selector it prints', () => {
    const key = constantFrom('app', 'tier', 'example.com/role', 'in', 'notin', 'x_y.z')
    const value = constantFrom('', 'a', 'b-1', 'C_d', 'in', '12345')
    const requirement = record({
      key,
      operator: constantFrom('Equals', 'NotEquals', 'In', 'NotIn', 'Exists', 'DoesNotExist'),
      values: uniqueArray(value, { minLength: 1, maxLength: 3 }),
    }).map(({ key: name, operator, values }): Requirement => {
      if (operator === 'Exists' || operator === 'DoesNotExist') return { key: name, operator, values: [] }
      if (operator === 'Equals' || operator === 'NotEquals') return { key: name, operator, values: [values[0]!] }
      return { key: name, operator: operator as 'In' | 'NotIn', values }
    })
    const requirements = uniqueArray(requirement, { selector: (one) => one.key, minLength: 1, maxLength: 4 })
    assert(
      property(requirements, array(dictionary(key, value), { maxLength: 5 }), (wanted, labelled) => {
        const compiled = selectorOfRequirements(wanted)
        const parsed = parseSelector(formatSelector(compiled))
        return (
          isRight(parsed) &&
          formatSelector(parsed.right) === formatSelector(compiled) &&
          labelled.every((labels) => selects(parsed.right, labels) === selects(compiled, labels))
        )
      }),
    )
  })

  it('prints labels in the order of their keys', () => {
    expect(formatLabels({ b: '2', a: '1' })).toBe('a=1,b=2')
    expect(formatLabels({})).toBe('<none>')
    expect(formatSelector(EVERYTHING)).toBe('<none>')
  })
})

describe('label syntax', () => {
  it.each(['app', 'example.com/app', 'a.b_c-d', 'A', '1', 'a'.repeat(63)])('takes the key %s', (key) => {
    expect(labelKeyProblems(key)).toEqual([])
  })

  it.each([
    ['', 'name part must be non-empty'],
    ['/app', 'prefix part must be non-empty'],
    ['example.com/', 'name part must be non-empty'],
    ['a/b/c', 'with an optional DNS subdomain prefix'],
    ['-app', 'name part must consist of alphanumeric characters'],
    ['Example/app', 'prefix part a lowercase RFC 1123 subdomain'],
    ['a'.repeat(64), 'name part must be no more than 63 bytes'],
  ])('refuses the key %j', (key, message) => {
    expect(labelKeyProblems(key).join('; ')).toContain(message)
  })

  it('words a bad value as Kubernetes does', () => {
    expect(labelValueProblems('a b')).toEqual([
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')",
    ])
    expect(labelValueProblems('a'.repeat(64))).toEqual(['must be no more than 63 bytes'])
    expect(labelValueProblems('')).toEqual([])
  })
})

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { parseEvents } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { readSimpleYaml } from './yaml-simple.ts'
import { readYaml } from './yaml-source.ts'

/** The parser of all of YAML, since an anchor keeps the short way out; the anchor itself says nothing. */
const whole = (text: string) => {
  const { documents, issues } = readYaml(`${text}\n---\nanchor: &a 1\n`)
  return { values: documents.slice(0, -1).map(({ value }) => value), issues: issues.map(({ code }) => code) }
}

const root = join(import.meta.dirname, '../../..')
const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((found) => {
    const path = join(folder, found.name)
    return found.isDirectory() ? filesBelow(path) : /\.ya?ml$/.test(found.name) ? [path] : []
  })

const words = fc.constantFrom(
  'web',
  'yes',
  'on',
  'null',
  '~',
  '1',
  '0x1f',
  '017',
  '1_000',
  '-5',
  '1e3',
  '.5',
  '-',
  '- a',
  '--',
  'a b',
  'a: b',
  'a:',
  ':a',
  '#c',
  'a #c',
  "'q'",
  "'it''s'",
  "'it's'",
  '"d"',
  '"e\\n"',
  '{}',
  '[]',
  '{a: 1}',
  '[1, 2]',
  '|',
  '>',
  '@x',
  '*a',
  '!!str 5',
  '%d',
  '?',
  '? a',
  'http://x:80/y',
  '10.0.0.1',
  '2001-01-01',
  '.inf',
  '.nan',
  '---',
  '...',
  '<<',
  '=',
  'é',
  "''",
  '""',
  'a  b',
  '-a',
  '-.5',
  '+1',
  '!x',
  '`x`',
  'a,b',
  'a]',
  '__proto__',
)
const keys = fc.constantFrom(
  'a',
  'b',
  'a.b/c',
  'yes',
  '1',
  '"k"',
  "'k'",
  'k k',
  '<<',
  '? k',
  'kind',
  'é',
  '__proto__',
  '-k',
)
const ends = fc.constantFrom('', '', '', ' ', ' # comment', '\n# comment', '\n', '\n  ')

/** Lines of something like YAML, indented as it comes. */
const lines = fc
  .array(
    fc.record({
      indent: fc.constantFrom(0, 0, 2, 2, 4, 1, 6),
      dash: fc.constantFrom('', '', '- ', '-   ', '- - '),
      key: fc.option(keys, { nil: undefined }),
      gap: fc.constantFrom(' ', '  ', ''),
      value: fc.option(words, { nil: '' }),
      end: ends,
    }),
    { maxLength: 7 },
  )
  .map((list) =>
    list
      .map(
        ({ indent, dash, key, gap, value, end }) =>
          `${' '.repeat(indent)}${dash}${key === undefined ? value : `${key}:${gap}${value}`}${end}`,
      )
      .join('\n'),
  )

const plain = fc.constantFrom(
  'web',
  'true',
  '1',
  "'it''s'",
  '"d"',
  '{}',
  '[]',
  'a b',
  '10.0.0.1',
  'http://x:80/y',
  '-5',
)
const name = fc.constantFrom('a', 'b', 'c', 'kind', 'a.b/c')
/** Manifests as they are written: what is to be read the short way. */
const tidy: fc.Arbitrary<(indent: string) => string> = fc.letrec<{ node: (indent: string) => string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small' },
    plain.map((text) => () => ` ${text}\n`),
    fc
      .uniqueArray(fc.tuple(name, tie('node')), { minLength: 1, maxLength: 4, selector: ([key]) => key })
      .map(
        (fields) => (indent: string) =>
          `\n${fields.map(([key, node]) => `${indent}${key}:${node(`${indent}  `)}`).join('')}`,
      ),
    fc
      .array(plain, { minLength: 1, maxLength: 3 })
      .map((items) => (indent: string) => `\n${items.map((item) => `${indent}- ${item}\n`).join('')}`),
    fc
      .array(fc.uniqueArray(fc.tuple(name, plain), { minLength: 1, maxLength: 3, selector: ([key]) => key }), {
        minLength: 1,
        maxLength: 3,
      })
      .map(
        (items) => (indent: string) =>
          `\n${items
            .map((fields) =>
              fields.map(([key, text], i) => `${indent}${i === 0 ? '- ' : '  '}${key}: ${text}\n`).join(''),
            )
            .join('')}`,
      ),
  ),
})).node

describe('the short way through YAML', () => {
  it('has the answer of the whole way, or none, for anything like YAML', () => {
    let answered = 0
    fc.assert(
      fc.property(lines, (text) => {
        const simple = readSimpleYaml(text)
        if (simple === undefined) return
        answered++
        expect(whole(text)).toEqual({ values: [simple.value], issues: [] })
      }),
      { numRuns: 20_000, seed: 20_251_121 },
    )
    expect(answered).toBeGreaterThan(500)
  })

  it('answers for every tidy manifest, and rightly', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, tidy), { minLength: 1, selector: ([key]) => key }), (fields) => {
        const text = fields.map(([key, node]) => `${key}:${node('  ')}`).join('')
        const simple = readSimpleYaml(text)
        expect(simple).toBeDefined()
        expect(whole(text)).toEqual({ values: [simple!.value], issues: [] })
      }),
      { numRuns: 500, seed: 20_251_121 },
    )
  })

  it.each(filesBelow(join(root, 'scenarios')).map((path) => [path.slice(root.length + 1)]))(
    'reads %s alike',
    (path) => {
      const text = readFileSync(join(root, path), 'utf8')
      expect(readYaml(text).documents.map(({ value }) => value)).toEqual(whole(text).values)
    },
  )

  it('finds places as the whole way does', () => {
    const text = 'a: 1\n---\nb:\n  - c: x\n    d: y\n'
    const [, second] = readYaml(text).documents
    expect(second!.positionOf(['b', 0, 'd'])).toEqual({ line: 5, column: 8 })
    expect(second!.positionOf(['b', 0, 'd'], true)).toEqual({ line: 5, column: 5 })
    expect(second!.positionInside(['b', 0, 'c'], 0)).toEqual({ line: 4, column: 8 })
  })

  it('leaves to the parser what it has an opinion on', () => {
    expect(() => parseEvents('a: 1\n b: 2\n', {})).toThrow()
    expect(readSimpleYaml('a: 1\n b: 2\n')).toBeUndefined()
    expect(readYaml('a: 1\n---\nb: 1\nb: 2\n').issues.map(({ code, line }) => [code, line])).toEqual([['WT002', 4]])
  })
})

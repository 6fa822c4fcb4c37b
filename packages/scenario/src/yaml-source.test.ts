import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readYaml } from './yaml-source.ts'

const values = (text: string) => readYaml(text).documents.map(({ value }) => value)
const complaints = (text: string) => readYaml(text).issues.map(({ line, column, code }) => `${line}:${column} ${code}`)

describe('a text of several documents', () => {
  it('is read document by document, and empty ones are left out', () => {
    expect(values('---\n---\na: 1\n---\n# nothing\n---\n- b\n...\n')).toEqual([{ a: 1 }, ['b']])
  })

  it('gives what can be read although one document is broken', () => {
    const text = 'a: 1\n---\nb: [\n---\nc: 3\n---\nd: @x\n'
    expect(values(text)).toEqual([{ a: 1 }, { c: 3 }])
    expect(complaints(text)).toEqual(['4:1 WT001', '7:4 WT001'])
  })

  it('may have Windows line ends and a byte order mark', () => {
    expect(values('\ufeffa: 1\r\nb: |\r\n  x\r\n  y\r\n')).toEqual([{ a: 1, b: 'x\ny\n' }])
  })

  it('may be JSON, tabs and all', () => {
    expect(values('{\n\t"a":\t[1, 2.5, null, true],\n\t"b": "\\ud83d\\ude00\\/"\n}\n')).toEqual([
      { a: [1, 2.5, null, true], b: '😀/' },
    ])
  })
})

describe('anchors, aliases and merges', () => {
  it('repeat values', () => {
    expect(values('a: &x {p: 1, q: 2}\nb: *x\nc:\n  <<: *x\n  q: 3\nd:\n  <<: [{p: 5}, *x]\n')).toEqual([
      { a: { p: 1, q: 2 }, b: { p: 1, q: 2 }, c: { p: 1, q: 3 }, d: { p: 5, q: 2 } },
    ])
  })

  it('are refused when they would explode, at once and in one line', () => {
    const levels = Array.from({ length: 30 }, (_, i) => `a${i}: &a${i} [${i === 0 ? 'x' : `*a${i - 1}, *a${i - 1}`}]`)
    expect(complaints(levels.join('\n'))).toEqual([expect.stringMatching(/^\d+:\d+ WT003$/)])
  })

  it.each([
    ['a: *x', '1:4 WT009'],
    ['a: &x [*x]', '1:8 WT009'],
    ['a: 1\nb:\n  <<: 3', '3:3 WT009'],
  ])('are refused where they lead nowhere: %j', (text, complaint) => {
    expect(complaints(text)).toEqual([complaint])
  })
})

describe('what YAML can say and JSON cannot', () => {
  it.each([
    ['a: .inf', '1:4 WT009'],
    ['a: .nan', '1:4 WT009'],
    ['? [a]\n: b', '1:3 WT009'],
    ['~: b', '1:1 WT009'],
    ['a: !!binary aGk=', '1:13 WT009'],
    ['a: !!int x', '1:10 WT009'],
  ])('is refused: %j', (text, complaint) => {
    expect(complaints(text)).toEqual([complaint])
  })

  it('keys that are numbers or switches become text, as for kubectl', () => {
    expect(values('1: a\ntrue: b\non: c\n')).toEqual([{ '1': 'a', true: 'b' }])
    expect(complaints('1: a\ntrue: b\non: c\n')).toEqual(['3:1 WT002'])
  })

  it('a key called __proto__ is a key', () => {
    const [value] = values('__proto__: {polluted: 1}\n')
    expect(Object.keys(value as object)).toEqual(['__proto__'])
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})

describe('a duplicate key', () => {
  it('is named with the line of the first', () => {
    const [issue] = readYaml('a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n').issues
    expect(issue).toMatchObject({ code: 'WT002', line: 5, column: 3, hint: 'the first is on line 3' })
  })
})

describe('broken syntax', () => {
  it.each([
    ['a: 1\n\tb: 2\n', '2:1', /tab/, /spaces/],
    ['a: b: c\n', '1:5', /mapping values/, /quotes/],
    ['a: `b`\n', '1:4', /cannot start with/, /quotes/],
    ['a: {{ .Values.x }}b\n', '1:19', /./, /template/],
    ['a: "x\n', '2:1', /./, undefined],
    ['\u0000', '1:1', /null byte/, undefined],
  ])('is explained: %j', (text, place, message, hint) => {
    const [issue, ...more] = readYaml(text).issues
    expect(more).toEqual([])
    expect(`${issue?.line}:${issue?.column}`).toBe(place)
    expect(issue?.message).toMatch(message)
    if (hint !== undefined) expect(issue?.hint).toMatch(hint)
  })

  it('is refused when it nests without end', () => {
    expect(complaints('['.repeat(100_000))).toEqual([expect.stringContaining('WT001')])
    expect(complaints('- '.repeat(5_000))).toEqual([expect.stringContaining('WT001')])
  })
})

describe('the position of a path', () => {
  const text = `kind: Pod
spec:
  containers:
  - name: web
    image: "nginx"
    ports: [{containerPort: 80}, {containerPort: 81}]
  empty:
common: &c
  x: 1
other:
  <<: *c
---
second: 2
`
  const [document, second] = readYaml(text).documents
  const at = (path: readonly (string | number)[], key = false) => {
    const { line, column } = document!.positionOf(path, key)
    return `${line}:${column}`
  }

  it.each<[(string | number)[], string]>([
    [[], '1:1'],
    [['kind'], '1:7'],
    [['spec'], '2:1'],
    [['spec', 'containers'], '3:3'],
    [['spec', 'containers', 0], '4:5'],
    [['spec', 'containers', 0, 'image'], '5:12'],
    [['spec', 'containers', 0, 'ports', 1], '6:34'],
    [['spec', 'containers', 0, 'ports', 1, 'containerPort'], '6:50'],
    [['spec', 'empty'], '7:3'],
    [['other', 'x'], '9:6'],
    [['spec', 'missing', 'deeper'], '2:1'],
    [['spec', 'containers', 7], '3:3'],
  ])('%j is at %s', (path, place) => {
    expect(at(path)).toBe(place)
  })

  it('can be that of the key', () => {
    expect(at(['spec', 'containers', 0, 'image'], true)).toBe('5:5')
  })

  it('knows which document it is in', () => {
    expect(second!.positionOf(['second'])).toEqual({ line: 13, column: 9 })
  })

  it('points into texts of every style', () => {
    const styles = 'plain: abcdef\nquoted: "abcdef"\nliteral: |\n  abc\n  def\nfolded: >-\n    abc\n    def\n'
    const [one] = readYaml(styles).documents
    expect(one!.positionInside(['plain'], 3)).toEqual({ line: 1, column: 11 })
    expect(one!.positionInside(['quoted'], 3)).toEqual({ line: 2, column: 13 })
    expect(one!.positionInside(['literal'], 1)).toEqual({ line: 4, column: 4 })
    expect(one!.positionInside(['literal'], 5)).toEqual({ line: 5, column: 4 })
    expect(one!.positionInside(['folded'], 5)).toEqual({ line: 8, column: 6 })
    expect(one!.positionInside(['plain'], 99)).toEqual({ line: 1, column: 14 })
  })
})

describe('any text', () => {
  it('that JSON.stringify writes is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 2), (json, indent) => {
        const text = JSON.stringify(JSON.parse(json), null, indent)
        const { documents, issues } = readYaml(text)
        expect(issues).toEqual([])
        expect(documents[0]?.value ?? null).toEqual(JSON.parse(text))
      }),
      { numRuns: 300 },
    )
  })

  it('is read or complained about, never thrown at', () => {
    const yamlish = fc.array(
      fc.constantFrom(
        'a',
        ': ',
        '- ',
        '\n',
        '  ',
        '---\n',
        '[',
        ']',
        '{',
        '}',
        '&x ',
        '*x',
        '"',
        "'",
        '|\n',
        '>\n',
        '#',
        '!!int ',
        '<<: ',
        '? ',
        '%',
        '@',
        '\t',
        '1',
        '\u2028',
        'é',
        ',',
      ),
      { maxLength: 40 },
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          yamlish.map((parts) => parts.join('')),
        ),
        (text) => {
          const { documents, issues } = readYaml(text)
          for (const { line, column } of issues) {
            expect(line).toBeGreaterThan(0)
            expect(column).toBeGreaterThan(0)
          }
          for (const document of documents) document.positionOf(['a', 0, 'a'])
        },
      ),
      { numRuns: 2_000 },
    )
  })
})

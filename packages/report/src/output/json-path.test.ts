import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { customCell, parseCustomColumns, parseJsonPath, parseRelaxed, printJsonPath } from './json-path.ts'
import { naturalOrder } from './natural-order.ts'
import { parseOutput } from './output-format.ts'
import { sortBy } from './sort-by.ts'

const list = {
  kind: 'List',
  items: [
    {
      kind: 'Node',
      metadata: { name: 'a', labels: { 'example.com/zone': 'x' } },
      spec: { unschedulable: true, taints: [{ key: 'k', effect: 'NoSchedule' }] },
      status: { capacity: { cpu: '4' }, ports: [1, 2, 3, 4], ready: true },
    },
    {
      kind: 'Node',
      metadata: { name: 'b' },
      spec: {},
      status: { capacity: { cpu: '8' }, ports: [5], ready: false, 'odd.name': 'dotted' },
    },
  ],
}

const print = (template: string, value: unknown = list): string => {
  const path = parseJsonPath(template)
  if (isLeft(path)) return `cannot be read: ${path.left}`
  const text = printJsonPath(path.right, value)
  return isLeft(text) ? `cannot be printed: ${text.left}` : text.right
}

describe('a JSONPath template: client-go/util/jsonpath', () => {
  it.each([
    ['text alone', 'plain', 'plain'],
    ['a field', '{.kind}', 'List'],
    ['the object itself', '{.kind}{"-"}{$.kind}{"-"}{@.kind}', 'List-List-List'],
    ['an element', '{.items[0].metadata.name}', 'a'],
    ['an element from the end', '{.items[-1].metadata.name}', 'b'],
    ['all elements, with a space between them', '{.items[*].metadata.name}', 'a b'],
    ['a slice', '{.items[0].status.ports[1:3]}', '2 3'],
    ['a slice that is open at one end', '{.items[0].status.ports[2:]} {.items[0].status.ports[:2]}', '3 4 1 2'],
    ['a slice with a step', '{.items[0].status.ports[0:4:2]}', '1 3'],
    ['a slice from the end', '{.items[0].status.ports[-2:]}', '3 4'],
    ['a union of elements', '{.items[0].status.ports[0,2]}', '1 3'],
    ['a union of fields', "{.items[*]['kind','metadata'].name}", 'a b'],
    ['a quoted name', "{.items[0].metadata.labels['example.com/zone']}", 'x'],
    ['a name with an escaped point', '{.items[0].metadata.labels.example\\.com/zone}', 'x'],
    ['every field', '{.items[0].status.capacity.*}', '4'],
    ['everything below', '{..cpu}', '4 8'],
    ['a range', '{range .items[*]}{.metadata.name}={.status.capacity.cpu}{"\\n"}{end}', 'a=4\nb=8\n'],
    [
      'a range in a range',
      '{range .items[*]}{.metadata.name}:{range .status.ports[*]}{@},{end};{end}',
      'a:1,2,3,4,;b:5,;',
    ],
    ['a range over nothing', '{range .missing[*]}{.x}{end}done', 'done'],
    ['what follows a range', '{range .items[*]}.{end}{.kind}', '..List'],
    ['a filter by text', '{.items[?(@.metadata.name=="b")].status.capacity.cpu}', '8'],
    ['a filter in single quotes, with spaces', "{.items[?(@.metadata.name == 'b')].status.capacity.cpu}", '8'],
    ['a filter by number', '{.items[0].status.ports[?(@>2)]}', '3 4'],
    ['a filter by number or equal', '{.items[0].status.ports[?(@<=2)]}', '1 2'],
    ['a filter that something is there', '{.items[?(@.spec.unschedulable)].metadata.name}', 'a'],
    ['a filter by a truth that not all have', '{.items[?(@.spec.unschedulable==true)].metadata.name}', 'a'],
    ['a filter that something is another', '{.items[?(@.status.ready!=true)].metadata.name}', 'b'],
    ['a bracket in the text of a filter', '{.items[?(@.metadata.name=="]")].kind}', ''],
    [
      'numbers, truths and nothing',
      '{.items[0].status.ready} {.items[0].status.ports[0]} {.items[0].nothing}',
      'true 1 ',
    ],
    [
      'lists and objects as JSON',
      '{.items[0].spec.taints} {.items[1].status.capacity}',
      '[{"key":"k","effect":"NoSchedule"}] {"cpu":"8"}',
    ],
    ['an escape in quotes', '{"tab\\tquote\\"end"}', 'tab\tquote"end'],
  ])('prints %s', (_, template, text) => {
    expect(print(template)).toBe(text)
  })

  it.each([
    ['an open brace', '{.items', 'unclosed action'],
    ['an open bracket', '{.items[0}', 'unterminated array'],
    ['an open filter', '{.items[?(@.a==1}', 'unterminated filter'],
    ['an open quote', '{"a}', 'unterminated quoted string'],
    ['an end without a range', '{end}', 'not in range, nothing to end'],
    ['an index that is none', '{.items[a]}', 'invalid array index a'],
    ['a word that means nothing', '{foo}', 'unrecognized identifier foo'],
    ['two descents', '{....a}', 'invalid multiple recursive descent'],
  ])('refuses %s', (_, template, problem) => {
    expect(print(template)).toBe(`cannot be read: ${problem}`)
  })

  it.each([
    ['an index beyond the list', '{.items[5]}', 'array index out of bounds: index 5, length 2'],
    ['an index of what is no list', '{.kind[0]}', 'string is not array or slice'],
    ['a comparison of text with a number', '{.items[?(@.metadata.name>1)]}', 'incompatible types for comparison'],
  ])('cannot print %s', (_, template, problem) => {
    expect(print(template)).toBe(`cannot be printed: ${problem}`)
  })

  it.each(['{.metadata.name}', '.metadata.name', 'metadata.name', '{metadata.name}'])(
    'alone may be written as %s: customcolumn.go, RelaxedJSONPathExpression',
    (text) => {
      const path = parseRelaxed(text)
      expect(isLeft(path) ? path.left : printJsonPath(path.right, list.items[0])).toMatchObject({ right: 'a' })
    },
  )
})

describe('custom columns: kubectl/pkg/cmd/get/customcolumn.go', () => {
  it('print <none> for what is missing, and several values with commas', () => {
    const columns = parseCustomColumns('N:.metadata.name,P:.status.ports[*],T:.spec.taints,M:.missing')
    if (isLeft(columns)) throw new Error(columns.left)
    expect(columns.right.map(({ header }) => header)).toEqual(['N', 'P', 'T', 'M'])
    const cells = list.items.map((item) => columns.right.map((column) => customCell(column, item)))
    expect(cells).toEqual([
      ['a', '1,2,3,4', '[map[effect:NoSchedule key:k]]', '<none>'],
      ['b', '5', '<none>', '<none>'],
    ])
  })

  it.each([
    ['', 'template format specified but no template given: custom-columns=…'],
    ['NAME', 'unexpected custom-columns spec: NAME, expected <header>:<json-path-expr>'],
    [
      'N:{.a}{.b}',
      "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'",
    ],
  ])('%j is refused', (text, problem) => {
    expect(parseOutput(`custom-columns=${text}`, () => ({ _tag: 'Left', left: '' }))).toEqual({
      _tag: 'Left',
      left: problem,
    })
  })

  it('may stand in a file, headers over paths', () => {
    const read = () => ({ _tag: 'Right' as const, right: 'NAME          CPU\n.metadata.name  .status.capacity.cpu\n' })
    const output = parseOutput('custom-columns-file=columns.txt', read)
    expect(output).toMatchObject({ right: { customColumns: [{ header: 'NAME' }, { header: 'CPU' }] } })
    const uneven = parseOutput('custom-columns-file=columns.txt', () => ({ _tag: 'Right', right: 'A B\n.a\n' }))
    expect(uneven).toEqual({ _tag: 'Left', left: "number of headers (2) and field specifications (1) don't match" })
  })
})

describe('--sort-by: kubectl/pkg/cmd/get/sorter.go', () => {
  const sorted = (values: readonly unknown[], expression = '.v'): unknown => {
    const result = sortBy(values, expression, (value) => (value === undefined ? {} : { v: value }))
    return isLeft(result) ? result.left : result.right
  }

  it.each([
    ['numbers', [10, 9, 2], [2, 9, 10]],
    ['quantities by what they come to', ['1Gi', '500Mi', '2'], ['2', '500Mi', '1Gi']],
    ['names with numbers as people count', ['web-10', 'web-9', 'web-1'], ['web-1', 'web-9', 'web-10']],
    ['times', ['2025-01-01T00:00:10Z', '2025-01-01T00:00:09Z'], ['2025-01-01T00:00:09Z', '2025-01-01T00:00:10Z']],
    ['truths', [true, false], [false, true]],
    ['what is missing first', ['b', undefined, 'a'], [undefined, 'a', 'b']],
  ])('puts %s in order', (_, values, expected) => {
    expect(sorted(values)).toEqual(expected)
  })

  it('refuses a field that nothing has', () => {
    expect(sorted(['a'], '.other')).toBe('error: couldn\'t find any field with path ".other" in the list of objects')
  })

  it('is an order', () => {
    const texts = ['a', 'a1', 'a01', 'a10', 'a2', 'b', '', '1', '01', 'a1b', 'a1c']
    for (const a of texts)
      for (const b of texts) {
        expect(Math.sign(naturalOrder(a, b)) + Math.sign(naturalOrder(b, a))).toBe(0)
        expect(naturalOrder(a, b) === 0).toBe(a === b)
      }
  })
})

import type { PathStep } from '@wavetank/cluster'
import { readCsv } from '@wavetank/scenario'
import {
  type Codec,
  dictionary,
  isRecord,
  list,
  mapped,
  number,
  object,
  optional,
  type ProblemAt,
  required,
  text,
  value,
  wrongType,
} from '@wavetank/scenario/codec'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { type Change, type ObjectName, parseObjectName } from './change.ts'
import { type FieldPath, parseFieldPath } from './field-path.ts'

/** A field of the scenario file, or of an object: `Deployment/shop/web spec.replicas`. */
export interface FieldRef {
  readonly of: ObjectName | undefined
  readonly path: FieldPath
  readonly written: string
}

const REF_DOC =
  'a field of the scenario file (`nodes[name=worker].count`), or of an object of its manifests (`Deployment/shop/web spec.replicas`)'

/** Reads what a field is called; on the left, what is wrong. */
const parseFieldRef = (written: string): FieldRef | string => {
  const space = written.indexOf(' ')
  const object = space < 0 ? undefined : parseObjectName(written.slice(0, space))
  if (space >= 0 && object === undefined) return `\`${written.slice(0, space)}\` is no object: \`Deployment/shop/web\``
  const path = parseFieldPath(written.slice(space + 1).trim())
  return isLeft(path) ? path.left : { of: object, path: path.right, written }
}

const isRef = (u: unknown): u is FieldRef => isRecord(u) && 'path' in u && 'written' in u

const FieldRefText: Codec<FieldRef> = mapped<string, FieldRef>(
  text,
  isRef,
  (written) => {
    const ref = parseFieldRef(written)
    return typeof ref === 'string' ? left({ code: 'WT060', message: ref, hint: REF_DOC }) : right(ref)
  },
  ({ written }) => written,
)

const ObjectNameText: Codec<string> = mapped<string, string>(
  text,
  (u): u is string => typeof u === 'string',
  (written) =>
    parseObjectName(written) === undefined
      ? left({ code: 'WT060', message: `\`${written}\` is no object`, hint: 'as in `PodDisruptionBudget/shop/web`' })
      : right(written),
  (written) => written,
)

export type LevelValue = string | number | boolean
const isLevelValue = (u: unknown): u is LevelValue =>
  typeof u === 'string' || typeof u === 'boolean' || (typeof u === 'number' && Number.isFinite(u))

export const LevelValue: Codec<LevelValue> = value<LevelValue>({
  name: 'LevelValue',
  schema: { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
  is: isLevelValue,
  parse: (u) =>
    isLevelValue(u)
      ? right(u)
      : left(
          wrongType(
            'a number, text, true or false',
            u,
            'what is more than one value is a variant: `variants: [{name: …, set: {…}}]`',
          ),
        ),
})

const anything: Codec<unknown> = value<unknown>({
  name: 'anything',
  schema: {},
  is: (_): _ is unknown => true,
  parse: right,
})

const Range = object('Range', {
  from: required(number({ min: -Number.MAX_VALUE }), 'The first value.'),
  to: required(number({ min: -Number.MAX_VALUE }), 'The last one, if a step leads there.'),
  step: optional(number({ min: 0, above: true }), 'From one to the next; 1 by default.'),
})

const Variant = object('Variant', {
  name: required(LevelValue, 'What tables call it.'),
  set: optional(dictionary(anything), `Values by field, each ${REF_DOC}. \`null\` takes a field away.`),
  add: optional(list(anything), 'Objects that the variant has besides.'),
  remove: optional(
    list(ObjectNameText),
    'Objects of the manifests that it does not have: `PodDisruptionBudget/shop/web`.',
  ),
})

const AxisFields = object('Axis', {
  name: optional(text, 'What tables and options call it; its path by default.'),
  path: optional(FieldRefText, `What is varied: ${REF_DOC}.`),
  manifest: optional(ObjectNameText, 'The object that `path` is a field of, if it is not written in front of it.'),
  values: optional(list(LevelValue, 1), 'The values of the field at `path`.'),
  range: optional(Range, 'In place of `values`: numbers at equal steps.'),
  variants: optional(list(Variant, 1), 'Levels that differ in more than one field, or in whole objects.'),
  csv: optional(
    text,
    'A CSV file of variants: a row for each, a column for each field, and a column `name` if they have one.',
  ),
})
type AxisFields = t.TypeOf<typeof AxisFields>

/** An axis as the file has it. */
export interface AxisItem extends AxisFields {
  readonly title: string
}

const FORMS = ['values', 'range', 'variants', 'csv'] as const

export const AxisItem: Codec<AxisItem> = mapped<AxisFields, AxisItem>(
  AxisFields,
  (u): u is AxisItem => isRecord(u) && 'title' in u,
  (axis) => {
    const problems: ProblemAt[] = []
    const given = FORMS.filter((form) => axis[form] !== undefined)
    if (given.length !== 1)
      problems.push([
        given.length === 0 ? [] : [given[1]!],
        {
          code: 'WT022',
          message: given.length === 0 ? 'the axis has no values' : `\`${given.join('` and `')}\` exclude each other`,
          hint: 'one of `values`, `range`, `variants`, `csv`',
        },
      ])
    const isPlain = axis.values !== undefined || axis.range !== undefined
    if (isPlain && axis.path === undefined)
      problems.push([[], { code: 'WT011', message: '`path` is missing', hint: REF_DOC }])
    if (!isPlain && given.length > 0 && axis.path !== undefined)
      problems.push([['path'], { code: 'WT029', message: 'variants name their fields themselves' }])
    if (axis.manifest !== undefined && axis.path === undefined)
      problems.push([['manifest'], { code: 'WT011', message: '`path` is missing', hint: 'the field of the object' }])
    if (axis.manifest !== undefined && axis.path?.of !== undefined)
      problems.push([['manifest'], { code: 'WT022', message: '`path` names an object as well' }])
    if (axis.name === undefined && !isPlain && given.length === 1)
      problems.push([[], { code: 'WT011', message: '`name` is missing', hint: 'what tables call the axis' }])
    if (axis.range !== undefined && axis.range.to < axis.range.from)
      problems.push([['range', 'to'], { code: 'WT029', message: 'the range ends before it begins' }])
    for (const [i, variant] of (axis.variants ?? []).entries())
      for (const key of Object.keys(variant.set ?? {})) {
        const ref = parseFieldRef(key)
        if (typeof ref === 'string')
          problems.push([['variants', i, 'set', key], { code: 'WT060', message: ref, hint: REF_DOC }])
      }
    if (problems.length > 0) return left(problems)
    const title = axis.name ?? (axis.manifest === undefined ? '' : `${axis.manifest} `) + axis.path!.written
    return right({ ...axis, title })
  },
  ({ title, ...axis }) => axis,
)

/** One value of an axis, and what it changes. */
export interface AxisLevel {
  readonly value: LevelValue
  readonly changes: readonly Change[]
  readonly source: readonly PathStep[]
}

/** Sums of tenths leave dust behind. */
const tidy = (n: number): number => Number(n.toPrecision(12))

export const RANGE_MAX = 10_000

/** How many levels it has, without making them; `undefined` for those of a table that is not read. */
export const levelCount = (axis: AxisItem): number | undefined => {
  if (axis.range !== undefined) {
    const { from, to, step = 1 } = axis.range
    return Math.floor(tidy((to - from) / step)) + 1
  }
  return axis.values?.length ?? axis.variants?.length
}

const refOf = (axis: AxisItem): FieldRef => {
  const own = axis.path!
  return axis.manifest === undefined ? own : { ...own, of: parseObjectName(axis.manifest) }
}

/** The levels of an axis that is no table. */
export const levelsOf = (axis: AxisItem, source: readonly PathStep[]): readonly AxisLevel[] => {
  if (axis.variants !== undefined)
    return axis.variants.map(({ name, set = {}, add = [], remove = [] }, i): AxisLevel => {
      const here = [...source, 'variants', i]
      return {
        value: name,
        source: here,
        changes: [
          ...remove.map(
            (written, j): Change => ({
              remove: parseObjectName(written)!,
              written,
              source: [...here, 'remove', j],
            }),
          ),
          ...Object.entries(set).map(([written, to]): Change => {
            const { of, path } = parseFieldRef(written) as FieldRef
            return { set: path, of, value: to, written, source: [...here, 'set', written] }
          }),
          ...add.map((json, j): Change => ({ add: json, written: 'add', source: [...here, 'add', j] })),
        ],
      }
    })
  const { of, path, written } = refOf(axis)
  const name = axis.manifest === undefined ? written : `${axis.manifest} ${written}`
  const values =
    axis.values ??
    Array.from({ length: levelCount(axis) ?? 0 }, (_, i) => tidy(axis.range!.from + i * (axis.range!.step ?? 1)))
  return values.map((one, i) => ({
    value: one,
    source: axis.values === undefined ? [...source, 'range'] : [...source, 'values', i],
    changes: [{ set: path, of, value: one, written: name, source: [...source, 'path'] }],
  }))
}

export interface TableProblem {
  readonly line: number
  readonly column: number
  readonly message: string
  readonly hint?: string
}

/** As YAML would read it; an empty cell takes the field away. */
const cellValue = (cell: string): LevelValue | null => {
  if (cell === '') return null
  if (cell === 'true' || cell === 'false') return cell === 'true'
  return /^-?\d+(\.\d+)?$/.test(cell) ? Number(cell) : cell
}

/** The levels of a table: a row for each. */
export const levelsOfCsv = (
  csv: string,
  source: readonly PathStep[],
): { readonly levels: readonly AxisLevel[]; readonly problems: readonly TableProblem[] } => {
  const { header, rows, problems: torn } = readCsv(csv)
  const problems: TableProblem[] = torn.map(({ line, column, message }) => ({ line, column, message }))
  const columns = header.map(({ text: written, line, column }) => {
    if (written === 'name') return 'name'
    const ref = parseFieldRef(written)
    if (typeof ref !== 'string') return ref
    problems.push({ line, column, message: ref, hint: REF_DOC })
    return undefined
  })
  if (header.length === 0) problems.push({ line: 1, column: 1, message: 'the table is empty' })
  else if (rows.length === 0) problems.push({ line: 1, column: 1, message: 'the table has a header and no rows' })
  const levels = rows.map((row, i): AxisLevel => {
    const name = row[columns.indexOf('name')]?.text
    return {
      value: name === undefined || name === '' ? `row ${i + 1}` : (cellValue(name) ?? ''),
      source,
      changes: columns.flatMap((column, j): readonly Change[] =>
        column === undefined || column === 'name'
          ? []
          : [{ set: column.path, of: column.of, value: cellValue(row[j]!.text), written: column.written, source }],
      ),
    }
  })
  return { levels, problems }
}

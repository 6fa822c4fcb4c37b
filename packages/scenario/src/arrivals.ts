/**
 * Objects that arrive over time: a row of a table for each, and one manifest that says what a row makes.
 *
 * 1. An arrival is `kubectl create` at its instant: log, replay and forks know it as any command.
 * 2. `${column}` stands for the value of the row. A field that is nothing else is left out where the value is empty, so
 *    that one manifest does for pods with and without a GPU.
 * 3. What is wrong with the manifest itself is told once, at the manifest; what is wrong with a value, at the value.
 */

import type { Issue, PathStep } from '@wavetank/cluster'
import { type ApiObject, decodeObject, type JsonObject } from '@wavetank/cluster/api'
import type { Millis } from '@wavetank/kernel'
import { isLeft, isRight, left, right } from 'fp-ts/lib/Either.js'
import type * as t from 'io-ts'
import { sentManifest, stepInto } from './cluster-objects.ts'
import { type Codec, dictionary, isRecord, object, optional, required, text, value, wrongType } from './codec.ts'
import { type CsvCell, type CsvProblem, readCell, readCsv, readTime } from './csv.ts'
import { DurationMillis } from './duration.ts'
import { issueAt } from './located-issue.ts'
import { inOneOrder } from './one-order.ts'
import { suggestion } from './suggestion.ts'

const Template: Codec<Readonly<Record<string, unknown>>> = value<Readonly<Record<string, unknown>>>({
  name: 'Template',
  schema: { type: 'object', required: ['apiVersion', 'kind'] },
  is: isRecord,
  parse: (u) => (isRecord(u) ? right(u) : left(wrongType('a Kubernetes object', u))),
})

const AnyCell: Codec<string> = value<string>({
  name: 'text',
  schema: { anyOf: [{ type: 'string' }, { type: 'number' }] },
  is: (u): u is string => typeof u === 'string',
  parse: (u) =>
    typeof u === 'string' || typeof u === 'number' ? right(String(u)) : left(wrongType('text or a number', u)),
})

export const Arrivals = object('Arrivals', {
  csv: required(
    text,
    'The path of a CSV file with a row for each object. Its column `at` says when the object is created: a duration or plain seconds since the start of the run.',
  ),
  only: optional(
    dictionary(AnyCell),
    'Only rows with these values, by column; the other rows may be those of another entry.',
  ),
  manifest: required(
    Template,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what is written in the file.
    'What a row makes. `${column}` stands for its value; a field that is nothing else is left out where the value is empty. `$${` stands for `${`.',
  ),
})
export type Arrivals = t.TypeOf<typeof Arrivals>

export interface Arrival {
  readonly at: Millis
  readonly object: ApiObject
  readonly manifest: JsonObject
  readonly line: number
  readonly column: number
}

export interface CellIssue extends Issue {
  readonly line: number
  readonly column: number
}

export interface ReadArrivals {
  readonly arrivals: readonly Arrival[]
  /** Of the table, with what each is about in the object that a row makes. */
  readonly problems: readonly CellIssue[]
  /** Of the entry in the scenario, by the path within it. */
  readonly issues: readonly Issue[]
}

type Row = ReadonlyMap<string, CsvCell>
type Piece = string | { readonly column: string }

/** How a text says that it means what it says. */
const LITERAL = '$$' + '{'
const PIECES = /\$\$\{|\$\{([^}]*)\}/g

const piecesOf = (written: string): readonly Piece[] => {
  const pieces: Piece[] = []
  let from = 0
  for (const match of written.matchAll(PIECES)) {
    if (match.index > from) pieces.push(written.slice(from, match.index))
    pieces.push(match[1] === undefined ? LITERAL.slice(1) : { column: match[1].trim() })
    from = match.index + match[0].length
  }
  if (from < written.length) pieces.push(written.slice(from))
  return pieces
}

/** What a part of the manifest is for a row; `undefined` for a field that the row leaves out. */
type Maker = (row: Row) => unknown

interface Compiled {
  readonly make: Maker
  readonly varies: boolean
}

type OnColumn = (column: string, path: readonly PathStep[]) => void

const compileText = (written: string, path: readonly PathStep[], onColumn: OnColumn): Compiled => {
  if (!written.includes(LITERAL.slice(1))) return { make: () => written, varies: false }
  const pieces = piecesOf(written)
  for (const piece of pieces) if (typeof piece !== 'string') onColumn(piece.column, path)
  const [only] = pieces
  if (pieces.length === 1 && typeof only !== 'string')
    return { make: (row) => row.get(only!.column)?.text || undefined, varies: true }
  const make: Maker = (row) =>
    pieces.map((piece) => (typeof piece === 'string' ? piece : (row.get(piece.column)?.text ?? ''))).join('')
  return { make, varies: true }
}

/** Parts without a placeholder are shared by all rows. */
const compile = (json: unknown, path: readonly PathStep[], onColumn: OnColumn): Compiled => {
  if (typeof json === 'string') return compileText(json, path, onColumn)
  if (Array.isArray(json)) {
    const items = json.map((item, i) => compile(item, [...path, i], onColumn))
    if (items.every(({ varies }) => !varies)) return { make: () => json, varies: false }
    return {
      make: (row) => items.map(({ make }) => make(row)).filter((item) => item !== undefined),
      varies: true,
    }
  }
  if (!isRecord(json)) return { make: () => json, varies: false }
  const fields = Object.entries(json).map(([key, field]) => [key, compile(field, [...path, key], onColumn)] as const)
  if (fields.every(([, { varies }]) => !varies)) return { make: () => json, varies: false }
  const make: Maker = (row) => {
    const made: Record<string, unknown> = {}
    for (const [key, field] of fields) {
      const one = field.make(row)
      if (one !== undefined) made[key] = one
    }
    return made
  }
  return { make, varies: true }
}

const columnsAt = (template: unknown, path: readonly PathStep[]): readonly string[] => {
  const written = stepInto(template, path)
  if (typeof written === 'string')
    return piecesOf(written).flatMap((piece) => (typeof piece === 'string' ? [] : [piece.column]))
  return []
}

/** The cell that a problem of a made object is about; the name says which row where the value is not the row's. */
const cellOf = (template: unknown, issue: Issue, row: Row): CsvCell | undefined => {
  for (let length = issue.path.length; length > 0; length--) {
    const [column] = columnsAt(template, issue.path.slice(0, length))
    if (column !== undefined) return row.get(column)
  }
  return undefined
}

const asIssue = ({ line, column, ...problem }: CsvProblem): CellIssue => ({ ...issueAt([], problem), line, column })

/** The objects of a table, and everything that is wrong with it or with the manifest. */
export const arrivalsOf = ({ only = {}, manifest }: Arrivals, csv: string): ReadArrivals => {
  const { header, rows, problems: crooked } = readCsv(csv)
  const problems: CsvProblem[] = [...crooked]
  const issues: Issue[] = []
  const names = header.map(({ text: name }) => name)
  const top = header[0] ?? { line: 1, column: 1 }
  const refuse = ({ line, column }: { line: number; column: number }, message: string, hint?: string): void => {
    problems.push({ code: 'WT041', message, line, column, hint })
  }
  if (!names.includes('at')) refuse(top, 'the table has no column `at`', suggestion('at', names))
  const seen = new Set<string>()
  for (const { text: name, line, column } of header) {
    if (seen.has(name)) refuse({ line, column }, `there are two columns \`${name}\``)
    seen.add(name)
  }
  if (rows.length === 0 && crooked.length === 0) refuse(top, 'the table has no rows')
  const missing = (column: string, path: readonly PathStep[]): void => {
    if (names.includes(column)) return
    const has = suggestion(column, names) ?? `it has ${names.join(', ')}`
    const hint = path[0] === 'only' ? has : `${has}; \`${LITERAL}\` stands for the text \`${LITERAL.slice(1)}\``
    issues.push(issueAt(path, { code: 'WT025', message: `the table has no column \`${column}\``, hint }))
  }
  for (const column of Object.keys(only)) missing(column, ['only', column])
  const { make } = compile(manifest, ['manifest'], missing)
  if (problems.length > crooked.length || issues.length > 0)
    return { arrivals: [], problems: problems.map(asIssue), issues }

  const arrivals: Arrival[] = []
  const inCells: CellIssue[] = []
  const told = new Set<string>()
  const conditions = Object.entries(only).map(([column, wanted]) => [names.indexOf(column), wanted] as const)
  for (const cells of rows) {
    if (!conditions.every(([index, wanted]) => cells[index]!.text === wanted)) continue
    const row: Row = new Map(cells.map((cell, i) => [names[i]!, cell]))
    const { line, column } = cells[0]!
    const when = row.get('at')!
    const at = readCell(DurationMillis, when, readTime(when.text))
    if (isLeft(at)) problems.push(at.left)
    const made = make(row) as JsonObject
    const decoded = decodeObject(made)
    if (isLeft(decoded)) {
      for (const issue of decoded.left) {
        const cell = cellOf(manifest, issue, row)
        if (cell !== undefined) {
          inCells.push({ ...issue, line: cell.line, column: cell.column })
          continue
        }
        const key = `${issue.code} ${issue.path.join('.')} ${issue.message}`
        if (!told.has(key)) issues.push({ ...issue, path: ['manifest', ...issue.path] })
        told.add(key)
      }
      continue
    }
    if (!isRight(at)) continue
    const own = stepInto(made, ['metadata', 'namespace'])
    const ownNamespace = typeof own === 'string' && own !== '' ? own : undefined
    const sent = sentManifest({ object: decoded.right, path: [], ownNamespace, json: made }, 'default')
    arrivals.push({
      at: at.right as Millis,
      object: decoded.right,
      manifest: inOneOrder(sent) as JsonObject,
      line,
      column,
    })
  }
  return { arrivals, problems: [...problems.map(asIssue), ...inCells], issues }
}

import { type Either, isRight, left } from 'fp-ts/lib/Either.js'
import { type Codec, decodeWith, type Problem } from './codec.ts'

/** A value of a table with its place in the file; lines and columns count from 1. */
export interface CsvCell {
  readonly text: string
  readonly line: number
  readonly column: number
}

export interface CsvProblem extends Problem {
  readonly line: number
  readonly column: number
}

export interface CsvTable {
  readonly header: readonly CsvCell[]
  readonly rows: readonly (readonly CsvCell[])[]
  /** Rows that do not have as many values as the header has names. */
  readonly problems: readonly CsvProblem[]
}

const cellsOf = (text: string, line: number): readonly CsvCell[] => {
  const cells: CsvCell[] = []
  let at = 0
  for (const part of text.split(',')) {
    const trimmed = part.trim()
    const quoted = /^"([^"]*)"$/.exec(trimmed)
    const column = at + 1 + (trimmed === '' ? 0 : part.indexOf(trimmed))
    cells.push({ text: quoted === null ? trimmed : quoted[1]!.trim(), line, column })
    at += part.length + 1
  }
  return cells
}

/**
 * A table of plain values: a header, then rows, with commas between the values.
 *
 * Spaces around a value and quotes around all of it do not count; a value cannot hold a comma. Empty lines and lines
 * that begin with `#` are left out.
 */
export const readCsv = (text: string): CsvTable => {
  const [header = [], ...rows] = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line, index) => [line, index + 1] as const)
    .filter(([line]) => line.trim() !== '' && !line.startsWith('#'))
    .map(([line, number]) => cellsOf(line, number))
  const problems = rows
    .filter((row) => row.length !== header.length)
    .map((row): CsvProblem => {
      const message = `the header has ${header.length} names, this row has ${row.length} values`
      return { code: 'WT041', message, line: row[0]!.line, column: row[0]!.column }
    })
  return { header, rows: rows.filter((row) => row.length === header.length), problems }
}

/** A duration, or a plain number of seconds. */
export const readTime = (written: string): unknown => (/^\d+(\.\d+)?$/.test(written) ? `${written}s` : written)

/** What a cell says, or what is wrong with it, at its place. */
export const readCell = (codec: Codec<number>, cell: CsvCell, written: unknown): Either<CsvProblem, number> => {
  const { line, column } = cell
  if (cell.text === '') return left({ code: 'WT041', message: 'there is no value here', line, column })
  const decoded = decodeWith(codec, written)
  if (isRight(decoded)) return decoded
  const { message, hint } = decoded.left[0]!
  return left({ code: decoded.left[0]!.code as Problem['code'], message, hint, line, column })
}

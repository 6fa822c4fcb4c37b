import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  createParquetFile,
  foldTables,
  loadSqlEngine,
  openSqlSession,
  SQL_TYPES,
  type SqlResult,
  type SqlSession,
  tables,
  tablesIn,
} from '@wavetank/export'
import { formatTable } from '@wavetank/report'
import { isLeft } from 'fp-ts/lib/Either.js'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { type ExportOptions, endOf, exportLog, factsOf } from '../export-run.ts'
import { awaitInterruption } from '../interruption.ts'
import type { Terminal } from '../terminal.ts'

export interface QueryOptions extends ExportOptions {
  readonly format?: string
  readonly tables?: boolean
}

/** Writes a result; text of cells is as DuckDB has it. */
type Format = (terminal: Terminal, result: SqlResult) => Promise<void>

const csvCell = (cell: string | null): string => {
  if (cell === null) return ''
  return /[",\r\n]/.test(cell) || cell === '' ? `"${cell.replaceAll('"', '""')}"` : cell
}
const csvLine = (cells: readonly (string | null)[]): string => `${cells.map(csvCell).join(',')}\n`

const FORMATS: Readonly<Record<string, Format>> = {
  table: async (terminal, { columns, text }) => {
    const rows: string[][] = []
    for await (const some of text()) for (const row of some) rows.push(row.map((cell) => cell ?? 'NULL'))
    terminal.out(formatTable({ headers: columns, rows }))
  },
  csv: async (terminal, { columns, text }) => {
    terminal.out(csvLine(columns))
    for await (const rows of text()) terminal.out(rows.map(csvLine).join(''))
  },
  json: async (terminal, { columns, values }) => {
    let separator = '[\n'
    for await (const rows of values()) {
      for (const row of rows) {
        const object = Object.fromEntries(columns.map((column, i) => [column, row[i]]))
        terminal.out(`${separator}  ${JSON.stringify(object)}`)
        separator = ',\n'
      }
    }
    terminal.out(separator === '[\n' ? '[]\n' : '\n]\n')
  },
}

/** Every table with its columns. */
const formatTables = (): string =>
  tables
    .map(({ name, doc, columns }) => {
      const rows = Object.entries(columns).map(([column, { type, doc: meaning }]) => [
        `  ${column}`,
        SQL_TYPES[type],
        meaning,
      ])
      return `${name}: ${doc}\n${formatTable({ headers: ['', '', ''], rows }, true)}`
    })
    .join('\n')

const readSql = (sql: string | undefined): string | undefined => (sql === '-' ? readFileSync(0, 'utf8') : sql)

/** Runs SQL on the log and on states over time. Only the tables that it names are made. */
export const query = async (
  terminal: Terminal,
  asked: string | undefined,
  options: QueryOptions,
): Promise<ExitCode> => {
  if (options.tables === true) {
    terminal.out(formatTables())
    return EXIT.fine
  }
  const name = options.format ?? 'table'
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined
  if (format === undefined) {
    terminal.err(`error: unknown format "${name}"\n    one of ${Object.keys(FORMATS).join(', ')}\n`)
    return EXIT.wrongInput
  }
  const sql = readSql(asked)
  if (sql === undefined || sql.trim() === '') {
    terminal.err(
      'error: there is nothing to ask\n    wavetank query "select kind, count(*) from entries group by kind"\n',
    )
    return EXIT.wrongInput
  }
  const engine = await loadSqlEngine()
  if (isLeft(engine)) {
    terminal.err(
      `error: DuckDB, the engine of queries, cannot be loaded: ${engine.left}\n    it is the optional package @duckdb/node-api: install with optional dependencies,\n    or use any other engine on \`wavetank export parquet\`\n`,
    )
    return EXIT.wrongInput
  }
  let session: SqlSession | undefined
  const interruption = awaitInterruption(() => session?.interrupt())
  const folder = mkdtempSync(join(tmpdir(), 'wavetank-query-'))
  try {
    const wanted = tablesIn(sql, tables)
    const filled =
      wanted.length === 0
        ? EXIT.fine
        : await exportLog(
            { ...terminal, isClosed: () => false },
            { ...options, output: folder },
            ({ reading: { header } }) => {
              const files = wanted.map((table) => [table, createParquetFile(table, folder)] as const)
              const rows = new Map(files.map(([table, file]) => [table, file.row]))
              const fold = foldTables(wanted, factsOf(header), (table) => rows.get(table)!)
              return {
                apply: fold.apply,
                finish: (pass, at) => {
                  fold.end(endOf(pass, at))
                  for (const [, file] of files) file.finish()
                },
                abandon: () => {},
              }
            },
          )
    if (filled !== EXIT.fine) return filled
    session = await openSqlSession(engine.right, folder, tables, wanted)
    if (interruption.wasAsked()) return EXIT.interrupted
    const problem = await session.run(sql, (result) => format(terminal, result))
    if (interruption.wasAsked()) return EXIT.interrupted
    if (problem === undefined) return EXIT.fine
    terminal.err(`error: ${problem}\n    wavetank query --tables lists the tables and their columns\n`)
    return EXIT.wrongInput
  } finally {
    interruption.release()
    session?.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

import { join } from 'node:path'
import type { DuckDBConnection } from '@duckdb/node-api'
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import type { Column, ColumnType } from './column.ts'
import type { Table } from './define-table.ts'

/**
 * SQL on the tables of a log, by DuckDB. It comes as an optional dependency: its engine is a native library, and nothing
 * else needs it.
 */

/** Types of columns in DuckDB’s SQL. */
export const SQL_TYPES: Readonly<Record<ColumnType, string>> = {
  text: 'VARCHAR',
  integer: 'BIGINT',
  boolean: 'BOOLEAN',
  time: 'TIMESTAMP',
  number: 'DOUBLE',
  json: 'VARCHAR',
}

/** A value as JSON has it. */
export type SqlValue = string | number | boolean | null | readonly SqlValue[] | { readonly [key: string]: SqlValue }

export interface SqlResult {
  readonly columns: readonly string[]
  /** Rows, some at a time: as text, `null` where there is none. */
  readonly text: () => AsyncIterable<readonly (readonly (string | null)[])[]>
  /** Rows, some at a time: numbers are numbers where JSON can hold them, else text. */
  readonly values: () => AsyncIterable<readonly (readonly SqlValue[])[]>
}

export interface SqlSession {
  /** Runs SQL and hands over the result of its last statement; the engine’s message if something is wrong with it. */
  readonly run: (sql: string, show: (result: SqlResult) => Promise<void>) => Promise<string | undefined>
  /** Ends what runs, with a message that says so. */
  readonly interrupt: () => void
  readonly close: () => void
}

const isWord = (name: string, sql: string): boolean => new RegExp(`(?<![\\w.])${name}(?!\\w)`, 'i').test(sql)

/** The tables that SQL may be about: those whose names occur in it. */
export const tablesIn = (sql: string, all: readonly Table[]): readonly Table[] =>
  all.filter(({ name }) => isWord(name, sql))

const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`

/** Tables that the query does not name are there without rows, so that `SHOW TABLES` and the engine’s hints know them. */
const definitionOf = ({ name, columns }: Table, folder: string | undefined): string =>
  folder === undefined
    ? `CREATE TABLE ${name} (${Object.entries<Column>(columns)
        .map(([column, { type }]) => `${column} ${SQL_TYPES[type]}`)
        .join(', ')})`
    : `CREATE VIEW ${name} AS SELECT * FROM read_parquet(${quoted(join(folder, `${name}.parquet`))})`

const NUMBERS: ReadonlySet<string> = new Set(['BIGINT', 'HUGEINT', 'UBIGINT', 'UHUGEINT', 'DECIMAL'])

const asNumber = (value: SqlValue): SqlValue => {
  if (typeof value !== 'string') return value
  const number = Number(value)
  return Number.isInteger(number) && !Number.isSafeInteger(number) ? value : number
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).trimEnd()

const run = async (
  connection: DuckDBConnection,
  sql: string,
  show: (result: SqlResult) => Promise<void>,
): Promise<string | undefined> => {
  try {
    const result = await connection.stream(sql)
    const columns = result.columnNames()
    const isNumber = result.columnTypes().map((type) => NUMBERS.has(type.toString().replace(/\(.*/, '')))
    await show({
      columns,
      text: async function* () {
        for await (const rows of result.yieldRows()) {
          yield rows.map((row) => row.map((cell) => (cell === null ? null : String(cell))))
        }
      },
      values: async function* () {
        for await (const rows of result.yieldRowsJson()) {
          yield rows.map((row) => row.map((cell, i) => (isNumber[i] ? asNumber(cell as SqlValue) : (cell as SqlValue))))
        }
      },
    })
    return undefined
  } catch (error) {
    return messageOf(error)
  }
}

/** Loads the engine; the reason if it is not there. */
export const loadSqlEngine = async (): Promise<Either<string, typeof import('@duckdb/node-api')>> => {
  try {
    return right(await import('@duckdb/node-api'))
  } catch (error) {
    return left(messageOf(error).split('\n')[0]!)
  }
}

/**
 * A session on the Parquet files of a folder. One thread, so that the same query on the same log gives the same rows in
 * the same order; and nothing is fetched from a network.
 *
 * @param all every table there is
 * @param filled those that have a file in the folder
 */
export const openSqlSession = async (
  { DuckDBInstance }: typeof import('@duckdb/node-api'),
  folder: string,
  all: readonly Table[],
  filled: readonly Table[],
): Promise<SqlSession> => {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: '1',
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  })
  const connection = await instance.connect()
  for (const table of all) await connection.run(definitionOf(table, filled.includes(table) ? folder : undefined))
  return {
    run: (sql, show) => run(connection, sql, show),
    interrupt: () => connection.interrupt(),
    close: () => {
      connection.closeSync()
      instance.closeSync()
    },
  }
}

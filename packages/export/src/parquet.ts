import { join } from 'node:path'
import { type BasicType, type ColumnSource, fileWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import type { Cell, Column, ColumnType } from './column.ts'
import type { AnyRow, Table } from './define-table.ts'

/** Rows in memory before they become a row group; enough that a group compresses well. */
const GROUP_ROWS = 20_000

/** JSON is not here: the library would stringify it again. */
const TYPES: Readonly<Partial<Record<ColumnType, BasicType>>> = {
  text: 'STRING',
  integer: 'INT64',
  number: 'DOUBLE',
  boolean: 'BOOLEAN',
  time: 'TIMESTAMP',
}

const toBigInt = (cell: Cell): unknown => (cell === null ? null : BigInt(cell as number))
const toBytes = (cell: Cell): unknown => (cell === null ? null : Buffer.from(cell as string))
const ENCODERS: Readonly<Partial<Record<ColumnType, (cell: Cell) => unknown>>> = {
  integer: toBigInt,
  time: toBigInt,
  json: toBytes,
}

const sourceOf = (name: string, { type, nullable }: Column): Omit<ColumnSource, 'data'> =>
  // Hardly any two are the same: a dictionary and bounds would only cost time.
  type === 'json' ? { name, encoding: 'PLAIN', statistics: false } : { name, type: TYPES[type]!, nullable }

const jsonElements = (columns: readonly (readonly [string, Column])[]) =>
  Object.fromEntries(
    columns
      .filter(([, { type }]) => type === 'json')
      .map(([name]) => [
        name,
        {
          name,
          type: 'BYTE_ARRAY',
          repetition_type: 'REQUIRED',
          converted_type: 'UTF8',
          logical_type: { type: 'JSON' },
        } as const,
      ]),
  )

/** A Parquet file that is written row by row. */
export interface ParquetFile {
  readonly row: (row: AnyRow) => void
  /** Writes what is left, and the footer. */
  readonly finish: () => void
}

/**
 * Writes a table to `<folder>/<name>.parquet`; memory does not grow with the number of rows.
 *
 * Throws what the file system throws.
 *
 * @param metadata what the file says of itself, by key
 */
export const createParquetFile = (
  { name, columns }: Pick<Table, 'name' | 'columns'>,
  folder: string,
  metadata: Readonly<Record<string, string>> = {},
): ParquetFile => {
  const entries = Object.entries<Column>(columns)
  const sources = entries.map(([field, column]) => sourceOf(field, column))
  const encoders = entries.map(([, { type }]) => ENCODERS[type])
  const names = entries.map(([field]) => field)
  let cells: Cell[][] = names.map(() => [])
  const columnData = (): ColumnSource[] =>
    sources.map((source, i) => {
      const encode = encoders[i]
      return { ...source, data: encode === undefined ? cells[i]! : cells[i]!.map(encode) }
    })
  const parquet = new ParquetWriter({
    writer: fileWriter(join(folder, `${name}.parquet`)),
    schema: schemaFromColumnData({ columnData: columnData(), schemaOverrides: jsonElements(entries) }),
    createdBy: 'wavetank',
    ...(Object.keys(metadata).length === 0
      ? {}
      : { kvMetadata: Object.entries(metadata).map(([key, value]) => ({ key, value })) }),
  })
  const flush = (): void => {
    if (cells[0]!.length === 0) return
    parquet.write({ columnData: columnData(), rowGroupSize: GROUP_ROWS })
    cells = names.map(() => [])
  }
  return {
    // Hot path: once per row.
    row: (row) => {
      for (let i = 0; i < names.length; i++) cells[i]!.push(row[names[i]!] as Cell)
      if (cells[0]!.length === GROUP_ROWS) flush()
    },
    finish: () => {
      flush()
      parquet.finish()
    },
  }
}

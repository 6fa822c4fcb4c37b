import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AnyRow, createParquetFile, foldTables, tables } from '@wavetank/export'
import { createMemorySink, createMemorySource, formatMillis } from '@wavetank/kernel'
import { loadScenario } from '@wavetank/scenario'
import { nodeFiles } from '@wavetank/scenario/node'
import { isLeft } from 'fp-ts/lib/Either.js'
import { parquetReadObjects } from 'hyparquet'
import { createSimulation, openLog, type StateAt, scenarioOptions, stateAt } from 'wavetank'

/** The log of a scenario, in memory. */
export const logOf = async (scenario: string): Promise<Uint8Array> => {
  const loaded = await loadScenario(scenario, { files: nodeFiles, ...scenarioOptions })
  if (isLeft(loaded)) throw new Error(loaded.left.map(({ message }) => message).join('\n'))
  const sink = createMemorySink()
  const simulation = createSimulation(loaded.right.scenario, { sink })
  while (simulation.advance(1_000_000) === undefined);
  return sink.bytes()
}

export const instantOf = (log: Uint8Array, at?: number): StateAt => {
  const reading = openLog(createMemorySource(log))
  if (isLeft(reading)) throw new Error(reading.left.message)
  return stateAt(reading.right, at)
}

export type Rows = Readonly<Record<string, readonly AnyRow[]>>

/** Every table of a log, through Parquet and back, by the library’s own reader. */
export const tablesOf = async (log: Uint8Array): Promise<Rows> => {
  const folder = mkdtempSync(join(tmpdir(), 'wavetank-tables-'))
  try {
    const reading = openLog(createMemorySource(log))
    if (isLeft(reading)) throw new Error(reading.left.message)
    const { header } = reading.right
    const files = tables.map((table) => createParquetFile(table, folder))
    const fold = foldTables(tables, header, (table) => files[tables.indexOf(table)]!.row)
    const { view, entries, end } = stateAt(reading.right, undefined, fold.apply)
    if (end?.state !== 'complete') throw new Error('the log is not whole')
    fold.end({ at: end.footer.endedAt, view, entries, reason: end.footer.end, digest: end.digest })
    for (const file of files) file.finish()
    const read = async (name: string): Promise<readonly AnyRow[]> => {
      const bytes = readFileSync(join(folder, `${name}.parquet`))
      const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer
      const rows = await parquetReadObjects({ file })
      return rows.map((row) => Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, cellOf(cell)])))
    }
    return Object.fromEntries(await Promise.all(tables.map(async ({ name }) => [name, await read(name)] as const)))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const cellOf = (cell: unknown): string | number | boolean | null => {
  if (typeof cell === 'bigint') return Number(cell)
  if (cell instanceof Date) return cell.getTime()
  return cell as string | number | boolean | null
}

/** The rows of an interval table that hold at an instant. */
export const at = (rows: readonly AnyRow[], instant: number, ended: number): readonly AnyRow[] =>
  rows.filter(
    ({ start_at, end_at, is_open }) =>
      Number(start_at) <= instant && (instant < Number(end_at) || (is_open === true && instant <= ended)),
  )

export const when = (instant: number): string => `at ${formatMillis(instant)}`

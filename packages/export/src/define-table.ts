import type { ClusterView } from '@wavetank/cluster'
import type { Entry } from '@wavetank/kernel'
import type { Cell, Columns, RowOf } from './column.ts'

/** What a table needs to know of the run besides its entries. */
export interface RunFacts {
  readonly name: string
  readonly seed: number
  /** Wall clock at t=0, in milliseconds since 1970 UTC. */
  readonly start: number
  /** The expectations of the scenario, as the header of the log has them. */
  readonly expect: readonly unknown[]
}

/** How the log ended, or where reading stopped. */
export interface TableEnd {
  /** Milliseconds of the run, not before the last entry. */
  readonly at: number
  readonly view: ClusterView
  /** Entries that were read. */
  readonly entries: number
  /** `horizon`, `quiet`, …, or `stopped` where the log was not read to its end. */
  readonly reason: string
  /** Of the log; null if it was not read to its end. */
  readonly digest: string | null
}

/** Writes rows while the log is read: what is open is in memory, what is over is written. */
export interface TableFold {
  /** Sees the cluster as it is after the entry. */
  readonly apply: (entry: Entry, view: ClusterView) => void
  readonly end: (end: TableEnd) => void
}

export type AnyRow = Readonly<Record<string, Cell>>

/** A table of what a log says: the same in Parquet, in SQL and in the documentation. */
export interface Table {
  readonly name: string
  /** One sentence. */
  readonly doc: string
  readonly columns: Columns
  readonly fold: (row: (row: AnyRow) => void, run: RunFacts) => TableFold
}

export const defineTable = <C extends Columns>(table: {
  readonly name: string
  readonly doc: string
  readonly columns: C
  readonly fold: (row: (row: RowOf<C>) => void, run: RunFacts) => TableFold
}): Table => table as unknown as Table

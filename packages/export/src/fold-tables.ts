import type { ClusterView } from '@wavetank/cluster'
import type { Entry } from '@wavetank/kernel'
import type { AnyRow, RunFacts, Table, TableEnd, TableFold } from './define-table.ts'

/** Fills several tables in one pass over the log. */
export const foldTables = (
  wanted: readonly Table[],
  run: RunFacts,
  write: (table: Table) => (row: AnyRow) => void,
): TableFold => {
  const folds = wanted.map((table) => table.fold(write(table), run))
  return {
    apply: (entry: Entry, view: ClusterView) => {
      for (const fold of folds) fold.apply(entry, view)
    },
    end: (end: TableEnd) => {
      for (const fold of folds) fold.end(end)
    },
  }
}

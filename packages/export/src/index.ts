export { type Action, actionOf } from './actions.ts'
export {
  boolean,
  type Cell,
  type Column,
  type Columns,
  type ColumnType,
  integer,
  json,
  number,
  orNull,
  text,
} from './column.ts'
export { type AnyRow, defineTable, type RunFacts, type Table, type TableEnd, type TableFold } from './define-table.ts'
export { foldTables } from './fold-tables.ts'
export { formatJUnit, type JUnitRun } from './junit.ts'
export { type EntryFilter, formatNdjson, isMeant } from './ndjson.ts'
export { createOpenMetrics, formatOpenMetrics, type OpenMetricsFold, type Spool } from './openmetrics/openmetrics.ts'
export { createParquetFile, type ParquetFile } from './parquet.ts'
export { createPerfettoTrace } from './perfetto.ts'
export {
  loadSqlEngine,
  openSqlSession,
  SQL_TYPES,
  type SqlResult,
  type SqlSession,
  type SqlValue,
  tablesIn,
} from './sql.ts'
export { type Subject, subjectOf } from './subject.ts'
export { tables } from './tables/registry.ts'

/** What the cells of a column hold. Each has one type in Parquet, and one in SQL. */
export type ColumnType = 'text' | 'integer' | 'number' | 'boolean' | 'time' | 'json'

export type Cell = string | number | boolean | null

/** A column of a table; `T` is what code writes into it. */
export interface Column<T extends Cell = Cell> {
  readonly type: ColumnType
  readonly doc: string
  readonly nullable: boolean
  /** Only its type counts. */
  readonly cell?: T
}

const column =
  <T extends Cell>(type: ColumnType) =>
  (doc: string): Column<T> => ({ type, doc, nullable: false })

export const text = column<string>('text')
/** A whole number; milliseconds of the run where the name ends in `_at`. */
export const integer = column<number>('integer')
/** Any number. */
export const number = column<number>('number')
export const boolean = column<boolean>('boolean')
/** An instant of the wall clock, in milliseconds since 1970 UTC. */
export const time = column<number>('time')
/** Text that is JSON. */
export const json = column<string>('json')

export const orNull = <T extends Cell>({ type, doc }: Column<T>): Column<T | null> => ({ type, doc, nullable: true })

export type Columns = Readonly<Record<string, Column>>
export type RowOf<C extends Columns> = { readonly [K in keyof C]: C[K] extends Column<infer T> ? T : never }

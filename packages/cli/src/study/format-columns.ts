import { formatTable, type Table } from '@wavetank/report'

/** A table without spaces at the ends of its lines. */
export const formatColumns = (table: Table): string => formatTable(table).replaceAll(/ +$/gm, '')

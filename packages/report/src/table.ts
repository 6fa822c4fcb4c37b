/**
 * A table as kubectl prints it: left-aligned columns, three spaces apart, none narrower than six characters, and no
 * padding behind the last one.
 *
 * Source: cli-runtime/pkg/printers/tabwriter.go (minimum width 6, padding 3) and tableprinter.go (printTable).
 */

const MIN_WIDTH = 6
const PADDING = 3

/** A cell ends at its first line break, which three dots stand for; escape characters cannot reach the terminal. */
const printable = (cell: string): string => {
  const end = cell.search(/[\f\n\r]/)
  const line = end === -1 ? cell : `${cell.slice(0, end)}...`
  return line.replaceAll('\u001b', '^[')
}

/** Characters as Go counts them: code points. */
const widthOf = (text: string): number => {
  let width = 0
  for (const _ of text) width++
  return width
}

export interface Table {
  readonly headers: readonly string[]
  /** Headers are printed as they are given; in upper case by default. */
  readonly headersAsGiven?: boolean
  /** As many cells in each row as there are headers. */
  readonly rows: readonly (readonly string[])[]
}

/** The width of each column so far; a table that goes on widens them and never narrows them. */
export type Widths = number[]

/**
 * Every line ends in a line feed.
 *
 * @param widths of the lines before these, if the table goes on; written
 */
export const formatTable = (
  { headers, rows, headersAsGiven }: Table,
  noHeaders = false,
  widths: Widths = headers.map(() => MIN_WIDTH),
): string => {
  const lines: (readonly string[])[] = rows.map((row) => row.map(printable))
  if (!noHeaders) lines.unshift(headersAsGiven === true ? headers : headers.map((header) => header.toUpperCase()))
  for (const line of lines) {
    line.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? MIN_WIDTH, widthOf(cell) + PADDING)
    })
  }
  const last = headers.length - 1
  let text = ''
  for (const line of lines) {
    line.forEach((cell, column) => {
      text += column === last ? cell : cell + ' '.repeat(widths[column]! - widthOf(cell))
    })
    text += '\n'
  }
  return text
}

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
  /** Printed in upper case. */
  readonly headers: readonly string[]
  /** As many cells in each row as there are headers. */
  readonly rows: readonly (readonly string[])[]
}

/** Every line ends in a line feed. */
export const formatTable = ({ headers, rows }: Table, noHeaders = false): string => {
  const lines = rows.map((row) => row.map(printable))
  if (!noHeaders) lines.unshift(headers.map((header) => header.toUpperCase()))
  const widths = headers.map((_, column) =>
    lines.reduce((width, line) => Math.max(width, widthOf(line[column] ?? '') + PADDING), MIN_WIDTH),
  )
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

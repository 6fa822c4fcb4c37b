/**
 * Go's text/tabwriter as kubectl's describers use it: cells end in a tab, columns are as wide as the widest cell of
 * consecutive lines that have one, two spaces apart.
 *
 * Source: go/src/text/tabwriter (minimum width 0, tab width 8, padding 2, padding character space).
 */

const PADDING = 2

const widthOf = (text: string): number => [...text].length

export const alignTabs = (text: string): string => {
  const lines = text.split('\n').map((line) => line.split('\t'))
  const out = lines.map(() => '')
  /** Lines from `from` to `to`, from a column on, whose earlier columns are written. */
  const format = (from: number, to: number, column: number): void => {
    let line = from
    while (line < to) {
      const cells = lines[line]!
      if (column >= cells.length - 1) {
        out[line] += cells[column] ?? ''
        line++
        continue
      }
      let end = line
      let width = 0
      while (end < to && column < lines[end]!.length - 1) {
        width = Math.max(width, widthOf(lines[end]![column]!) + PADDING)
        end++
      }
      for (let i = line; i < end; i++) out[i] += lines[i]![column]!.padEnd(width)
      format(line, end, column + 1)
      line = end
    }
  }
  format(0, lines.length, 0)
  return out.join('\n')
}

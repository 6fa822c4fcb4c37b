import { createParquetFile, foldTables, type ParquetFile, tables } from '@wavetank/export'
import { EXIT, type ExitCode } from '../../exit-code.ts'
import { type ExportOptions, endOf, exportLog, factsOf } from '../../export-run.ts'
import { createOutputFolder } from '../../output-folder.ts'
import type { Terminal } from '../../terminal.ts'

export interface ParquetOptions extends ExportOptions {
  readonly output: string
  readonly tables?: string
}

/** The tables of a log as Parquet files in a folder, one each. */
export const exportParquet = async (terminal: Terminal, options: ParquetOptions): Promise<ExitCode> => {
  const names = options.tables?.split(',').map((name) => name.trim())
  const unknown = names?.find((name) => tables.every((table) => table.name !== name))
  if (unknown !== undefined) {
    terminal.err(`error: there is no table "${unknown}"\n    one of ${tables.map(({ name }) => name).join(', ')}\n`)
    return EXIT.wrongInput
  }
  const wanted = names === undefined ? tables : tables.filter(({ name }) => names.includes(name))
  return exportLog(terminal, options, ({ reading: { header } }) => {
    const folder = createOutputFolder(
      options.output,
      tables.map(({ name }) => `${name}.parquet`),
    )
    const files: ParquetFile[] = []
    const rows = new Map<string, number>()
    const fold = foldTables(wanted, factsOf(header), (table) => {
      const file = createParquetFile(table, folder.draft)
      files.push(file)
      rows.set(table.name, 0)
      return (row) => {
        file.row(row)
        rows.set(table.name, rows.get(table.name)! + 1)
      }
    })
    return {
      apply: fold.apply,
      finish: (pass, at) => {
        fold.end(endOf(pass, at))
        for (const file of files) file.finish()
        folder.finish()
        if (options.quiet === true) return
        for (const [name, count] of rows) {
          terminal.out(`${`${name}.parquet`.padEnd(26)} ${count} ${count === 1 ? 'row' : 'rows'}\n`)
        }
      },
      abandon: folder.abandon,
    }
  })
}

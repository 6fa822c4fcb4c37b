import type { Command } from 'commander'
import type { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal.ts'

/** `wavetank query`; the engine is loaded when it is asked for. */
export const defineQuery = (wavetank: Command, terminal: Terminal, done: (code: ExitCode) => void): void => {
  wavetank
    .command('query')
    .description('run SQL on the log and on states over time, with DuckDB')
    .argument('[sql]', 'the query; `-` reads it from standard input')
    .option('--tables', 'list the tables and their columns')
    .option('--format <format>', 'table, csv or json', 'table')
    .option('--log <path>', 'log of a run; by default that of the last run of this folder')
    .option('-q, --quiet', 'print no progress')
    .addHelpText(
      'after',
      '\nExamples:\n  wavetank query "select kind, count(*) from entries group by kind order by 2 desc"\n  wavetank query "select name, ready_at - created_at as millis from pods order by millis desc limit 10" --format csv\n  wavetank query --tables',
    )
    .action(async (sql: string | undefined, options) =>
      done(await (await import('./query.ts')).query(terminal, sql, options)),
    )
}

import type { Command } from 'commander'
import type { ExitCode } from '../../exit-code.ts'
import type { Terminal } from '../../terminal.ts'
import { timeOption } from '../../time-option.ts'

const LOG = ['--log <path>', 'log of a run; by default that of the last run of this folder'] as const
const FILE = ['-o, --output <path>', 'file to write; standard output by default'] as const
const QUIET = ['-q, --quiet', 'print nothing unless something is wrong'] as const

/** `wavetank export …`: the log of a run in the formats of other tools. Their code is loaded when one is asked for. */
export const defineExport = (wavetank: Command, terminal: Terminal, done: (code: ExitCode) => void): void => {
  const command = wavetank
    .command('export')
    .description('write a run in the formats of other tools')
    .addHelpText('after', '\nExample:\n  wavetank export parquet -o tables')

  command
    .command('parquet')
    .description('tables of the log and of states over time, as Parquet files for DuckDB, pandas, Spark, …')
    .requiredOption('-o, --output <folder>', 'folder to write, a file for each table')
    .option('--tables <names>', 'only these tables, separated by commas')
    .option(...LOG)
    .option(...QUIET)
    .addHelpText(
      'after',
      '\nExample:\n  wavetank export parquet -o tables\n  duckdb -c "select kind, count(*) from \'tables/entries.parquet\' group by kind"',
    )
    .action(async (options) => done(await (await import('./parquet.ts')).exportParquet(terminal, options)))

  command
    .command('perfetto')
    .description(
      "a trace for Perfetto's viewer (ui.perfetto.dev) or chrome://tracing: nodes as processes, pods as threads",
    )
    .option(...FILE)
    .option(...LOG)
    .option(...QUIET)
    .addHelpText('after', '\nExample:\n  wavetank export perfetto -o trace.json')
    .action(async (options) => done(await (await import('./perfetto.ts')).exportPerfetto(terminal, options)))

  command
    .command('openmetrics')
    .description('the cluster as kube-state-metrics shows it: at one instant, or with --step over time')
    .option('--at <time>', 'instant of the run, or with --step the last one; its end by default', timeOption)
    .option(
      '--step <time>',
      'a sample each so often, with timestamps, for promtool tsdb create-blocks-from',
      timeOption,
    )
    .option(...FILE)
    .option(...LOG)
    .option(...QUIET)
    .addHelpText(
      'after',
      '\nExamples:\n  wavetank export openmetrics --at 6m\n  wavetank export openmetrics --step 30s -o metrics.txt\n  promtool tsdb create-blocks-from openmetrics metrics.txt data/',
    )
    .action(async (options) => done(await (await import('./openmetrics.ts')).exportOpenMetrics(terminal, options)))

  command
    .command('junit')
    .description('expectations as JUnit XML, for CI systems')
    .option(...FILE)
    .option(...LOG)
    .option(...QUIET)
    .addHelpText('after', '\nExample:\n  wavetank export junit -o expectations.xml')
    .action(async (options) => done(await (await import('./junit.ts')).exportJUnit(terminal, options)))

  command
    .command('ndjson')
    .description('entries of the log as plain lines of JSON')
    .option('--kind <kinds>', 'only events of these kinds, separated by commas')
    .option('--for <object>', 'only those about one object, like pod/web-x2k4q')
    .option('-n, --namespace <name>', 'with --for: its namespace; any by default')
    .option('--from <time>', 'from this instant on', timeOption)
    .option('--at <time>', 'up to this instant; to the end of the run by default', timeOption)
    .option(...FILE)
    .option(...LOG)
    .option(...QUIET)
    .addHelpText('after', "\nExample:\n  wavetank export ndjson --kind PodBound | jq -r '[.at, .pod, .node] | @csv'")
    .action(async (options) => done(await (await import('./ndjson.ts')).exportNdjson(terminal, options)))
}

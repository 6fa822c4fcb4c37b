import { type Command, InvalidArgumentError } from 'commander'
import type { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal.ts'
import { timeOption, workersOption } from '../time-option.ts'

/** Redis' clock of a lease has to be told in time by a machine that is busy. */
const LEASE_MILLIS_MIN = 1_000

const leaseOption = (text: string): number => {
  const lease = timeOption(text)
  if (lease < LEASE_MILLIS_MIN) throw new InvalidArgumentError('expected a second or more, like 15s')
  return lease
}

export const defineWorker = (wavetank: Command, terminal: Terminal, done: (code: ExitCode) => void): void => {
  wavetank
    .command('worker')
    .description('make runs of studies that are started elsewhere with --redis, until Ctrl-C')
    .requiredOption('--redis <url>', 'where they wait: redis://host:6379; rediss:// for TLS')
    .option('--workers <number>', 'threads that make runs (default: one for each core)', workersOption)
    .option('--lease <time>', 'a run is taken over after so long without a sign of its worker', leaseOption, 15_000)
    .option('-q, --quiet', 'print nothing unless something is wrong')
    .addHelpText(
      'after',
      `
Example:
  wavetank worker --redis redis://10.0.0.5:6379          on every machine that is to help, and
  wavetank study nodes.study.yaml --redis redis://10.0.0.5:6379   on one

Workers and study have to be the same build of wavetank: others get nothing, and say so.`,
    )
    .action(async (options) => done(await (await import('./worker.ts')).worker(terminal, options)))
}

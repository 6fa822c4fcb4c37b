import { type Command, InvalidArgumentError, Option } from 'commander'
import type { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal.ts'
import { timeOption, wholeNumberOption, workersOption } from '../time-option.ts'
import { atLeastOneOption, shareOption } from './define-capacity.ts'

/** `2` or `1..2`: sets of failures begin with single ones in any case. */
const failuresOption = (text: string): number => {
  const match = /^(?:1\.\.)?([1-9][0-9]?)$/.exec(text)
  if (match === null) throw new InvalidArgumentError('expected how many fail at once at most, like 2 or 1..2')
  return Number(match[1])
}

const wordsOption = (text: string): readonly string[] => text.split(',').filter((word) => word !== '')

const positiveTime = (text: string): number => {
  const time = timeOption(text)
  if (time === 0) throw new InvalidArgumentError('expected a time longer than nothing')
  return time
}

export const defineSurvive = (wavetank: Command, terminal: Terminal, done: (code: ExitCode) => void): void => {
  wavetank
    .command('survive')
    .description('which failures break what a scenario expects: every single one, every two at once, …')
    .argument('<file>', 'a scenario')
    .option('--failures <number>', 'how many fail at once, at most: 2 or 1..2', failuresOption, 1)
    .option(
      '--over <what>',
      'what fails: nodes, zones, keys of labels like rack (default: nodes, and zones if there are)',
      wordsOption,
    )
    .option('--at <time>', 'when they fail (default: 5m, or half of the run if that is earlier)', timeOption)
    .option('--for <time>', 'how long a failure lasts (default: for ever)', positiveTime)
    .addOption(
      new Option('--fault <kind>', 'what a failure is, as in a timeline')
        .choices(['fail', 'partition', 'stopKubelet', 'freeze'])
        .default('fail'),
    )
    .option('--seed <number>', "of the first run, instead of the scenario's", wholeNumberOption)
    .option('--replications <number>', 'runs of each set of failures, each with its seed', atLeastOneOption, 1)
    .option(
      '--max-runs <number>',
      'sets of failures that are run, at most; a random choice beyond',
      atLeastOneOption,
      2_000,
    )
    .option('--confidence <share>', 'of what is said about sets that were not run', shareOption, 0.95)
    .option('-o, --output <folder>', 'a scenario for each smallest set of failures, which `wavetank run` fails')
    .option('--html <file>', 'write a page: which failures matter, what breaks, what was tried')
    .option('--json', 'print the result as one line of JSON')
    .option('--workers <number>', 'threads that make runs (default: one for each core)', workersOption)
    .option('--redis <url>', 'have runs made by the workers that wait at this Redis (wavetank worker)')
    .option('-q, --quiet', 'print nothing unless something breaks')
    .addHelpText(
      'after',
      `
Examples:
  wavetank survive shop.yaml --failures 2
  wavetank survive shop.yaml --over zones,rack --for 10m -o broken && wavetank run broken/*.yaml

Exit codes: 0 nothing breaks, 1 something does, 2 the input is wrong, 130 interrupted.`,
    )
    .action(async (file: string, options) =>
      done(await (await import('./survive.ts')).survive(terminal, file, options)),
    )
}

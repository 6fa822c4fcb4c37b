import { type Command, InvalidArgumentError, Option } from 'commander'
import type { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal.ts'
import { timeOption, wholeNumberOption, workersOption } from '../time-option.ts'

export const shareOption = (text: string): number => {
  const share = Number(text)
  if (!(share > 0 && share < 1)) throw new InvalidArgumentError('expected a number between 0 and 1, like 0.95')
  return share
}

export const atLeastOneOption = (text: string): number => {
  const number = wholeNumberOption(text)
  if (number === 0) throw new InvalidArgumentError('expected a whole number, 1 or more')
  return number
}

const proportionOption = (text: string): readonly number[] => {
  const parts = text.split(':')
  if (!parts.every((part) => /^[1-9][0-9]{0,3}$/.test(part)))
    throw new InvalidArgumentError('expected whole numbers from 1 with colons between them, like 2:1')
  return parts.map(Number)
}

const several = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]
const listed = (value: string, before: readonly string[] = []): readonly string[] => [
  ...before,
  ...value.split(',').filter((name) => name !== ''),
]

export const defineCapacity = (wavetank: Command, terminal: Terminal, done: (code: ExitCode) => void): void => {
  wavetank
    .command('capacity')
    .description(
      'how many nodes a scenario needs, which machines are the cheapest, or how many more pods a cluster holds',
    )
    .argument('<file>', 'a scenario; with --pod-spec also a dump of a cluster (kubectl get nodes,pods -A -o yaml)')
    .option('--pool <names>', 'pools to be made as small as possible, in this order; all by default', listed)
    .option('--prices <file>', 'CSV or YAML with types of machines: the cheapest mix in the place of the pool')
    .option('--probability <share>', 'with which the expectations have to be met', shareOption, 0.95)
    .option('--confidence <share>', 'with which that has to be shown', shareOption, 0.95)
    .option('--replications <number>', 'runs of each candidate (default: as few as can show it)', atLeastOneOption)
    .option('--seed <number>', "of the first run, instead of the scenario's", wholeNumberOption)
    .option('--max <number>', 'nodes of a pool, or of a mix, at most', atLeastOneOption, 1_000)
    .option('--max-tests <number>', 'mixes that are simulated, at most', atLeastOneOption, 2_000)
    .option('--no-bound', 'also try mixes that have less than the pods ask for')
    .option('--pod-spec <file>', 'a pod: how many of it the cluster still holds; may be given several times', several)
    .option('--proportion <numbers>', 'of several pods, in their order: 2:1', proportionOption)
    .option('--at <time>', 'with --pod-spec: instant of the run at which the pods come (default: 5m)', timeOption)
    .option('--max-limit <number>', 'with --pod-spec: look for no more pods than that', atLeastOneOption)
    .option('--exclude-nodes <names>', 'with --pod-spec: nodes that are left out', listed)
    .option('--verbose', 'with --pod-spec: not only the number, but also why no more, and which node gets how many')
    .addOption(new Option('-o, --output <format>', 'json, or with --pod-spec also yaml').choices(['json', 'yaml']))
    .option('--json', 'print the answer as one line of JSON: the same as -o json')
    .option('--workers <number>', 'threads that make runs (default: one for each core)', workersOption)
    .option('--redis <url>', 'have runs made by the workers that wait at this Redis (wavetank worker)')
    .option('-q, --quiet', 'print no progress')
    .addHelpText(
      'after',
      `
Examples:
  wavetank capacity shop.yaml --probability 0.99
  wavetank capacity shop.yaml --pool worker --prices prices.csv
  kubectl get nodes,pods -A -o yaml > cluster.yaml && wavetank capacity cluster.yaml --pod-spec pod.yaml --verbose

Exit codes: 0 found, 1 nothing up to the most is enough, 2 the input is wrong, 130 interrupted.`,
    )
    .action(async (file: string, options) =>
      done(await (await import('./capacity.ts')).capacity(terminal, file, options)),
    )
}

import { type Command, InvalidArgumentError, Option } from 'commander'
import type { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal.ts'
import { timeOption, wholeNumberOption } from '../time-option.ts'

const scaleOption = (text: string): number => {
  const scale = Number(text)
  if (!(scale > 0 && scale <= 1_000)) throw new InvalidArgumentError('expected a number above 0, at most 1000')
  return scale
}

/** `wavetank import`: other people's traces as scenarios. */
export const defineImport = (wavetank: Command, terminal: Terminal, done: (code: ExitCode) => void): void => {
  const imports = wavetank
    .command('import')
    .description('make a scenario of the trace of a real cluster')
    .addHelpText('after', '\nExample:\n  wavetank import openb nodes.csv pods.csv -o openb')
  imports
    .command('openb')
    .description(
      "Alibaba's GPU trace of 2023 (alibaba/clusterdata, cluster-trace-gpu-v2023): pools, and pods that arrive",
    )
    .argument('<nodes>', 'table of the machines: openb_node_list_gpu_node.csv')
    .argument('<pods>', 'table of the pods: openb_pod_list_default.csv, or another one')
    .requiredOption('-o, --output <folder>', 'folder for scenario.yaml and pods.csv')
    .option('--from <time>', 'instant of the trace at which the run begins, with the pods that are there', timeOption)
    .option('--until <time>', 'instant of the trace at which it ends', timeOption)
    .option('--scale <factor>', 'what every span of time is multiplied by: 0.01 makes an hour 36 s', scaleOption)
    .option('--pods <number>', 'the first so many pods of that time', wholeNumberOption)
    .addOption(
      new Option('--gpu-shares <how>', 'milli counts thousandths of GPUs; whole gives a share a whole GPU')
        .choices(['milli', 'whole'])
        .default('milli'),
    )
    .option('-q, --quiet', 'print nothing unless something is wrong')
    .addHelpText(
      'after',
      `
Examples:
  wavetank import openb openb_node_list_gpu_node.csv openb_pod_list_default.csv -o openb
  wavetank import openb nodes.csv pods.csv --from 2784h --until 2808h -o day && wavetank run day/scenario.yaml`,
    )
    .action(async (nodes: string, pods: string, options) =>
      done(await (await import('./import-openb.ts')).importOpenb(terminal, nodes, pods, options)),
    )
}

import type { Command } from 'commander'
import type { ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal.ts'
import { timeOption, wholeNumberOption } from '../time-option.ts'
import { atLeastOneOption } from './define-capacity.ts'

const wordsOption = (text: string): readonly string[] => text.split(',').filter((word) => word !== '')

export const defineDrain = (wavetank: Command, terminal: Terminal, done: (code: ExitCode) => void): void => {
  wavetank
    .command('drain')
    .description('which nodes can be drained, what stands in the way, in which order all go, and how many at once')
    .argument('<file>', 'a scenario, or a dump of a cluster (kubectl get all,nodes,pdb -A -o yaml)')
    .option('--nodes <names>', 'only these nodes', wordsOption)
    .option('-l, --selector <selector>', "only nodes with these labels, as kubectl's -l")
    .option('--at <time>', 'instant of the run at which draining begins (default: 5m)', timeOption)
    .option('--for-good', 'nodes do not come back: by default each is uncordoned once it is empty')
    .option(
      '--at-once <number>',
      'nodes that go at once, at most (default: as many as budgets allow)',
      atLeastOneOption,
    )
    .option('--may-wait', 'pods that find no other node wait until theirs comes back: those with local volumes, say')
    .option('--force', "as kubectl's: also pods that nothing makes again")
    .option('--delete-emptydir-data', "as kubectl's: also pods whose data goes with them")
    .option('--grace-period <seconds>', "as kubectl's: instead of what pods ask for", wholeNumberOption)
    .option('--timeout <time>', 'how long kubectl waits for a node', timeOption, 600_000)
    .option('--settle <time>', 'how long pods have to be ready again elsewhere', timeOption, 300_000)
    .option('--seed <number>', "instead of the scenario's", wholeNumberOption)
    .option('--json', 'print the result as one line of JSON')
    .option('-q, --quiet', 'print nothing unless a node cannot go')
    .addHelpText(
      'after',
      `
Examples:
  wavetank drain shop.yaml --delete-emptydir-data
  kubectl get all,nodes,pdb,pvc,pv -A -o yaml > cluster.yaml && wavetank drain cluster.yaml -l pool=old --for-good

Pods of DaemonSets stay, as with --ignore-daemonsets.
Exit codes: 0 all nodes can go, 1 some cannot, 2 the input is wrong, 130 interrupted.`,
    )
    .action(async (file: string, options) => done(await (await import('./drain.ts')).drain(terminal, file, options)))
}

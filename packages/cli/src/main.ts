import { kindByName } from '@wavetank/cluster/api'
import type { WorkerAnswer, WorkerTask } from '@wavetank/study'
import { Command, CommanderError } from 'commander'
import { complete } from './commands/complete.ts'
import { completion } from './commands/completion.ts'
import { defineCapacity } from './commands/define-capacity.ts'
import { defineDrain } from './commands/define-drain.ts'
import { defineImport } from './commands/define-import.ts'
import { defineQuery } from './commands/define-query.ts'
import { defineSurvive } from './commands/define-survive.ts'
import { defineWorker } from './commands/define-worker.ts'
import { describe } from './commands/describe.ts'
import { diff } from './commands/diff.ts'
import { events } from './commands/events.ts'
import { explain } from './commands/explain.ts'
import { canExplain, explainObjectCommand } from './commands/explain-object.ts'
import { explainPod } from './commands/explain-pod.ts'
import { defineExport } from './commands/export/define.ts'
import { fork } from './commands/fork.ts'
import { get } from './commands/get.ts'
import { logs } from './commands/logs.ts'
import { replayCommand } from './commands/replay.ts'
import { run } from './commands/run.ts'
import { schema } from './commands/schema.ts'
import { validate } from './commands/validate.ts'
import { why } from './commands/why.ts'
import { EXIT, type ExitCode } from './exit-code.ts'
import { processTerminal, type Terminal } from './terminal.ts'
import { shardOption, timeOption, wholeNumberOption, workersOption } from './time-option.ts'

export const VERSION = '0.1.0'

const EXIT_CODES = `
Exit codes: 0 fine, 1 an expectation failed or logs differ, 2 the input is wrong, 3 wavetank is wrong, 130 interrupted.`

const LOG_OPTION = ['--log <path>', 'log of a run; by default that of the last run of this folder'] as const
const AT_OPTION = ['--at <time>', 'instant of the run, like 90s or 1h30m; its end by default'] as const

/** `pod web`, `po/web`: the kind, if it is one, and the name. */
const asked = (what: string, name: string | undefined) => {
  const slash = what.indexOf('/')
  const [word, own] = slash === -1 ? [what, name] : [what.slice(0, slash), what.slice(slash + 1)]
  const info = kindByName(word)
  return { singular: info?.singular ?? word, word, kind: info?.kind, own }
}

/** The commands, as commander has them. */
export const program = (terminal: Terminal, done: (code: ExitCode) => void): Command => {
  const wavetank = new Command('wavetank')
    .description(
      'Simulates a Kubernetes cluster in virtual time: manifests in, an event log out, the same bytes for the same seed.',
    )
    .version(VERSION)
    // What stands behind `study merge` is merge's, and not study's.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: terminal.out, writeErr: terminal.err })
    .showSuggestionAfterError()
    .addHelpText('after', EXIT_CODES)

  wavetank
    .command('run')
    .description('run scenarios and check what they expect; several print one line each')
    .argument('<file...>', 'scenario files')
    .option('--seed <number>', "instead of the scenario's", wholeNumberOption)
    .option('--until <time>', "end the run here instead of after the scenario's duration", timeOption)
    .option('--log <path>', 'where the log goes (default: .wavetank/<name>-<seed>.ndjson)')
    .option('--json', 'print the summary as one line of JSON')
    .option('--junit <path>', 'write the expectations as JUnit XML, for CI systems')
    .option('-q, --quiet', 'print nothing unless something is wrong')
    .addHelpText(
      'after',
      '\nExamples:\n  wavetank run scenarios/node-failure.yaml --seed 7\n  wavetank run scenarios/*.yaml',
    )
    .action(async (files: string[], options) => {
      if (options.log !== undefined && files.length > 1) {
        terminal.err('error: --log goes with one scenario\n    without it each run has a log of its own\n')
        return done(EXIT.wrongInput)
      }
      done(await run(terminal, files, options))
    })

  wavetank
    .command('validate')
    .description('check scenarios and everything they name, without running them')
    .argument('<file...>', 'scenario files')
    .addHelpText('after', '\nExample:\n  wavetank validate scenarios/*.yaml')
    .action(async (files: string[]) => done(await validate(terminal, files)))

  wavetank
    .command('get')
    .description('print objects as kubectl would have at some instant of the run')
    .argument('<kinds>', 'pods, nodes, rc,rs, all, pod/web, …')
    .argument('[name...]', 'names')
    .option(...AT_OPTION, timeOption)
    .option(...LOG_OPTION)
    .option('-n, --namespace <name>', 'namespace')
    .option('-A, --all-namespaces', 'all namespaces')
    .option('-l, --selector <selector>', "labels, as kubectl's -l")
    .option(
      '-o, --output <format>',
      'wide, name, yaml, json, jsonpath=…, custom-columns=… or either from a file: jsonpath-file=…',
    )
    .option('--sort-by <field>', "a field of the objects, like '.metadata.creationTimestamp'")
    .option('--show-labels', 'labels as the last column')
    .option('-L, --label-columns <keys>', 'labels as columns, separated by commas')
    .option('--no-headers', 'without the line of column names')
    .option('-w, --watch', 'after that instant (the beginning by default), a line for each object that changes')
    .option('--until <time>', 'with --watch: the last instant', timeOption)
    .option('--output-watch-events', 'with --watch: what happened in front of each line: ADDED, MODIFIED, DELETED')
    .addHelpText(
      'after',
      `
Examples:
  wavetank get pods -o wide --at 6m
  wavetank get pods -l app=web --watch --at 5m --until 7m
  wavetank get nodes -o custom-columns=NAME:.metadata.name,CPU:.status.allocatable.cpu
  wavetank get pods -o jsonpath='{range .items[*]}{.metadata.name}{"\\t"}{.status.phase}{"\\n"}{end}'`,
    )
    .action((kinds: string, names: string[], options) => done(get(terminal, kinds, names, options)))

  wavetank
    .command('describe')
    .description('print objects in full, with their Events, as kubectl would have at some instant of the run')
    .argument('<kinds>', 'pod, node, deploy,rs, pod/web, …')
    .argument('[name...]', 'names, or how they begin; all objects of the namespace without any')
    .option(...AT_OPTION, timeOption)
    .option(...LOG_OPTION)
    .option('-n, --namespace <name>', 'namespace')
    .option('-A, --all-namespaces', 'all namespaces')
    .option('-l, --selector <selector>', "labels, as kubectl's -l")
    .addHelpText('after', '\nExamples:\n  wavetank describe pod web-x2k4q --at 6m\n  wavetank describe nodes --at 6m')
    .action((kind: string, names: string[], options) => done(describe(terminal, kind, names, options)))

  wavetank
    .command('logs')
    .description('say what the containers of a pod did; there is no output of programs in a simulation')
    .argument('<pod>', 'name of the pod, also as pod/web')
    .option(...AT_OPTION, timeOption)
    .option(...LOG_OPTION)
    .option('-n, --namespace <name>', 'namespace')
    .option('-c, --container <name>', 'one of its containers')
    .option('-p, --previous', 'the run of the container before the present one')
    .addHelpText('after', '\nExample:\n  wavetank logs web-x2k4q --previous --at 6m')
    .action((pod: string, options) => done(logs(terminal, pod, options)))

  wavetank
    .command('events')
    .description("print what happened: Kubernetes' events, or the entries of the log")
    .option(...AT_OPTION, timeOption)
    .option('--from <time>', 'with --entries: from this instant on', timeOption)
    .option(...LOG_OPTION)
    .option('-n, --namespace <name>', 'namespace')
    .option('-A, --all-namespaces', 'all namespaces')
    .option('--for <object>', 'about one object, like pod/web-x2k4q')
    .option('--entries', 'the entries of the log, with their causes')
    .addHelpText('after', '\nExample:\n  wavetank events --entries --from 5m --at 6m')
    .action((options) => done(events(terminal, options)))

  wavetank
    .command('replay')
    .description('rebuild the state from the log alone, checking every line')
    .option(...AT_OPTION, timeOption)
    .option(...LOG_OPTION)
    .option('--json', 'print the summary as one line of JSON')
    .option('-q, --quiet', 'print nothing unless something is wrong')
    .addHelpText('after', '\nExample:\n  wavetank replay --at 6m --json')
    .action((options) => done(replayCommand(terminal, options)))

  wavetank
    .command('report')
    .description('write one HTML file about a run, with time lines and charts, which opens without a network')
    .requiredOption('-o, --output <path>', 'the HTML file; `-` is standard output')
    .option(...LOG_OPTION)
    .option('-q, --quiet', 'print nothing unless something is wrong')
    .addHelpText('after', '\nExample:\n  wavetank report -o report.html')
    .action(async (options) => done(await (await import('./commands/report.ts')).report(terminal, options)))

  wavetank
    .command('explain')
    .description(
      'what keeps an object from getting on; why a pod is on its node, or on none; what the code of a problem means',
    )
    .argument('<what>', 'pod, deployment, statefulset, job, node, pvc, …, also as deployment/web; or a code like WT012')
    .argument('[name]', 'name of the object')
    .option(...AT_OPTION, timeOption)
    .option(...LOG_OPTION)
    .option('-n, --namespace <name>', 'namespace')
    .option('-o, --output <format>', "table, json, or for a pod annotations: kube-scheduler-simulator's")
    .addHelpText(
      'after',
      '\nExamples:\n  wavetank explain pod web-x2k4q --at 6m\n  wavetank explain deployment/web\n  wavetank explain WT012',
    )
    .action((what: string, name: string | undefined, options) => {
      const { singular, kind, own } = asked(what, name)
      if (kind === undefined) return done(explain(terminal, what))
      if (kind === 'Pod' && own !== undefined) return done(explainPod(terminal, own, options))
      if (kind !== 'Pod' && (own !== undefined || !canExplain(kind)))
        return done(explainObjectCommand(terminal, kind, own ?? '', options))
      terminal.err(`error: which ${singular}?\n    wavetank explain ${singular} NAME\n`)
      done(EXIT.wrongInput)
    })

  wavetank
    .command('init')
    .description('write a first scenario from manifests or from a dump of a cluster')
    .argument('[manifests]', 'folder or file of manifests; `-` reads them from standard input', '.')
    .option('-o, --output <path>', 'the scenario to write; `-` prints it', 'scenario.yaml')
    .option('--name <name>', 'name of the scenario; that of the folder or file by default')
    .option('--force', 'write over files that are there')
    .option('-q, --quiet', 'print nothing unless something is wrong')
    .addHelpText(
      'after',
      '\nExamples:\n  wavetank init manifests/\n  helm template my-chart | wavetank init -\n  kubectl get all,nodes -A -o yaml | wavetank init - && wavetank run scenario.yaml',
    )
    .action(async (asked: string, options) =>
      done(await (await import('./commands/init.ts')).init(terminal, asked, options)),
    )

  defineCapacity(wavetank, terminal, done)
  defineSurvive(wavetank, terminal, done)
  defineDrain(wavetank, terminal, done)
  defineImport(wavetank, terminal, done)
  defineExport(wavetank, terminal, done)
  defineQuery(wavetank, terminal, done)

  wavetank
    .command('why')
    .description('why an object is as it is: from a fault, a command or the beginning down to it, in sentences')
    .argument('<object>', 'pod/web-x2k4q, node/worker-1, …, or expect/NAME; the beginning of a name is enough')
    .argument('[name]', 'name, if the object is not written as kind/name')
    .option(...AT_OPTION, timeOption)
    .option(...LOG_OPTION)
    .option('-n, --namespace <name>', 'namespace')
    .option('--full', 'every entry of the chains, also those that say nothing new')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExamples:\n  wavetank why pod/web-x2k4q --at 6m\n  wavetank why expect/"six are ready"')
    .action((what: string, name: string | undefined, options) => {
      const { word, own } = asked(what, name)
      done(why(terminal, word, own, options))
    })

  wavetank
    .command('fork')
    .description('go on from an instant of a run with other commands, faults, objects or nodes: a log of the whole run')
    .requiredOption('--at <time>', 'instant of the run, like 90s or 1h30m: nothing before it changes', timeOption)
    .option('--edit <file>', 'what changes; without it the same run comes out')
    .option(...LOG_OPTION)
    .option(
      '-o, --output <path>',
      "where the fork's log goes (default: beside the original, <name>.fork-<time>.ndjson)",
    )
    .option('--json', 'print the summary as one line of JSON')
    .option('-q, --quiet', 'print nothing unless something is wrong')
    .addHelpText('after', '\nExample:\n  wavetank fork --at 5m --edit more-nodes.yaml -o more-nodes.ndjson')
    .action(async (options) => done(await fork(terminal, options)))

  const studyCommand = wavetank
    .command('study')
    .description(
      'run a scenario in many variants, many times each: means, quantiles and differences with their intervals',
    )
    .enablePositionalOptions()
    .argument('<file>', 'a study: what is varied, what is measured, how often it is run')
    .option('--workers <number>', 'threads that make runs (default: one for each core)', workersOption)
    .option('--redis <url>', 'have runs made by the workers that wait at this Redis (wavetank worker)')
    .option(
      '--shard <i/n>',
      'make only the i-th of n parts, from 0, and write it to --output PART.parquet',
      shardOption,
    )
    .option('-o, --output <path>', 'folder of journal and results (default: .wavetank/<name>.study)')
    .option('--html <file>', 'write a page of the results: effects, what they cost, differences, every point')
    .option('--restart', 'begin anew: forget the runs of an earlier session')
    .option('--point <number>', 'with --replication: only this run, with its log', wholeNumberOption)
    .option('--replication <number>', 'with --point: which of its runs, from 0', wholeNumberOption)
    .option('--log <path>', 'where the log goes, with --point')
    .option('--json', 'print the results as one line of JSON')
    .option('-q, --quiet', 'print nothing unless something is wrong')
    .addHelpText(
      'after',
      '\nExamples:\n  wavetank study nodes.study.yaml --workers 8 --html nodes.html\n  wavetank study nodes.study.yaml --point 3 --replication 7 --log run.ndjson\n  wavetank study nodes.study.yaml --shard 0/8 --output part-0.parquet\n\nAn interrupted study goes on where it was when it is started again.',
    )
    .action(async (file: string, options) => {
      if (options.shard === undefined)
        return done(await (await import('./commands/study.ts')).study(terminal, file, options))
      const { makePart } = await import('./commands/study-part.ts')
      done(await makePart(terminal, file, options, options.shard))
    })

  studyCommand
    .command('merge')
    .description('put the parts of a study together that --shard has made: the same results as of one process')
    .argument('<part...>', 'Parquet files, one of each shard')
    .option('-o, --output <folder>', 'results (default: .wavetank/<name>.study)')
    .option('--html <file>', 'write a page of the results')
    .option('--json', 'print the results as one line of JSON')
    .option('-q, --quiet', 'print nothing unless something is wrong')
    .addHelpText('after', '\nExample:\n  wavetank study merge parts/*.parquet')
    .action(async (parts: string[], options) =>
      done(await (await import('./commands/study-part.ts')).studyMerge(terminal, parts, options)),
    )

  defineWorker(wavetank, terminal, done)

  wavetank
    .command('diff')
    .description('compare two runs: where they part, what led to it in each, and what came of it')
    .argument('<log-a>', 'log of a run')
    .argument('<log-b>', 'log of another one, like that of a fork')
    .option('--json', 'as JSON, with everything that differs')
    .option('-q, --quiet', 'print nothing; the exit code says whether they differ')
    .addHelpText(
      'after',
      '\nExample:\n  wavetank diff .wavetank/shop-7.ndjson .wavetank/shop-7.fork-5m.ndjson\n\nExit codes: 0 the runs are the same, 1 they differ, 2 a log cannot be read.',
    )
    .action((a: string, b: string, options) => done(diff(terminal, a, b, options)))

  wavetank
    .command('schema')
    .description('print the JSON Schema of scenario files or of studies, for editors')
    .argument('[kind]', 'scenario or study', 'scenario')
    .addHelpText(
      'after',
      '\nExamples:\n  wavetank schema > scenario.schema.json\n  wavetank schema study > study.schema.json',
    )
    .action(async (kind: string) => done(await schema(terminal, kind)))

  wavetank
    .command('completion')
    .description('print the script that teaches a shell to complete commands, options, kinds and names')
    .argument('<shell>', 'bash, zsh or fish')
    .addHelpText(
      'after',
      '\nExamples:\n  source <(wavetank completion bash)\n  wavetank completion fish > ~/.config/fish/completions/wavetank.fish',
    )
    .action((shell: string) => done(completion(terminal, shell)))

  wavetank
    .command('complete', { hidden: true })
    .description('what could stand where the cursor is; asked by the scripts of `wavetank completion`')
    .argument('[word...]', 'the words up to the cursor')
    .allowUnknownOption()
    .action((words: string[]) => done(complete(terminal, wavetank, words)))

  return wavetank
}

/** What worker threads of a study do: this module is theirs as well. */
export const studyWorker = async (task: WorkerTask): Promise<WorkerAnswer> =>
  (await import('@wavetank/study')).evaluateTask(task)

/** Runs the command line; the exit code. */
export const main = async (args: readonly string[], terminal: Terminal = processTerminal()): Promise<ExitCode> => {
  let code: ExitCode = EXIT.fine
  try {
    await program(terminal, (result) => {
      code = result
    }).parseAsync([...args], { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.wrongInput
    throw error
  }
}

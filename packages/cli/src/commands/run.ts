import type { JUnitRun } from '@wavetank/export'
import { createFileSink, formatMillis, InvariantViolation, isLogWriteError } from '@wavetank/kernel'
import { formatOutcome, formatSummary, type Summary } from '@wavetank/report'
import { isLeft } from 'fp-ts/lib/Either.js'
import {
  type Checkpoints,
  createCheckpoints,
  createSimulation,
  type Simulation,
  type SimulationOptions,
  type SimulationResult,
} from 'wavetank'
import { BUILD } from '../build.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatFileError, isFileError } from '../file-error.ts'
import { defaultLogPath, isFile, prepareLog, rememberLog } from '../last-run.ts'
import { loadFor } from '../load.ts'
import { createOutput } from '../output.ts'
import { createProgress } from '../progress.ts'
import { foldSummary } from '../summary-fold.ts'
import type { Terminal } from '../terminal.ts'

export interface RunOptions {
  readonly seed?: number
  readonly until?: number
  readonly log?: string
  readonly json?: boolean
  readonly quiet?: boolean
  /** Where the expectations go as JUnit’s XML. */
  readonly junit?: string
}

/** Entries between two looks at the outside world (Ctrl-C, progress). */
const SLICE = 20_000

const worst = (a: ExitCode, b: ExitCode): ExitCode => (a > b ? a : b)

/** Runs scenarios, one after another; the exit code is the worst of theirs. Several print one line each. */
export const run = async (terminal: Terminal, files: readonly string[], options: RunOptions): Promise<ExitCode> => {
  if (options.junit === undefined) return runAll(terminal, files, options, () => {})
  const runs: JUnitRun[] = []
  const code = await runAll(terminal, files, options, (ended) => runs.push(ended))
  return worst(code, await writeJUnit(terminal, options.junit, runs))
}

const writeJUnit = async (terminal: Terminal, path: string, runs: readonly JUnitRun[]): Promise<ExitCode> => {
  const { formatJUnit } = await import('@wavetank/export')
  try {
    const output = createOutput(terminal, path)
    output.write(formatJUnit(runs))
    output.finish()
    return EXIT.fine
  } catch (error) {
    if (!isFileError(error)) throw error
    terminal.err(formatFileError(path, error))
    return EXIT.wrongInput
  }
}

const runAll = async (
  terminal: Terminal,
  files: readonly string[],
  options: RunOptions,
  onEnd: (ended: JUnitRun) => void,
): Promise<ExitCode> => {
  if (files.length === 1) return runOne(terminal, files[0]!, options, formatSummary, onEnd)
  let code: ExitCode = EXIT.fine
  for (const file of files) {
    const one = await runOne(terminal, file, options, (summary) => formatOutcome(file, summary), onEnd)
    // What runs has said what became of it; why another did not is on standard error.
    if (one === EXIT.wrongInput || one === EXIT.wrongModel) terminal.err(`✗ ${file}: exit code ${one}\n`)
    code = worst(code, one)
    if (one === EXIT.interrupted) break
  }
  return code
}

const runOne = async (
  terminal: Terminal,
  file: string,
  options: RunOptions,
  format: (summary: Summary) => string,
  onEnd: (ended: JUnitRun) => void,
): Promise<ExitCode> => {
  const loaded = await loadFor(terminal, file)
  if (loaded === undefined) return EXIT.wrongInput
  const { scenario } = loaded
  const seed = options.seed ?? scenario.seed
  const path = options.log ?? defaultLogPath(scenario.name, seed)
  if (options.until !== undefined && options.until > scenario.duration)
    terminal.err(
      `warning: --until ${formatMillis(options.until)} is after the end of the scenario, ${formatMillis(scenario.duration)}\n`,
    )
  return simulateToLog(terminal, options, {
    path,
    name: scenario.name,
    seed,
    again: `wavetank run ${file} --seed ${seed}`,
    format,
    start: (sinkOptions) => {
      const simulation = createSimulation(scenario, {
        seed,
        ...(options.until === undefined ? {} : { until: options.until }),
        ...sinkOptions,
      })
      rememberLog(path)
      return simulation
    },
    onEnd: ({ end, digest, verdicts }) =>
      onEnd({
        name: scenario.name,
        seed,
        file,
        start: scenario.start,
        simulatedMillis: end.at,
        digest,
        verdicts,
      }),
  })
}

/** A run whose log goes to a file. */
export interface LoggedRun {
  readonly path: string
  readonly name: string
  readonly seed: number
  /** The command that shows it again. */
  readonly again: string
  readonly format: (summary: Summary) => string
  readonly start: (options: Pick<SimulationOptions, 'sink' | 'onEntry'>) => Simulation
  readonly onEnd?: (result: SimulationResult) => void
}

/** Simulates to a log, with progress and a summary. Only what `isMine` knows is thrown on. */
export const simulateToLog = async (
  terminal: Terminal,
  options: Pick<RunOptions, 'json' | 'quiet'>,
  { path, name, seed, again, format, start, onEnd }: LoggedRun,
  isMine: (error: unknown) => boolean = () => false,
): Promise<ExitCode> => {
  const obstacle = prepareLog(path)
  if (obstacle !== undefined) {
    terminal.err(`error: ${obstacle}\n    write the log to another place with --log PATH\n`)
    return EXIT.wrongInput
  }
  const sink = createFileSink(path)
  if (isLeft(sink)) {
    terminal.err(`error ${sink.left.code} ${sink.left.message}\n    ${sink.left.hint}\n`)
    return EXIT.wrongInput
  }
  const summary = foldSummary()
  const checkpoints = isFile(path) ? createCheckpoints(path, BUILD) : undefined
  let simulation: Simulation | undefined
  try {
    simulation = start({ sink: sink.right, onEntry: summary.apply })
    const result = await toEnd(terminal, simulation, options.quiet === true, checkpoints)
    const { end, verdicts, digest } = result
    onEnd?.(result)
    const facts = { name, view: simulation.view, end, verdicts, log: path, digest }
    return report(terminal, summary.result(facts), result, options, format)
  } catch (error) {
    if (isMine(error)) throw error
    return broken(terminal, error, again, seed, simulation)
  } finally {
    checkpoints?.close()
  }
}

/** Runs on, slice by slice, so that progress can be shown and Ctrl-C leaves a whole log. */
const toEnd = async (
  terminal: Terminal,
  simulation: Simulation,
  quiet: boolean,
  checkpoints: Checkpoints | undefined,
): Promise<SimulationResult> => {
  let interrupted = false
  const interrupt = (): void => {
    interrupted = true
  }
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  const progress = createProgress(terminal, simulation.horizon, quiet)
  try {
    for (;;) {
      const result = simulation.advance(SLICE)
      if (result !== undefined) return result
      checkpoints?.consider(simulation)
      progress.show(simulation.now(), simulation.entries())
      await new Promise<void>((resolve) => setImmediate(resolve))
      if (interrupted) return simulation.stop()
    }
  } finally {
    progress.clear()
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}

const report = (
  terminal: Terminal,
  summary: Summary,
  { end, verdicts }: SimulationResult,
  options: Pick<RunOptions, 'json' | 'quiet'>,
  format: (summary: Summary) => string,
): ExitCode => {
  const failed = verdicts.some(({ verdict }) => verdict === 'failed')
  if (options.json === true) terminal.out(`${JSON.stringify(summary)}\n`)
  else if (options.quiet !== true || failed) terminal.out(format(summary))
  if (end.reason === 'budget' || end.reason === 'loop') {
    const what =
      end.reason === 'loop'
        ? `the run goes in circles at ${formatMillis(end.at)} without time going on`
        : `the run was ended after ${end.entries} entries, at ${formatMillis(end.at)}`
    terminal.err(
      `error: ${what}\n    the last events were ${end.kinds.slice(0, 6).join(', ')}\n    raise ${end.reason === 'loop' ? 'limits.causesInOneInstant' : 'limits.entries'} in the scenario if that is meant\n`,
    )
    return EXIT.wrongInput
  }
  if (end.reason === 'stopped') return EXIT.interrupted
  return failed ? EXIT.expectationFailed : EXIT.fine
}

const broken = (
  terminal: Terminal,
  error: unknown,
  again: string,
  seed: number,
  simulation: Simulation | undefined,
): ExitCode => {
  if (isLogWriteError(error)) {
    const { code, message, hint } = error.issue
    terminal.err(`error ${code} ${message}\n    ${hint}\n`)
    return EXIT.wrongInput
  }
  try {
    simulation?.flush()
  } catch {
    // The log is torn where it is; what matters now is why the model broke.
  }
  const where =
    simulation === undefined ? '' : ` at ${formatMillis(simulation.now())}, entry #${simulation.entries() - 1}`
  const what = error instanceof InvariantViolation ? error.message : String((error as Error)?.stack ?? error)
  terminal.err(
    `wavetank is wrong${where}: ${what}\n    seed ${seed}; to see it again: ${again}\n    please report it with the scenario\n`,
  )
  return EXIT.wrongModel
}

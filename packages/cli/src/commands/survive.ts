import { createHash } from 'node:crypto'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import type { JsonObject } from '@wavetank/cluster/api'
import { formatMillis } from '@wavetank/kernel'
import { formatYaml } from '@wavetank/report'
import { decodeScenario, formatIssues, gatherTexts, loadScenario, type Scenario } from '@wavetank/scenario'
import { nodeFiles } from '@wavetank/scenario/node'
import {
  type Coverage,
  type CutSet,
  type Engine,
  type FAULTS,
  type Impact,
  impactsOf,
  reproduction,
  type Survey,
  type SurveyOptions,
  type SurveyPage,
  surveyFailures,
  type Unit,
  unitsOf,
} from '@wavetank/study'
import { isLeft } from 'fp-ts/lib/Either.js'
import { scenarioOptions } from 'wavetank'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatFileError, isFileError } from '../file-error.ts'
import { awaitInterruption } from '../interruption.ts'
import { createOutput } from '../output.ts'
import { createOutputFolder } from '../output-folder.ts'
import { plural } from '../plural.ts'
import { createStatusLine } from '../status-line.ts'
import { reportFailed } from '../study/failed.ts'
import { formatColumns } from '../study/format-columns.ts'
import { type EngineOptions, openEngine } from '../study/open-engine.ts'
import type { Terminal } from '../terminal.ts'

export interface SurviveOptions extends EngineOptions {
  readonly failures: number
  readonly over?: readonly string[]
  readonly at?: number
  readonly for?: number
  readonly fault: (typeof FAULTS)[number]
  readonly seed?: number
  readonly replications: number
  readonly maxRuns: number
  readonly confidence: number
  readonly output?: string
  readonly html?: string
  readonly json?: boolean
  readonly quiet?: boolean
}

const ZONE = 'topology.kubernetes.io/zone'
const DEFAULT_AT = 5 * 60_000

/** What is worked out again for the sets that are told: availability takes a run from the start. */
const IMPACTS_MAX = 200

interface Told extends CutSet {
  readonly impacts?: readonly Impact[]
}
interface Broken {
  readonly expectation: string
  readonly cutSets: readonly Told[]
}

const percent = (share: number): string => `${Math.floor(share * 10_000 + 0.5) / 100}%`
const SIZES = ['', 'single', 'double', 'triple']
const ofSize = (size: number): string => SIZES[size] ?? `${size}-fold`

const formatCoverage = ({ size, sets, run, leftOut, broke, shareMax }: Coverage, confidence: number): string => {
  const left = leftOut === 0 ? '' : `, ${leftOut} left out: they take the same nodes, or hold a set that breaks all`
  if (shareMax === undefined) return `${ofSize(size)}: ${broke} of ${run} break something${left}\n`
  if (run === 0) return `${ofSize(size)}: none of ${sets} run: nothing is known of them\n`
  return `${ofSize(size)}: ${broke} of ${run} drawn from ${sets} break something: at most ${percent(shareMax)} of all do, with ${percent(confidence)} confidence${left}\n`
}

const formatSurvey = (
  survey: Survey,
  broken: readonly Broken[],
  options: SurviveOptions,
  over: readonly string[],
  at: number,
): string => {
  const { units, coverage, failAnyway, held } = survey
  const isWhole = coverage.every(({ shareMax }) => shareMax === undefined)
  const lasts = options.for === undefined ? 'for ever' : `for ${formatMillis(options.for)}`
  const head = `${plural(units.length, 'unit')} (${over.join(', ')}), ${options.fault} at ${formatMillis(at)} ${lasts}\n`
  const rows = broken.flatMap(({ expectation, cutSets }) =>
    cutSets.map((cut, i) => {
      const [worst] = cut.impacts ?? []
      return [
        i === 0 ? expectation : '',
        cut.units.join(' + '),
        `${cut.failedRuns}/${options.replications}`,
        `${cut.pendingMax}`,
        worst === undefined ? '' : `${worst.workload} ${percent(worst.without)} to ${percent(worst.with)}`,
      ]
    }),
  )
  const table =
    rows.length === 0
      ? ''
      : `\n${formatColumns({ headers: ['breaks', 'smallest sets', 'runs', 'pending', 'availability'], rows })}`
  const says = [
    ...held.map((name) => `${isWhole ? 'holds' : 'not broken by what was run'}: ${name}`),
    ...failAnyway.map((name) => `fails without any failure: ${name}`),
  ].map((line) => `${line}\n`)
  return `${head}${coverage.map((one) => formatCoverage(one, options.confidence)).join('')}${table}${says.length === 0 ? '' : '\n'}${says.join('')}`
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 60)

/** A scenario for each set, all of them or none; what `wavetank run` says of each is what was found. */
const writeReproductions = async (
  file: string,
  text: string,
  folder: string,
  broken: readonly Broken[],
  units: readonly Unit[],
  options: SurveyOptions,
): Promise<readonly string[]> => {
  const names: string[] = []
  const texts = broken.flatMap(({ expectation, cutSets }) =>
    cutSets.map((cut) => {
      const name = `${String(names.length + 1).padStart(2, '0')}-${slug(expectation)}--${slug(cut.units.join(' and '))}.yaml`
      names.push(name)
      const chosen = cut.units.map((unit) => units.find((one) => one.name === unit)!)
      const move = (path: string): string =>
        isAbsolute(path)
          ? path
          : relative(resolve(folder), resolve(dirname(file), path))
              .split(sep)
              .join('/')
      const scenario = reproduction(text, chosen, cut.seed, options, move)
      return `# Written by \`wavetank survive ${file}\`: ${cut.units.join(' and ')} ${cut.units.length === 1 ? 'breaks' : 'break'} "${expectation}".\n${formatYaml(scenario as JsonObject)}`
    }),
  )
  const earlier = existsSync(folder) ? readdirSync(folder).filter((name) => /^\d{2,}-.*--.*\.yaml$/.test(name)) : []
  const output = createOutputFolder(folder, [...names, ...earlier])
  try {
    texts.forEach((one, i) => {
      writeFileSync(join(output.draft, names[i]!), one)
    })
    output.finish()
  } catch (error) {
    output.abandon()
    throw error
  }
  return names.map((name) => join(folder, name))
}

/** Tries failures, and says what they break. */
export const survive = async (terminal: Terminal, file: string, options: SurviveOptions): Promise<ExitCode> => {
  const abort = new AbortController()
  const interruption = awaitInterruption(() => abort.abort())
  const status = createStatusLine(terminal, options.quiet === true || options.json === true)
  try {
    return await answer(terminal, file, options, abort.signal, status)
  } catch (error) {
    return abort.signal.aborted ? EXIT.interrupted : reportFailed(terminal, error, options.output ?? file)
  } finally {
    status.clear()
    interruption.release()
  }
}

const load = async (terminal: Terminal, file: string): Promise<{ scenario: Scenario; text: string } | undefined> => {
  const gathered = await gatherTexts(file, nodeFiles)
  const decoded = isLeft(gathered) ? gathered : decodeScenario(gathered.right, scenarioOptions)
  if (isLeft(gathered) || isLeft(decoded)) {
    terminal.err(formatIssues(isLeft(decoded) ? decoded.left : []))
    return undefined
  }
  if (decoded.right.warnings.length > 0) terminal.err(formatIssues(decoded.right.warnings))
  return { scenario: decoded.right.scenario, text: gathered.right.text }
}

const answer = async (
  terminal: Terminal,
  file: string,
  options: SurviveOptions,
  signal: AbortSignal,
  status: ReturnType<typeof createStatusLine>,
): Promise<ExitCode> => {
  const refuse = (message: string, hint: string): ExitCode => {
    terminal.err(`error: ${message}\n    ${hint}\n`)
    return EXIT.wrongInput
  }
  const loaded = await load(terminal, file)
  if (loaded === undefined) return EXIT.wrongInput
  const { scenario } = loaded
  if (scenario.expect.length === 0)
    return refuse('the scenario expects nothing, so that nothing can break', 'say what has to hold under `expect`')
  const hasZones = scenario.nodes.some(({ metadata }) => metadata.labels?.[ZONE] !== undefined)
  const over = options.over ?? (hasZones ? ['nodes', 'zones'] : ['nodes'])
  const units = unitsOf(scenario, over)
  if (isLeft(units))
    return refuse(`no node has the label "${units.left.word}"`, `--over takes ${units.left.known.join(', ')}`)
  if (units.right.length === 0) return refuse('the scenario has no nodes that could fail', 'give it `nodes`')
  const at = options.at ?? Math.min(DEFAULT_AT, Math.floor(scenario.duration / 2))
  const survey: SurveyOptions = {
    seed: options.seed ?? scenario.seed,
    replications: options.replications,
    at,
    lasts: options.for,
    fault: options.fault,
    failures: options.failures,
    setsMax: options.maxRuns,
    confidence: options.confidence,
    wasInterrupted: () => signal.aborted,
    onRun: (done, of) => status.show(() => `${done} of ${of} sets of failures`),
  }
  const workers = options.workers ?? availableParallelism()
  // A thread more, or the part before the failures less: whichever saves more.
  const forks = options.redis === undefined && (scenario.duration - at) * workers <= scenario.duration
  const engine = await openEngine(terminal, options, status.clear)
  if (engine === undefined) return EXIT.wrongInput
  let found: Survey | undefined
  let broken: readonly Broken[]
  try {
    found = await surveyFailures(scenario, units.right, { ...survey, ...(forks ? {} : { engine, signal }) })
    if (found === undefined) return EXIT.interrupted
    broken = await withImpacts(engine, scenario, found, units.right, survey, signal)
  } finally {
    await engine.close()
  }
  const written =
    options.output === undefined
      ? []
      : await writeReproductions(file, loaded.text, options.output, broken, units.right, survey)
  for (const path of written) {
    const again = await loadScenario(path, { files: nodeFiles, ...scenarioOptions })
    // A path that was not found in the text of a command, say.
    if (isLeft(again)) terminal.err(formatIssues(again.left))
  }
  status.clear()
  if (options.html !== undefined) {
    const told = withCommands(broken, written)
    const page: SurveyPage = {
      scenario: scenario.name,
      command: commandOf(file, options, over),
      over,
      options: survey,
      survey: found,
      broken: told,
    }
    const { renderSurveyPage } = await import('@wavetank/report-page/study')
    const text = renderSurveyPage(page)
    try {
      const html = createOutput(terminal, options.html)
      html.write(text)
      html.finish()
    } catch (error) {
      if (!isFileError(error)) throw error
      terminal.err(formatFileError(options.html, error))
      return EXIT.wrongInput
    }
  }
  const breaks = broken.length > 0
  if (options.json === true) {
    const { seed, replications, lasts, fault, failures } = survey
    const asked = {
      over: options.over,
      failures,
      fault,
      at,
      ...(lasts === undefined ? {} : { for: lasts }),
      seed,
      replications,
    }
    const result = { scenario: scenario.name, asked, ...found, broken, confidence: options.confidence }
    const digest = `sha256:${createHash('sha256').update(JSON.stringify(result)).digest('hex')}`
    terminal.out(`${JSON.stringify({ ...result, ...(written.length === 0 ? {} : { written }), digest })}\n`)
  } else if (breaks || options.quiet !== true) {
    terminal.out(formatSurvey(found, broken, options, over, at))
    if (written.length > 0) terminal.out(`\n${written.map((path) => `wavetank run ${path}\n`).join('')}`)
  }
  return breaks ? EXIT.expectationFailed : EXIT.fine
}

/** Each set with the command that shows it, where its scenario was written. */
const withCommands = (broken: readonly Broken[], written: readonly string[]): SurveyPage['broken'] => {
  let next = 0
  return broken.map(({ expectation, cutSets }) => ({
    expectation,
    cutSets: cutSets.map((cut) => {
      const path = written[next++]
      return path === undefined ? cut : { ...cut, again: `wavetank run ${path}` }
    }),
  }))
}

/** The command line, without where its answers went. */
const commandOf = (file: string, options: SurviveOptions, over: readonly string[]): string =>
  [
    `wavetank survive ${file} --failures ${options.failures} --over ${over.join(',')} --fault ${options.fault}`,
    ...(options.at === undefined ? [] : [`--at ${formatMillis(options.at)}`]),
    ...(options.for === undefined ? [] : [`--for ${formatMillis(options.for)}`]),
    ...(options.seed === undefined ? [] : [`--seed ${options.seed}`]),
    ...(options.replications === 1 ? [] : [`--replications ${options.replications}`]),
  ].join(' ')

const withImpacts = async (
  engine: Engine,
  scenario: Scenario,
  { broken }: Survey,
  units: readonly Unit[],
  survey: SurveyOptions,
  signal: AbortSignal,
): Promise<readonly Broken[]> => {
  const cuts = broken.flatMap(({ cutSets }) => cutSets)
  const cases = new Map<string, { readonly units: readonly Unit[]; readonly seed: number }>()
  for (const cut of cuts) {
    if (cases.size === IMPACTS_MAX) break
    const chosen = cut.units.map((name) => units.find((unit) => unit.name === name)!)
    cases.set(`${cut.seed} ${cut.units.join('+')}`, { units: chosen, seed: cut.seed })
  }
  const impacts = await impactsOf(engine, scenario, [...cases.values()], survey, signal)
  const byKey = new Map([...cases.keys()].map((key, i) => [key, impacts[i]!]))
  return broken.map(({ expectation, cutSets }) => ({
    expectation,
    cutSets: cutSets.map((cut) => {
      const own = byKey.get(`${cut.seed} ${cut.units.join('+')}`)
      return own === undefined ? cut : { ...cut, impacts: own }
    }),
  }))
}

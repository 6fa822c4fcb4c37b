import { createHash } from 'node:crypto'
import { decodeObject, isKind, type JsonObject } from '@wavetank/cluster/api'
import { formatYaml } from '@wavetank/report'
import { decodeScenario, formatIssues, readYaml, type Scenario } from '@wavetank/scenario'
import {
  capacityReview,
  cheapestMachines,
  createTester,
  createVariants,
  type Finding,
  fillCluster,
  formatCapacityReview,
  leastNodes,
  type PodSpecFile,
  readPriceList,
  type Test,
  type Tried,
  testFor,
  type Variants,
} from '@wavetank/study'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { scenarioOptions } from 'wavetank'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { awaitInterruption } from '../interruption.ts'
import { plural } from '../plural.ts'
import { createStatusLine } from '../status-line.ts'
import { reportFailed } from '../study/failed.ts'
import { formatColumns } from '../study/format-columns.ts'
import { gatherCluster } from '../study/gather-cluster.ts'
import { inputText } from '../study/input-text.ts'
import { type EngineOptions, openEngine } from '../study/open-engine.ts'
import type { Terminal } from '../terminal.ts'

export interface CapacityOptions extends EngineOptions {
  readonly pool?: readonly string[]
  readonly prices?: string
  readonly probability: number
  readonly confidence: number
  readonly replications?: number
  readonly seed?: number
  readonly max: number
  readonly maxTests: number
  readonly bound: boolean
  readonly podSpec?: readonly string[]
  readonly proportion?: readonly number[]
  readonly at?: number
  readonly maxLimit?: number
  readonly excludeNodes?: readonly string[]
  readonly verbose?: boolean
  readonly output?: 'json' | 'yaml'
  readonly json?: boolean
  readonly quiet?: boolean
}

interface Refusal {
  readonly message: string
  readonly hint: string
}

const isRecord = (u: unknown): u is Readonly<Record<string, unknown>> => typeof u === 'object' && u !== null

/** The pod of a file. */
const readPodSpec = (path: string, text: string): Either<string, PodSpecFile> => {
  const { documents, issues } = readYaml(text)
  if (issues.length > 0) return left(formatIssues(issues.map((issue) => ({ ...issue, file: path }))))
  const [document, another] = documents
  if (document === undefined || another !== undefined || !isRecord(document.value))
    return left(`error: ${path} is not one pod\n    --pod-spec takes a file with one Pod\n`)
  const decoded = decodeObject(document.value)
  if (isLeft(decoded))
    return left(
      formatIssues(decoded.left.map((issue) => ({ ...issue, file: path, ...document.positionOf(issue.path) }))),
    )
  if (!isKind(decoded.right, 'Pod'))
    return left(`error: ${path} is a ${decoded.right.kind}, not a Pod\n    --pod-spec takes a file with one Pod\n`)
  return right({ pod: decoded.right, manifest: document.value as JsonObject })
}

const digestOf = (json: unknown): string => `sha256:${createHash('sha256').update(JSON.stringify(json)).digest('hex')}`

const formatCounts = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ') || 'none'

const became = (finding: Finding | undefined): string => {
  if (finding === undefined) return 'the scenario names nodes that are not there then'
  const broken = Object.entries(finding.broken).map(([name, count]) => `${name} (${count})`)
  return finding.failedRuns === 0 ? '' : broken.join(', ')
}

const formatTried = (tried: readonly Tried[]): string =>
  formatColumns({
    headers: ['nodes', 'runs', 'failed', 'enough', 'what failed'],
    rows: tried.map(({ counts, finding }) => [
      formatCounts(counts),
      `${finding?.runs ?? 0}`,
      `${finding?.failedRuns ?? 0}`,
      finding?.isEnough === true ? 'yes' : 'no',
      became(finding),
    ]),
  })

const percent = (share: number): string => `${Math.floor(share * 10_000 + 0.5) / 100}%`

const formatTest = (
  { replications, failuresMax, shows }: Test,
  { probability, confidence }: CapacityOptions,
): string => {
  const allowed = failuresMax === 0 ? 'none may fail' : `at most ${failuresMax} may fail`
  const runs = `${plural(replications, 'run')} of each, of which ${allowed}`
  return shows >= probability
    ? `${runs}: met with a probability of at least ${percent(probability)}, with ${percent(confidence)} confidence\n`
    : `${runs}: that shows a probability of ${percent(shows)} with ${percent(confidence)} confidence, not of ${percent(probability)}\n`
}

/** How many nodes, which machines, or how many more pods. */
export const capacity = async (terminal: Terminal, file: string, options: CapacityOptions): Promise<ExitCode> => {
  const abort = new AbortController()
  const interruption = awaitInterruption(() => abort.abort())
  try {
    return await answer(terminal, file, options, abort.signal)
  } catch (error) {
    return abort.signal.aborted ? EXIT.interrupted : reportFailed(terminal, error, file)
  } finally {
    interruption.release()
  }
}

const answer = async (
  terminal: Terminal,
  file: string,
  options: CapacityOptions,
  signal: AbortSignal,
): Promise<ExitCode> => {
  const refuse = ({ message, hint }: Refusal): ExitCode => {
    terminal.err(`error: ${message}\n    ${hint}\n`)
    return EXIT.wrongInput
  }
  const output = options.json === true ? 'json' : options.output
  if (options.podSpec === undefined && output === 'yaml')
    return refuse({ message: 'yaml is for --pod-spec', hint: 'use -o json' })
  if (options.podSpec !== undefined && options.redis !== undefined)
    return refuse({ message: '--pod-spec asks for one run, which is made here', hint: 'leave --redis out' })
  const gathered = await gatherCluster(file)
  const decoded = isLeft(gathered) ? gathered : decodeScenario(gathered.right, scenarioOptions)
  if (isLeft(gathered) || isLeft(decoded)) {
    terminal.err(formatIssues(isLeft(decoded) ? decoded.left : []))
    return EXIT.wrongInput
  }
  if (decoded.right.warnings.length > 0) terminal.err(formatIssues(decoded.right.warnings))
  const { scenario } = decoded.right
  if (options.podSpec !== undefined) return fill(terminal, scenario, options, refuse, output, signal)
  if (scenario.expect.length === 0)
    return refuse({
      message: 'the scenario expects nothing, so that no node at all would be enough',
      hint: 'say what has to hold under `expect`; or ask how many pods fit, with --pod-spec FILE',
    })
  const variants = createVariants(gathered.right, scenarioOptions)
  const known = variants.pools.map(({ name }) => name)
  const unknown = options.pool?.find((pool) => !known.includes(pool))
  if (known.length === 0)
    return refuse({
      message: 'the scenario has no pool of nodes whose size could change',
      hint: 'write its nodes as a pool: `- { name: worker, count: 3 }`',
    })
  if (unknown !== undefined)
    return refuse({ message: `the scenario has no pool "${unknown}"`, hint: `it has ${known.join(', ')}` })
  const pools = options.pool ?? known
  if (options.prices !== undefined && pools.length > 1)
    return refuse({ message: 'machines can take the place of one pool at a time', hint: `--pool ${pools[0]}` })
  return search(terminal, scenario, variants, pools, options, output, signal)
}

const search = async (
  terminal: Terminal,
  scenario: Scenario,
  variants: Variants,
  pools: readonly string[],
  options: CapacityOptions,
  output: 'json' | 'yaml' | undefined,
  signal: AbortSignal,
): Promise<ExitCode> => {
  const test = testFor(options)
  const status = createStatusLine(terminal, options.quiet === true || output !== undefined)
  const engine = await openEngine(terminal, options, status.clear)
  if (engine === undefined) return EXIT.wrongInput
  let last = ''
  const tester = createTester(engine, test, {
    seed: options.seed ?? scenario.seed,
    signal,
    onRun: (runs) => status.show(() => `${plural(runs, 'run')}${last === '' ? '' : `, last ${last}`}`),
  })
  const onTry = ({ counts, finding }: Tried): void => {
    last = `${formatCounts(counts)}: ${finding?.isEnough === true ? 'enough' : 'not enough'}`
  }
  const asked = { probability: options.probability, confidence: options.confidence, ...test }
  const print = (result: Readonly<Record<string, unknown>>, text: string): void => {
    status.clear()
    if (output === 'json') terminal.out(`${JSON.stringify({ ...result, digest: digestOf(result) })}\n`)
    else terminal.out(text)
  }
  const notes = (remarks: readonly string[]): string => remarks.map((remark) => `note: ${remark}\n`).join('')
  try {
    if (options.prices === undefined) {
      const found = await leastNodes(variants, pools, tester, { max: options.max, onTry })
      const answer =
        found.counts === undefined
          ? `not enough: up to ${options.max} nodes of ${pools.join(', ')}\n`
          : `${Object.entries(found.counts)
              .map(([pool, count]) => `${pool}: ${plural(count, 'node')}`)
              .join('\n')}\n`
      print(
        { scenario: scenario.name, asked, ...found },
        `${formatTried(found.tried)}\n${answer}${formatTest(test, options)}${notes(found.remarks)}`,
      )
      return found.counts === undefined ? EXIT.expectationFailed : EXIT.fine
    }
    const text = await inputText(terminal, options.prices)
    if (text === undefined) return EXIT.wrongInput
    const types = readPriceList(options.prices, text)
    if (isLeft(types)) {
      terminal.err(formatIssues(types.left))
      return EXIT.wrongInput
    }
    const searched = await cheapestMachines(variants, pools[0]!, types.right, tester, {
      nodesMax: options.max,
      testsMax: options.maxTests,
      usesRequests: options.bound,
      onTry,
    })
    if (isLeft(searched)) {
      const [first] = searched.left.filter(({ severity }) => severity === 'error')
      const hint = 'name nodes of the pool by `pool` or `zone` in the timeline, not one by one'
      terminal.err(
        `error: with these machines in the place of ${pools[0]} the scenario is not right any more: ${first?.message}\n    ${first?.hint ?? hint}\n`,
      )
      return EXIT.wrongInput
    }
    const found = searched.right
    const isExact = found.mix !== undefined && found.atLeast >= found.mix.price
    const bound = Number.isFinite(found.atLeast) ? found.atLeast : undefined
    const answer =
      found.mix === undefined
        ? `not enough: no mix of up to ${options.max} machines${found.testsUsedUp ? ` among the ${found.tested} that were tried; one that is enough costs at least ${bound}` : ''}\n`
        : `${pools[0]}: ${formatCounts(found.mix.counts)} for ${found.mix.price}${isExact ? ', and nothing is cheaper' : `; a cheaper one would cost at least ${bound}`}\n`
    const { atLeast: _, ...result } = found
    print(
      { scenario: scenario.name, asked, ...result, ...(bound === undefined ? {} : { atLeast: bound }) },
      `${formatTried(found.tried)}\n${answer}${formatTest(test, options)}${notes(found.remarks)}`,
    )
    return found.mix === undefined ? EXIT.expectationFailed : EXIT.fine
  } finally {
    status.clear()
    await engine.close()
  }
}

const DEFAULT_AT = 5 * 60_000

const fill = async (
  terminal: Terminal,
  scenario: Scenario,
  options: CapacityOptions,
  refuse: (refusal: Refusal) => ExitCode,
  output: 'json' | 'yaml' | undefined,
  signal: AbortSignal,
): Promise<ExitCode> => {
  const files = options.podSpec ?? []
  const read: Either<string, PodSpecFile>[] = []
  for (const path of files) {
    const text = await inputText(terminal, path)
    if (text === undefined) return EXIT.wrongInput
    read.push(readPodSpec(path, text))
  }
  const wrong = read.flatMap((one) => (isLeft(one) ? [one.left] : []))
  if (wrong.length > 0) {
    terminal.err(wrong.join(''))
    return EXIT.wrongInput
  }
  const specs = read.flatMap((one) => (isLeft(one) ? [] : [one.right]))
  const proportion = options.proportion ?? specs.map(() => 1)
  if (proportion.length !== specs.length)
    return refuse({
      message: `--proportion has ${plural(proportion.length, 'number')} for ${plural(specs.length, 'pod')}`,
      hint: 'give a number for each --pod-spec, in their order',
    })
  const names = specs.map(({ pod }) => `${pod.metadata.namespace ?? 'default'}/${pod.metadata.name}`)
  if (new Set(names).size < names.length)
    return refuse({ message: 'two pods have the same name', hint: 'give each --pod-spec a name of its own' })
  const excluded = new Set(options.excludeNodes ?? [])
  const nodes = scenario.nodes.filter(({ metadata }) => !excluded.has(metadata.name))
  const stranger = [...excluded].find((name) => !scenario.nodes.some(({ metadata }) => metadata.name === name))
  if (stranger !== undefined)
    return refuse({ message: `there is no node "${stranger}"`, hint: 'check --exclude-nodes' })
  const at = options.at ?? Math.min(DEFAULT_AT, scenario.duration)
  const filling = await fillCluster({ ...scenario, nodes }, specs, {
    at,
    limit: options.maxLimit,
    proportion,
    wasInterrupted: () => signal.aborted,
  })
  if (filling === undefined) return EXIT.interrupted
  const review = capacityReview(specs, filling, scenario.start + at)
  if (output === 'json') terminal.out(`${JSON.stringify(review)}\n`)
  else if (output === 'yaml') terminal.out(formatYaml(review as unknown as JsonObject))
  else terminal.out(formatCapacityReview(review, options.verbose === true))
  return EXIT.fine
}

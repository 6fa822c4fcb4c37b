import { createHash } from 'node:crypto'
import { selects } from '@wavetank/cluster'
import { parseSelector } from '@wavetank/cluster/api'
import { formatMillis } from '@wavetank/kernel'
import { decodeScenario, formatIssues } from '@wavetank/scenario'
import { type DrainPreview, type NodePreview, previewDrains } from '@wavetank/study'
import { isLeft } from 'fp-ts/lib/Either.js'
import { scenarioOptions } from 'wavetank'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { awaitInterruption } from '../interruption.ts'
import { createStatusLine } from '../status-line.ts'
import { reportFailed } from '../study/failed.ts'
import { formatColumns } from '../study/format-columns.ts'
import { gatherCluster } from '../study/gather-cluster.ts'
import type { Terminal } from '../terminal.ts'

export interface DrainOptions {
  readonly nodes?: readonly string[]
  readonly selector?: string
  readonly at?: number
  readonly forGood?: boolean
  readonly mayWait?: boolean
  readonly atOnce?: number
  readonly force?: boolean
  readonly deleteEmptydirData?: boolean
  readonly gracePeriod?: number
  readonly timeout: number
  readonly settle: number
  readonly seed?: number
  readonly json?: boolean
  readonly quiet?: boolean
}

const DEFAULT_AT = 5 * 60_000

const flagsOf = ({ force, deleteEmptydirData, gracePeriod }: DrainOptions): readonly string[] => [
  '--ignore-daemonsets',
  ...(force === true ? ['--force'] : []),
  ...(deleteEmptydirData === true ? ['--delete-emptydir-data'] : []),
  ...(gracePeriod === undefined ? [] : [`--grace-period=${gracePeriod}`]),
]

/** `yes`, `yes, waits for a budget`, `yes, 1 pod waits for it`, `no`. */
const verdictOf = ({ drains, refused, waiting }: NodePreview): string => {
  if (!drains) return 'no'
  const budget = refused === 0 ? '' : ', waits for a budget'
  const pods = waiting === 0 ? '' : `, ${waiting} ${waiting === 1 ? 'pod waits' : 'pods wait'} for it`
  return `yes${budget}${pods}`
}

const formatPreview = ({ nodes, order, left }: DrainPreview, forGood: boolean): string => {
  const rows = nodes.flatMap((node) => {
    const [first = '', ...more] = node.blocks
    return [
      [node.node, verdictOf(node), `${node.pods}`, formatMillis(node.takes), first],
      ...more.map((block) => ['', '', '', '', block]),
    ]
  })
  const table = formatColumns({ headers: ['node', 'drains', 'pods', 'takes', 'what stands in the way'], rows })
  const steps = order.map(
    ({ nodes: group, takes }, i) =>
      `${i + 1}. ${group.join(', ')}${group.length > 1 ? ' at once' : ''}, ${formatMillis(takes)}`,
  )
  const all = order.reduce((sum, { takes }) => sum + takes, 0)
  const back = forGood ? 'none comes back' : 'each is uncordoned before the next go'
  const head =
    order.length === 0
      ? 'No node can go.'
      : left.length === 0
        ? `All of them can go in this order, in ${formatMillis(all)}; ${back}:`
        : `These can go in this order; ${back}:`
  // Where none went, what stands in the way is what the table says.
  const rest = (order.length === 0 ? [] : left).flatMap(({ node, blocks }) => [
    `${node} cannot go then:`,
    ...blocks.map((block) => `   ${block}`),
  ])
  return `${table}\n${[head, ...steps, ...rest].join('\n')}\n`
}

/** Previews draining the nodes of a cluster. */
export const drain = async (terminal: Terminal, file: string, options: DrainOptions): Promise<ExitCode> => {
  const interruption = awaitInterruption()
  const status = createStatusLine(terminal, options.quiet === true || options.json === true)
  try {
    const refuse = (message: string, hint: string): ExitCode => {
      terminal.err(`error: ${message}\n    ${hint}\n`)
      return EXIT.wrongInput
    }
    if (options.forGood === true && options.mayWait === true)
      return refuse(
        'with --for-good no node comes back that pods could wait for',
        'leave out one of --for-good and --may-wait',
      )
    const gathered = await gatherCluster(file)
    const decoded = isLeft(gathered) ? gathered : decodeScenario(gathered.right, scenarioOptions)
    if (isLeft(decoded)) {
      terminal.err(formatIssues(decoded.left))
      return EXIT.wrongInput
    }
    if (decoded.right.warnings.length > 0) terminal.err(formatIssues(decoded.right.warnings))
    const { scenario } = decoded.right
    const known = scenario.nodes.map(({ metadata }) => metadata.name)
    const stranger = options.nodes?.find((name) => !known.includes(name))
    if (stranger !== undefined)
      return refuse(`there is no node "${stranger}"`, `known: ${known.slice(0, 24).join(', ')}`)
    const selector = parseSelector(options.selector ?? '')
    if (isLeft(selector)) return refuse(`--selector: ${selector.left}`, 'such as `pool=old,disk!=ssd`')
    const nodes = scenario.nodes
      .filter(({ metadata }) => options.nodes?.includes(metadata.name) ?? true)
      .filter(({ metadata }) => selects(selector.right, metadata.labels ?? {}))
      .map(({ metadata }) => metadata.name)
    if (nodes.length === 0) return refuse('there is no such node', 'choose others with --nodes or --selector')
    const preview = await previewDrains(scenario, {
      seed: options.seed ?? scenario.seed,
      at: options.at ?? Math.min(DEFAULT_AT, scenario.duration),
      nodes,
      flags: flagsOf(options),
      timeout: options.timeout,
      settle: options.settle,
      comesBack: options.forGood !== true,
      mayWait: options.mayWait === true,
      atOnceMax: options.atOnce,
      onTry: (done, of) =>
        status.show(() => (done < of ? `${done} of ${of} nodes` : `${done} drains, looking for an order`)),
      wasInterrupted: interruption.wasAsked,
    })
    status.clear()
    if (preview === undefined) return EXIT.interrupted
    const allGo = preview.left.length === 0
    if (options.json === true) {
      const result = { scenario: scenario.name, ...preview }
      const digest = `sha256:${createHash('sha256').update(JSON.stringify(result)).digest('hex')}`
      terminal.out(`${JSON.stringify({ ...result, digest })}\n`)
    } else if (!allGo || options.quiet !== true) terminal.out(formatPreview(preview, options.forGood === true))
    return allGo ? EXIT.fine : EXIT.expectationFailed
  } catch (error) {
    return reportFailed(terminal, error, file)
  } finally {
    status.clear()
    interruption.release()
  }
}

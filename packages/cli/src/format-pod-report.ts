import { formatMillis } from '@wavetank/kernel'
import { formatTable } from '@wavetank/report'
import type { NodeExplanation, PodExplanation, PodReport, PodWait } from 'wavetank'
import { plural } from './plural.ts'

/** Rows of a table that is to be read; `-o json` has every node. */
const ROWS_MAX = 10
/** Nodes named for one reason. */
const NAMES_MAX = 3

const listed = (names: readonly string[]): string =>
  names.length <= NAMES_MAX ? names.join(', ') : `${names.slice(0, NAMES_MAX).join(', ')}, …`

/** What wakes a pod, as a person would say it. */
const CHANGES = {
  NodeAdded: 'a node comes',
  NodeDeleted: 'a node goes',
  NodeLabelsChanged: 'labels of a node change',
  NodeTaintsChanged: 'taints of a node change, or it is uncordoned',
  AssignedPodAdded: 'a pod gets a node',
  AssignedPodDeleted: 'a pod with a node goes',
  PodLabelsChanged: 'labels of a pod change',
  PodGatesRemoved: 'its gates go',
  StorageChanged: 'a claim, a volume or a class changes',
} as const

const waitLines = (wait: PodWait): readonly string[] => {
  switch (wait.for) {
    case 'scheduler':
      return [`no scheduler is called "${wait.schedulerName}"; there is ${wait.known.join(', ')}`]
    case 'process':
      return [`waits for ${wait.process}, which has not been at work since ${formatMillis(wait.since)}`]
    case 'gates':
      return [`waits for its scheduling gates to be removed: ${wait.gates.join(', ')}`]
    case 'attempt':
      return ['is being tried right now']
    case 'turn':
      return [`waits for its turn: ${plural(wait.ahead, 'pod')} before it`]
    case 'backoff':
      return [
        wait.isError
          ? `backs off until ${formatMillis(wait.until)}`
          : `backs off until ${formatMillis(wait.until)}, or until no other pod is to be tried`,
      ]
    case 'change': {
      const lines = wait.nominatedNode === '' ? [] : [`room is being made for it on ${wait.nominatedNode}`]
      for (const { plugin, changes } of wait.plugins) {
        const what = changes.length === 0 ? 'nothing' : changes.map((change) => CHANGES[change]).join('; ')
        lines.push(`is tried again by ${plugin} when it may help that: ${what}`)
      }
      return [...lines, `is tried again at ${formatMillis(wait.until)} in any case`]
    }
    case 'volumes':
      return [`has ${wait.node}, and is bound when its claims are: ${wait.claims.join(', ')}`]
    case 'deletion':
      return ['is being deleted, and not tried any more']
  }
}

const headline = ({ pod, node, boundAt, createdAt }: PodReport, at: number): string => {
  if (node === '') return `${pod} at ${formatMillis(at)}: no node, ${formatMillis(at - createdAt)} after its creation`
  if (boundAt === undefined) return `${pod} at ${formatMillis(at)}: on ${node}, which its manifest names`
  return `${pod} at ${formatMillis(at)}: on ${node} since ${formatMillis(boundAt)}`
}

const weighted = ({ normalized, weight }: NodeExplanation['scores'][number]): number => normalized * weight

/** The best nodes with what each plugin gave them; what is the same for all is said once. */
const scoreLines = ({ nodes, chosen, best }: PodExplanation): readonly string[] => {
  const scored = nodes.filter(({ total }) => total !== undefined)
  if (scored.length === 0) return []
  const [one] = scored
  const isSame = (plugin: number): boolean =>
    scored.every(({ scores }) => weighted(scores[plugin]!) === weighted(one!.scores[plugin]!))
  const differing = one!.scores.flatMap((_, plugin) => (isSame(plugin) ? [] : [plugin]))
  const same = one!.scores.filter((_, plugin) => !differing.includes(plugin))
  const isChosen = ({ node }: NodeExplanation): boolean => node === chosen
  const ranked = [...scored].sort((a, b) => Number(isChosen(b)) - Number(isChosen(a)) || b.total! - a.total!)
  const rows = ranked
    .slice(0, ROWS_MAX)
    .map(({ node, scores, total }) => [
      node === chosen ? `${node} *` : node,
      String(total),
      ...differing.map((plugin) => `${weighted(scores[plugin]!)} (${scores[plugin]!.raw})`),
    ])
  const headers = ['node', 'total', ...differing.map((plugin) => one!.scores[plugin]!.plugin)]
  const equals = same.map((score) => `${score.plugin} ${weighted(score)}`)
  return [
    '',
    'scores, and in brackets what the plugin said before normalising and weighting:',
    formatTable({ headers, rows }).trimEnd(),
    ...(scored.length > rows.length ? [`… and ${plural(scored.length - rows.length, 'node')} more that would do`] : []),
    ...(equals.length > 0 ? [`the same for all: ${equals.join(', ')}`] : []),
    ...(best.length > 1 ? [`${best.length} nodes have the highest total; a draw chose`] : []),
  ]
}

const refusalLines = ({ nodes }: PodExplanation): readonly string[] => {
  const groups = new Map<string, { readonly plugin: string; readonly reason: string; readonly nodes: string[] }>()
  for (const { node, filters, isEvaluated, isFeasible } of nodes) {
    if (!isEvaluated || isFeasible) continue
    const { plugin, reasons } = filters[filters.length - 1]!
    const reason = reasons.join(', ')
    const group = groups.get(`${plugin} ${reason}`) ?? { plugin, reason, nodes: [] }
    group.nodes.push(node)
    groups.set(`${plugin} ${reason}`, group)
  }
  if (groups.size === 0) return []
  const ranked = [...groups.values()].sort((a, b) => b.nodes.length - a.nodes.length)
  const rows = ranked
    .slice(0, ROWS_MAX)
    .map(({ plugin, reason, nodes: names }) => [String(names.length), plugin, reason, listed(names)])
  const headers = ['nodes', 'refused by', 'because', 'which']
  return [
    '',
    formatTable({ headers, rows }).trimEnd(),
    ...(ranked.length > rows.length ? [`… and ${plural(ranked.length - rows.length, 'reason')} more`] : []),
  ]
}

const cycleLines = (explanation: PodExplanation): readonly string[] => {
  const { nodes, preFilters, confinedTo } = explanation
  const evaluated = nodes.filter(({ isEvaluated }) => isEvaluated)
  const feasible = evaluated.filter(({ isFeasible }) => isFeasible)
  const lines = preFilters.flatMap(({ plugin, outcome, reasons }) =>
    outcome === 'rejected' ? [`refused by ${plugin} before any node was looked at: ${reasons.join(', ')}`] : [],
  )
  if (confinedTo !== undefined)
    lines.push(
      `${confinedTo.plugins.join(', ')} leaves ${plural(confinedTo.nodes.length, 'node')}: ${listed(confinedTo.nodes)}`,
    )
  lines.push(
    `looked at ${evaluated.length} of ${plural(nodes.length, 'node')}: ${feasible.length} would do${
      feasible.length > 0 && evaluated.length < nodes.length ? ', which is enough' : ''
    }`,
  )
  const skipping = preFilters.flatMap(({ plugin, outcome }) => (outcome === 'skip' ? [plugin] : []))
  if (skipping.length > 0) lines.push(`nothing to filter: ${skipping.join(', ')}`)
  const only = feasible.length === 1 ? [`${feasible[0]!.node} is the only one that would do, so nobody scored`] : []
  return [...lines, ...only, ...scoreLines(explanation), ...refusalLines(explanation)]
}

/** What was said, and what would be said. */
const verdictLines = ({ failure, table, node, schedulerName, priority }: PodReport): readonly string[] => {
  const refused =
    failure === undefined
      ? []
      : [`${node === '' ? '' : 'before that '}last refused at ${formatMillis(failure.at)}: ${failure.message}`]
  if (table === undefined) return refused
  const { chosen, message, preemption, attempt } = table.explanation
  const when = formatMillis(table.at)
  const who = `${schedulerName}, attempt ${attempt}, priority ${priority}`
  if (node !== '') return [`chosen at ${when} by ${who}`, ...refused]
  const now = message === undefined ? `it would go to ${chosen}` : message === failure?.message ? 'the same' : message
  const lines = [...refused, `if it were tried at ${when} by ${who}: ${now}`]
  if (preemption === undefined) return lines
  const { victims } = preemption
  return [
    ...lines,
    `room could be made on ${preemption.node}, by ${plural(victims.length, 'pod')} less: ${listed(victims)}`,
  ]
}

/** The report as text: what a person wants to know of 3 nodes, or of 5,000. */
export const formatPodReport = (report: PodReport, at: number): string => {
  const { wait, table } = report
  const lines = [
    ...(wait === undefined ? [] : waitLines(wait)),
    ...verdictLines(report),
    ...(table === undefined ? [] : cycleLines(table.explanation)),
  ]
  const indented = lines.flatMap((line) => line.split('\n')).map((line) => (line === '' ? '' : `  ${line}`))
  return `${[headline(report, at), ...indented].join('\n')}\n`
}

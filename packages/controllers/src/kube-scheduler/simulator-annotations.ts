import type { NodeExplanation, PodExplanation } from './explain.ts'

/**
 * The annotations that kube-scheduler-simulator leaves on a pod, so that its front end and scripts can read them.
 *
 * 1. Every annotation of an attempt is there, `{}` where nothing was recorded.
 * 2. Names stand in alphabetical order, as Go writes maps.
 * 3. A plugin that skips has the empty text at PreFilter and PreScore, and is not asked again.
 *
 * Without `result-history`, which lists the attempts before.
 *
 * Source: kubernetes-sigs/kube-scheduler-simulator, simulator/scheduler/plugin/annotation/annotation.go,
 * resultstore/store.go, wrappedplugin.go.
 */
const PREFIX = 'kube-scheduler-simulator.sigs.k8s.io/'
const SUCCESS = 'success'

type Texts = Readonly<Record<string, string | readonly string[]>>
type Pair<A> = readonly [name: string, value: A]

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const sorted = <A>(pairs: readonly Pair<A>[]): Readonly<Record<string, A>> =>
  Object.fromEntries([...pairs].sort(([a], [b]) => compareText(a, b)))

const byNode = (
  nodes: readonly NodeExplanation[],
  of: (node: NodeExplanation) => readonly Pair<string>[],
): Readonly<Record<string, Texts>> => sorted(nodes.map((node) => [node.node, sorted(of(node))]))

export const simulatorAnnotations = ({
  nodes,
  preFilters,
  preScores,
  chosen,
  confinedTo,
  message,
  preemption,
}: PodExplanation): Readonly<Record<string, string>> => {
  const scored = nodes.filter(({ scores }) => scores.length > 0)
  const isPlaced = chosen !== undefined
  // It scores only where storage capacity counts, which is off by default; it is asked nevertheless.
  const bindsVolumes = preFilters.some(({ plugin }) => plugin === 'VolumeBinding')
  const asked: readonly Pair<string>[] = bindsVolumes && preScores.length > 0 ? [['VolumeBinding', '']] : []
  const volumes: Texts = isPlaced && bindsVolumes ? { VolumeBinding: SUCCESS } : {}
  const values: Readonly<Record<string, unknown>> = {
    'prefilter-result-status': sorted(
      preFilters.map(({ plugin, outcome, reasons }) => [plugin, outcome === 'success' ? SUCCESS : reasons.join(', ')]),
    ),
    'prefilter-result':
      confinedTo === undefined
        ? {}
        : sorted(confinedTo.plugins.map((plugin) => [plugin, [...confinedTo.nodes].sort(compareText)])),
    'filter-result': byNode(
      nodes.filter(({ isEvaluated }) => isEvaluated),
      ({ filters }) =>
        filters.map(({ plugin, reasons }) => [plugin, reasons.length === 0 ? 'passed' : reasons.join(', ')]),
    ),
    'postfilter-result':
      message === undefined
        ? {}
        : byNode(nodes, ({ node }) => (node === preemption?.node ? [['DefaultPreemption', 'preemption victim']] : [])),
    'prescore-result': sorted([
      ...asked,
      ...preScores.map(({ plugin, skips }): Pair<string> => [plugin, skips ? '' : SUCCESS]),
    ]),
    'score-result': byNode(scored, ({ scores }) => scores.map(({ plugin, raw }) => [plugin, String(raw)])),
    'finalscore-result': byNode(scored, ({ scores }) =>
      scores.map(({ plugin, normalized, weight }) => [plugin, String(normalized * weight)]),
    ),
    'reserve-result': volumes,
    'permit-result': {},
    'permit-result-timeout': {},
    'prebind-result': volumes,
    'bind-result': isPlaced ? { DefaultBinder: SUCCESS } : {},
  }
  return sorted([
    ...Object.entries(values).map(([name, value]): Pair<string> => [`${PREFIX}${name}`, JSON.stringify(value)]),
    [`${PREFIX}selected-node`, chosen ?? ''],
  ])
}

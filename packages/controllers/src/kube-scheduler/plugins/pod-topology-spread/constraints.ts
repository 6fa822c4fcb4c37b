import { type ClusterView, type Selector, selects } from '@wavetank/cluster'
import { defaultSelector } from '../../objects.ts'
import { selectorWithKeys } from '../../selectors.ts'
import { matchesNodeAffinity } from '../node-affinity/node-affinity.ts'
import { type NodeView, type PodView, specOf } from '../plugin.ts'
import { toleratesTaints } from '../taint-toleration/taint-toleration.ts'

export const HOSTNAME = 'kubernetes.io/hostname'

/** A constraint made ready for one pod. */
export interface Constraint {
  readonly topologyKey: string
  readonly maxSkew: number
  readonly minDomains: number
  readonly selector: Selector
  readonly honorsAffinity: boolean
  readonly honorsTaints: boolean
}

export interface DefaultConstraint {
  readonly topologyKey: string
  readonly maxSkew: number
  readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway'
}

/** KubeSchedulerConfiguration PodTopologySpreadArgs. */
export interface PodTopologySpreadArgs {
  readonly defaultConstraints: readonly DefaultConstraint[]
  readonly defaultingType: 'System' | 'List'
}

/** Source: podtopologyspread/plugin.go, systemDefaultConstraints. */
export const SYSTEM_DEFAULTS: readonly DefaultConstraint[] = [
  { topologyKey: HOSTNAME, maxSkew: 3, whenUnsatisfiable: 'ScheduleAnyway' },
  { topologyKey: 'topology.kubernetes.io/zone', maxSkew: 5, whenUnsatisfiable: 'ScheduleAnyway' },
]

/** The constraints of one kind that hold for the pod: its own, or if it has none at all, the defaults. */
export const constraintsOf = (
  view: ClusterView,
  pod: PodView,
  whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway',
  args: PodTopologySpreadArgs,
): readonly Constraint[] => {
  const own = specOf(pod).topologySpreadConstraints ?? []
  if (own.length > 0) {
    return own.flatMap((constraint) =>
      constraint.whenUnsatisfiable !== whenUnsatisfiable
        ? []
        : [
            {
              topologyKey: constraint.topologyKey,
              maxSkew: constraint.maxSkew,
              minDomains: constraint.minDomains ?? 1,
              selector: selectorWithKeys(constraint.labelSelector, pod.labels, constraint.matchLabelKeys),
              honorsAffinity: constraint.nodeAffinityPolicy !== 'Ignore',
              honorsTaints: constraint.nodeTaintsPolicy === 'Honor',
            },
          ],
    )
  }
  const defaults = args.defaultConstraints.filter((constraint) => constraint.whenUnsatisfiable === whenUnsatisfiable)
  if (defaults.length === 0) return []
  const selector = defaultSelector(view, pod)
  if (selector === undefined) return []
  return defaults.map(({ topologyKey, maxSkew }) => ({
    topologyKey,
    maxSkew,
    minDomains: 1,
    selector,
    honorsAffinity: true,
    honorsTaints: false,
  }))
}

/** A node without one of the keys counts for none of the constraints. The system defaults are not so strict. */
export const requiresAllKeys = (pod: PodView, args: PodTopologySpreadArgs): boolean =>
  (specOf(pod).topologySpreadConstraints ?? []).length > 0 || args.defaultingType !== 'System'

export const hasAllKeys = (labels: NodeView['labels'], constraints: readonly Constraint[]): boolean =>
  constraints.every(({ topologyKey }) => labels[topologyKey] !== undefined)

/** Whether the node's pods count, by nodeAffinityPolicy and nodeTaintsPolicy. */
export const includesNode = (pod: PodView, node: NodeView, constraint: Constraint): boolean =>
  (!constraint.honorsAffinity || matchesNodeAffinity(pod, node.labels, node.name)) &&
  (!constraint.honorsTaints || toleratesTaints(pod, node.taints))

/** An empty selector selects no pod here. Source: podtopologyspread/common.go, countPodsMatchSelector. */
export const selectsPod = (selector: Selector, namespace: string, other: PodView): boolean =>
  selector.requirements.length > 0 &&
  other.deletion === undefined &&
  other.namespace === namespace &&
  selects(selector, other.labels)

export const matchingPods = (selector: Selector, namespace: string, pods: readonly PodView[]): number => {
  let count = 0
  for (const pod of pods) if (selectsPod(selector, namespace, pod)) count++
  return count
}

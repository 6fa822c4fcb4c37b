import {
  type ClusterView,
  type DeepReadonly,
  findObject,
  isMirror,
  isTerminal,
  type KubectlCommand,
  type Pod,
  selects,
} from '@wavetank/cluster'
import { selector } from '@wavetank/cluster/api'

/**
 * Which pods `kubectl drain` moves off a node, and what it says of the others.
 *
 * A pod passes the filters in order and stops at the first that keeps it; the last one's word counts.
 *
 * Source: staging/src/k8s.io/kubectl/pkg/drain/filters.go and drain.go, GetPodsForDeletion.
 */

export type DrainCommand = Extract<KubectlCommand, { readonly verb: 'drain' }>
type PodView = DeepReadonly<Pod>

interface Verdict {
  readonly leaves: boolean
  readonly warning?: string
  readonly error?: string
}
const LEAVES: Verdict = { leaves: true }

type Filter = (view: ClusterView, pod: PodView, command: DrainCommand) => Verdict

const daemonSet: Filter = (view, pod, { ignoreDaemonSets, force }) => {
  const { owner } = pod
  if (owner?.kind !== 'DaemonSet' || isTerminal(pod)) return LEAVES
  if (findObject(view, 'DaemonSet', pod.namespace, owner.name) === undefined) {
    const why = `daemonsets.apps "${owner.name}" not found`
    return force ? { leaves: true, warning: why } : { leaves: false, error: why }
  }
  return ignoreDaemonSets
    ? { leaves: false, warning: 'ignoring DaemonSet-managed Pods' }
    : { leaves: false, error: 'DaemonSet-managed Pods (use --ignore-daemonsets to ignore)' }
}

const mirror: Filter = (_view, pod) => ({ leaves: !isMirror(pod) })

const localStorage: Filter = (_view, pod, { deleteEmptyDirData }) => {
  const volumes = pod.template.spec.volumes ?? []
  if (isTerminal(pod) || !volumes.some((volume) => 'emptyDir' in volume && volume.emptyDir !== undefined)) return LEAVES
  return deleteEmptyDirData
    ? { leaves: true, warning: 'deleting Pods with local storage' }
    : { leaves: false, error: 'Pods with local storage (use --delete-emptydir-data to override)' }
}

const unreplicated: Filter = (_view, pod, { force }) => {
  if (isTerminal(pod) || pod.owner !== undefined) return LEAVES
  return force
    ? { leaves: true, warning: 'deleting Pods that declare no controller' }
    : { leaves: false, error: 'cannot delete Pods that declare no controller (use --force to override)' }
}

const FILTERS: readonly Filter[] = [daemonSet, mirror, localStorage, unreplicated]

const judge = (view: ClusterView, pod: PodView, command: DrainCommand): Verdict => {
  let verdict = LEAVES
  for (const filter of FILTERS) {
    verdict = filter(view, pod, command)
    if (!verdict.leaves) break
  }
  return verdict
}

export interface DrainPlan {
  readonly pods: readonly PodView[]
  /** `ignoring DaemonSet-managed Pods: kube-system/kube-proxy-x2k4q`; empty if there is nothing to warn of. */
  readonly warning: string
  readonly errors: readonly string[]
}

const byKey = (a: PodView, b: PodView): number => (a.key < b.key ? -1 : 1)

/** `message: pod, pod` for every message. Unlike kubectl, whose order of messages is random. */
const grouped = (
  pods: readonly { readonly pod: PodView; readonly verdict: Verdict }[],
  what: 'warning' | 'error',
): readonly string[] => {
  const groups = new Map<string, string[]>()
  for (const { pod, verdict } of pods) {
    const message = verdict[what]
    if (message === undefined) continue
    const keys = groups.get(message)
    if (keys === undefined) groups.set(message, [pod.key])
    else keys.push(pod.key)
  }
  return Array.from(groups, ([message, keys]) => `${message}: ${keys.join(', ')}`)
}

/** What `kubectl drain` would do with the pods that are on the node now. */
export const planDrain = (view: ClusterView, node: string, command: DrainCommand): DrainPlan => {
  const asked = selector(command.podSelector)
  const judged = [...(view.nodes.get(node)?.pods ?? [])]
    .filter(({ labels }) => selects(asked, labels))
    .sort(byKey)
    .map((pod) => ({ pod, verdict: judge(view, pod, command) }))
  return {
    pods: judged.filter(({ verdict }) => verdict.leaves).map(({ pod }) => pod),
    warning: grouped(judged, 'warning').join('; '),
    // The last of kubectl's messages begins with "cannot delete" itself (sic).
    errors: grouped(judged, 'error').map((message) => `cannot delete ${message}`),
  }
}

import { type ClusterView, type DeepReadonly, isReady, type Pod, type ReplicaSet } from '@wavetank/cluster'
import { fullQuotas, podObjects, podReasons, type TroubleOf, unready } from './trouble.ts'

const replicasTrouble =
  (table: (view: ClusterView) => ReadonlyMap<string, DeepReadonly<ReplicaSet>>): TroubleOf =>
  ({ view }, key) => {
    const set = table(view).get(key)
    if (set === undefined) return undefined
    const pods = [...(view.podsByOwner.get(set.uid) ?? [])]
    const ready = pods.filter((pod) => isReady(pod as Pod) && pod.deletion === undefined).length
    const idle = unready(pods)
    const { failure } = set.status
    return {
      standing: `${set.replicas} wanted, ${pods.length} there, ${ready} ready`,
      reasons: [
        ...(failure === undefined ? [] : [`${failure.reason}: ${failure.message}`]),
        ...podReasons(idle, set.minReadySeconds, 'pods are not ready'),
      ],
      objects: [...fullQuotas(view, failure?.message ?? ''), ...podObjects(idle)],
    }
  }

export const replicaSetTrouble = replicasTrouble((view) => view.replicaSets)
export const replicationControllerTrouble = replicasTrouble((view) => view.replicationControllers)

/** Nodes without their pod, or with one that is not ready. */
export const daemonSetTrouble: TroubleOf = ({ view }, key) => {
  const set = view.daemonSets.get(key)
  if (set === undefined) return undefined
  const idle = unready(view.podsByOwner.get(set.uid) ?? [])
  const { desiredNumberScheduled, currentNumberScheduled, numberReady, updatedNumberScheduled } = set.status
  const missing = desiredNumberScheduled - currentNumberScheduled
  return {
    standing: `${desiredNumberScheduled} wanted, ${currentNumberScheduled} there, ${updatedNumberScheduled} with the current template, ${numberReady} ready`,
    reasons: [
      ...(missing > 0 ? [`${missing} nodes have no pod of it`] : []),
      ...podReasons(idle, set.minReadySeconds, 'pods are not ready'),
    ],
    objects: podObjects(idle),
  }
}

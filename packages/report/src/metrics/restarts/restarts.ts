import { type ClusterView, ContainerExited, ContainerStarted, ContainerStartFailed } from '@wavetank/cluster'
import { defineMetric } from '../../metric.ts'

export interface RestartCounts {
  readonly total: number
  /** Containers that were killed for their memory limit. */
  readonly oomKilled: number
  /** By owner (`ReplicaSet/shop/web`), or for a pod without one by pod; most restarts first. */
  readonly byOwner: readonly { readonly owner: string; readonly restarts: number }[]
}

interface State {
  total: number
  oomKilled: number
  readonly byOwner: Map<string, number>
}

const ownerOf = (view: ClusterView, key: string): string => {
  const pod = view.pods.get(key)
  return pod?.owner === undefined ? `Pod/${key}` : `${pod.owner.kind}/${pod.namespace}/${pod.owner.name}`
}

const countStart = (
  state: State,
  { pod, restart }: { readonly pod: string; readonly restart: number },
  view: ClusterView,
): void => {
  if (restart === 0) return
  state.total++
  const owner = ownerOf(view, pod)
  state.byOwner.set(owner, (state.byOwner.get(owner) ?? 0) + 1)
}

export const restarts = defineMetric({
  name: 'restarts',
  doc: 'How often containers were started again in the same pod, and whose.',
  unit: 'restarts',
  facts: { ContainerStarted, ContainerStartFailed, ContainerExited },
  initial: (): State => ({ total: 0, oomKilled: 0, byOwner: new Map() }),
  apply: {
    ContainerStarted: (state, { event }, view) => countStart(state, event, view),
    ContainerStartFailed: (state, { event }, view) => countStart(state, event, view),
    ContainerExited: (state, { event }) => {
      if (event.reason === 'OOMKilled') state.oomKilled++
    },
  },
  result: ({ total, oomKilled, byOwner }): RestartCounts => ({
    total,
    oomKilled,
    byOwner: Array.from(byOwner, ([owner, count]) => ({ owner, restarts: count })).sort(
      (a, b) => b.restarts - a.restarts || (a.owner < b.owner ? -1 : 1),
    ),
  }),
})

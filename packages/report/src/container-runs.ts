import { type ClusterView, ContainerExited, ContainerStarted, NodeFailed } from '@wavetank/cluster'
import type { Entry, EventOf } from '@wavetank/kernel'

/** One run of a container, as it was on its node: what the API server heard of it may come later, or never. */
export interface ContainerRun {
  /** Key of the pod. */
  readonly pod: string
  /** Of the pod; empty if the object was gone already. */
  readonly uid: string
  readonly container: string
  /** 0 for the first run in this pod. */
  readonly restart: number
  readonly node: string | null
  readonly since: number
}

export interface ContainerRunEnd {
  readonly at: number
  /** `null` while it runs, and if power was lost. */
  readonly exitCode: number | null
  /** `NodeFailed` if power was lost; `null` while it runs. */
  readonly reason: string | null
  readonly isOpen: boolean
}

/**
 * The runs of containers in the order in which they end.
 *
 * @param ended told of each run when it is over, and of those that go on when the fold ends
 */
export const foldContainerRuns = (
  ended: (run: ContainerRun, end: ContainerRunEnd) => void,
): {
  readonly apply: (entry: Entry, view: ClusterView) => void
  readonly end: (at: number) => void
} => {
  const running = new Map<string, ContainerRun>()
  const close = (key: string, end: ContainerRunEnd): void => {
    const run = running.get(key)
    if (run === undefined) return
    running.delete(key)
    ended(run, end)
  }
  return {
    apply: ({ event, at }, view) => {
      if (event.kind === ContainerStarted.kind) {
        const { pod, container, restart } = event as EventOf<typeof ContainerStarted>
        const key = `${pod}/${container}`
        // A pod of this name is gone and its node was never heard of again.
        close(key, { at, exitCode: null, reason: null, isOpen: false })
        const object = view.pods.get(pod)
        const [uid, node] = [object?.uid ?? '', object?.node ?? null]
        running.set(key, { pod, uid, container, restart, node, since: at })
      } else if (event.kind === ContainerExited.kind) {
        const { pod, container, exitCode, reason } = event as EventOf<typeof ContainerExited>
        close(`${pod}/${container}`, { at, exitCode, reason, isOpen: false })
      } else if (event.kind === NodeFailed.kind) {
        const { node } = event as EventOf<typeof NodeFailed>
        for (const [key, run] of running)
          if (run.node === node) close(key, { at, exitCode: null, reason: NodeFailed.kind, isOpen: false })
      }
    },
    end: (at) => {
      for (const key of running.keys()) close(key, { at, exitCode: null, reason: null, isOpen: true })
    },
  }
}

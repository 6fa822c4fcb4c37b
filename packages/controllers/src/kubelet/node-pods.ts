import { PodKilledByKubelet } from '@wavetank/cluster'
import { type Emission, emit } from '@wavetank/kernel'
import { PodStopping } from './events.ts'
import type { KubeletScene, NodeView, PodView } from './scene.ts'

const byAge = (a: PodView, b: PodView): number => a.createdAt - b.createdAt || (a.key < b.key ? -1 : 1)

/** Pods that the kubelet of the node has accepted and that have not ended, oldest first. */
export const activePods = ({ own }: KubeletScene, node: NodeView): readonly PodView[] =>
  [...node.pods]
    .filter(({ key, uid }) => {
      const local = own.pods.get(key)
      return local !== undefined && local.uid === uid && local.stage !== 'finished'
    })
    .sort(byAge)

/** The pod is killed now, and Failed when it has ended. A pod that is stopping already may only get less time. */
export const kill = (
  scene: KubeletScene,
  pod: PodView,
  why: { readonly reason: string; readonly message: string; readonly disruption?: string },
  grace: number,
): readonly Emission[] => {
  const graceSeconds = Math.max(1, grace)
  const local = scene.own.pods.get(pod.key)!
  const isLate = local.stage === 'stopping' && local.graceSeconds <= graceSeconds
  const killed = emit(PodKilledByKubelet({ pod: pod.key, ...why, graceSeconds }))
  return isLate ? [killed] : [killed, emit(PodStopping({ pod: pod.key, graceSeconds }))]
}

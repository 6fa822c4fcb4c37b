import { isAvailable, isReady, isTerminal, type Pod } from '@wavetank/cluster'
import { podTrouble } from '../pod-trouble.ts'
import { ordinalOf, podNameOf } from '../stateful-set/identity.ts'
import type { Own } from '../stateful-set/stateful-set.ts'
import { claimReasons } from './claim.ts'
import { type PodView, podObjects, type TroubleOf } from './trouble.ts'

/** The ordinal at which it is stuck: with OrderedReady nothing happens to the others before that one is ready. */
export const statefulSetTrouble: TroubleOf = (cluster, key) => {
  const { view, at } = cluster
  const set = view.statefulSets.get(key)
  if (set === undefined) return undefined
  const { namespace, start, replicas, minReadySeconds, podManagementPolicy, status } = set
  const pods = [...(view.podsByOwner.get(set.uid) ?? [])]
  const byOrdinal = new Map<number, PodView>()
  for (const pod of pods) {
    const ordinal = ordinalOf(set, pod)
    if (ordinal !== undefined) byOrdinal.set(ordinal, pod)
  }
  const ready = pods.filter((pod) => isReady(pod as Pod) && pod.deletion === undefined).length
  const standing = `${replicas} wanted, ${pods.length} there, ${status.updatedReplicas} with the current template, ${ready} ready`
  const reasons: string[] = []
  const stuck: PodView[] = []
  const memory = cluster.slices['statefulset-controller'] as Pick<Own, 'failures'> | undefined
  for (let ordinal = start; ordinal < start + replicas && stuck.length === 0 && reasons.length === 0; ordinal++) {
    const pod = byOrdinal.get(ordinal)
    const others =
      podManagementPolicy === 'OrderedReady' && ordinal < start + replicas - 1
        ? `; ${podNameOf(set, ordinal + 1)} and those after it wait for that (podManagementPolicy OrderedReady)`
        : ''
    if (pod === undefined) {
      const tries = memory?.failures.get(key)
      const refused = tries === undefined ? '' : `, and could not be made ${tries === 1 ? 'once' : `${tries} times`}`
      reasons.push(`ordinal ${ordinal}: pod ${podNameOf(set, ordinal)} is not there${refused}${others}`)
    } else if (pod.deletion !== undefined || isTerminal(pod as Pod) || !isAvailable(pod as Pod, minReadySeconds, at)) {
      stuck.push(pod)
      reasons.push(`ordinal ${ordinal}: ${podTrouble(pod, minReadySeconds)}${others}`)
      reasons.push(
        ...Object.values(pod.claims ?? {}).flatMap((claim) => claimReasons(cluster, `${namespace}/${claim}`)),
      )
    }
  }
  const outdated = replicas - status.updatedReplicas
  if (reasons.length === 0 && outdated > 0 && pods.length === replicas)
    reasons.push(`${outdated} pods still have an earlier template`)
  return { standing, reasons, objects: podObjects(stuck) }
}

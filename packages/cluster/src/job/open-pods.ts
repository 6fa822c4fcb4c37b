import type { Pod } from '../pod/pod.ts'
import type { ClusterTables } from '../tables.ts'
import { isOpenPod } from './job.ts'

/** Keeps `openPods` of the pod's Job, if it has one; to be called after the pod changed. */
export const followPod = (tables: ClusterTables, pod: Pod): void => {
  if (pod.owner?.kind !== 'Job') return
  const job = tables.jobsByUid.get(pod.owner.uid)
  if (job === undefined) return
  if (isOpenPod(pod)) job.openPods.add(pod)
  else job.openPods.delete(pod)
}

/** The pod leaves its Job, or the cluster. */
export const forgetPod = (tables: ClusterTables, pod: Pod): void => {
  if (pod.owner?.kind === 'Job') tables.jobsByUid.get(pod.owner.uid)?.openPods.delete(pod)
}

import { isActive, isReady, type Pod } from '../pod/pod.ts'
import type { ClusterTables } from '../tables.ts'
import type { ReplicaSet } from './replica-set.ts'

const hasAll = (pod: Pod, wanted: Readonly<Record<string, string>>): boolean => {
  for (const key in wanted) if (pod.labels[key] !== wanted[key]) return false
  return true
}

const add = (set: ReplicaSet, pod: Pod, sign: 1 | -1): void => {
  if (!isActive(pod)) return
  set.tally.active += sign
  if (isReady(pod)) set.tally.ready += sign
  if (hasAll(pod, set.template.labels)) set.tally.fullyLabeled += sign
}

const ownerOf = (tables: ClusterTables, pod: Pod): ReplicaSet | undefined =>
  pod.owner === undefined ? undefined : tables.replicaSetsByUid.get(pod.owner.uid)

/** Takes the pod out of its owner's counts; to be called before the pod changes. */
export const uncount = (tables: ClusterTables, pod: Pod): void => {
  const set = ownerOf(tables, pod)
  if (set !== undefined) add(set, pod, -1)
}

/** Puts it back in, as it is now. */
export const count = (tables: ClusterTables, pod: Pod): void => {
  const set = ownerOf(tables, pod)
  if (set !== undefined) add(set, pod, 1)
}

/** Counts anew, for a set whose template or selector changed. */
export const recount = (tables: ClusterTables, set: ReplicaSet): void => {
  set.tally.active = 0
  set.tally.ready = 0
  set.tally.fullyLabeled = 0
  for (const pod of tables.podsByOwner.get(set.uid) ?? []) add(set, pod, 1)
}

import { selects } from '../labels.ts'
import type { Pod } from '../pod/pod.ts'
import type { ClusterTables } from '../tables.ts'
import { servicesSelecting } from './lookup.ts'
import type { Service } from './service.ts'

/** The pods that each Service with a selector selects, kept as pods come, go and change their labels. */

/** All pods are looked at once, when a Service comes. */
export const gatherPods = (tables: ClusterTables, { key, namespace, selector }: Service): void => {
  if (selector === undefined) return
  const pods = new Set<Pod>()
  for (const pod of tables.pods.values()) {
    if (pod.namespace === namespace && selects(selector, pod.labels)) pods.add(pod)
  }
  tables.podsByService.set(key, pods)
}

export const forgetPods = (tables: ClusterTables, { key }: Service): void => {
  tables.podsByService.delete(key)
}

export const joinServices = (tables: ClusterTables, pod: Pod): void => {
  for (const { key } of servicesSelecting(tables, pod.namespace, pod.labels)) tables.podsByService.get(key)?.add(pod)
}

export const leaveServices = (tables: ClusterTables, pod: Pod): void => {
  for (const { key } of servicesSelecting(tables, pod.namespace, pod.labels)) tables.podsByService.get(key)?.delete(pod)
}

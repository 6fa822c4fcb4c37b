import type { ClusterView } from '../tables.ts'

/** Whether the namespace is being deleted: nothing new can be stored in it. */
export const isTerminatingNamespace = (view: ClusterView, namespace: string): boolean =>
  view.namespaces.get(namespace)?.terminating === true

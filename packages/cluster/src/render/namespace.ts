import type { ClusterView, DeepReadonly, Namespace } from '../tables.ts'
import { sorted } from './json.ts'
import { memoised } from './memo.ts'
import { renderMetadata } from './metadata.ts'

/** A namespace as `kubectl get -o yaml` shows it. */
export const renderNamespace = memoised((view: ClusterView, namespace: DeepReadonly<Namespace>) => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: sorted(renderMetadata(view, namespace, { generation: false, gracePeriod: false })),
  spec: { finalizers: ['kubernetes'] },
  status: { phase: namespace.terminating ? 'Terminating' : 'Active' },
}))

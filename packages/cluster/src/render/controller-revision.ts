import type { ControllerRevision } from '../controller-revision/controller-revision.ts'
import type { DeepReadonly } from '../tables.ts'
import { sorted } from './json.ts'
import { memoised } from './memo.ts'
import { renderMetadata } from './metadata.ts'
import { renderTemplate } from './replica-set.ts'

/** A ControllerRevision as `kubectl get -o yaml` shows it. */
export const renderControllerRevision = memoised<DeepReadonly<ControllerRevision>>((view, revision) => ({
  apiVersion: revision.apiVersion,
  data: sorted({ spec: { template: { $patch: 'replace', ...renderTemplate(revision.template) } } }),
  kind: revision.kind,
  metadata: sorted(renderMetadata(view, revision, { generation: false, gracePeriod: true })),
  revision: revision.revision,
}))

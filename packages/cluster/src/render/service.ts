import type { Service } from '../service/service.ts'
import type { DeepReadonly } from '../tables.ts'
import { sorted } from './json.ts'
import { memoised } from './memo.ts'
import { renderMetadata } from './metadata.ts'

/** A Service as `kubectl get -o yaml` shows it. No cloud is there to give a load balancer its address. */
export const renderService = memoised<DeepReadonly<Service>>((view, service) => ({
  apiVersion: service.apiVersion,
  kind: service.kind,
  metadata: sorted(renderMetadata(view, service, { generation: false, gracePeriod: true })),
  spec: sorted({ ...service.spec }),
  status: { loadBalancer: {} },
}))

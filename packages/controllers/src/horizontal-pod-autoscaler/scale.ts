import {
  type ClusterView,
  type CrossVersionObjectReference,
  type DeepReadonly,
  type HorizontalPodAutoscaler,
  type Selector,
  storedKindOf,
} from '@wavetank/cluster'
import { CATALOG, formatSelector } from '@wavetank/cluster/api'

/** What the `scale` subresource of a workload says. */
export interface TargetScale {
  readonly kind: string
  readonly namespace: string
  readonly name: string
  readonly replicas: number
  readonly statusReplicas: number
  /** As text, the way the subresource has it. */
  readonly selector: string
  readonly matcher: Selector
}

interface Scalable {
  readonly replicas: number
  readonly status: { readonly replicas: number }
  readonly matcher: Selector
}

const APPS = 'apps'

/** Kinds with a scale subresource, by the group that serves them, and what it says of a name that is not there. */
const SCALABLE: Readonly<Record<string, { readonly group: string; readonly missing: string }>> = {
  Deployment: { group: APPS, missing: 'deployments/scale.apps' },
  ReplicaSet: { group: APPS, missing: 'replicasets/scale.apps' },
  StatefulSet: { group: APPS, missing: 'statefulsets.apps' },
  ReplicationController: { group: '', missing: 'replicationcontrollers/scale.autoscaling' },
}

const groupOf = (apiVersion: string): string => {
  const slash = apiVersion.indexOf('/')
  return slash < 0 ? '' : apiVersion.slice(0, slash)
}

const isServed = ({ kind, apiVersion = '' }: DeepReadonly<CrossVersionObjectReference>): boolean => {
  const group = groupOf(apiVersion)
  const scalable = SCALABLE[kind]
  if (scalable !== undefined) return scalable.group === group
  return CATALOG.some((info) => info.kind === kind && info.group === group)
}

/** GET of the target’s scale; on failure, what the controller is told. */
export const scaleOf = (
  view: ClusterView,
  { namespace, spec }: DeepReadonly<HorizontalPodAutoscaler>,
): TargetScale | { readonly failure: string } => {
  const { kind, name, apiVersion = '' } = spec.scaleTargetRef
  if (apiVersion.split('/').length > 2) return { failure: `unexpected GroupVersion string: ${apiVersion}` }
  if (!isServed(spec.scaleTargetRef)) {
    return { failure: `no matches for kind "${kind}" in group "${groupOf(apiVersion)}"` }
  }
  const scalable = SCALABLE[kind]
  if (scalable === undefined) return { failure: 'the server could not find the requested resource' }
  const found = storedKindOf(kind)?.table(view).get(`${namespace}/${name}`) as (Scalable & object) | undefined
  if (found === undefined) return { failure: `${scalable.missing} "${name}" not found` }
  return {
    kind,
    namespace,
    name,
    replicas: found.replicas,
    statusReplicas: found.status.replicas,
    selector: formatSelector(found.matcher),
    matcher: found.matcher,
  }
}

import { type SimEvent, uuidOf } from '@wavetank/kernel'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { type ApiObject, isKind } from '../api/api-object.ts'
import { isObject, type JsonObject } from '../api/codec.ts'
import type { Service as ServiceObject, ServiceSpec } from '../api/core/service.ts'
import { formatValue } from '../api/trail.ts'
import { keyOf } from '../ids.ts'
import { serviceEvents } from '../service/events.ts'
import { HEADLESS } from '../service/service.ts'
import type { ClusterView } from '../tables.ts'
import { type ApiFailure, forbidden, internalError, invalid } from './failure.ts'
import { controllerOf } from './manifest.ts'
import { type Charges, changeQuotaProblem } from './quotas.ts'
import {
  type AllocationProblem,
  type Allotments,
  allocateService,
  allotmentKeys,
  keptFree,
  reallocateService,
} from './service-allocation.ts'
import { isEqual, type Update, updateMetadata } from './update-metadata.ts'

const refused = (name: string, problem: AllocationProblem): ApiFailure =>
  'causes' in problem ? invalid('Service', name, problem.causes) : internalError('Service', name, problem.exhausted)

/** The Service as it is stored, with what it was allotted. */
export const storeService = (
  view: ClusterView,
  at: number,
  { metadata }: ServiceObject,
  spec: ServiceSpec,
): readonly SimEvent[] => {
  const object = keyOf(metadata.namespace ?? '', metadata.name)
  return [
    serviceEvents.Created({
      object,
      uid: uuidOf(view.settings.seed, `Service ${object} ${at}`),
      labels: metadata.labels ?? {},
      annotations: metadata.annotations ?? {},
      owner: controllerOf(metadata),
      spec: spec as unknown as Record<string, unknown>,
    }),
  ]
}

/** What storing the Service comes to. @param allotted addresses and ports that are given away and not stored yet */
export const createService = (
  view: ClusterView,
  at: number,
  service: ServiceObject,
  allotted: Allotments,
): Either<ApiFailure, readonly SimEvent[]> => {
  const { metadata, spec } = service
  const object = keyOf(metadata.namespace ?? '', metadata.name)
  const allocated = allocateService(view, object, at, spec, allotted)
  if (isLeft(allocated)) return left(refused(metadata.name, allocated.left))
  return right(storeService(view, at, service, allocated.right))
}

/** What the objects ask for by name, so that none of the others gets it by chance before it is their turn. */
export const wishesOf = (objects: readonly ApiObject[]): Allotments =>
  new Set(objects.flatMap((object) => (isKind(object, 'Service') ? allotmentKeys(object.spec).map(keptFree) : [])))

/** What the API server would say against Services that are stored one after the other, by their place in the list. */
export const conflictsOf = (view: ClusterView, services: readonly ServiceObject[]): readonly (readonly string[])[] => {
  const allotted = new Set<string>(wishesOf(services))
  return services.map(({ metadata, spec }) => {
    // One that has been stored before has what it has, from whatever range.
    const isStored = metadata.uid !== undefined
    const key = keyOf(metadata.namespace ?? '', metadata.name)
    const allocated = isStored ? right(spec) : allocateService(view, key, 0, spec, allotted)
    if (isLeft(allocated)) return 'causes' in allocated.left ? allocated.left.causes : [allocated.left.exhausted]
    for (const key of allotmentKeys(allocated.right)) allotted.add(key)
    return []
  })
}

type Spec = JsonObject
type Port = JsonObject

const isSet = (value: unknown): boolean =>
  value !== undefined && value !== null && value !== '' && value !== 0 && !(Array.isArray(value) && value.length === 0)

const typeOf = ({ type }: Spec): string => (typeof type === 'string' && type !== '' ? type : 'ClusterIP')
const needsAddress = (spec: Spec): boolean => typeOf(spec) !== 'ExternalName'
const needsNodePorts = (spec: Spec): boolean => ['NodePort', 'LoadBalancer'].includes(typeOf(spec))
const isLoadBalancer = (spec: Spec): boolean => typeOf(spec) === 'LoadBalancer'
const needsHealthCheckPort = (spec: Spec): boolean => isLoadBalancer(spec) && spec.externalTrafficPolicy === 'Local'
const isExternal = (spec: Spec): boolean =>
  needsNodePorts(spec) || (typeOf(spec) === 'ClusterIP' && isSet(spec.externalIPs))
const portsOf = ({ ports }: Spec): readonly Port[] => (Array.isArray(ports) ? ports.filter(isObject) : [])
const nodePortsOf = (spec: Spec): readonly unknown[] =>
  portsOf(spec)
    .map(({ nodePort }) => nodePort)
    .filter(isSet)

/** Fields that only some types have, and which. Source: storage.go, dropTypeDependentFields. */
const TYPE_DEPENDENT: readonly (readonly [fields: readonly string[], needs: (spec: Spec) => boolean])[] = [
  [['clusterIP', 'clusterIPs'], needsAddress],
  [['ipFamilies'], needsAddress],
  [['ipFamilyPolicy'], needsAddress],
  [['internalTrafficPolicy'], needsAddress],
  [['externalTrafficPolicy'], isExternal],
  [['healthCheckNodePort'], needsHealthCheckPort],
  [['allocateLoadBalancerNodePorts'], isLoadBalancer],
  [['loadBalancerClass'], isLoadBalancer],
]

const dropTypeDependent = (before: Spec, next: Spec): Spec => {
  const dropped: Record<string, unknown> = { ...next }
  for (const [fields, needs] of TYPE_DEPENDENT) {
    if (!needs(before) || needs(next)) continue
    if (fields.every((field) => isEqual(before[field], next[field]))) for (const field of fields) delete dropped[field]
  }
  const keepsNodePorts = !needsNodePorts(before) || needsNodePorts(next)
  if (!keepsNodePorts && isEqual(nodePortsOf(before), nodePortsOf(next))) {
    dropped.ports = portsOf(next).map(({ nodePort, ...port }) => port)
  }
  return dropped
}

/** What the user left out and the Service has already. Source: storage.go, patchAllocatedValues. */
const keepAllotted = (before: Spec, next: Spec): Spec => {
  const kept: Record<string, unknown> = { ...next }
  if (needsAddress(before) && needsAddress(next)) {
    if (!isSet(kept.clusterIP)) kept.clusterIP = before.clusterIP
    if (!isSet(kept.clusterIPs) && kept.clusterIP === before.clusterIP) kept.clusterIPs = before.clusterIPs
  }
  if (needsNodePorts(before) && needsNodePorts(next)) {
    const used = new Set(nodePortsOf(next).filter((port) => nodePortsOf(before).includes(port)))
    const byName = new Map(portsOf(before).map(({ name, nodePort }) => [name ?? '', nodePort]))
    kept.ports = portsOf(next).map((port) => {
      const nodePort = byName.get(port.name ?? '')
      if (isSet(port.nodePort) || !isSet(nodePort) || used.has(nodePort)) return port
      used.add(nodePort)
      return { ...port, nodePort }
    })
  }
  if (needsHealthCheckPort(before) && needsHealthCheckPort(next) && !isSet(kept.healthCheckNodePort)) {
    kept.healthCheckNodePort = before.healthCheckNodePort
  }
  return kept
}

/** `clusterIP` and the first of `clusterIPs` say the same; the one that was changed wins. Source: storage.go, normalizeClusterIPs. */
const normalize = (before: Spec, next: Spec): Spec => {
  const { clusterIP } = next
  const unchanged = isEqual(before.clusterIPs, next.clusterIPs)
  if (!isSet(clusterIP) && isSet(before.clusterIP) && unchanged) {
    const { clusterIPs, ...rest } = next
    return rest
  }
  if (isSet(clusterIP) && clusterIP !== before.clusterIP && (unchanged || !isSet(next.clusterIPs))) {
    const [, ...others] = Array.isArray(next.clusterIPs) ? next.clusterIPs : []
    return { ...next, clusterIPs: clusterIP === HEADLESS ? [clusterIP] : [clusterIP, ...others] }
  }
  return next
}

/**
 * What the API server makes of the spec of an update before it looks whether it is valid: what was allotted stays, and
 * what the new type has no use for goes, unless it was asked for in so many words.
 *
 * Source: pkg/registry/core/service/storage/storage.go, beginUpdate, defaultOnRead.
 */
export const prepareServiceSpec = (before: Spec, next: Spec): Spec =>
  dropTypeDependent(before, keepAllotted(before, normalize(before, next)))

/** `prepareServiceSpec` for whole objects that nobody has looked at yet. */
export const prepareService = (before: JsonObject, next: unknown): unknown =>
  isObject(next) && isObject(next.spec) && isObject(before.spec)
    ? { ...next, spec: prepareServiceSpec(before.spec, next.spec) }
    : next

/** Source: pkg/apis/core/validation/validation.go, validateUpgradeDowngradeClusterIPs, ValidateServiceUpdate. */
const immutableProblems = (before: ServiceSpec, next: ServiceSpec): readonly string[] => {
  const problems: string[] = []
  const { clusterIPs: was = [] } = before
  const { clusterIPs: is = [] } = next
  const family = before.type !== 'ExternalName' && next.type !== 'ExternalName'
  if (family && was[0] !== undefined && is[0] !== was[0]) {
    problems.push(
      is.length === 0
        ? 'spec.clusterIPs[0]: Invalid value: []: primary clusterIP can not be unset'
        : `spec.clusterIPs[0]: Invalid value: ${formatValue(is)}: may not change once set`,
    )
  }
  const both = before.type === 'LoadBalancer' && next.type === 'LoadBalancer'
  if (both && before.loadBalancerClass !== next.loadBalancerClass) {
    problems.push(
      `spec.loadBalancerClass: Invalid value: ${formatValue(next.loadBalancerClass)}: may not change once set`,
    )
  }
  const checked = both && before.externalTrafficPolicy === 'Local' && next.externalTrafficPolicy === 'Local'
  if (checked && before.healthCheckNodePort !== next.healthCheckNodePort) {
    problems.push('spec.healthCheckNodePort: Forbidden: field is immutable')
  }
  return problems
}

/** Source: pkg/registry/core/service/strategy.go, ValidateUpdate; then the allocation of what is new. */
export const updateService = (
  view: ClusterView,
  was: ServiceObject,
  is: ServiceObject,
  charges: Charges | undefined,
): Update => {
  const { metadata } = was
  const { name } = metadata
  const object = keyOf(metadata.namespace ?? '', name)
  const before = was.spec as unknown as JsonObject
  const next = prepareServiceSpec(before, is.spec as unknown as JsonObject) as unknown as ServiceSpec
  const causes = immutableProblems(was.spec, next)
  if (causes.length > 0) return left(invalid('Service', name, causes))
  const spec = reallocateService(view, object, was.spec, next)
  if (isLeft(spec)) return left(refused(name, spec.left))
  const usages = { before: was.spec, after: spec.right }
  const over = changeQuotaProblem(view, 'Service', metadata.namespace ?? '', usages, charges)
  if (over !== undefined) return left(forbidden('Service', name, over))
  const changes = isEqual(was.spec, spec.right)
    ? []
    : [serviceEvents.SpecChanged({ object, spec: spec.right as unknown as Record<string, unknown> })]
  const changed = updateMetadata('Service', metadata, is.metadata, {
    labelled: (labels) => serviceEvents.Labelled({ object, labels }),
    annotated: (annotations) => serviceEvents.Annotated({ object, annotations }),
    adopted: (owner) => serviceEvents.Adopted({ object, owner }),
    released: (owner) => serviceEvents.Released({ object, owner: keyOf(metadata.namespace ?? '', owner.name) }),
  })
  return isLeft(changed) ? changed : right([...changes, ...changed.right])
}

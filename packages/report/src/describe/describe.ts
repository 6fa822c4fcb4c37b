import { type ClusterView, findObject } from '@wavetank/cluster'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { Listed } from '../columns/define-columns.ts'
import type { GetResult } from '../get-table.ts'
import type { KubeEvent } from '../kube-events/kube-event.ts'
import { type Found, type GetOptions, query } from '../query.ts'
import { qualifiedPlural } from '../resources.ts'
import { describeNode } from './node.ts'
import type { Describer, Json } from './parts.ts'
import { describePod } from './pod.ts'
import {
  describeAny,
  describeConfigMap,
  describeHorizontalPodAutoscaler,
  describeLimitRange,
  describeNamespace,
  describePodDisruptionBudget,
  describePriorityClass,
  describeResourceQuota,
  describeSecret,
} from './policy.ts'
import { describeEndpointSlice, describeService } from './services.ts'
import { describePersistentVolume, describePersistentVolumeClaim, describeStorageClass } from './storage.ts'
import { alignTabs } from './tab-writer.ts'
import {
  describeCronJob,
  describeDaemonSet,
  describeDeployment,
  describeJob,
  describeReplicaSet,
  describeReplicationController,
  describeStatefulSet,
} from './workloads.ts'

/** How each kind is described; the others are, field by field. */
const describers: Readonly<Record<string, Describer>> = {
  Pod: describePod,
  Node: describeNode,
  ReplicationController: describeReplicationController,
  ReplicaSet: describeReplicaSet,
  Deployment: describeDeployment,
  DaemonSet: describeDaemonSet,
  StatefulSet: describeStatefulSet,
  Job: describeJob,
  CronJob: describeCronJob,
  Service: describeService,
  EndpointSlice: describeEndpointSlice,
  PersistentVolumeClaim: describePersistentVolumeClaim,
  PersistentVolume: describePersistentVolume,
  PodDisruptionBudget: describePodDisruptionBudget,
  HorizontalPodAutoscaler: describeHorizontalPodAutoscaler,
  PriorityClass: describePriorityClass,
  ResourceQuota: describeResourceQuota,
  LimitRange: describeLimitRange,
  Namespace: describeNamespace,
  StorageClass: describeStorageClass,
  ConfigMap: describeConfigMap,
  Secret: describeSecret,
}

/**
 * An object as `kubectl describe` prints it; undefined if there is none.
 *
 * @param events all Events that exist; those of the object are taken
 * @param at milliseconds of the run, for ages
 */
export const describeObject = (
  view: ClusterView,
  ref: { readonly kind: string; readonly namespace: string; readonly name: string },
  events: readonly KubeEvent[],
  at: number,
): string | undefined => {
  const object = findObject(view, ref.kind, ref.namespace, ref.name)?.render() as Json | undefined
  if (object === undefined) return undefined
  const lines = (describers[ref.kind] ?? describeAny)(object, { view, at, events })
  return `${alignTabs(lines.join('\n'))}\n`
}

/** What `kubectl describe` is asked for: `['pods']`, `['deploy/web']`, names or the beginnings of names. */
export type DescribeOptions = Pick<GetOptions, 'kinds' | 'names' | 'namespace' | 'selector'>

interface Wanted {
  readonly kind: string
  /** Empty for all. */
  readonly names: readonly string[]
}

const wantedOf = ({ kinds, names = [] }: DescribeOptions): readonly Wanted[] =>
  kinds.map((text) => {
    const slash = text.indexOf('/')
    return slash === -1
      ? { kind: text, names }
      : { kind: text.slice(0, slash), names: [text.slice(slash + 1), ...names] }
  })

/** Objects of that name, or whose names begin so. Source: kubectl/pkg/cmd/describe/describe.go, DescribeMatchingResources. */
const named = ({ resource, objects }: Found, name: string): Either<string, readonly Listed[]> => {
  const exact = objects.filter((object) => object.name === name)
  const matching = exact.length > 0 ? exact : objects.filter((object) => object.name.startsWith(name))
  return matching.length > 0
    ? right(matching)
    : left(`Error from server (NotFound): ${qualifiedPlural(resource)} "${name}" not found`)
}

/** `kubectl describe`, at an instant of the run. */
export const describeObjects = (
  view: ClusterView,
  at: number,
  options: DescribeOptions,
  events: readonly KubeEvent[],
): GetResult => {
  const texts: string[] = []
  const errors: string[] = []
  for (const { kind, names } of wantedOf(options)) {
    const answer = query({ ...options, kinds: [kind], names: [] }, { view, at, kubeEvents: events })
    if (isLeft(answer)) return { text: '', notices: [], errors: [answer.left] }
    for (const found of answer.right.found) {
      const chosen = names.length === 0 ? [right(found.objects)] : names.map((name) => named(found, name))
      for (const objects of chosen) {
        if (isLeft(objects)) {
          errors.push(objects.left)
          continue
        }
        for (const { namespace, name } of objects.right) {
          const text = describeObject(view, { kind: found.resource.kind, namespace, name }, events, at)
          if (text !== undefined) texts.push(text)
        }
      }
    }
  }
  const nothing = texts.length === 0 && errors.length === 0
  const { namespace = 'default' } = options
  const notice = typeof namespace === 'string' ? `No resources found in ${namespace} namespace.` : 'No resources found'
  return { text: texts.join('\n\n'), notices: nothing ? [notice] : [], errors }
}

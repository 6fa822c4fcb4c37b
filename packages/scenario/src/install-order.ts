import type { ApiObject } from '@wavetank/cluster/api'
import { groupOf } from './cluster-objects.ts'

/** The order in which `helm install` creates kinds (`pkg/release/util/kind_sorter.go: InstallOrder`), Node put first. */
const INSTALL_ORDER: readonly string[] = [
  'Node',
  'PriorityClass',
  'Namespace',
  'NetworkPolicy',
  'ResourceQuota',
  'LimitRange',
  'PodSecurityPolicy',
  'PodDisruptionBudget',
  'ServiceAccount',
  'Secret',
  'ConfigMap',
  'StorageClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'CustomResourceDefinition',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'Service',
  'DaemonSet',
  'Pod',
  'ReplicationController',
  'ReplicaSet',
  'Deployment',
  'HorizontalPodAutoscaler',
  'StatefulSet',
  'Job',
  'CronJob',
  'IngressClass',
  'Ingress',
  'APIService',
  'MutatingWebhookConfiguration',
  'ValidatingWebhookConfiguration',
]
const rankOf = new Map(INSTALL_ORDER.map((kind, rank) => [kind, rank]))

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** `pool-2` before `pool-10`: a number at the end counts as one. */
export const compareNames = (a: string, b: string): number => {
  const [, stemA = a, numberA = ''] = /^(.*?)(\d{1,15})$/.exec(a) ?? []
  const [, stemB = b, numberB = ''] = /^(.*?)(\d{1,15})$/.exec(b) ?? []
  if (stemA !== stemB || numberA === '' || numberB === '') return compareText(a, b)
  return Number(numberA) - Number(numberB) || compareText(a, b)
}

/** A total order of objects, so that the order of files and documents does not show. */
export const compareObjects = (a: ApiObject, b: ApiObject): number =>
  (rankOf.get(a.kind) ?? INSTALL_ORDER.length) - (rankOf.get(b.kind) ?? INSTALL_ORDER.length) ||
  compareText(a.kind, b.kind) ||
  compareText(groupOf(a.apiVersion), groupOf(b.apiVersion)) ||
  compareText(a.metadata.namespace ?? '', b.metadata.namespace ?? '') ||
  compareNames(a.metadata.name ?? '', b.metadata.name ?? '') ||
  // Only objects without a name get here: they are alike but for what they say.
  compareText(JSON.stringify(a), JSON.stringify(b))

import type { ClusterView } from '@wavetank/cluster'
import { type KindInfo, kindByName } from '@wavetank/cluster/api'
import { type Either, left, right } from 'fp-ts/lib/Either.js'

/** A kind as `kubectl get` sees it. */
export type Resource = Pick<KindInfo, 'kind' | 'plural' | 'group' | 'namespaced'>

/** What `kubectl get all` shows, in its order. */
const ALL = [
  'Pod',
  'ReplicationController',
  'Service',
  'DaemonSet',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'HorizontalPodAutoscaler',
  'CronJob',
  'Job',
]

/** Kinds that Kubernetes does not know, as they were loaded: `kubectl get foos`, `kubectl get foo`. */
const customResource = (view: ClusterView, name: string): Resource | undefined => {
  for (const { kind, namespace, body } of view.inertObjects.values()) {
    const singular = kind.toLowerCase()
    const plural = singular.endsWith('s') ? `${singular}es` : `${singular}s`
    const apiVersion = String(body.apiVersion ?? '')
    const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : ''
    if ([singular, plural, `${singular}.${group}`, `${plural}.${group}`].includes(name.toLowerCase())) {
      return { kind, plural, group, namespaced: namespace !== '' }
    }
  }
  return undefined
}

/**
 * The kinds by any name that kubectl takes, several of them separated by commas: `po`, `rc,rs`, `all`.
 *
 * @returns on the left, kubectl's words for a kind that there is not
 */
export const resourcesNamed = (view: ClusterView, text: string): Either<string, readonly Resource[]> => {
  const resources: Resource[] = []
  for (const name of text.split(',')) {
    const found =
      name.toLowerCase() === 'all'
        ? ALL.map((kind) => kindByName(kind) as Resource)
        : [kindByName(name) ?? customResource(view, name)]
    for (const resource of found) {
      if (resource === undefined) return left(`error: the server doesn't have a resource type "${name}"`)
      if (!resources.some(({ kind, group }) => kind === resource.kind && group === resource.group)) {
        resources.push(resource)
      }
    }
  }
  return right(resources)
}

/** `pod`, `replicaset.apps`: the kind in front of a name. */
export const kindPrefix = ({ kind, group }: Resource): string =>
  (group === '' ? kind : `${kind}.${group}`).toLowerCase()

/** `pods`, `replicasets.apps`: the kind in what the API server says. */
export const qualifiedPlural = ({ plural, group }: Resource): string => (group === '' ? plural : `${plural}.${group}`)

import { type ClusterView, type KubectlCommand, patchObject } from '@wavetank/cluster'
import { isLeft } from 'fp-ts/lib/Either.js'
import { gathering, type Outcome, outcomeOf, printedName } from './outcome.ts'
import { findTargets } from './targets.ts'

type Scale = Extract<KubectlCommand, { readonly verb: 'scale' }>

/** Kinds with a scale subresource. */
const SCALABLE: ReadonlySet<string> = new Set(['Deployment', 'ReplicaSet', 'ReplicationController', 'StatefulSet'])

const replicasOf = (json: Readonly<Record<string, unknown>>): number =>
  (json.spec as { readonly replicas?: number } | undefined)?.replicas ?? 1

const versionOf = (json: Readonly<Record<string, unknown>>): string | undefined =>
  (json.metadata as { readonly resourceVersion?: string } | undefined)?.resourceVersion

/** Source: staging/src/k8s.io/kubectl/pkg/cmd/scale/scale.go, RunScale: the first failure ends it. */
export const scale = (view: ClusterView, { targets, replicas, currentReplicas, resourceVersion }: Scale): Outcome => {
  const { objects, problems } = findTargets(view, targets)
  const result = gathering()
  if (objects.length === 0 && problems.length === 0) result.problems.push('no objects passed to scale')
  for (const object of objects) {
    const { kind, name } = object
    if (!SCALABLE.has(kind)) {
      result.problems.push({ reason: 'NotFound', message: 'the server could not find the requested resource' })
      return outcomeOf(result)
    }
    const size = currentReplicas === undefined ? undefined : replicasOf(object.render())
    if (size !== currentReplicas) {
      result.problems.push(`Expected replicas to be ${currentReplicas}, was ${size}`)
      return outcomeOf(result)
    }
    const version = resourceVersion === undefined ? undefined : versionOf(object.render())
    if (version !== resourceVersion) {
      result.problems.push(`Expected resource version to be ${resourceVersion}, was ${version}`)
      return outcomeOf(result)
    }
    const update = patchObject(view, object, 'merge', { spec: { replicas } })
    if (isLeft(update)) {
      result.problems.push(update.left)
      return outcomeOf(result)
    }
    result.events.push(...update.right)
    result.output.push(`${printedName(kind, name)} scaled`)
  }
  result.problems.push(...problems)
  return outcomeOf(result)
}

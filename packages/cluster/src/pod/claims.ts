import type { PodSpec } from '../api/core/pod-spec.ts'
import type { ObjectKey } from '../ids.ts'
import type { DeepReadonly } from '../tables.ts'
import type { Pod } from './pod.ts'
import { podSpecOf } from './spec.ts'

const NONE: readonly string[] = []
const ofSpec = new WeakMap<object, { readonly claims: readonly string[]; readonly ephemeral: readonly string[] }>()

const read = (spec: PodSpec): { readonly claims: readonly string[]; readonly ephemeral: readonly string[] } => {
  let found = ofSpec.get(spec)
  if (found === undefined) {
    const volumes = spec.volumes ?? []
    found = {
      claims: volumes.flatMap(({ persistentVolumeClaim: claim }) => (claim === undefined ? NONE : [claim.claimName])),
      ephemeral: volumes.flatMap(({ name, ephemeral }) => (ephemeral === undefined ? NONE : [name])),
    }
    ofSpec.set(spec, found)
  }
  return found
}

/**
 * The claims behind the volumes of a pod, by key. A generic ephemeral volume has one too, named after pod and volume.
 *
 * Source: pkg/volume/util/ephemeral: `ephemeral.VolumeClaimName`.
 */
export const claimKeysOf = (pod: DeepReadonly<Pod>): readonly ObjectKey[] => {
  // Hot path: most pods have none, and then share what was read of their template.
  const { claims, ephemeral } = read(pod.claims === undefined ? (pod.template.spec as PodSpec) : podSpecOf(pod))
  if (claims.length === 0 && ephemeral.length === 0) return NONE
  return [
    ...claims.map((name) => `${pod.namespace}/${name}`),
    ...ephemeral.map((name) => `${pod.namespace}/${pod.name}-${name}`),
  ]
}

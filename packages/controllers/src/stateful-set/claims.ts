import {
  type Charges,
  type ClusterView,
  type ControllerRef,
  claimProblem,
  controllerRefOf,
  createClaim,
  type DeepReadonly,
  keyOf,
  nameOf,
  type PersistentVolumeClaim,
  persistentVolumeClaimEvents,
} from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'
import { isInRange, type PodView, podClaimsOf, podNameOf, type SetView } from './identity.ts'

/** Source: pkg/controller/statefulset/stateful_pod_control.go, stateful_set_utils.go (retention of claims). */

type ClaimView = DeepReadonly<PersistentVolumeClaim>

export interface ClaimChanges {
  readonly events: readonly SimEvent[]
  readonly failure: string | undefined
}

const podRef = ({ name, uid }: PodView): ControllerRef => ({ apiVersion: 'v1', kind: 'Pod', name, uid })

const sameRef = (a: ControllerRef | undefined, b: ControllerRef): boolean =>
  a !== undefined && a.uid === b.uid && a.kind === b.kind

/**
 * Who should own the claims of a pod, by the retention policy: the set, so that they go with it; the pod, once it is to
 * go; or nobody.
 */
const ownerFor = (set: SetView, ordinal: number, pod: PodView | undefined): ControllerRef | undefined => {
  const { whenDeleted, whenScaled } = set.claimRetention
  if (whenScaled === 'Delete' && !isInRange(set, ordinal)) return pod === undefined ? undefined : podRef(pod)
  return whenDeleted === 'Delete' ? controllerRefOf(set) : undefined
}

const existing = (view: ClusterView, set: SetView, ordinal: number): readonly ClaimView[] => {
  const claims: ClaimView[] = []
  for (const key of podClaimsOf(set, ordinal).keys) {
    const claim = view.persistentVolumeClaims.get(key)
    if (claim !== undefined) claims.push(claim)
  }
  return claims
}

/** The claims that a pod lacks. One that is being deleted has to be gone first. Source: createPersistentVolumeClaims. */
export const createMissingClaims = (
  view: ClusterView,
  set: SetView,
  ordinal: number,
  at: number,
  charges: Charges,
): ClaimChanges => {
  const events: SimEvent[] = []
  let failure: string | undefined
  const { keys } = podClaimsOf(set, ordinal)
  for (const [i, { metadata, spec }] of set.claimTemplates.entries()) {
    const object = keys[i]!
    const claim = view.persistentVolumeClaims.get(object)
    if (claim?.deletion !== undefined) failure ??= `pvc ${nameOf(object)} is being deleted`
    if (claim !== undefined) continue
    const fresh = {
      object,
      labels: { ...metadata.labels, ...set.selector.matchLabels },
      annotations: metadata.annotations ?? {},
      owner: ownerFor(set, ordinal, undefined),
      spec,
    }
    const problem = claimProblem(view, fresh, charges)
    if (problem === undefined) events.push(createClaim(view, at, fresh))
    else failure ??= problem
  }
  return { events, failure }
}

/** Owners as the policy wants them. A claim that somebody else controls is left alone. Source: updateClaimOwnerRefForSetAndPod. */
export const fixOwners = (view: ClusterView, set: SetView, ordinal: number, pod: PodView): readonly SimEvent[] => {
  const claims = existing(view, set, ordinal)
  const wanted = ownerFor(set, ordinal, pod)
  // Hot path: as a rule nobody owns them and nobody should.
  if (wanted === undefined && claims.every(({ owner }) => owner === undefined)) return []
  const ours = [controllerRefOf(set), podRef(pod)]
  return claims.flatMap((claim): readonly SimEvent[] => {
    const { owner, key: object } = claim
    const isOurs = ours.some((ref) => sameRef(owner, ref))
    if (owner !== undefined && !isOurs) return []
    if (wanted === undefined) {
      return owner === undefined
        ? []
        : [persistentVolumeClaimEvents.Released({ object, owner: keyOf(set.namespace, owner.name) })]
    }
    return sameRef(owner, wanted) ? [] : [persistentVolumeClaimEvents.Adopted({ object, owner: wanted })]
  })
}

/** True while a claim still belongs to an earlier pod of that name, with which it is to go. Source: PodClaimIsStale. */
export const hasStaleClaim = (view: ClusterView, set: SetView, ordinal: number): boolean =>
  set.claimRetention.whenScaled === 'Delete' &&
  existing(view, set, ordinal).some(({ owner }) => owner?.kind === 'Pod' && owner.name === podNameOf(set, ordinal))

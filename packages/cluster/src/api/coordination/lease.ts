import type * as t from 'io-ts'
import type { Codec } from '../codec.ts'
import { anything, integer, optional, present, struct, text } from '../codec.ts'
import { defineKind, objectCodec } from '../define-kind.ts'
import { NAME_RULES } from '../meta/object-meta.ts'
import { nonNegative, positive, within } from '../trail.ts'

const leaseSpec = struct('LeaseSpec', {
  holderIdentity: optional(text),
  leaseDurationSeconds: optional(integer),
  acquireTime: optional(anything),
  renewTime: optional(anything),
  leaseTransitions: optional(integer),
  strategy: optional(text),
  preferredHolder: optional(text),
})
export interface LeaseSpec extends t.TypeOf<typeof leaseSpec> {}
export const LeaseSpec: Codec<LeaseSpec> = leaseSpec

const lease = objectCodec('coordination.k8s.io/v1', 'Lease', { spec: present(LeaseSpec) })
export interface Lease extends t.TypeOf<typeof lease> {}
export const Lease: Codec<Lease> = lease

export const leaseKind = defineKind<Lease>({
  kind: 'Lease',
  apiVersion: 'coordination.k8s.io/v1',
  codec: Lease,
  nameRule: NAME_RULES.subdomain,
  validate: (trail, { spec }) =>
    within(trail, 'spec', () => {
      positive(trail, 'leaseDurationSeconds', spec.leaseDurationSeconds)
      nonNegative(trail, 'leaseTransitions', spec.leaseTransitions)
    }),
})

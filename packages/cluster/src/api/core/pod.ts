import type * as t from 'io-ts'
import type { Codec } from '../codec.ts'
import { defineKind, objectCodec, unreadStatus } from '../define-kind.ts'
import { NAME_RULES } from '../meta/object-meta.ts'
import { within } from '../trail.ts'
import { defaultPodSpec } from './pod-defaults.ts'
import { PodSpec } from './pod-spec.ts'
import { validatePodSpec } from './pod-validation.ts'

const pod = objectCodec('v1', 'Pod', { spec: PodSpec, status: unreadStatus })
export interface Pod extends t.TypeOf<typeof pod> {}
export const Pod: Codec<Pod> = pod

export const podKind = defineKind<Pod>({
  kind: 'Pod',
  apiVersion: 'v1',
  codec: Pod,
  nameRule: NAME_RULES.subdomain,
  complete: (object) => ({ ...object, spec: defaultPodSpec(object.spec) }),
  validate: (trail, object) => within(trail, 'spec', () => validatePodSpec(trail, object.spec)),
})

import type * as t from 'io-ts'
import type { Codec } from '../codec.ts'
import { defaulted, flag, integer, omitEmpty, optional, struct, text, words } from '../codec.ts'
import { PreemptionPolicy } from '../core/pod-spec.ts'
import { defineKind } from '../define-kind.ts'
import { NAME_RULES, ObjectMeta } from '../meta/object-meta.ts'
import { forbidden, invalid, within } from '../trail.ts'

const priorityClass = struct('PriorityClass', {
  apiVersion: words('scheduling.k8s.io/v1'),
  kind: words('PriorityClass'),
  metadata: ObjectMeta,
  value: integer,
  globalDefault: optional(flag),
  description: omitEmpty(text),
  preemptionPolicy: defaulted(PreemptionPolicy, 'PreemptLowerPriority'),
})
export interface PriorityClass extends t.TypeOf<typeof priorityClass> {}
export const PriorityClass: Codec<PriorityClass> = priorityClass

/** `pkg/apis/scheduling/types.go`. */
export const HIGHEST_USER_PRIORITY = 1_000_000_000

/** The classes that every cluster has. */
export const SYSTEM_PRIORITIES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
}

const INT32_MIN = -2147483648

export const priorityClassKind = defineKind<PriorityClass>({
  kind: 'PriorityClass',
  apiVersion: 'scheduling.k8s.io/v1',
  codec: PriorityClass,
  nameRule: NAME_RULES.subdomain,
  validate: (trail, { metadata, value }) => {
    if (metadata.name.startsWith('system-')) {
      if (SYSTEM_PRIORITIES[metadata.name] === value) return
      trail.steps.push('metadata', 'name')
      forbidden(
        trail,
        "priority class names with 'system-' prefix are reserved for system use only. error: only system classes with their own values are allowed",
      )
      trail.steps.length -= 2
    } else if (value > HIGHEST_USER_PRIORITY) {
      within(trail, 'value', () =>
        forbidden(trail, `maximum allowed value of a user defined priority is ${HIGHEST_USER_PRIORITY}`),
      )
    } else if (value < INT32_MIN)
      within(trail, 'value', () => invalid(trail, 'WT116', value, `must be at least ${INT32_MIN}`))
  },
})

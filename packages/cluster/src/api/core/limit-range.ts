import type * as t from 'io-ts'
import { quantityMillis } from '../../quantity.ts'
import type { Codec } from '../codec.ts'
import { fullList, optional, requiredText, resourceList, struct } from '../codec.ts'
import { defineKind, objectCodec } from '../define-kind.ts'
import { NAME_RULES } from '../meta/object-meta.ts'
import type { Trail } from '../trail.ts'
import { forbidden, invalid, within } from '../trail.ts'
import { validateAmount } from './container-validation.ts'

const limitRangeItem = struct(
  'LimitRangeItem',
  {
    type: requiredText,
    max: optional(resourceList),
    min: optional(resourceList),
    default: optional(resourceList),
    defaultRequest: optional(resourceList),
    maxLimitRequestRatio: optional(resourceList),
  },
  {
    // `SetDefaults_LimitRangeItem`: limits from the maximum, requests from the limits, then from the minimum.
    complete: (item) => {
      if (item.type !== 'Container') return
      item.default = { ...item.max, ...item.default }
      item.defaultRequest = { ...item.min, ...item.default, ...item.defaultRequest }
    },
  },
)
export interface LimitRangeItem extends t.TypeOf<typeof limitRangeItem> {}
export const LimitRangeItem: Codec<LimitRangeItem> = limitRangeItem

const limitRange = objectCodec('v1', 'LimitRange', {
  spec: struct('LimitRangeSpec', { limits: fullList(LimitRangeItem) }),
})
export interface LimitRange extends t.TypeOf<typeof limitRange> {}
export const LimitRange: Codec<LimitRange> = limitRange

const AMOUNTS = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const

const validateOrder = (
  trail: Trail,
  item: LimitRangeItem,
  low: 'min' | 'default' | 'defaultRequest',
  high: 'max' | 'default',
  words: string,
): void => {
  for (const resource in item[low]) {
    const least = item[low][resource]!
    const most = item[high]?.[resource]
    if (most === undefined || quantityMillis(least) <= quantityMillis(most)) continue
    within(trail, low, () =>
      within(trail, { key: resource }, () =>
        invalid(trail, 'WT114', least, `${words} ${least} is greater than ${high} value ${most}`),
      ),
    )
  }
}

export const limitRangeKind = defineKind<LimitRange>({
  kind: 'LimitRange',
  apiVersion: 'v1',
  codec: LimitRange,
  nameRule: NAME_RULES.subdomain,
  validate: (trail, { spec }) => {
    spec.limits.forEach((item, i) => {
      trail.steps.push('spec', 'limits', i)
      for (const field of AMOUNTS) {
        for (const resource in item[field]) {
          trail.steps.push(field, { key: resource })
          validateAmount(trail, resource, item[field][resource]!)
          trail.steps.length -= 2
        }
      }
      if (item.type === 'Pod') {
        for (const field of ['default', 'defaultRequest'] as const) {
          if (item[field] === undefined) continue
          within(trail, field, () => forbidden(trail, "may not be specified when `type` is 'Pod'"))
        }
      }
      validateOrder(trail, item, 'min', 'max', 'min value')
      validateOrder(trail, item, 'defaultRequest', 'max', 'default request value')
      validateOrder(trail, item, 'defaultRequest', 'default', 'default request value')
      validateOrder(trail, item, 'default', 'max', 'default value')
      trail.steps.length -= 3
    })
  },
})

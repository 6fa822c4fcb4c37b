import * as t from 'io-ts'
import { regexMessage } from '../names.ts'
import type { Trail } from './trail.ts'
import { report } from './trail.ts'

/** Numbers that may be percentages of something: maxSurge, maxUnavailable, minAvailable. */
export const IntOrPercent = t.union([t.number, t.string], 'IntOrPercent')

export type IntOrString = number | string

const PERCENT = /^[0-9]+%$/

/** The percentage that a text says, undefined for numbers and other text. */
export const percentOf = (value: IntOrString): number | undefined =>
  typeof value === 'string' && PERCENT.test(value) ? Number(value.slice(0, -1)) : undefined

/**
 * How many of `total` it is; a whole number stands for itself.
 *
 * Source: `apimachinery/pkg/util/intstr/intstr.go: GetScaledValueFromIntOrPercent`.
 */
export const scaledValue = (value: IntOrString, total: number, round: 'up' | 'down'): number => {
  if (typeof value === 'number') return value
  // Whole numbers first, so that no fraction is lost: 28 % of 25 is 7 exactly.
  const hundredths = (percentOf(value) ?? 0) * total
  return round === 'up' ? Math.ceil(hundredths / 100) : Math.floor(hundredths / 100)
}

/** True for `0` and `0%`. */
export const isZero = (value: IntOrString): boolean => value === 0 || percentOf(value) === 0

/** Records a refusal at `step`; the value is printed bare, as Go prints an IntOrString. */
export const refuseIntOrPercent = (trail: Trail, step: string, value: IntOrString, detail: string): void => {
  trail.steps.push(step)
  report(trail, 'WT117', `Invalid value: ${typeof value === 'number' ? value : JSON.stringify(value)}: ${detail}`)
  trail.steps.pop()
}

/** A number from 0 on, or a percentage (`ValidatePositiveIntOrPercent`). */
export const validateIntOrPercent = (trail: Trail, step: string, value: IntOrString | undefined): void => {
  if (value === undefined) return
  if (typeof value === 'number') {
    if (value < 0) refuseIntOrPercent(trail, step, value, 'must be greater than or equal to 0')
  } else if (!PERCENT.test(value)) {
    const message = "a valid percent string must be a numeric string followed by an ending '%'"
    refuseIntOrPercent(trail, step, value, regexMessage(message, '[0-9]+%', '1%', '93%'))
  }
}

/** At most all of them (`IsNotMoreThan100Percent`). */
export const validateAtMostAll = (trail: Trail, step: string, value: IntOrString | undefined): void => {
  if (value === undefined) return
  if ((percentOf(value) ?? 0) > 100) refuseIntOrPercent(trail, step, value, 'must not be greater than 100%')
}

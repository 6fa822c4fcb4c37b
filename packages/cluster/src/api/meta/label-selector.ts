import type * as t from 'io-ts'
import { type Labels, labelKeyProblems, labelValueProblems, selectorOf, selects } from '../../labels.ts'
import type { Codec } from '../codec.ts'
import { list, optional, requiredText, struct, text, textMap, words } from '../codec.ts'
import type { Trail } from '../trail.ts'
import { complain, forbidden, invalid, required, within } from '../trail.ts'
import { validateLabels } from './object-meta.ts'

const labelSelectorRequirement = struct('LabelSelectorRequirement', {
  key: requiredText,
  operator: words('In', 'NotIn', 'Exists', 'DoesNotExist'),
  values: optional(list(text)),
})
export interface LabelSelectorRequirement extends t.TypeOf<typeof labelSelectorRequirement> {}
export const LabelSelectorRequirement: Codec<LabelSelectorRequirement> = labelSelectorRequirement

const labelSelector = struct('LabelSelector', {
  matchLabels: optional(textMap),
  matchExpressions: optional(list(LabelSelectorRequirement)),
})
export interface LabelSelector extends t.TypeOf<typeof labelSelector> {}
export const LabelSelector: Codec<LabelSelector> = labelSelector

export const isEmptySelector = (selector: LabelSelector): boolean =>
  Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0

/** `meta/v1/validation: ValidateLabelSelector`, at the trail's place. */
export const validateLabelSelector = (trail: Trail, selector: LabelSelector): void => {
  validateLabels(trail, 'matchLabels', selector.matchLabels)
  const { matchExpressions } = selector
  if (matchExpressions === undefined) return
  trail.steps.push('matchExpressions')
  for (let i = 0; i < matchExpressions.length; i += 1) {
    const { key, operator, values = [] } = matchExpressions[i]!
    trail.steps.push(i)
    if (operator === 'In' || operator === 'NotIn') {
      if (values.length === 0) {
        within(trail, 'values', () => required(trail, "must be specified when `operator` is 'In' or 'NotIn'"))
      }
    } else if (values.length > 0) {
      within(trail, 'values', () =>
        forbidden(trail, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"),
      )
    }
    if (key !== '') within(trail, 'key', () => complain(trail, 'WT110', key, labelKeyProblems(key)))
    for (let v = 0; v < values.length; v += 1) {
      trail.steps.push('values', v)
      complain(trail, 'WT110', values[v], labelValueProblems(values[v]!))
      trail.steps.length -= 2
    }
    trail.steps.pop()
  }
  trail.steps.pop()
}

/** The selector of a workload: valid and not empty; `word` is the kind as Kubernetes' message spells it. */
export const validateWorkloadSelector = (trail: Trail, selector: LabelSelector, word: string): void => {
  trail.steps.push('selector')
  validateLabelSelector(trail, selector)
  if (isEmptySelector(selector)) invalid(trail, 'WT111', selector, `empty selector is invalid for ${word}`)
  trail.steps.pop()
}

/** A workload must select the pods of its own template. Called where `template` is a field. */
export const validateTemplateLabels = (trail: Trail, selector: LabelSelector, labels: Labels | undefined): void => {
  if (isEmptySelector(selector) || selects(selectorOf(selector), labels)) return
  trail.steps.push('template', 'metadata', 'labels')
  invalid(trail, 'WT112', labels, '`selector` does not match template `labels`')
  trail.steps.length -= 3
}

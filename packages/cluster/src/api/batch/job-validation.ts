/** What the API server refuses in Jobs, in its words (`pkg/apis/batch/validation/validation.go`). */
import type { Trail } from '../trail.ts'
import { duplicate, invalid, nonNegative, notSupported, report, required, tooMany, within } from '../trail.ts'
import type { JobSpec, PodFailurePolicyRule } from './job.ts'

const RULES_MAX = 20
const EXIT_CODES_MAX = 255
const CONDITIONS_MAX = 20
const INDEXED_PARALLELISM_MAX = 100_000
const FAILED_INDEXES_MAX = 100_000
const COMPLETIONS_SOFT_MAX = 100_000
const PER_INDEX_MAX = 10_000

const atMost = (trail: Trail, step: string, value: number | undefined, max: number, detail: string): void => {
  if (value === undefined || value <= max) return
  within(trail, step, () => invalid(trail, 'WT116', value, detail))
}

const needsIndexed = (trail: Trail, step: string, value: unknown): void => {
  if (value !== undefined) within(trail, step, () => invalid(trail, 'WT104', value, 'requires indexed completion mode'))
}

const validateRestartPolicy = (trail: Trail, spec: JobSpec): void => {
  const { restartPolicy } = spec.template.spec
  trail.steps.push('template', 'spec', 'restartPolicy')
  if (restartPolicy === 'Always') {
    report(trail, 'WT113', 'Required value: valid values: "OnFailure", "Never"', 'a Job has to be able to end')
  } else if (spec.podFailurePolicy !== undefined && restartPolicy !== 'Never') {
    invalid(trail, 'WT113', restartPolicy, 'only "Never" is supported when podFailurePolicy is specified')
  }
  trail.steps.length -= 3
}

const validateExitCodes = (
  trail: Trail,
  { containerName, operator, values }: NonNullable<PodFailurePolicyRule['onExitCodes']>,
  containers: readonly string[],
): void => {
  trail.steps.push('onExitCodes')
  if (containerName !== undefined && !containers.includes(containerName)) {
    within(trail, 'containerName', () =>
      invalid(trail, 'WT119', containerName, 'must be one of the container or initContainer names in the pod template'),
    )
  }
  trail.steps.push('values')
  if (values.length === 0) invalid(trail, 'WT103', values, 'at least one value is required')
  if (values.length > EXIT_CODES_MAX) tooMany(trail, values.length, EXIT_CODES_MAX)
  const seen = new Set<number>()
  let ordered = true
  values.forEach((value, i) => {
    within(trail, i, () => {
      if (operator === 'In' && value === 0) invalid(trail, 'WT104', value, 'must not be 0 for the In operator')
      if (seen.has(value)) duplicate(trail, value)
    })
    seen.add(value)
    if (i > 0 && values[i - 1]! > value) ordered = false
  })
  if (!ordered) invalid(trail, 'WT104', values, 'must be ordered')
  trail.steps.length -= 2
}

const validatePodFailurePolicy = (trail: Trail, spec: JobSpec): void => {
  const rules = spec.podFailurePolicy?.rules
  if (rules === undefined) return
  const { containers, initContainers = [] } = spec.template.spec
  const names = [...containers, ...initContainers].map(({ name }) => name)
  trail.steps.push('podFailurePolicy', 'rules')
  if (rules.length > RULES_MAX) tooMany(trail, rules.length, RULES_MAX)
  rules.forEach((rule, i) => {
    const { action, onExitCodes, onPodConditions = [] } = rule
    trail.steps.push(i)
    if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined) {
      within(trail, 'action', () => invalid(trail, 'WT104', action, 'requires the backoffLimitPerIndex to be set'))
    }
    if (onExitCodes !== undefined && onPodConditions.length > 0) {
      invalid(trail, 'WT104', rule, 'specifying both OnExitCodes and OnPodConditions is not supported')
    } else if (onExitCodes === undefined && onPodConditions.length === 0) {
      invalid(trail, 'WT104', rule, 'specifying one of OnExitCodes and OnPodConditions is required')
    }
    if (onExitCodes !== undefined) validateExitCodes(trail, onExitCodes, names)
    if (onPodConditions.length > CONDITIONS_MAX) {
      within(trail, 'onPodConditions', () => tooMany(trail, onPodConditions.length, CONDITIONS_MAX))
    }
    trail.steps.pop()
  })
  trail.steps.length -= 2
}

const INDEXES = /^(\d+(-\d+)?)(,\d+(-\d+)?)*$/

const validateSuccessPolicy = (trail: Trail, spec: JobSpec): void => {
  const rules = spec.successPolicy?.rules
  if (rules === undefined) return
  trail.steps.push('successPolicy', 'rules')
  if (rules.length === 0) required(trail, 'at least one rules must be specified when the successPolicy is specified')
  if (rules.length > RULES_MAX) tooMany(trail, rules.length, RULES_MAX)
  rules.forEach(({ succeededCount, succeededIndexes }, i) => {
    trail.steps.push(i)
    if (succeededCount === undefined && succeededIndexes === undefined) {
      required(trail, 'at least one of succeededCount or succeededIndexes must be specified')
    }
    if (succeededIndexes !== undefined && !INDEXES.test(succeededIndexes)) {
      within(trail, 'succeededIndexes', () =>
        invalid(trail, 'WT104', succeededIndexes, 'error parsing succeededIndexes: cannot convert string to integer'),
      )
    }
    nonNegative(trail, 'succeededCount', succeededCount)
    if (succeededCount !== undefined && spec.completions !== undefined) {
      atMost(
        trail,
        'succeededCount',
        succeededCount,
        spec.completions,
        `must be less than or equal to ${spec.completions} (the number of specified completions)`,
      )
    }
    trail.steps.pop()
  })
  trail.steps.length -= 2
}

const validateIndexed = (trail: Trail, spec: JobSpec): void => {
  const { completions, parallelism, backoffLimitPerIndex, maxFailedIndexes } = spec
  if (completions === undefined) {
    within(trail, 'completions', () => required(trail, 'when completion mode is Indexed'))
  }
  atMost(
    trail,
    'parallelism',
    parallelism,
    INDEXED_PARALLELISM_MAX,
    `must be less than or equal to ${INDEXED_PARALLELISM_MAX} when completion mode is Indexed`,
  )
  if (maxFailedIndexes !== undefined) {
    if (completions !== undefined) {
      atMost(trail, 'maxFailedIndexes', maxFailedIndexes, completions, 'must be less than or equal to completions')
    }
    atMost(
      trail,
      'maxFailedIndexes',
      maxFailedIndexes,
      FAILED_INDEXES_MAX,
      `must be less than or equal to ${FAILED_INDEXES_MAX}`,
    )
  }
  if (backoffLimitPerIndex === undefined || completions === undefined || completions <= COMPLETIONS_SOFT_MAX) return
  const few = `must be less than or equal to ${PER_INDEX_MAX} when completions are above ${COMPLETIONS_SOFT_MAX} and used with backoff limit per index`
  if (maxFailedIndexes === undefined) {
    within(trail, 'maxFailedIndexes', () =>
      required(trail, `must be specified when completions is above ${COMPLETIONS_SOFT_MAX}`),
    )
  }
  atMost(trail, 'maxFailedIndexes', maxFailedIndexes, PER_INDEX_MAX, few)
  atMost(trail, 'parallelism', parallelism, PER_INDEX_MAX, few)
}

/** Everything but selector and template, at the place of the spec. */
export const validateJobSpec = (trail: Trail, spec: JobSpec): void => {
  nonNegative(trail, 'parallelism', spec.parallelism)
  nonNegative(trail, 'completions', spec.completions)
  nonNegative(trail, 'activeDeadlineSeconds', spec.activeDeadlineSeconds)
  nonNegative(trail, 'backoffLimit', spec.backoffLimit)
  nonNegative(trail, 'ttlSecondsAfterFinished', spec.ttlSecondsAfterFinished)
  nonNegative(trail, 'backoffLimitPerIndex', spec.backoffLimitPerIndex)
  nonNegative(trail, 'maxFailedIndexes', spec.maxFailedIndexes)
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) {
    within(trail, 'backoffLimitPerIndex', () => required(trail, 'when maxFailedIndexes is specified'))
  }
  if (spec.completionMode === 'Indexed') validateIndexed(trail, spec)
  else {
    needsIndexed(trail, 'backoffLimitPerIndex', spec.backoffLimitPerIndex)
    needsIndexed(trail, 'maxFailedIndexes', spec.maxFailedIndexes)
    needsIndexed(trail, 'successPolicy', spec.successPolicy)
  }
  validateRestartPolicy(trail, spec)
  validatePodFailurePolicy(trail, spec)
  validateSuccessPolicy(trail, spec)
  if (spec.podFailurePolicy !== undefined && spec.podReplacementPolicy !== 'Failed') {
    within(trail, 'podReplacementPolicy', () => notSupported(trail, spec.podReplacementPolicy, ['Failed']))
  }
}

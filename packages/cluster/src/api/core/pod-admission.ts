/**
 * What admission plugins of the API server do to a pod when it is created.
 *
 * DefaultTolerationSeconds lets every pod stay on a node that is not ready or unreachable for a while; Priority turns
 * the name of a class into a number (`plugin/pkg/admission/{defaulttolerationseconds,priority}/admission.go`).
 */
import type { Either } from 'fp-ts/lib/Either.js'
import { left, right } from 'fp-ts/lib/Either.js'
import type { Issue } from '../../issue.ts'
import type { ApiIssueCode } from '../issue-codes.ts'
import type { PriorityClass } from '../scheduling/priority-class.ts'
import { SYSTEM_PRIORITIES } from '../scheduling/priority-class.ts'
import type { Toleration } from './affinity.ts'
import type { PodSpec } from './pod-spec.ts'

export interface AdmissionSettings {
  /** `--default-not-ready-toleration-seconds`, 300 by default. */
  readonly notReadySeconds: number
  /** `--default-unreachable-toleration-seconds`, 300 by default. */
  readonly unreachableSeconds: number
  readonly priorityClasses: readonly PriorityClass[]
}

export const NOT_READY_TAINT = 'node.kubernetes.io/not-ready'
export const UNREACHABLE_TAINT = 'node.kubernetes.io/unreachable'

/** A toleration without key or effect counts as one for every key or effect. */
const toleratesEviction = (tolerations: readonly Toleration[], taint: string): boolean =>
  tolerations.some(
    ({ key, effect }) => (key === undefined || key === taint) && (effect === undefined || effect === 'NoExecute'),
  )

const evictionToleration = (key: string, tolerationSeconds: number): Toleration => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  tolerationSeconds,
})

/** The spec with the two tolerations it lacks; the same object if it lacks none. */
export const addDefaultTolerations = (
  spec: PodSpec,
  { notReadySeconds, unreachableSeconds }: Pick<AdmissionSettings, 'notReadySeconds' | 'unreachableSeconds'>,
): PodSpec => {
  const own = spec.tolerations ?? []
  const added: Toleration[] = []
  if (!toleratesEviction(own, NOT_READY_TAINT)) added.push(evictionToleration(NOT_READY_TAINT, notReadySeconds))
  if (!toleratesEviction(own, UNREACHABLE_TAINT)) added.push(evictionToleration(UNREACHABLE_TAINT, unreachableSeconds))
  return added.length === 0 ? spec : { ...spec, tolerations: [...own, ...added] }
}

interface Priority {
  readonly priority: number
  readonly priorityClassName?: string
  readonly preemptionPolicy: NonNullable<PodSpec['preemptionPolicy']>
}

/** The class for pods that name none: of several global defaults the one with the lowest value. */
const defaultPriority = (classes: readonly PriorityClass[]): Priority => {
  let found: PriorityClass | undefined
  for (const one of classes) {
    if (one.globalDefault === true && (found === undefined || one.value < found.value)) found = one
  }
  if (found === undefined) return { priority: 0, preemptionPolicy: 'PreemptLowerPriority' }
  return { priority: found.value, priorityClassName: found.metadata.name, preemptionPolicy: found.preemptionPolicy }
}

const priorityOf = (name: string | undefined, classes: readonly PriorityClass[]): Priority | undefined => {
  if (name === undefined) return defaultPriority(classes)
  const found = classes.find(({ metadata }) => metadata.name === name)
  if (found !== undefined) return { priority: found.value, preemptionPolicy: found.preemptionPolicy }
  const system = SYSTEM_PRIORITIES[name]
  return system === undefined ? undefined : { priority: system, preemptionPolicy: 'PreemptLowerPriority' }
}

/** As an admission plugin refuses: with the first thing that is wrong, and without the field in front of it. */
const refuse = (code: ApiIssueCode, field: string, message: string): Either<readonly Issue[], never> =>
  left([{ code, severity: 'error', path: ['spec', field], message }])

/** The spec as it is stored, or why it is refused; paths from the pod's root. Doing it twice changes nothing. */
export const admitPodSpec = (spec: PodSpec, settings: AdmissionSettings): Either<readonly Issue[], PodSpec> => {
  const found = priorityOf(spec.priorityClassName, settings.priorityClasses)
  if (found === undefined) {
    return refuse('WT121', 'priorityClassName', `no PriorityClass with name ${spec.priorityClassName} was found`)
  }
  const computed = (value: number | string): string =>
    `must not be provided in pod spec; priority admission controller computed ${value} from the given PriorityClass name`
  if (spec.priority !== undefined && spec.priority !== found.priority) {
    const message = `the integer value of priority (${spec.priority}) ${computed(found.priority)}`
    return refuse('WT107', 'priority', message)
  }
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== found.preemptionPolicy) {
    const message = `the string value of PreemptionPolicy (${spec.preemptionPolicy}) ${computed(found.preemptionPolicy)}`
    return refuse('WT107', 'preemptionPolicy', message)
  }
  const { priority, preemptionPolicy } = found
  const priorityClassName = spec.priorityClassName ?? found.priorityClassName
  return right(
    addDefaultTolerations(
      {
        ...spec,
        ...(priorityClassName === undefined ? {} : { priorityClassName }),
        priority,
        preemptionPolicy,
      },
      settings,
    ),
  )
}

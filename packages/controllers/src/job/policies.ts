import type { ContainerStatus, DeepReadonly, PodFailurePolicyRule } from '@wavetank/cluster'
import { countIndexes, countShared, type Indexes, parseIndexes } from './indexes.ts'
import type { JobView, PodView } from './pods.ts'

/** What the pod failure policy makes of a failed pod. */
export interface Judgement {
  /** The failure counts towards the back-off limits. */
  readonly counts: boolean
  readonly action: PodFailurePolicyRule['action'] | undefined
  /** For FailJob: why the whole Job fails. */
  readonly message: string | undefined
}

const COUNTED: Judgement = { counts: true, action: undefined, message: undefined }

type ExitCodes = NonNullable<DeepReadonly<PodFailurePolicyRule>['onExitCodes']>

const matchingContainer = (
  { containers, initContainers }: PodView,
  { containerName, operator, values }: ExitCodes,
): DeepReadonly<ContainerStatus> | undefined =>
  [...containers, ...initContainers].find(({ name, terminated }) => {
    if (terminated === undefined || terminated.exitCode === 0) return false
    if (containerName !== undefined && containerName !== name) return false
    return values.includes(terminated.exitCode) === (operator === 'In')
  })

const matchOf = (pod: PodView, rule: DeepReadonly<PodFailurePolicyRule>): string | undefined => {
  if (rule.onExitCodes !== undefined) {
    const container = matchingContainer(pod, rule.onExitCodes)
    return container === undefined
      ? undefined
      : `Container ${container.name} for pod ${pod.namespace}/${pod.name} failed with exit code ${container.terminated?.exitCode}`
  }
  for (const { type, status } of pod.conditions) {
    if ((rule.onPodConditions ?? []).some((wanted) => wanted.type === type && wanted.status === status)) {
      return `Pod ${pod.namespace}/${pod.name} has condition ${type}`
    }
  }
  return undefined
}

/** The first rule that matches decides. Source: pod_failure_policy.go, matchPodFailurePolicy. */
export const judge = ({ spec }: JobView, pod: PodView): Judgement => {
  const rules = spec.podFailurePolicy?.rules ?? []
  for (let index = 0; index < rules.length; index++) {
    const rule = rules[index]!
    const match = matchOf(pod, rule)
    if (match === undefined) continue
    const { action } = rule
    const message = action === 'FailJob' ? `${match} matching FailJob rule at index ${index}` : undefined
    return { counts: action !== 'Ignore', action, message }
  }
  return COUNTED
}

/** Which rule of the success policy is met, as the condition says it. Source: success_policy.go, matchSuccessPolicy. */
export const successMessage = ({ spec }: JobView, succeeded: Indexes): string | undefined => {
  if (succeeded.length === 0) return undefined
  const rules = spec.successPolicy?.rules ?? []
  const met = rules.findIndex(({ succeededIndexes, succeededCount }) => {
    if (succeededIndexes === undefined) {
      return succeededCount !== undefined && countIndexes(succeeded) >= succeededCount
    }
    const wanted = parseIndexes(succeededIndexes, spec.completions ?? 0)
    if (wanted.length === 0) return false
    const shared = countShared(wanted, succeeded)
    return shared === countIndexes(wanted) || (succeededCount !== undefined && shared >= succeededCount)
  })
  return met < 0 ? undefined : `Matched rules at index ${met}`
}

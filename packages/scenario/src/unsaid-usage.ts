import { type ApiObject, isKind } from '@wavetank/cluster/api'
import type { Behavior } from './behavior.ts'
import type { BehaviorSubject } from './behavior-match.ts'
import type { ProblemAt } from './codec.ts'

/** What there is to look at, for the question whether autoscalers have something to go by. */
export interface UsageScene {
  readonly behaviors: readonly Behavior[]
  /** The containers of the pods that an object makes. */
  readonly subjectsOf: (kind: string, namespace: string, name: string) => readonly BehaviorSubject[]
  /** Position of the behaviour that counts for a container; -1 without one. */
  readonly choose: (subject: BehaviorSubject) => number
}

export interface ScaleTarget {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

const says = ({ behaviors, choose }: UsageScene, subject: BehaviorSubject, resource: 'cpu' | 'memory'): boolean => {
  const behavior = behaviors[choose(subject)]
  return behavior?.[resource] !== undefined || (resource === 'cpu' && behavior?.sharedCpu !== undefined)
}

/**
 * Why a metric of type Resource or ContainerResource has no value but nothing: no behaviour of the target’s containers
 * says what they use. `undefined` if one does, or if nobody has loaded the target.
 */
export const unsaidUsage = (
  scene: UsageScene,
  { kind, namespace, name }: ScaleTarget,
  resource: 'cpu' | 'memory',
  container?: string,
): ProblemAt[1] | undefined => {
  const subjects = scene
    .subjectsOf(kind, namespace, name)
    .filter((subject) => container === undefined || subject.container === container)
  if (subjects.length === 0 || subjects.some((subject) => says(scene, subject, resource))) return undefined
  const whose = container === undefined ? 'the containers' : `container ${container}`
  return {
    code: 'WT051',
    message: `no behaviour says how much ${resource} ${whose} of ${kind} ${namespace}/${name} use`,
    hint: `give them \`${resource}\` under \`behaviors\`: what is not said counts as none, and a pod of which nothing is said has no metrics`,
  }
}

/** Likewise for every metric of an autoscaler. */
export const unsaidUsages = (scene: UsageScene, object: ApiObject): readonly ProblemAt[] => {
  if (!isKind(object, 'HorizontalPodAutoscaler')) return []
  const { namespace = 'default' } = object.metadata
  const { kind, name } = object.spec.scaleTargetRef
  return object.spec.metrics.flatMap(({ resource, containerResource }, i): readonly ProblemAt[] => {
    const source = resource ?? containerResource
    if (source?.name !== 'cpu' && source?.name !== 'memory') return []
    const problem = unsaidUsage(scene, { kind, namespace, name }, source.name, containerResource?.container)
    return problem === undefined ? [] : [[['spec', 'metrics', i], problem]]
  })
}

import { claimLimitProblem, type Issue, isDumped, newPodLimitProblem } from '@wavetank/cluster'
import { type ApiObject, isKind, type LimitRange } from '@wavetank/cluster/api'
import { podSpecOf } from './pod-spec-of.ts'

/** What the LimitRanges of the start say against an object of the start; the path is from the object’s root. */
export interface LimitProblem {
  readonly object: ApiObject
  readonly issue: Issue
}

const STANDS = 'what a scenario brings is there at the start: as a command of the timeline it would be refused'
const REFUSED = 'its controller will make none, and try again and again'

/**
 * Objects that limits do not let in. A pod or claim is there all the same, as one that was there before the limits; the
 * pods of a workload will be refused.
 */
export const limitProblems = (objects: readonly ApiObject[]): readonly LimitProblem[] => {
  const ranges = new Map<string, LimitRange[]>()
  for (const object of objects) {
    if (!isKind(object, 'LimitRange')) continue
    const { namespace = '' } = object.metadata
    ranges.set(namespace, [...(ranges.get(namespace) ?? []), object])
  }
  if (ranges.size === 0) return []
  return objects.flatMap((object): readonly LimitProblem[] => {
    const own = ranges.get(object.metadata.namespace ?? '')
    // What has been stored before was let in then.
    if (own === undefined || (isDumped(object) && object.kind === 'Pod')) return []
    if (isKind(object, 'PersistentVolumeClaim')) {
      const problem = isDumped(object) ? undefined : claimLimitProblem(object.spec.resources.requests ?? {}, own)
      return problem === undefined ? [] : [warning(object, ['spec', 'resources'], problem, STANDS)]
    }
    const pod = podSpecOf(object)
    const problem = pod === undefined ? undefined : newPodLimitProblem(pod.spec, own)
    if (pod === undefined || problem === undefined) return []
    return [warning(object, [...pod.path, 'spec'], problem, object.kind === 'Pod' ? STANDS : REFUSED)]
  })
}

const warning = (object: ApiObject, path: Issue['path'], problem: string, hint: string): LimitProblem => {
  const whose = object.kind === 'Pod' || object.kind === 'PersistentVolumeClaim' ? 'this' : 'its pods'
  const message = `a LimitRange of namespace ${object.metadata.namespace} is against ${whose}: ${problem}`
  return { object, issue: { code: 'WT052', severity: 'warning', path, message, hint } }
}

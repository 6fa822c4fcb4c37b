import { type Issue, isDumped } from '@wavetank/cluster'
import { type ApiObject, admitPodSpec, isKind, type PriorityClass } from '@wavetank/cluster/api'
import { isLeft } from 'fp-ts/lib/Either.js'
import { compareObjects } from './install-order.ts'
import { podSpecOf } from './pod-spec-of.ts'

/** What the API server would refuse of an object because of priority classes; the path is from the object’s root. */
export interface PriorityProblem {
  readonly object: ApiObject
  readonly issue: Issue
}

const refusalOf = (
  object: ApiObject,
  priorityClasses: readonly PriorityClass[],
  severity: Issue['severity'],
): readonly PriorityProblem[] => {
  const pod = podSpecOf(object)
  if (pod === undefined) return []
  const admitted = admitPodSpec(pod.spec, { notReadySeconds: 300, unreachableSeconds: 300, priorityClasses })
  if (!isLeft(admitted)) return []
  const [issue] = admitted.left
  return [{ object, issue: { ...issue!, path: [...pod.path, ...issue!.path], severity } }]
}

/**
 * Checks the objects of the start against the classes of the start; of workloads it is enough that a command of the
 * timeline brings the class.
 *
 * @param later objects that the timeline brings
 */
export const priorityProblems = (
  objects: readonly ApiObject[],
  later: readonly ApiObject[],
): readonly PriorityProblem[] => {
  const classesOf = (list: readonly ApiObject[]): readonly PriorityClass[] =>
    list.filter((object): object is PriorityClass => isKind(object, 'PriorityClass'))
  const classes = [...classesOf(objects)].sort(compareObjects)
  const all = [...classes, ...classesOf(later)]
  const [first, ...others] = classes.filter(({ globalDefault }) => globalDefault === true)
  return [
    ...others.map((object): PriorityProblem => {
      const message = `PriorityClass ${first!.metadata.name} is already marked as default. Only one default can exist`
      return { object, issue: { code: 'WT029', severity: 'error', path: ['globalDefault'], message } }
    }),
    // A workload is stored, and its pods are refused, until there is such a class.
    ...objects.flatMap((object) =>
      // A pod that has been stored before passed admission then.
      object.kind === 'Pod'
        ? isDumped(object)
          ? []
          : refusalOf(object, classes, 'error')
        : refusalOf(object, all, 'warning'),
    ),
  ]
}

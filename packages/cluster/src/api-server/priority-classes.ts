import { type SimEvent, uuidOf } from '@wavetank/kernel'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { type PriorityClass as ClassObject, SYSTEM_PRIORITIES } from '../api/scheduling/priority-class.ts'
import { keyOf } from '../ids.ts'
import type { Labels } from '../object/meta.ts'
import { priorityClassEvents } from '../priority-class/events.ts'
import type { ClusterView } from '../tables.ts'
import { type ApiFailure, forbidden, invalid } from './failure.ts'
import { isEqual, type Update, updateMetadata } from './update-metadata.ts'

const created = (
  view: ClusterView,
  at: number,
  name: string,
  body: Pick<ClassObject, 'value' | 'globalDefault' | 'description' | 'preemptionPolicy'>,
  labels: Labels = {},
  annotations: Labels = {},
): SimEvent => {
  const object = keyOf('', name)
  const uid = uuidOf(view.settings.seed, `PriorityClass ${object} ${at}`)
  const { value, globalDefault, description, preemptionPolicy } = body
  return priorityClassEvents.Created({
    object,
    uid,
    labels,
    annotations,
    value,
    globalDefault: globalDefault === true ? true : undefined,
    description,
    preemptionPolicy,
  })
}

/** Source: pkg/apis/scheduling/v1/helpers.go. */
const SYSTEM_CLASSES: readonly (readonly [name: string, description: string])[] = [
  ['system-node-critical', 'Used for system critical pods that must not be moved from their current node.'],
  [
    'system-cluster-critical',
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  ],
]

/** The classes that every cluster has, as far as they do not exist yet and will not come in another way. */
export const createSystemClasses = (
  view: ClusterView,
  at: number,
  coming: ReadonlySet<string> = new Set(),
): readonly SimEvent[] =>
  SYSTEM_CLASSES.filter(([name]) => !coming.has(name) && !view.priorityClasses.has(keyOf('', name))).map(
    ([name, description]) =>
      created(view, at, name, {
        value: SYSTEM_PRIORITIES[name]!,
        globalDefault: undefined,
        description,
        preemptionPolicy: 'PreemptLowerPriority',
      }),
  )

/** Only one class can be the default one. Source: plugin/pkg/admission/priority/admission.go, validatePriorityClass. */
const defaultProblem = (
  { admissionClasses }: ClusterView,
  { metadata: { name }, globalDefault }: ClassObject,
): ApiFailure | undefined => {
  if (globalDefault !== true) return undefined
  let found: ClusterView['admissionClasses'][number] | undefined
  for (const other of admissionClasses) {
    if (other.globalDefault === true && (found === undefined || other.value < found.value)) found = other
  }
  if (found === undefined || found.metadata.name === name) return undefined
  const why = `PriorityClass ${found.metadata.name} is already marked as default. Only one default can exist`
  return forbidden('PriorityClass', name, why)
}

/** What storing a PriorityClass comes to. */
export const createPriorityClass = (
  view: ClusterView,
  at: number,
  object: ClassObject,
): Either<ApiFailure, readonly SimEvent[]> => {
  const { metadata } = object
  const problem = defaultProblem(view, object)
  return problem === undefined
    ? right([created(view, at, metadata.name, object, metadata.labels, metadata.annotations)])
    : left(problem)
}

/** Source: pkg/apis/scheduling/validation/validation.go, ValidatePriorityClassUpdate. */
export const updatePriorityClass = (view: ClusterView, was: ClassObject, is: ClassObject): Update => {
  const { name } = was.metadata
  const problem = defaultProblem(view, is)
  if (problem !== undefined) return left(problem)
  const causes: string[] = []
  if (was.value !== is.value) causes.push('value: Forbidden: may not be changed in an update.')
  if (was.preemptionPolicy !== is.preemptionPolicy) {
    causes.push(`preemptionPolicy: Invalid value: "${is.preemptionPolicy}": field is immutable`)
  }
  if (causes.length > 0) return left(invalid('PriorityClass', name, causes))
  const object = keyOf('', name)
  const partOf = ({ globalDefault, description }: ClassObject) => ({
    globalDefault: globalDefault === true ? true : undefined,
    description,
  })
  const changes = isEqual(partOf(was), partOf(is)) ? [] : [priorityClassEvents.Changed({ object, ...partOf(is) })]
  const changed = updateMetadata('PriorityClass', was.metadata, is.metadata, {
    labelled: (labels) => priorityClassEvents.Labelled({ object, labels }),
    annotated: (annotations) => priorityClassEvents.Annotated({ object, annotations }),
  })
  return isLeft(changed) ? changed : right([...changes, ...changed.right])
}

/** Source: pkg/registry/scheduling/priorityclass/storage/storage.go, Delete. */
export const priorityClassDeletionProblem = (name: string): ApiFailure | undefined =>
  SYSTEM_PRIORITIES[name] === undefined
    ? undefined
    : forbidden('PriorityClass', name, 'this is a system priority class and cannot be deleted')

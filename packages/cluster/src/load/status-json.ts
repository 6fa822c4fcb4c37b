import { isRight } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import { type ApiObject, isGeneric } from '../api/api-object.ts'

/**
 * What is read of the `status` of dumped objects. Everything may be missing and anything may stand beside it, since
 * other versions of Kubernetes write other fields; a part with the wrong type says nothing.
 */

const Terminated = t.intersection([t.type({ exitCode: t.number }), t.partial({ reason: t.string, message: t.string })])
const Waiting = t.partial({ reason: t.string, message: t.string })
const State = t.partial({ running: t.UnknownRecord, waiting: Waiting, terminated: Terminated })
const Container = t.intersection([
  t.type({ name: t.string }),
  t.partial({ ready: t.boolean, started: t.boolean, restartCount: t.number, state: State, lastState: State }),
])
const Condition = t.intersection([
  t.type({ type: t.string, status: t.keyof({ True: null, False: null, Unknown: null }) }),
  t.partial({ reason: t.string, message: t.string }),
])
const conditions = t.readonlyArray(Condition)

export const PodStatusJson = t.partial({
  phase: t.keyof({ Pending: null, Running: null, Succeeded: null, Failed: null, Unknown: null }),
  reason: t.string,
  message: t.string,
  conditions,
  initContainerStatuses: t.readonlyArray(Container),
  containerStatuses: t.readonlyArray(Container),
})
export type PodStatusJson = t.TypeOf<typeof PodStatusJson>
export type ContainerStatusJson = t.TypeOf<typeof Container>

export const NodeStatusJson = t.partial({ conditions })

export const ReplicaStatusJson = t.partial({
  replicas: t.number,
  fullyLabeledReplicas: t.number,
  readyReplicas: t.number,
  availableReplicas: t.number,
  conditions,
})

export const DeploymentStatusJson = t.partial({
  replicas: t.number,
  updatedReplicas: t.number,
  readyReplicas: t.number,
  availableReplicas: t.number,
  unavailableReplicas: t.number,
  collisionCount: t.number,
  conditions,
})

export const StatefulSetStatusJson = t.partial({
  replicas: t.number,
  readyReplicas: t.number,
  availableReplicas: t.number,
  currentReplicas: t.number,
  updatedReplicas: t.number,
  currentRevision: t.string,
  updateRevision: t.string,
  collisionCount: t.number,
})

export const JobStatusJson = t.partial({
  active: t.number,
  ready: t.number,
  terminating: t.number,
  succeeded: t.number,
  failed: t.number,
  startTime: t.string,
  completedIndexes: t.string,
  failedIndexes: t.string,
  uncountedTerminatedPods: t.partial({
    succeeded: t.readonlyArray(t.string),
    failed: t.readonlyArray(t.string),
  }),
  conditions,
})

export const CronJobStatusJson = t.partial({
  active: t.readonlyArray(t.type({ name: t.string })),
})

export const ClaimStatusJson = t.partial({
  phase: t.string,
  capacity: t.partial({ storage: t.string }),
  accessModes: t.readonlyArray(t.string),
})

export const VolumeStatusJson = t.partial({
  phase: t.keyof({ Pending: null, Available: null, Bound: null, Released: null, Failed: null }),
  message: t.string,
})

export const PhaseJson = t.partial({ phase: t.string })

/** The status of an object as far as it can be read; an empty one if there is none. */
export const statusOf = <C extends t.Mixed>(object: ApiObject, codec: C): t.TypeOf<C> => {
  const status = isGeneric(object) ? object.rest.status : 'status' in object ? object.status : undefined
  const decoded = codec.decode(status ?? {})
  return isRight(decoded) ? decoded.right : {}
}

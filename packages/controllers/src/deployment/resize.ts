import { replicaSetEvents } from '@wavetank/cluster'
import { withSize } from './annotations.ts'
import type { SetCopy, Sync } from './sync-state.ts'

/** Writes the size of a ReplicaSet, and what it is a part of, in one request. Source: sync.go, scaleReplicaSet. */
export const resize = (sync: Sync, set: SetCopy, replicas: number): SetCopy => {
  const annotations = withSize(set.annotations, sync.deployment)
  const { key } = set
  if (replicas === set.replicas) {
    if (annotations === set.annotations) return set
    sync.events.push(replicaSetEvents.Annotated({ object: key, annotations }))
    return { ...set, annotations }
  }
  sync.events.push(
    replicaSetEvents.Scaled({
      object: key,
      replicas,
      from: set.replicas,
      annotations: annotations === set.annotations ? undefined : annotations,
    }),
  )
  return { ...set, annotations, replicas, generation: set.generation + 1 }
}

/** The same, but a size that is right already is left alone with its annotations. Source: scaleReplicaSetAndRecordEvent. */
export const resizeUnlessEqual = (sync: Sync, set: SetCopy, replicas: number): SetCopy =>
  replicas === set.replicas ? set : resize(sync, set, replicas)

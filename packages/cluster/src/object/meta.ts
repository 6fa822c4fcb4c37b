import * as t from 'io-ts'
import { Uid } from '../ids.ts'

export const ControllerRef = t.readonly(
  t.type({ apiVersion: t.string, kind: t.string, name: t.string, uid: Uid }),
  'ControllerRef',
)
/** The one owner reference that has `controller: true` (and `blockOwnerDeletion: true`, as `NewControllerRef` writes it). */
export type ControllerRef = t.TypeOf<typeof ControllerRef>

export const Labels = t.readonly(t.record(t.string, t.string), 'Labels')

import type { Labels as LabelsType } from '../labels.ts'
export type Labels = LabelsType

/** How dependents fare when their owner is deleted: `propagationPolicy` of a delete request. */
export const Propagation = t.keyof({ Background: null, Foreground: null, Orphan: null }, 'Propagation')
export type Propagation = t.TypeOf<typeof Propagation>

/** A graceful deletion under way. */
export interface Deletion {
  /** When it was asked for. */
  readonly requestedAt: number
  /** `metadata.deletionTimestamp`: the deadline, not the request. */
  readonly deadline: number
  readonly graceSeconds: number
}

/** A finalizer keeps a deleted object until whoever set it takes it away. */
export const FOREGROUND_DELETION = 'foregroundDeletion'
export const ORPHAN = 'orphan'

/** What every object has, simulated or not. */
export interface ObjectMeta {
  readonly uid: string
  readonly namespace: string
  readonly name: string
  readonly createdAt: number
  labels: Labels
  annotations: Labels
  /** The controlling owner. */
  owner: ControllerRef | undefined
  finalizers: readonly string[]
  deletion: Deletion | undefined
  /** Rises by 1 with every change of the spec. */
  generation: number
  /** `seq` of the last entry that touched the object, plus 1: grows as etcd's revision does. */
  resourceVersion: number
}

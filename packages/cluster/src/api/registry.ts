/** Every kind that has a codec of its own; the others are kept as `GenericObject`. */
import type { ReplicaSet } from './apps/replica-set.ts'
import { replicaSetKind } from './apps/replica-set.ts'
import type { Namespace } from './core/namespace.ts'
import { namespaceKind } from './core/namespace.ts'
import type { Node } from './core/node.ts'
import { nodeKind } from './core/node.ts'
import type { Pod } from './core/pod.ts'
import { podKind } from './core/pod.ts'
import type { ReplicationController } from './core/replication-controller.ts'
import { replicationControllerKind } from './core/replication-controller.ts'
import type { AnyKindDefinition } from './define-kind.ts'

/** An object whose kind is known in full. */
export type TypedObject = Pod | ReplicationController | Node | Namespace | ReplicaSet

export const KINDS: readonly AnyKindDefinition[] = [
  podKind,
  replicationControllerKind,
  nodeKind,
  namespaceKind,
  replicaSetKind,
]

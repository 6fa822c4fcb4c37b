import { defineReplicaController } from './define-replica-controller.ts'

export const replicaSet = defineReplicaController(
  'ReplicaSet',
  'replicaset-controller',
  'Keeps the number of pods of each ReplicaSet at its spec.',
)

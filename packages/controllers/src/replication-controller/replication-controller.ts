import { defineReplicaController } from '../replica-set/define-replica-controller.ts'

export const replicationController = defineReplicaController(
  'ReplicationController',
  'replication-controller',
  'Keeps the number of pods of each ReplicationController at its spec.',
)

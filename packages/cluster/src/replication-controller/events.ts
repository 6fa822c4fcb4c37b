import { defineReplicaEvents } from '../replica-set/replica-events.ts'

export const replicationControllerEvents = defineReplicaEvents('ReplicationController')

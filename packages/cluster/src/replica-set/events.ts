import { defineReplicaEvents } from './replica-events.ts'

export const replicaSetEvents = defineReplicaEvents('ReplicaSet')

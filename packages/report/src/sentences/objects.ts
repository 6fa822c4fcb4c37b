import { CATALOG } from '@wavetank/cluster/api'
import { because, counted, fact, listed, nameOf, reason, type Sentence, state, step, type Values } from './sentence.ts'

type SayOf = (title: string, event: Values) => string
type Rule = (kind: string) => Sentence

const about =
  (make: (say: Sentence['say']) => Sentence, say: SayOf): Rule =>
  (kind) =>
    make((event) => say(`${kind} ${nameOf(event.object)}`, event))

const ownerOf = (owner: unknown): string => {
  const { kind, name } = owner as { kind: string; name: string }
  return `${kind} ${name}`
}

const wanted = (event: Values): string => {
  const { replicas } = (event.spec ?? {}) as { readonly replicas?: number }
  return replicas === undefined ? '' : `, for ${counted(replicas, 'pod')}`
}

/** What happens to the objects of any kind that has a table, by the end of the event's name. */
const everyKind: Readonly<Record<string, Rule>> = {
  Created: about(fact, (title, event) => `${title} is created${wanted(event)}`),
  Labelled: about(step, (title) => `${title} has other labels`),
  Annotated: about(step, (title) => `${title} has other annotations`),
  Adopted: about(fact, (title, { owner }) => `${ownerOf(owner)} takes ${title} for its own`),
  Released: about(fact, (title, { owner }) => `${title} is let go by its owner, ${nameOf(owner)}`),
  MarkedForDeletion: about(fact, (title, { propagation }) =>
    propagation === 'Orphan'
      ? `${title} is being deleted, without what it owns`
      : `${title} is being deleted, with what it owns`,
  ),
  FinalizersChanged: about(step, (title) => `${title} has other finalizers`),
  Deleted: about(fact, (title) => `${title} is gone`),
  Scaled: about(
    fact,
    (title, { from, replicas }) =>
      `${title} is to have ${counted(replicas, 'pod')}${from === undefined ? '' : ` instead of ${String(from)}`}`,
  ),
  SpecChanged: about(fact, (title) => `${title} gets another spec`),
  TemplateChanged: about(fact, (title) => `${title} gets another pod template`),
  SyncFailed: about(
    fact,
    (title, { message }) => `the controller of ${title} cannot do what it has to${because(message)}`,
  ),
  Noted: about(
    fact,
    (title, { reason, message }) => `the controller of ${title} says ${String(reason)}${because(message)}`,
  ),
}

interface Condition {
  readonly type: string
  readonly status: string
  readonly message: string
}

const replicasReported: SayOf = (title, { replicas, readyReplicas, availableReplicas, failure }) => {
  const refused = failure === undefined ? undefined : (failure as { readonly message: string }).message
  return `${title} has ${counted(replicas, 'pod')}, ${String(readyReplicas)} ready, ${String(availableReplicas)} available${because(refused)}`
}

/** Sentences of one kind, by the whole name of the event. */
export const objectSentences: Readonly<Record<string, Sentence>> = {
  DeploymentPaused: fact(({ object }) => `Deployment ${nameOf(object)} is paused`),
  DeploymentResumed: fact(({ object }) => `Deployment ${nameOf(object)} is resumed`),
  DeploymentStatusReported: state(({ object, replicas, updatedReplicas, availableReplicas, conditions }) => {
    const failing = (conditions as readonly Condition[]).find(
      ({ type, status }) =>
        (type === 'Progressing' && status === 'False') || (type === 'ReplicaFailure' && status === 'True'),
    )
    return `Deployment ${nameOf(object)} has ${counted(replicas, 'pod')}, ${String(updatedReplicas)} with the current template, ${String(availableReplicas)} available${because(failing?.message)}`
  }),
  DeploymentReplicaSetRefused: fact(
    ({ object, replicaSet, message }) =>
      `the API server does not take ReplicaSet ${nameOf(replicaSet)} of Deployment ${nameOf(object)}${because(message)}`,
  ),
  DeploymentStalled: fact(
    ({ object, reasons }) =>
      `the rollout of Deployment ${nameOf(object)} has stalled: ${(reasons as readonly string[]).join('; ')}`,
  ),
  DeploymentRolledBack: fact(
    ({ object, revision }) => `Deployment ${nameOf(object)} goes back to revision ${String(revision)}`,
  ),
  DeploymentRollbackRefused: fact(
    ({ object, message }) => `Deployment ${nameOf(object)} is not rolled back${because(message)}`,
  ),
  DeploymentSelectsAll: fact(
    ({ object }) => `Deployment ${nameOf(object)} selects all pods: its controller leaves it alone`,
  ),
  ReplicaSetStatusReported: about(state, replicasReported)('ReplicaSet'),
  ReplicaSetSelectorChanged: fact(({ object }) => `ReplicaSet ${nameOf(object)} gets another selector`),
  ReplicaSetMinReadySecondsChanged: step(({ object }) => `ReplicaSet ${nameOf(object)} gets other minReadySeconds`),
  ReplicationControllerStatusReported: about(state, replicasReported)('ReplicationController'),
  ReplicationControllerSelectorChanged: fact(
    ({ object }) => `ReplicationController ${nameOf(object)} gets another selector`,
  ),
  ReplicationControllerMinReadySecondsChanged: step(
    ({ object }) => `ReplicationController ${nameOf(object)} gets other minReadySeconds`,
  ),
  DaemonSetStatusReported: state(
    ({ object, desiredNumberScheduled, numberReady }) =>
      `DaemonSet ${nameOf(object)} has ${String(numberReady)} of ${counted(desiredNumberScheduled, 'pod')} ready`,
  ),
  StatefulSetStatusReported: state(
    ({ object, replicas, readyReplicas }) =>
      `StatefulSet ${nameOf(object)} has ${counted(replicas, 'pod')}, ${String(readyReplicas)} ready`,
  ),
  StatefulSetSyncFailed: fact(
    ({ object, pod, message }) =>
      `the controller of StatefulSet ${nameOf(object)} cannot make pod ${nameOf(pod)}${because(message)}`,
  ),
  ControllerRevisionRenumbered: step(
    ({ object, revision }) => `ControllerRevision ${nameOf(object)} is revision ${String(revision)} now`,
  ),
  JobStatusReported: state(
    ({ object, active, succeeded, failed }) =>
      `Job ${nameOf(object)} has ${String(active)} active, ${String(succeeded)} succeeded, ${String(failed)} failed`,
  ),
  JobSuspended: fact(({ object }) => `Job ${nameOf(object)} is suspended`),
  JobResumed: fact(({ object }) => `Job ${nameOf(object)} goes on`),
  JobDecided: fact(
    ({ object, condition, message }) => `Job ${nameOf(object)} will end with ${String(condition)}${because(message)}`,
  ),
  JobFinished: fact(
    ({ object, condition, message }) => `Job ${nameOf(object)} is ${String(condition)}${because(message)}`,
  ),
  JobBackoffChanged: step(
    ({ object, failures }) => `Job ${nameOf(object)} has ${counted(failures, 'failure')} behind it`,
  ),
  CronJobStatusReported: state(
    ({ object, active }) =>
      `CronJob ${nameOf(object)} has ${counted((active as readonly unknown[]).length, 'Job')} running`,
  ),
  HorizontalPodAutoscalerStatusReported: state(
    ({ object, currentReplicas, desiredReplicas }) =>
      `HorizontalPodAutoscaler ${nameOf(object)} has ${counted(currentReplicas, 'pod')} and wants ${String(desiredReplicas)}`,
  ),
  HorizontalPodAutoscalerRescaled: reason(
    ({ object, from, to, reason }) =>
      `HorizontalPodAutoscaler ${nameOf(object)} asks for ${counted(to, 'pod')} instead of ${String(from)}${because(reason)}`,
  ),
  HorizontalPodAutoscalerRecommended: step(
    ({ object, replicas }) =>
      `HorizontalPodAutoscaler ${nameOf(object)} would have ${replicas === undefined ? 'no other number of pods' : counted(replicas, 'pod')}`,
  ),
  PersistentVolumeClaimClassDefaulted: fact(
    ({ object, storageClass }) =>
      `PersistentVolumeClaim ${nameOf(object)} gets the default class ${String(storageClass)}`,
  ),
  PersistentVolumeClaimNodeSelected: fact(({ object, node }) =>
    node === undefined
      ? `the node chosen for PersistentVolumeClaim ${nameOf(object)} did not work out`
      : `PersistentVolumeClaim ${nameOf(object)} is to be reachable from node ${String(node)}`,
  ),
  PersistentVolumeClaimProvisioningRequested: fact(
    ({ object, provisioner }) =>
      `${String(provisioner)} is asked for a volume for PersistentVolumeClaim ${nameOf(object)}`,
  ),
  PersistentVolumeClaimBound: fact(
    ({ object, volume }) => `PersistentVolumeClaim ${nameOf(object)} has volume ${nameOf(volume)}`,
  ),
  PersistentVolumeClaimLost: fact(
    ({ object, message }) => `PersistentVolumeClaim ${nameOf(object)} has lost its volume${because(message)}`,
  ),
  ClaimLeftPending: fact(
    ({ object, message }) => `PersistentVolumeClaim ${nameOf(object)} stays Pending${because(message)}`,
  ),
  PersistentVolumeAssigned: fact(({ object, claim }) => {
    const { namespace, name } = claim as { namespace: string; name: string }
    return `PersistentVolume ${nameOf(object)} goes to PersistentVolumeClaim ${nameOf(`${namespace}/${name}`)}`
  }),
  PersistentVolumeUnassigned: fact(({ object }) => `PersistentVolume ${nameOf(object)} goes to nobody after all`),
  PersistentVolumePhaseChanged: fact(
    ({ object, phase, message }) => `PersistentVolume ${nameOf(object)} is ${String(phase)}${because(message)}`,
  ),
  PodDisruptionBudgetStatusReported: state(
    ({ object, currentHealthy, desiredHealthy, disruptionsAllowed }) =>
      `PodDisruptionBudget ${nameOf(object)} lets ${counted(disruptionsAllowed, 'pod')} go: ${String(currentHealthy)} healthy, ${String(desiredHealthy)} have to be`,
  ),
  PodDisruptionBudgetDisruptionGranted: fact(
    ({ object, pod }) => `PodDisruptionBudget ${nameOf(object)} lets pod ${nameOf(pod)} be evicted`,
  ),
  PodDisruptionBudgetMatchedNothing: step(({ object }) => `PodDisruptionBudget ${nameOf(object)} matches no pods`),
  PodDisruptionBudgetFoundUnmanagedPods: fact(
    ({ object, pods }) => `PodDisruptionBudget ${nameOf(object)} matches ${counted(pods, 'pod')} without a controller`,
  ),
  PriorityClassChanged: fact(({ object }) => `PriorityClass ${nameOf(object)} is changed`),
  EndpointSliceEndpointsChanged: step(({ object }) => `EndpointSlice ${nameOf(object)} has other endpoints`),
  EndpointSliceRewritten: step(({ object }) => `EndpointSlice ${nameOf(object)} is written anew`),
  EndpointSliceSyncFailed: fact(
    ({ object, pods, message }) =>
      `pods are left out of the endpoints of Service ${nameOf(object)}: ${listed(pods)}${because(message)}`,
  ),
  ResourceQuotaStatusReported: state(({ object }) => `the use of ResourceQuota ${nameOf(object)} is counted`),
}

const kindsLongestFirst = CATALOG.map(({ kind }) => kind).sort((a, b) => b.length - a.length || (a < b ? -1 : 1))

/** `ReplicaSet` for `ReplicaSetScaled`: what the field `object` of such an event names. */
export const kindOfEvent = (event: string): string | undefined =>
  kindsLongestFirst.find((kind) => event.startsWith(kind))

/** By rule: what any object of a kind can go through. */
export const ruleFor = (event: string): Sentence | undefined => {
  const kind = kindOfEvent(event)
  return kind === undefined ? undefined : everyKind[event.slice(kind.length)]?.(kind)
}

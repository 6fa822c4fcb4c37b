import { defineEvent, optional, RELEASE } from '@wavetank/kernel'
import * as t from 'io-ts'
import { NodeName, ObjectKey, PodKey, Uid } from '../ids.ts'
import { ControllerRef, Labels } from '../object/meta.ts'

export const PodPhase = t.keyof(
  { Pending: null, Running: null, Succeeded: null, Failed: null, Unknown: null },
  'PodPhase',
)
export type PodPhase = t.TypeOf<typeof PodPhase>

/** One run of a container that is over. */
export const Termination = t.readonly(
  t.intersection([
    t.type({ exitCode: t.number, reason: t.string, startedAt: t.number, finishedAt: t.number }),
    t.partial({ message: t.string }),
  ]),
  'Termination',
)
export type Termination = t.TypeOf<typeof Termination>

/** `status.containerStatuses[]`, times in milliseconds of the run. */
export const ContainerStatus = t.readonly(
  t.intersection([
    t.type({ name: t.string, ready: t.boolean, restartCount: t.number }),
    t.partial({
      started: t.boolean,
      /** `backoffMillis` and `error` stand for messages that follow from them. */
      waiting: t.readonly(
        t.intersection([
          t.type({ reason: t.string }),
          t.partial({ backoffMillis: t.number, error: t.string, message: t.string }),
        ]),
      ),
      running: t.readonly(t.type({ startedAt: t.number })),
      terminated: Termination,
      lastTermination: Termination,
    }),
  ]),
  'ContainerStatus',
)
export type ContainerStatus = t.TypeOf<typeof ContainerStatus>

export const PodTemplateRecorded = defineEvent('PodTemplateRecorded', {
  doc: 'A pod template is seen for the first time; from here on it is called by its hash.',
  data: {
    template: t.string,
    labels: Labels,
    annotations: optional(Labels),
    finalizers: optional(t.readonlyArray(t.string)),
    spec: t.UnknownRecord,
  },
})

export const PodCreated = defineEvent('PodCreated', {
  doc:
    'A pod object is stored, Pending. Its spec is that of the template, after admission, with what is this pod’s alone: ' +
    '`affinityNode` is the one node that its required affinity names, `claims` the claim behind each volume by name.',
  data: {
    pod: PodKey,
    uid: Uid,
    template: t.string,
    owner: optional(ControllerRef),
    labels: optional(Labels),
    annotations: optional(Labels),
    node: optional(NodeName),
    hostname: optional(t.string),
    subdomain: optional(t.string),
    affinityNode: optional(NodeName),
    claims: optional(Labels),
  },
})

export const PodBound = defineEvent('PodBound', {
  doc: 'The scheduler assigned the pod to a node; its requests count there from now on. `evaluated`: nodes that were looked at, if not all.',
  data: { pod: PodKey, node: NodeName, evaluated: optional(t.number) },
})

export const PodUnschedulable = defineEvent('PodUnschedulable', {
  doc: 'No node fits; the message is what kube-scheduler would print. `plugins` rejected the pod. `nominatedNode` is where preemption makes room for it, empty if a nomination ends, absent if nothing changes.',
  data: {
    pod: PodKey,
    message: t.string,
    plugins: optional(t.readonlyArray(t.string)),
    nominatedNode: optional(NodeName),
  },
})

export const PodNominationCleared = defineEvent('PodNominationCleared', {
  doc: 'A pod of higher priority took the room that preemption had made for this one.',
  data: { pod: PodKey },
})

export const PodSchedulingGatesChanged = defineEvent('PodSchedulingGatesChanged', {
  doc: 'Scheduling gates were removed; these are left. Without any the scheduler may try the pod.',
  data: { pod: PodKey, gates: t.readonlyArray(t.string) },
})

export const PodAccepted = defineEvent('PodAccepted', {
  doc: 'The kubelet has seen the pod and reports that its containers are being created.',
  data: { pod: PodKey, node: NodeName },
})

export const PodRejected = defineEvent('PodRejected', {
  doc: 'The kubelet refuses to run the pod; phase Failed comes with it.',
  data: { pod: PodKey, reason: t.string, message: t.string },
})

export const PodKilledByKubelet = defineEvent('PodKilledByKubelet', {
  doc: 'The kubelet ends the pod of its own accord: eviction, room for a critical pod, node shutdown, or its deadline. Phase Failed follows when nothing of it runs any more, with `disruption` as the message of a condition DisruptionTarget.',
  data: {
    pod: PodKey,
    reason: t.string,
    message: t.string,
    disruption: optional(t.string),
    graceSeconds: t.number,
  },
})

export const PodSandboxStarted = defineEvent('PodSandboxStarted', {
  doc: 'The pod has a sandbox, with the next IP of its node’s range.',
  data: { pod: PodKey },
})

export const ImagePullStarted = defineEvent('ImagePullStarted', {
  doc: 'The kubelet starts to pull an image.',
  data: { pod: PodKey, container: t.string, image: t.string, node: NodeName },
})

export const ImagePulled = defineEvent('ImagePulled', {
  doc: 'The image is on the node. `millis` is the pull alone, `waitedMillis` includes the queue.',
  data: {
    pod: PodKey,
    container: t.string,
    image: t.string,
    node: NodeName,
    bytes: t.number,
    millis: t.number,
    waitedMillis: t.number,
  },
})

export const ImagePullFailed = defineEvent('ImagePullFailed', {
  doc: 'The image could not be pulled: `NotFound` if the registry has none, `Unavailable` if it does not answer, `NoSpace` if the node has no room for it.',
  data: { pod: PodKey, container: t.string, image: t.string, node: NodeName, error: t.string },
})

export const ImagePullBackedOff = defineEvent('ImagePullBackedOff', {
  doc: 'The kubelet will not pull the image again before `until`: ImagePullBackOff. What it says at each retry until then is not in the log.',
  data: { pod: PodKey, container: t.string, until: t.number, error: t.string },
})

export const ContainerRefused = defineEvent('ContainerRefused', {
  doc:
    'The container cannot be started as things are: `reason` is ErrImageNeverPull, InvalidImageName, ' +
    'CreateContainerConfigError or CreateContainerError, `object` what its configuration names and nobody has made. What ' +
    'the kubelet says at each retry is not in the log.',
  data: {
    pod: PodKey,
    container: t.string,
    reason: t.string,
    message: optional(t.string),
    object: optional(t.string),
    backoffMillis: optional(t.number),
  },
})

export const ContainerStartFailed = defineEvent('ContainerStartFailed', {
  doc: 'The container was made and its command could not be run: RunContainerError. It has ended with 128 without ever having run.',
  data: {
    pod: PodKey,
    container: t.string,
    restart: t.number,
    backoffMillis: optional(t.number),
    message: t.string,
  },
})

export const VolumeMountFailed = defineEvent('VolumeMountFailed', {
  doc: 'A volume of the pod cannot be mounted, because the ConfigMaps or Secrets in `objects` lack something. It is tried again, ever more rarely, counted from `since`; the tries that find the same are not in the log.',
  data: { pod: PodKey, volume: t.string, message: t.string, objects: t.readonlyArray(t.string), since: t.number },
})

export const VolumeMounted = defineEvent('VolumeMounted', {
  doc: 'A volume that could not be mounted before is mounted.',
  data: { pod: PodKey, volume: t.string },
})

export const ContainerStarted = defineEvent('ContainerStarted', {
  doc: 'A container’s process runs. `restart` counts from 0; `backoffMillis` is what the next restart will have to wait; `usage` is which of the settings’ usages its behaviour has; `progress` the milliseconds of its work that were saved before, `keptIn` the claim that keeps them for other pods.',
  data: {
    pod: PodKey,
    container: t.string,
    restart: t.number,
    backoffMillis: optional(t.number),
    usage: optional(t.number),
    progress: optional(t.number),
    keptIn: optional(t.string),
  },
})

export const PostStartHookEnded = defineEvent('PostStartHookEnded', {
  doc: 'The postStart hook of a container has ended; `failure` is what the kubelet says if it failed, and the container is killed then.',
  data: { pod: PodKey, container: t.string, restart: t.number, failure: optional(t.string) },
})

export const PreStopHookFailed = defineEvent('PreStopHookFailed', {
  doc: 'The preStop hook of a container failed; it is stopped all the same.',
  // Before the end of the container, which may come with it.
  rank: RELEASE,
  data: { pod: PodKey, container: t.string },
})

export const ContainerStopping = defineEvent('ContainerStopping', {
  doc: 'The kubelet stops a container: preStop, SIGTERM, which a sidecar gets after those that it serves, and SIGKILL when the grace period is over.',
  data: { pod: PodKey, container: t.string, reason: t.string, graceSeconds: t.number },
})

export const ContainerExited = defineEvent('ContainerExited', {
  doc: 'A container’s process ended. 137 is SIGKILL, 143 SIGTERM.',
  rank: RELEASE,
  data: { pod: PodKey, container: t.string, restart: t.number, exitCode: t.number, reason: t.string },
})

export const ContainerBackedOff = defineEvent('ContainerBackedOff', {
  doc:
    'The kubelet will not restart the container before `until`: CrashLoopBackOff. It looks again every 10 to 15 s, and ' +
    'what it then says again is not in the log.',
  data: { pod: PodKey, container: t.string, backoffMillis: t.number, until: t.number },
})

export const ProbeAnswered = defineEvent('ProbeAnswered', {
  doc:
    'A probe was answered: the HTTP status (for every kind of probe), `refused` or `timeout`; `asked` counts the requests ' +
    'to this run of the container. Requests that are answered as the one before and change no result are not in the log.',
  data: {
    pod: PodKey,
    container: t.string,
    probe: t.string,
    answer: t.string,
    asked: t.number,
    output: optional(t.string),
  },
})

export const ProbeFailed = defineEvent('ProbeFailed', {
  doc: 'A probe failed often enough to matter; `failures` in a row, the last just now.',
  data: { pod: PodKey, container: t.string, probe: t.string, failures: t.number },
})

export const ProbeSucceeded = defineEvent('ProbeSucceeded', {
  doc: 'A probe succeeded often enough to change the result.',
  data: { pod: PodKey, container: t.string, probe: t.string },
})

/** `status`, as the kubelet writes it. */
const reportedStatus = {
  pod: PodKey,
  phase: PodPhase,
  ready: t.boolean,
  ip: optional(t.string),
  sandboxReady: optional(t.boolean),
  reason: optional(t.string),
  message: optional(t.string),
  initContainers: optional(t.readonlyArray(ContainerStatus)),
  containers: t.readonlyArray(ContainerStatus),
}

export const PodStatusReported = defineEvent('PodStatusReported', {
  doc: 'The kubelet wrote the pod’s status to the API server.',
  rank: RELEASE,
  data: reportedStatus,
})

export const PodResumed = defineEvent('PodResumed', {
  doc:
    'The pod was there before the run began: this is its status, and its node has these containers of it. What runs ' +
    'goes on, what waits will be started again, what is over is over.',
  data: reportedStatus,
})

export const ContainerResumed = defineEvent('ContainerResumed', {
  doc: 'A container that ran before the run began runs on, and its behaviour says what it uses: `usage` of the settings.',
  data: { pod: PodKey, container: t.string, usage: t.number },
})

export const PodMarkedNotReady = defineEvent('PodMarkedNotReady', {
  doc: 'The node lifecycle controller set Ready=False because the node is not ready; nothing happened to the containers.',
  data: { pod: PodKey },
})

export const PodDisruptionTargeted = defineEvent('PodDisruptionTargeted', {
  doc: 'Condition DisruptionTarget=True: the pod is about to be terminated because of a disruption.',
  // Not later than the deletion that it comes with, which may be at once.
  rank: RELEASE,
  data: { pod: PodKey, reason: t.string, message: t.string },
})

export const PodDisruptionTargetCleared = defineEvent('PodDisruptionTargetCleared', {
  doc: 'Condition DisruptionTarget=False: the disruption controller found that nobody terminated the pod after all.',
  data: { pod: PodKey },
})

export const PodMarkedForDeletion = defineEvent('PodMarkedForDeletion', {
  doc: 'A graceful deletion was asked for: deletionTimestamp is set, the pod stays until its kubelet confirms.',
  data: { pod: PodKey, graceSeconds: t.number },
})

export const PodFailed = defineEvent('PodFailed', {
  doc: 'Someone other than the kubelet set phase Failed.',
  rank: RELEASE,
  data: { pod: PodKey, reason: optional(t.string), message: optional(t.string) },
})

export const PodDeleted = defineEvent('PodDeleted', {
  doc: 'The pod object is gone.',
  rank: RELEASE,
  data: { pod: PodKey },
})

export const PodAdopted = defineEvent('PodAdopted', {
  doc: 'A controller whose selector matches an orphan made itself its owner.',
  // Not later than the deletion of a pod that is one too many.
  rank: RELEASE,
  data: { pod: PodKey, owner: ControllerRef },
})

export const PodReleased = defineEvent('PodReleased', {
  doc: 'The pod has no controlling owner any more: its labels left the selector, or the owner was deleted and orphaned it.',
  data: { pod: PodKey, owner: ObjectKey },
})

export const PodFinalizersChanged = defineEvent('PodFinalizersChanged', {
  doc: 'The pod’s finalizers changed; these are all of them. A deleted pod is gone when the last one is.',
  rank: RELEASE,
  data: { pod: PodKey, finalizers: t.readonlyArray(t.string) },
})

export const PodLabelled = defineEvent('PodLabelled', {
  doc: 'The pod’s labels changed; these are all of them.',
  data: { pod: PodKey, labels: Labels },
})

export const PodAnnotated = defineEvent('PodAnnotated', {
  doc: 'The pod’s annotations changed; these are all of them.',
  data: { pod: PodKey, annotations: Labels },
})

export const podEvents = [
  PodTemplateRecorded,
  PodCreated,
  PodBound,
  PodUnschedulable,
  PodNominationCleared,
  PodSchedulingGatesChanged,
  PodAccepted,
  PodRejected,
  PodKilledByKubelet,
  PodSandboxStarted,
  ImagePullStarted,
  ImagePulled,
  ImagePullFailed,
  ImagePullBackedOff,
  ContainerRefused,
  ContainerStartFailed,
  VolumeMountFailed,
  VolumeMounted,
  ContainerStarted,
  PostStartHookEnded,
  PreStopHookFailed,
  ContainerStopping,
  ContainerExited,
  ContainerBackedOff,
  ProbeAnswered,
  ProbeFailed,
  ProbeSucceeded,
  PodStatusReported,
  PodResumed,
  ContainerResumed,
  PodMarkedNotReady,
  PodDisruptionTargeted,
  PodDisruptionTargetCleared,
  PodMarkedForDeletion,
  PodFailed,
  PodDeleted,
  PodAdopted,
  PodReleased,
  PodFinalizersChanged,
  PodLabelled,
  PodAnnotated,
] as const

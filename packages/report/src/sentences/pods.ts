import { formatMillis } from '@wavetank/kernel'
import {
  because,
  counted,
  duration,
  fact,
  fromOwn,
  listed,
  nameOf,
  type Sentence,
  state,
  step,
  type Values,
} from './sentence.ts'

const pod = ({ pod: key }: Values): string => `pod ${nameOf(key)}`

const container = (event: Values): string => `container ${String(event.container)} of ${pod(event)}`

const ownerOf = (owner: unknown): string => {
  const { kind, name } = owner as { kind: string; name: string }
  return `${kind} ${name}`
}

interface StatusLike {
  readonly name: string
  readonly ready: boolean
  readonly waiting?: { readonly reason: string }
  readonly terminated?: { readonly reason: string; readonly exitCode: number }
}

const trouble = ({ name, waiting, terminated }: StatusLike): readonly string[] => {
  if (waiting !== undefined) return [`${name} waits: ${waiting.reason}`]
  return terminated === undefined ? [] : [`${name} has ended: ${terminated.reason}, exit code ${terminated.exitCode}`]
}

const status = (event: Values): string => {
  const {
    phase,
    ready,
    initContainers = [],
    containers,
    reason,
  } = event as {
    readonly phase: string
    readonly ready: boolean
    readonly initContainers?: readonly StatusLike[]
    readonly containers: readonly StatusLike[]
    readonly reason?: string
  }
  const troubles = [...initContainers, ...containers].flatMap(trouble)
  const over = phase === 'Succeeded' || phase === 'Failed'
  const said = over ? phase : `${phase}${ready ? ' and Ready' : ', not Ready'}`
  const why = reason ?? (over && phase === 'Succeeded' ? undefined : ready ? undefined : troubles.join(', '))
  return `${pod(event)} is ${said}${because(why)}`
}

const PULL_ERRORS: Readonly<Record<string, string>> = {
  NotFound: 'no registry has it',
  Unavailable: 'the registry does not answer',
  NoSpace: 'there is no room for it',
}

/** What happens to pods and their containers. */
export const podSentences: Readonly<Record<string, Sentence>> = {
  PodTemplateRecorded: step(({ template }) => `a pod template is written for the first time, ${String(template)}`),
  PodCreated: fact((event) => {
    const { owner, node } = event
    const where = node === undefined ? '' : `, for node ${String(node)}`
    return owner === undefined ? `${pod(event)} is created${where}` : `${ownerOf(owner)} creates ${pod(event)}${where}`
  }),
  PodBound: fromOwn(fact((event) => `the scheduler puts ${pod(event)} on node ${String(event.node)}`)),
  PodUnschedulable: fromOwn(
    fact((event) => {
      const { message, nominatedNode } = event
      const room =
        nominatedNode === undefined || nominatedNode === '' ? '' : `; room is made for it on ${String(nominatedNode)}`
      return `the scheduler finds no node for ${pod(event)}${because(message)}${room}`
    }),
  ),
  PodNominationCleared: fromOwn(
    fact((event) => `the room that was made for ${pod(event)} goes to a more important pod`),
  ),
  PodSchedulingGatesChanged: fact((event) => {
    const gates = event.gates as readonly string[]
    return gates.length === 0
      ? `${pod(event)} has no scheduling gates any more`
      : `${pod(event)} still has scheduling gates: ${listed(gates)}`
  }),
  PodAccepted: step((event) => `the kubelet of ${String(event.node)} takes ${pod(event)}`),
  PodRejected: fact((event) => `the kubelet refuses ${pod(event)}: ${String(event.reason)}${because(event.message)}`),
  PodKilledByKubelet: fact(
    (event) => `the kubelet ends ${pod(event)}: ${String(event.reason)}${because(event.message)}`,
  ),
  PodSandboxStarted: step((event) => `${pod(event)} has its sandbox and address`),
  ImagePullStarted: step((event) => `${String(event.node)} begins to pull ${String(event.image)} for ${pod(event)}`),
  ImagePulled: fromOwn(
    step(
      (event) =>
        `${String(event.node)} has pulled ${String(event.image)} for ${pod(event)} in ${duration(event.waitedMillis)}`,
    ),
  ),
  ImagePullFailed: fact(
    (event) =>
      `${String(event.node)} cannot pull ${String(event.image)} for ${pod(event)}: ${PULL_ERRORS[String(event.error)] ?? String(event.error)}`,
  ),
  ImagePullBackedOff: fact(
    (event) =>
      `the image of ${container(event)} is not pulled again before ${formatMillis(Math.max(0, Number(event.until)))}: ImagePullBackOff`,
  ),
  ContainerRefused: fact(
    (event) => `${container(event)} cannot be started: ${String(event.reason)}${because(event.message)}`,
  ),
  ContainerStartFailed: fact((event) => `${container(event)} cannot be run${because(event.message)}`),
  VolumeMountFailed: fact(
    (event) => `volume ${String(event.volume)} of ${pod(event)} cannot be mounted${because(event.message)}`,
  ),
  VolumeMounted: fact((event) => `volume ${String(event.volume)} of ${pod(event)} is mounted after all`),
  ContainerStarted: fact((event) => {
    const again = event.restart === 0 ? '' : ` again (restart ${String(event.restart)})`
    return `${container(event)} starts${again}`
  }),
  PostStartHookEnded: fact((event) =>
    event.failure === undefined
      ? `the postStart hook of ${container(event)} is done`
      : `the postStart hook of ${container(event)} fails${because(event.failure)}`,
  ),
  PreStopHookFailed: fact((event) => `the preStop hook of ${container(event)} fails`),
  ContainerStopping: fact(
    (event) =>
      `the kubelet stops ${container(event)}, with ${String(event.graceSeconds)} s of grace${because(event.reason)}`,
  ),
  ContainerExited: fact(
    (event) => `${container(event)} ends: ${String(event.reason)}, exit code ${String(event.exitCode)}`,
  ),
  ContainerBackedOff: fact(
    (event) =>
      `${container(event)} is not restarted before ${formatMillis(Math.max(0, Number(event.until)))}: CrashLoopBackOff`,
  ),
  ProbeAnswered: step(
    (event) => `the ${String(event.probe)} probe of ${container(event)} is answered ${String(event.answer)}`,
  ),
  ProbeFailed: fact((event) => {
    const row = event.failures === 1 ? '' : `, ${String(event.failures)} times in a row`
    return `the ${String(event.probe)} probe of ${container(event)} fails${row}`
  }),
  ProbeSucceeded: fact((event) => `the ${String(event.probe)} probe of ${container(event)} succeeds`),
  PodStatusReported: state(status),
  PodResumed: fact((event) => `${pod(event)} was there before the run: it is ${String(event.phase)}`),
  ContainerResumed: step((event) => `${container(event)} runs on from before the run`),
  PodMarkedNotReady: fact((event) => `${pod(event)} is marked not Ready, since its node is not`),
  PodDisruptionTargeted: fact((event) => `${pod(event)} is to go: ${String(event.reason)}${because(event.message)}`),
  PodDisruptionTargetCleared: fact((event) => `nobody ended ${pod(event)} after all`),
  PodMarkedForDeletion: fact(
    (event) => `${pod(event)} is being deleted, with ${String(event.graceSeconds)} s of grace`,
  ),
  PodFailed: fact((event) => `${pod(event)} is marked Failed${because(event.message ?? event.reason)}`),
  PodDeleted: fact((event) => `${pod(event)} is gone`),
  PodAdopted: fact((event) => `${ownerOf(event.owner)} takes ${pod(event)} for its own`),
  PodReleased: fact((event) => `${pod(event)} is let go by its owner, ${nameOf(event.owner)}`),
  PodFinalizersChanged: step((event) => {
    const { length } = event.finalizers as readonly string[]
    return `${pod(event)} has ${length === 0 ? 'no finalizers any more' : counted(length, 'finalizer')}`
  }),
  PodLabelled: fact((event) => `${pod(event)} has other labels`),
  PodAnnotated: step((event) => `${pod(event)} has other annotations`),
  PodStopping: step((event) => `the kubelet begins to stop ${pod(event)}`),
  PodEvictionRefused: fact(
    (event) =>
      `the API server does not let ${pod(event)} be evicted: ${String(event.message)}${event.why === undefined ? '' : ` ${String(event.why)}`}`,
  ),
  PodInSeveralBudgets: fact(
    (event) => `${pod(event)} is in several PodDisruptionBudgets and cannot be evicted: ${listed(event.budgets)}`,
  ),
  PodDisruptionOverdue: fact(
    (event) =>
      `${pod(event)} was to be evicted and has not gone: PodDisruptionBudget ${nameOf(event.object)} counts it again`,
  ),
  FailedDaemonPodFound: fact(
    (event) => `${pod(event)} of DaemonSet ${nameOf(event.object)} has failed on ${String(event.node)}`,
  ),
  SucceededDaemonPodFound: fact(
    (event) =>
      `${pod(event)} of DaemonSet ${nameOf(event.object)} has ended on ${String(event.node)}, which it should not`,
  ),
  EphemeralVolumeFailed: fact(
    (event) =>
      `the claim of volume ${String(event.volume)} of ${pod(event)} could not be made${because(event.message)}`,
  ),
  VolumeBindingBegun: fromOwn(
    fact((event) => `the scheduler chooses node ${String(event.node)} for ${pod(event)}, which waits for its claims`),
  ),
  ResourceQuotaPodExpired: step((event) => `no quota counts ${pod(event)} any more`),
  TaintEvictionPlanned: fact(
    (event) => `${pod(event)} is to leave its node in ${duration(event.millis)}, as long as it tolerates the taint`,
  ),
  TaintEvictionCancelled: fact((event) => `${pod(event)} need not leave its node`),
}

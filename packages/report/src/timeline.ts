import { type Entry, formatMillis, type SimEvent } from '@wavetank/kernel'

type Values = Readonly<Record<string, unknown>>

/** How one kind of event reads behind its name. */
type Phrase = (event: Values) => string

/** What an event is about; the first of these that it has is printed without its name. */
const SUBJECTS = ['pod', 'object', 'node', 'namespace', 'template', 'zone']

const LONGEST = 72

const short = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text)

const format = (value: unknown): string => {
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)
  if (Array.isArray(value) && value.every((item) => typeof item === 'string')) return short(value.join(','))
  return short(JSON.stringify(value))
}

const fields = (event: Values, except: readonly string[]): string =>
  Object.entries(event)
    .filter(([name]) => name !== 'kind' && !except.includes(name))
    .map(([name, value]) => ` ${name}=${format(value)}`)
    .join('')

/** The subject, then every field as `name=value`: right for any event, known here or not. */
const plain: Phrase = (event) => {
  const subject = SUBJECTS.find((name) => typeof event[name] === 'string')
  return subject === undefined ? fields(event, []) : ` ${event[subject]}${fields(event, [subject])}`
}

interface StatusLike {
  readonly name: string
  readonly ready: boolean
  readonly waiting?: { readonly reason: string }
  readonly terminated?: { readonly reason: string; readonly exitCode: number }
}

const containerState = ({ name, ready, waiting, terminated }: StatusLike): string => {
  if (terminated !== undefined) return `${name}:${terminated.reason}(${terminated.exitCode})`
  if (waiting !== undefined) return `${name}:${waiting.reason}`
  return `${name}:${ready ? 'ready' : 'running'}`
}

const conditionState = ({ type, status, reason }: { type: string; status: string; reason: string }): string =>
  `${type}=${status}(${reason})`

const taintOf = (taint: unknown): string => {
  const { key, value, effect } = taint as { key: string; value?: string; effect: string }
  return `${key}${value === undefined ? '' : `=${value}`}:${effect}`
}

const ownerName = (owner: unknown): string => {
  const { kind, name } = owner as { kind: string; name: string }
  return `${kind}/${name}`
}

const replicasCreated: Phrase = ({ object, spec }) => ` ${object} replicas=${(spec as { replicas: number }).replicas}`

const replicasReported: Phrase = ({ object, replicas, readyReplicas, availableReplicas, failure }) => {
  const reason = failure === undefined ? '' : ` ${(failure as { reason: string }).reason}`
  return ` ${object} replicas=${replicas} ready=${readyReplicas} available=${availableReplicas}${reason}`
}

const podStatus: Phrase = ({ pod, phase, ready, initContainers, containers }) => {
  const states = [...((initContainers ?? []) as StatusLike[]), ...(containers as StatusLike[])].map(containerState)
  return ` ${pod} ${phase}${ready === true ? ' Ready' : ''} [${states.join(' ')}]`
}

/** Phrases for events that read better than their fields. */
const phrases: Readonly<Record<string, Phrase>> = {
  PodBound: ({ pod, node }) => ` ${pod} → ${node}`,
  PodAccepted: ({ pod, node }) => ` ${pod} on ${node}`,
  PodUnschedulable: ({ pod, message }) => ` ${pod}: ${message}`,
  PodCreated: (event) => {
    const by = event.owner === undefined ? '' : ` of ${ownerName(event.owner)}`
    return ` ${event.pod}${by}${fields(event, ['pod', 'owner', 'uid', 'labels', 'annotations'])}`
  },
  PodStatusReported: podStatus,
  PodResumed: podStatus,
  ContainerStarted: ({ pod, container, restart }) =>
    ` ${pod} ${container}${restart === 0 ? '' : ` restart=${restart}`}`,
  ContainerExited: ({ pod, container, exitCode, reason }) => ` ${pod} ${container} ${reason}(${exitCode})`,
  PodAdopted: ({ pod, owner }) => ` ${pod} by ${ownerName(owner)}`,
  ReplicaSetCreated: replicasCreated,
  ReplicationControllerCreated: replicasCreated,
  ReplicaSetStatusReported: replicasReported,
  ReplicationControllerStatusReported: replicasReported,
  ReplicaSetScaled: ({ object, from, replicas }) => ` ${object} ${from === undefined ? '' : `${from} `}→ ${replicas}`,
  DeploymentScaled: ({ object, replicas }) => ` ${object} → ${replicas}`,
  DeploymentStatusReported: ({ object, replicas, updatedReplicas, availableReplicas, conditions }) => {
    const states = (conditions as Parameters<typeof conditionState>[0][]).map(conditionState)
    const counts = `replicas=${replicas} updated=${updatedReplicas} available=${availableReplicas}`
    return ` ${object} ${counts} [${states.join(' ')}]`
  },
  DeploymentStalled: ({ object, reasons }) => ` ${object}: ${(reasons as readonly string[]).join('; ')}`,
  NodeDrainBlocked: ({ node, reasons }) => ` ${node}: ${(reasons as readonly string[]).join('; ')}`,
  PodEvictionRefused: ({ pod, code, message, why }) =>
    ` ${pod}: ${code} ${message}${why === undefined ? '' : ` ${why}`}`,
  PodDisruptionBudgetStatusReported: ({ object, ...status }) =>
    ` ${object} healthy=${status.currentHealthy}/${status.expectedPods} desired=${status.desiredHealthy} allowed=${status.disruptionsAllowed}`,
  NodeCreated: ({ node }) => ` ${node}`,
  NodeTainted: ({ node, taint }) => ` ${node} ${taintOf(taint)}`,
  NodeUntainted: ({ node, key, effect }) => ` ${node} ${key}${effect === undefined ? '' : `:${effect}`}`,
  PodTemplateRecorded: ({ template, spec }) => {
    const { containers = [] } = spec as { containers?: readonly { name: string }[] }
    return ` ${template} [${containers.map(({ name }) => name).join(' ')}]`
  },
  InertObjectCreated: ({ objectKind, object }) => ` ${objectKind} ${object}`,
  InertObjectDeleted: ({ objectKind, object }) => ` ${objectKind} ${object}`,
  ClusterConfigured: ({ settings }) => ` seed=${(settings as { seed?: number }).seed}`,
}

/** `t=5ms default-scheduler PodBound shop/cart → n2 (#41 ← #40)`; what the scenario brings has no cause. */
export const formatEntry = ({ seq, at, cause, by, event }: Entry<SimEvent>): string => {
  const values = event as unknown as Values
  const phrase = (phrases[event.kind] ?? plain)(values)
  return `t=${formatMillis(at)} ${by} ${event.kind}${phrase} (#${seq}${cause === null ? '' : ` ← #${cause}`})`
}

/** One line each. */
export const formatTimeline = (entries: Iterable<Entry<SimEvent>>): string => {
  let text = ''
  for (const entry of entries) text += `${formatEntry(entry)}\n`
  return text
}

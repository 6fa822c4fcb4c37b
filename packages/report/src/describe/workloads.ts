import type { ClusterView } from '@wavetank/cluster'
import { humanDuration } from '../duration.ts'
import {
  eventsOf,
  labelSelector,
  mapSelector,
  marks,
  named,
  number,
  optional,
  orUnset,
  partsOf,
  UNSET,
} from './fields.ts'
import {
  controlledBy,
  type Describer,
  formatDate,
  indent,
  type Json,
  list,
  NONE,
  pairs,
  record,
  text,
} from './parts.ts'
import { describePodTemplate } from './pod-spec.ts'

/** Source: getPodStatusForController. */
const podStatuses = (view: ClusterView, uid: unknown): string => {
  const counts = { Running: 0, Pending: 0, Succeeded: 0, Failed: 0 }
  for (const { phase } of view.podsByOwner.get(text(uid)) ?? []) counts[phase as keyof typeof counts]++
  const { Running, Pending, Succeeded, Failed } = counts
  return `${Running} Running / ${Pending} Waiting / ${Succeeded} Succeeded / ${Failed} Failed`
}

const conditions = (status: Json): readonly string[] => {
  const all = list(status.conditions)
  if (all.length === 0) return []
  return [
    'Conditions:',
    indent(1, 'Type\tStatus\tReason'),
    indent(1, '----\t------\t------'),
    ...all.map(({ type, status: is, reason }) => indent(1, `${text(type)} \t${text(is)}\t${text(reason)}`)),
  ]
}

/** Source: describeReplicaSet, describeReplicationController. */
const describeReplicas =
  (selector: (u: unknown) => string): Describer =>
  (object, describing) => {
    const { metadata, spec, status } = partsOf(object)
    return [
      ...named(metadata),
      `Selector:\t${selector(spec.selector)}`,
      ...marks(metadata),
      ...controlledBy(metadata),
      `Replicas:\t${number(status.replicas)} current / ${number(spec.replicas)} desired`,
      `Pods Status:\t${podStatuses(describing.view, metadata.uid)}`,
      ...describePodTemplate(record(spec.template)),
      ...conditions(status),
      ...eventsOf(metadata, describing),
    ]
  }

export const describeReplicaSet = describeReplicas(labelSelector)
export const describeReplicationController = describeReplicas(mapSelector)

/** Source: printReplicaSetsByLabels. */
const replicaSets = (sets: readonly { name: string; replicas: number; status: { replicas: number } }[]): string =>
  sets.length === 0
    ? NONE
    : sets.map((set) => `${set.name} (${set.status.replicas}/${set.replicas} replicas created)`).join(', ')

/** Source: describeDeployment. */
export const describeDeployment: Describer = (object, describing) => {
  const { metadata, spec, status } = partsOf(object)
  const strategy = record(spec.strategy)
  const rolling = record(strategy.rollingUpdate)
  const revision = record(metadata.annotations)['deployment.kubernetes.io/revision']
  const { view } = describing
  const own = [...(view.objectsByOwner.get(text(metadata.uid)) ?? [])]
    .flatMap(({ kind, key }) => (kind === 'ReplicaSet' ? [view.replicaSets.get(key)!] : []))
    .sort((a, b) => a.createdAt - b.createdAt || (a.name < b.name ? -1 : 1))
  const isNew = (set: (typeof own)[number]): boolean =>
    set.annotations['deployment.kubernetes.io/revision'] === revision
  return [
    ...named(metadata),
    `CreationTimestamp:\t${formatDate(metadata.creationTimestamp)}`,
    ...marks(metadata),
    `Selector:\t${labelSelector(spec.selector)}`,
    `Replicas:\t${number(spec.replicas)} desired | ${number(status.updatedReplicas)} updated | ${number(status.replicas)} total | ${number(status.availableReplicas)} available | ${number(status.unavailableReplicas)} unavailable`,
    `StrategyType:\t${text(strategy.type)}`,
    `MinReadySeconds:\t${number(spec.minReadySeconds)}`,
    ...(strategy.rollingUpdate === undefined
      ? []
      : [
          `RollingUpdateStrategy:\t${text(rolling.maxUnavailable)} max unavailable, ${text(rolling.maxSurge)} max surge`,
        ]),
    ...describePodTemplate(record(spec.template)),
    ...conditions(status),
    ...(own.length === 0
      ? []
      : [
          `OldReplicaSets:\t${replicaSets(own.filter((set) => !isNew(set)))}`,
          `NewReplicaSet:\t${replicaSets(own.filter(isNew))}`,
        ]),
    ...eventsOf(metadata, describing),
  ]
}

/** Source: describeDaemonSet. */
export const describeDaemonSet: Describer = (object, describing) => {
  const { metadata, spec, status } = partsOf(object)
  const template = record(spec.template)
  return [
    ...named(metadata),
    `Selector:\t${labelSelector(spec.selector)}`,
    `Node-Selector:\t${mapSelector(record(template.spec).nodeSelector)}`,
    ...marks(metadata),
    `Desired Number of Nodes Scheduled: ${number(status.desiredNumberScheduled)}`,
    `Current Number of Nodes Scheduled: ${number(status.currentNumberScheduled)}`,
    `Number of Nodes Scheduled with Up-to-date Pods: ${number(status.updatedNumberScheduled)}`,
    `Number of Nodes Scheduled with Available Pods: ${number(status.numberAvailable)}`,
    `Number of Nodes Misscheduled: ${number(status.numberMisscheduled)}`,
    `Pods Status:\t${podStatuses(describing.view, metadata.uid)}`,
    ...describePodTemplate(template),
    ...eventsOf(metadata, describing),
  ]
}

/** Source: describeVolumeClaimTemplates. */
const claimTemplates = (templates: readonly Json[]): readonly string[] => {
  if (templates.length === 0) return [`Volume Claims:\t${NONE}`]
  return [
    'Volume Claims:',
    ...templates.flatMap((template) => {
      const { metadata, spec } = partsOf(template)
      const capacity = record(record(spec.resources).requests).storage
      return [
        indent(1, `Name:\t${text(metadata.name)}`),
        indent(1, `StorageClass:\t${text(spec.storageClassName)}`),
        ...pairs(indent(1, 'Labels'), metadata.labels, '='),
        ...pairs(indent(1, 'Annotations'), metadata.annotations, '='),
        indent(1, `Capacity:\t${text(capacity ?? '<default>')}`),
        indent(1, `Access Modes:\t[${((spec.accessModes as readonly string[]) ?? []).join(' ')}]`),
      ]
    }),
  ]
}

/** Source: describeStatefulSet. */
export const describeStatefulSet: Describer = (object, describing) => {
  const { metadata, spec, status } = partsOf(object)
  const strategy = record(spec.updateStrategy)
  const { partition } = record(strategy.rollingUpdate)
  return [
    ...named(metadata),
    `CreationTimestamp:\t${formatDate(metadata.creationTimestamp)}`,
    `Selector:\t${labelSelector(spec.selector)}`,
    ...marks(metadata),
    `Replicas:\t${number(spec.replicas)} desired | ${number(status.replicas)} total`,
    `Update Strategy:\t${text(strategy.type)}`,
    ...(partition === undefined ? [] : [indent(1, `Partition:\t${text(partition)}`)]),
    `Pods Status:\t${podStatuses(describing.view, metadata.uid)}`,
    ...describePodTemplate(record(spec.template)),
    ...claimTemplates(list(spec.volumeClaimTemplates)),
    ...eventsOf(metadata, describing),
  ]
}

const INDEXES_MAX = 50

/** Source: capIndexesListOrNone. */
const capIndexes = (indexes: string): string => {
  if (indexes === '') return NONE
  const comma = indexes.indexOf(',', INDEXES_MAX)
  return comma === -1 ? indexes : `${indexes.slice(0, comma + 1)}...`
}

/** Source: describeJob. */
export const describeJob: Describer = (object, describing) => {
  const { metadata, spec, status } = partsOf(object)
  const { startTime, completionTime } = status
  const ready = status.ready === undefined ? '' : ` (${text(status.ready)} Ready)`
  return [
    ...named(metadata),
    `Selector:\t${labelSelector(spec.selector)}`,
    ...marks(metadata),
    ...controlledBy(metadata),
    ...optional('Parallelism', spec.parallelism),
    `Completions:\t${orUnset(spec.completions)}`,
    ...optional('Completion Mode', spec.completionMode),
    ...optional('Suspend', spec.suspend),
    ...optional('Backoff Limit', spec.backoffLimit),
    ...optional('TTL Seconds After Finished', spec.ttlSecondsAfterFinished),
    ...(startTime === undefined ? [] : [`Start Time:\t${formatDate(startTime)}`]),
    ...(completionTime === undefined ? [] : [`Completed At:\t${formatDate(completionTime)}`]),
    ...(startTime === undefined || completionTime === undefined
      ? []
      : [`Duration:\t${humanDuration(Date.parse(text(completionTime)) - Date.parse(text(startTime)))}`]),
    ...optional('Active Deadline Seconds', spec.activeDeadlineSeconds, 's'),
    `Pods Statuses:\t${number(status.active)} Active${ready} / ${number(status.succeeded)} Succeeded / ${number(status.failed)} Failed`,
    ...(spec.completionMode === 'Indexed' ? [`Completed Indexes:\t${capIndexes(text(status.completedIndexes))}`] : []),
    ...describePodTemplate(record(spec.template)),
    ...eventsOf(metadata, describing),
  ]
}

const bool = (u: unknown): string => (u === undefined ? UNSET : u === true ? 'True' : 'False')

/** Source: describeCronJob, describeJobTemplate. */
export const describeCronJob: Describer = (object, describing) => {
  const { metadata, spec, status } = partsOf(object)
  const job = record(record(spec.jobTemplate).spec)
  const active = list(status.active).map(({ name }) => text(name))
  return [
    ...named(metadata),
    ...marks(metadata),
    `Schedule:\t${text(spec.schedule)}`,
    `Concurrency Policy:\t${text(spec.concurrencyPolicy)}`,
    `Suspend:\t${bool(spec.suspend)}`,
    `Time Zone:\t${orUnset(spec.timeZone)}`,
    `Successful Job History Limit:\t${orUnset(spec.successfulJobsHistoryLimit)}`,
    `Failed Job History Limit:\t${orUnset(spec.failedJobsHistoryLimit)}`,
    `Starting Deadline Seconds:\t${orUnset(spec.startingDeadlineSeconds, 's')}`,
    `Selector:\t${job.selector === undefined ? UNSET : labelSelector(job.selector)}`,
    `Parallelism:\t${orUnset(job.parallelism)}`,
    `Completions:\t${orUnset(job.completions)}`,
    ...optional('Active Deadline Seconds', job.activeDeadlineSeconds, 's'),
    ...describePodTemplate(record(job.template)),
    `Last Schedule Time:\t${status.lastScheduleTime === undefined ? UNSET : formatDate(status.lastScheduleTime)}`,
    `Active Jobs:\t${active.length === 0 ? NONE : active.join(', ')}`,
    ...eventsOf(metadata, describing),
  ]
}

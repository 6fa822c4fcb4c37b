import {
  type ClusterView,
  type Container,
  type ContainerStatus,
  type DeepReadonly,
  type Deployment,
  finishedCondition,
  type Job,
  type Node,
  type Pod,
  quantityMillis,
  quantityWhole,
  type ReplicaSet,
  type ResourceAmounts,
} from '@wavetank/cluster'
import type { FamilyName } from './families.ts'

export type Labels = Readonly<Record<string, string>>
export type Put = (family: FamilyName, labels: Labels, value: number | boolean) => void

/** Objects of one kind: how one is found, and what kube-state-metrics would say of it. */
interface Sampled<T> {
  readonly find: (view: ClusterView, key: string) => DeepReadonly<T> | undefined
  readonly put: (object: DeepReadonly<T>, put: Put, view: ClusterView) => void
}

const sampled = <T>(sample: Sampled<T>): Sampled<never> => sample as unknown as Sampled<never>

/** Unix seconds of a time of the run. */
const unix = ({ settings }: ClusterView, at: number): number => Math.floor((settings.start + at) / 1_000)

/** One sample for each status that a condition may have. */
const CONDITION_STATUSES = ['true', 'false', 'unknown'] as const

type Owned = { readonly owner: { readonly kind: string; readonly name: string } | undefined }

const ownerLabels = ({ owner }: Owned): Labels => ({
  owner_kind: owner?.kind ?? '',
  owner_name: owner?.name ?? '',
  owner_is_controller: owner === undefined ? '' : 'true',
})

const putContainer = (
  prefix: 'kube_pod_container_status' | 'kube_pod_init_container_status',
  { name, ready, restartCount, running, waiting, terminated, lastTermination }: DeepReadonly<ContainerStatus>,
  labels: Labels,
  put: Put,
): void => {
  const own = { ...labels, container: name }
  put(`${prefix}_ready`, own, ready)
  put(`${prefix}_restarts`, own, restartCount)
  put(`${prefix}_running`, own, running !== undefined)
  put(`${prefix}_waiting`, own, waiting !== undefined)
  put(`${prefix}_terminated`, own, terminated !== undefined)
  if (waiting !== undefined) put(`${prefix}_waiting_reason`, { ...own, reason: waiting.reason }, 1)
  if (terminated !== undefined) put(`${prefix}_terminated_reason`, { ...own, reason: terminated.reason }, 1)
  if (prefix === 'kube_pod_container_status' && lastTermination !== undefined)
    put('kube_pod_container_status_last_terminated_reason', { ...own, reason: lastTermination.reason }, 1)
}

const resourceLabel = (name: string): string => name.replaceAll(/[^a-zA-Z0-9_]/g, '_')

const resourceOf = (name: string, quantity: string): readonly [unit: string, value: number] => {
  if (name === 'cpu') return ['core', quantityMillis(quantity) / 1_000]
  const isBytes = name === 'memory' || name === 'ephemeral-storage' || name.startsWith('hugepages-')
  return [isBytes ? 'byte' : 'integer', quantityWhole(quantity)]
}

const putResources = (pod: DeepReadonly<Pod>, container: DeepReadonly<Container>, labels: Labels, put: Put): void => {
  for (const of of ['requests', 'limits'] as const) {
    for (const [name, quantity] of Object.entries(container.resources?.[of] ?? {})) {
      const [unit, value] = resourceOf(name, quantity)
      const own = { ...labels, container: container.name, node: pod.node, resource: resourceLabel(name), unit }
      put(`kube_pod_container_resource_${of}`, own, value)
    }
  }
}

const PHASES = ['Pending', 'Succeeded', 'Failed', 'Unknown', 'Running'] as const
const POD_REASONS = ['Evicted', 'NodeAffinity', 'NodeLost', 'Shutdown', 'UnexpectedAdmissionError'] as const

const putPod = (pod: DeepReadonly<Pod>, put: Put, view: ClusterView): void => {
  const labels = { namespace: pod.namespace, pod: pod.name, uid: pod.uid }
  const { spec } = pod.template
  const node = view.nodes.get(pod.node)
  put(
    'kube_pod_info',
    {
      ...labels,
      host_ip: node?.addresses.find(({ type }) => type === 'InternalIP')?.address ?? '',
      pod_ip: pod.ip ?? '',
      node: pod.node,
      created_by_kind: pod.owner?.kind ?? '',
      created_by_name: pod.owner?.name ?? '',
      priority_class: spec.priorityClassName ?? '',
      host_network: String(spec.hostNetwork === true),
    },
    1,
  )
  put('kube_pod_created', labels, unix(view, pod.createdAt))
  put('kube_pod_owner', { ...labels, ...ownerLabels(pod) }, 1)
  if (pod.startedAt !== undefined) put('kube_pod_start_time', labels, unix(view, pod.startedAt))
  if (pod.deletion !== undefined) put('kube_pod_deletion_timestamp', labels, unix(view, pod.deletion.deadline))
  for (const phase of PHASES) put('kube_pod_status_phase', { ...labels, phase }, pod.phase === phase)
  for (const reason of POD_REASONS) put('kube_pod_status_reason', { ...labels, reason }, pod.reason === reason)
  for (const { type, status, reason } of pod.conditions) {
    if (type !== 'Ready' && type !== 'PodScheduled') continue
    const family = type === 'Ready' ? 'kube_pod_status_ready' : 'kube_pod_status_scheduled'
    for (const condition of CONDITION_STATUSES) {
      put(family, { ...labels, condition }, status.toLowerCase() === condition)
    }
    if (type === 'PodScheduled' && status === 'False' && reason === 'Unschedulable')
      put('kube_pod_status_unschedulable', labels, 1)
  }
  for (const container of spec.containers) {
    if (pod.containers.length > 0)
      put('kube_pod_container_info', { ...labels, container: container.name, image: container.image ?? '' }, 1)
    putResources(pod, container, labels, put)
  }
  for (const status of pod.containers) putContainer('kube_pod_container_status', status, labels, put)
  for (const status of pod.initContainers) putContainer('kube_pod_init_container_status', status, labels, put)
}

const putAmounts = (family: FamilyName, node: string, amounts: DeepReadonly<ResourceAmounts>, put: Put): void => {
  const each = (resource: string, unit: string, value: number): void => put(family, { node, resource, unit }, value)
  each('cpu', 'core', amounts.cpuMillis / 1_000)
  each('memory', 'byte', amounts.memoryBytes)
  each('ephemeral_storage', 'byte', amounts.ephemeralStorageBytes)
  each('pods', 'integer', amounts.pods)
  for (const [name, value] of Object.entries(amounts.extended)) {
    each(resourceLabel(name), name.startsWith('hugepages-') ? 'byte' : 'integer', value)
  }
}

const putNode = (node: DeepReadonly<Node>, put: Put, view: ClusterView): void => {
  const labels = { node: node.name }
  const { status } = node.object as { readonly status?: { readonly nodeInfo?: { readonly kubeletVersion?: string } } }
  const address = node.addresses.find(({ type }) => type === 'InternalIP')?.address ?? ''
  const version = node.kubeletVersion ?? status?.nodeInfo?.kubeletVersion ?? 'v1.34.0'
  put('kube_node_info', { ...labels, internal_ip: address, kubelet_version: version }, 1)
  put('kube_node_created', labels, unix(view, node.createdAt))
  put('kube_node_spec_unschedulable', labels, node.unschedulable)
  for (const { key, value = '', effect } of node.taints)
    put('kube_node_spec_taint', { ...labels, key, value, effect }, 1)
  for (const { type: condition, status: now } of node.conditions) {
    for (const one of CONDITION_STATUSES) {
      put('kube_node_status_condition', { ...labels, condition, status: one }, now.toLowerCase() === one)
    }
  }
  putAmounts('kube_node_status_capacity', node.name, node.capacity, put)
  putAmounts('kube_node_status_allocatable', node.name, node.allocatable, put)
}

const putDeployment = (deployment: DeepReadonly<Deployment>, put: Put, view: ClusterView): void => {
  const { status } = deployment
  const labels = { namespace: deployment.namespace, deployment: deployment.name }
  put('kube_deployment_created', labels, unix(view, deployment.createdAt))
  put('kube_deployment_metadata_generation', labels, deployment.generation)
  put('kube_deployment_spec_paused', labels, deployment.paused)
  put('kube_deployment_spec_replicas', labels, deployment.replicas)
  put('kube_deployment_status_observed_generation', labels, status.observedGeneration)
  put('kube_deployment_status_replicas', labels, status.replicas)
  put('kube_deployment_status_replicas_available', labels, status.availableReplicas)
  put('kube_deployment_status_replicas_ready', labels, status.readyReplicas)
  put('kube_deployment_status_replicas_unavailable', labels, status.unavailableReplicas)
  put('kube_deployment_status_replicas_updated', labels, status.updatedReplicas)
  for (const { type: condition, status: now } of status.conditions) {
    for (const one of CONDITION_STATUSES) {
      put('kube_deployment_status_condition', { ...labels, condition, status: one }, now.toLowerCase() === one)
    }
  }
}

const putReplicas =
  (kind: 'replicaset' | 'replicationcontroller') =>
  (set: DeepReadonly<ReplicaSet>, put: Put, view: ClusterView): void => {
    const { status } = set
    const labels: Labels = { namespace: set.namespace, [kind]: set.name }
    put(`kube_${kind}_created`, labels, unix(view, set.createdAt))
    put(`kube_${kind}_metadata_generation`, labels, set.generation)
    put(`kube_${kind}_owner`, { ...labels, ...ownerLabels(set) }, 1)
    put(`kube_${kind}_spec_replicas`, labels, set.replicas)
    put(`kube_${kind}_status_fully_labeled_replicas`, labels, status.fullyLabeledReplicas)
    put(`kube_${kind}_status_observed_generation`, labels, status.observedGeneration)
    put(`kube_${kind}_status_ready_replicas`, labels, status.readyReplicas)
    put(`kube_${kind}_status_replicas`, labels, status.replicas)
    if (kind === 'replicationcontroller')
      put('kube_replicationcontroller_status_available_replicas', labels, status.availableReplicas)
  }

/** Source: internal/store/job.go, jobFailureReasons. */
const JOB_REASONS = ['BackoffLimitExceeded', 'DeadlineExceeded', 'Evicted'] as const

const putJob = (job: DeepReadonly<Job>, put: Put, view: ClusterView): void => {
  const { status, spec, conditions } = job
  const labels = { namespace: job.namespace, job_name: job.name }
  put('kube_job_info', labels, 1)
  put('kube_job_created', labels, unix(view, job.createdAt))
  put('kube_job_owner', { ...labels, ...ownerLabels(job) }, 1)
  if (spec.parallelism !== undefined) put('kube_job_spec_parallelism', labels, spec.parallelism)
  if (spec.completions !== undefined) put('kube_job_spec_completions', labels, spec.completions)
  put('kube_job_status_active', labels, status.active)
  put('kube_job_status_succeeded', labels, status.succeeded)
  const failed = conditions.find(({ type }) => type === 'Failed')
  if (status.failed === 0) put('kube_job_status_failed', labels, 0)
  else {
    for (const reason of failed === undefined ? [] : JOB_REASONS) {
      put('kube_job_status_failed', { ...labels, reason }, failed?.reason === reason)
    }
    if (!JOB_REASONS.some((reason) => failed?.reason === reason))
      put('kube_job_status_failed', { ...labels, reason: '' }, status.failed)
  }
  if (status.startAt !== undefined) put('kube_job_status_start_time', labels, unix(view, status.startAt))
  if (status.completionAt !== undefined) put('kube_job_status_completion_time', labels, unix(view, status.completionAt))
  const finished = finishedCondition({ conditions })
  if (finished === undefined) return
  const family = finished.type === 'Complete' ? 'kube_job_complete' : 'kube_job_failed'
  for (const condition of CONDITION_STATUSES) put(family, { ...labels, condition }, condition === 'true')
}

/** By kind of object. */
export const samplesOf: Readonly<Record<string, Sampled<never>>> = {
  Pod: sampled({ find: (view, key) => view.pods.get(key), put: putPod }),
  Node: sampled({ find: (view, key) => view.nodes.get(key), put: putNode }),
  Deployment: sampled({ find: (view, key) => view.deployments.get(key), put: putDeployment }),
  ReplicaSet: sampled({ find: (view, key) => view.replicaSets.get(key), put: putReplicas('replicaset') }),
  ReplicationController: sampled({
    find: (view, key) => view.replicationControllers.get(key),
    put: putReplicas('replicationcontroller'),
  }),
  StatefulSet: sampled({
    find: (view, key) => view.statefulSets.get(key),
    put: ({ namespace, name, createdAt, generation, replicas, status }, put, view) => {
      const labels = { namespace, statefulset: name }
      put('kube_statefulset_created', labels, unix(view, createdAt))
      put('kube_statefulset_metadata_generation', labels, generation)
      put('kube_statefulset_replicas', labels, replicas)
      put('kube_statefulset_status_observed_generation', labels, status.observedGeneration)
      put('kube_statefulset_status_replicas', labels, status.replicas)
      put('kube_statefulset_status_replicas_available', labels, status.availableReplicas)
      put('kube_statefulset_status_replicas_current', labels, status.currentReplicas)
      put('kube_statefulset_status_replicas_ready', labels, status.readyReplicas)
      put('kube_statefulset_status_replicas_updated', labels, status.updatedReplicas)
    },
  }),
  DaemonSet: sampled({
    find: (view, key) => view.daemonSets.get(key),
    put: ({ namespace, name, createdAt, generation, status }, put, view) => {
      const labels = { namespace, daemonset: name }
      put('kube_daemonset_created', labels, unix(view, createdAt))
      put('kube_daemonset_metadata_generation', labels, generation)
      put('kube_daemonset_status_current_number_scheduled', labels, status.currentNumberScheduled)
      put('kube_daemonset_status_desired_number_scheduled', labels, status.desiredNumberScheduled)
      put('kube_daemonset_status_number_available', labels, status.numberAvailable)
      put('kube_daemonset_status_number_misscheduled', labels, status.numberMisscheduled)
      put('kube_daemonset_status_number_ready', labels, status.numberReady)
      put('kube_daemonset_status_number_unavailable', labels, status.numberUnavailable)
      put('kube_daemonset_status_observed_generation', labels, status.observedGeneration)
      put('kube_daemonset_status_updated_number_scheduled', labels, status.updatedNumberScheduled)
    },
  }),
  Job: sampled({ find: (view, key) => view.jobs.get(key), put: putJob }),
  CronJob: sampled({
    find: (view, key) => view.cronJobs.get(key),
    put: ({ namespace, name, createdAt, spec, active, lastScheduleAt }, put, view) => {
      const labels = { namespace, cronjob: name }
      const { schedule, concurrencyPolicy = 'Allow', suspend } = spec
      put('kube_cronjob_info', { ...labels, schedule, concurrency_policy: concurrencyPolicy }, 1)
      put('kube_cronjob_created', labels, unix(view, createdAt))
      put('kube_cronjob_spec_suspend', labels, suspend === true)
      put('kube_cronjob_status_active', labels, active.length)
      if (lastScheduleAt !== undefined)
        put('kube_cronjob_status_last_schedule_time', labels, unix(view, lastScheduleAt))
    },
  }),
  HorizontalPodAutoscaler: sampled({
    find: (view, key) => view.horizontalPodAutoscalers.get(key),
    put: ({ namespace, name, spec, status }, put) => {
      const labels = { namespace, horizontalpodautoscaler: name }
      put('kube_horizontalpodautoscaler_spec_max_replicas', labels, spec.maxReplicas)
      put('kube_horizontalpodautoscaler_spec_min_replicas', labels, spec.minReplicas ?? 1)
      put('kube_horizontalpodautoscaler_status_current_replicas', labels, status.currentReplicas)
      put('kube_horizontalpodautoscaler_status_desired_replicas', labels, status.desiredReplicas)
    },
  }),
  PodDisruptionBudget: sampled({
    find: (view, key) => view.podDisruptionBudgets.get(key),
    put: ({ namespace, name, createdAt, status }, put, view) => {
      const labels = { namespace, poddisruptionbudget: name }
      put('kube_poddisruptionbudget_created', labels, unix(view, createdAt))
      put('kube_poddisruptionbudget_status_current_healthy', labels, status.currentHealthy)
      put('kube_poddisruptionbudget_status_desired_healthy', labels, status.desiredHealthy)
      put('kube_poddisruptionbudget_status_expected_pods', labels, status.expectedPods)
      put('kube_poddisruptionbudget_status_observed_generation', labels, status.observedGeneration)
      put('kube_poddisruptionbudget_status_pod_disruptions_allowed', labels, status.disruptionsAllowed)
    },
  }),
  PersistentVolumeClaim: sampled({
    find: (view, key) => view.persistentVolumeClaims.get(key),
    put: ({ namespace, name, createdAt, status }, put, view) => {
      const labels = { namespace, persistentvolumeclaim: name }
      put('kube_persistentvolumeclaim_created', labels, unix(view, createdAt))
      for (const phase of ['Lost', 'Bound', 'Pending'])
        put('kube_persistentvolumeclaim_status_phase', { ...labels, phase }, status.phase === phase)
    },
  }),
  Namespace: sampled({
    find: (view, key) => view.namespaces.get(key),
    put: ({ name, createdAt, terminating }, put, view) => {
      const labels = { namespace: name }
      put('kube_namespace_created', labels, unix(view, createdAt))
      put('kube_namespace_status_phase', { ...labels, phase: 'Active' }, !terminating)
      put('kube_namespace_status_phase', { ...labels, phase: 'Terminating' }, terminating)
    },
  }),
}

/**
 * The controllers of Kubernetes that are simulated, by the names that `--controllers` takes, with the names that they
 * have in a log.
 *
 * Source: cmd/kube-controller-manager/names/controller_names.go.
 */
const CONTROLLER_MANAGER = {
  'cronjob-controller': 'cronjob-controller',
  'daemonset-controller': 'daemonset-controller',
  'deployment-controller': 'deployment-controller',
  'disruption-controller': 'disruption-controller',
  'endpointslice-controller': 'endpointslice-controller',
  'ephemeral-volume-controller': 'ephemeral-volume-controller',
  'garbage-collector-controller': 'generic-garbage-collector',
  'horizontal-pod-autoscaler-controller': 'horizontal-pod-autoscaler',
  'job-controller': 'job-controller',
  'namespace-controller': 'namespace-controller',
  'node-lifecycle-controller': 'node-controller',
  'persistentvolume-binder-controller': 'persistentvolume-controller',
  'persistentvolume-protection-controller': 'pv-protection-controller',
  'persistentvolumeclaim-protection-controller': 'pvc-protection-controller',
  'pod-garbage-collector-controller': 'pod-garbage-collector',
  'replicaset-controller': 'replicaset-controller',
  'replicationcontroller-controller': 'replication-controller',
  'resourcequota-controller': 'resourcequota-controller',
  'statefulset-controller': 'statefulset-controller',
  'taint-eviction-controller': 'taint-eviction-controller',
  'ttl-after-finished-controller': 'ttl-after-finished-controller',
} as const

/** Processes that elect a leader, and are gone as a whole. */
export const PROCESSES: Readonly<Record<string, readonly string[]>> = {
  'kube-controller-manager': Object.values(CONTROLLER_MANAGER),
  'kube-scheduler': ['default-scheduler'],
}

/** Names of all that can be stopped: processes first. */
export const STOPPABLE: readonly string[] = [...Object.keys(PROCESSES), ...Object.keys(CONTROLLER_MANAGER)]

/** The controllers, by their names in a log, that are gone with a process or a controller; undefined if there is none. */
export const controllersOf = (name: string): readonly string[] | undefined => {
  const all = PROCESSES[name]
  if (all !== undefined) return all
  const one = (CONTROLLER_MANAGER as Readonly<Record<string, string>>)[name]
  return one === undefined ? undefined : [one]
}

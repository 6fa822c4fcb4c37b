import type { Entry, Model } from '@wavetank/kernel'
import { applyControlPlane } from './control-plane/apply.ts'
import { healthyControlPlane } from './control-plane/control-plane.ts'
import { applyControllerRevision } from './controller-revision/apply.ts'
import { applyCronJob } from './cron-job/apply.ts'
import { applyDaemonSet } from './daemon-set/apply.ts'
import { applyDeployment } from './deployment/apply.ts'
import { applyEndpointSlice } from './endpoint-slice/apply.ts'
import { applyHorizontalPodAutoscaler } from './horizontal-pod-autoscaler/apply.ts'
import { applyJob } from './job/apply.ts'
import { applyNamespace } from './namespace/apply.ts'
import { applyNode } from './node/apply.ts'
import { applyObject } from './object/apply.ts'
import { applyOutage } from './outage/apply.ts'
import { applyPersistentVolume } from './persistent-volume/apply.ts'
import { applyPersistentVolumeClaim } from './persistent-volume-claim/apply.ts'
import { applyPod } from './pod/apply.ts'
import { applyPodDisruptionBudget } from './pod-disruption-budget/apply.ts'
import { applyPriorityClass } from './priority-class/apply.ts'
import { applyReplicaSet, applyReplicationController } from './replica-set/apply.ts'
import { applyResourceQuota } from './resource-quota/apply.ts'
import { applyService } from './service/apply.ts'
import { DEFAULT_SETTINGS } from './settings.ts'
import { applyStatefulSet } from './stateful-set/apply.ts'
import type { ClusterTables, ClusterView } from './tables.ts'

const emptyTables = (): ClusterTables => ({
  settings: DEFAULT_SETTINGS,
  now: 0,
  namespaces: new Map(),
  nodes: new Map(),
  templates: new Map(),
  pods: new Map(),
  usage: new Map(),
  sharedLoads: new Map(),
  spread: new Map(),
  terminalPods: 0,
  podsByOwner: new Map(),
  orphanPods: new Map(),
  deployments: new Map(),
  replicaSets: new Map(),
  replicationControllers: new Map(),
  daemonSets: new Map(),
  controllerRevisions: new Map(),
  statefulSets: new Map(),
  persistentVolumeClaims: new Map(),
  persistentVolumes: new Map(),
  podsByClaim: new Map(),
  replicaSetsByUid: new Map(),
  jobs: new Map(),
  jobsByUid: new Map(),
  cronJobs: new Map(),
  resourceQuotas: new Map(),
  quotasByNamespace: new Map(),
  charged: new Map(),
  expiredPods: new Set(),
  services: new Map(),
  servicesByLabel: new Map(),
  podsByService: new Map(),
  endpointSlices: new Map(),
  slicesByService: new Map(),
  serviceAddresses: new Map(),
  nodePorts: new Map(),
  horizontalPodAutoscalers: new Map(),
  objectsByOwner: new Map(),
  orphanObjects: new Map(),
  inertObjects: new Map(),
  podDisruptionBudgets: new Map(),
  budgetsByNamespace: new Map(),
  priorityClasses: new Map(),
  admissionClasses: [],
  limitRanges: new Map(),
  removedPod: undefined,
  removedObject: undefined,
  outages: new Map(),
  controlPlane: healthyControlPlane(),
  nodesMade: 0,
})

type Fold = (tables: ClusterTables, entry: Entry<never>) => void

const folds: Readonly<Record<string, Fold>> = {
  ...applyObject,
  ...applyNamespace,
  ...applyNode,
  ...applyPod,
  ...applyOutage,
  ...applyControlPlane,
  ...applyDeployment,
  ...applyReplicaSet,
  ...applyReplicationController,
  ...applyDaemonSet,
  ...applyControllerRevision,
  ...applyJob,
  ...applyCronJob,
  ...applyHorizontalPodAutoscaler,
  ...applyStatefulSet,
  ...applyPersistentVolumeClaim,
  ...applyPersistentVolume,
  ...applyService,
  ...applyPodDisruptionBudget,
  ...applyPriorityClass,
  ...applyEndpointSlice,
  ...applyResourceQuota,
}
const foldByKind = new Map(Object.entries(folds))

/** Every event kind that writes to the tables. */
export const foldedKinds: ReadonlySet<string> = new Set(foldByKind.keys())

/**
 * The state of a cluster. Closes over mutable tables and gives out the same objects typed read-only: changing one entry
 * of a persistent map of 10,000 took 1.8 ms, in place it takes a fifth of a microsecond.
 *
 * @param tables a state to go on from, which becomes the store's own; an empty cluster by default
 */
export const createClusterStore = (tables: ClusterTables = emptyTables()): Model<ClusterView> => {
  return {
    view: tables as unknown as ClusterView,
    // Hot path: once per entry.
    apply: (entry) => {
      tables.now = entry.at
      foldByKind.get(entry.event.kind)?.(tables, entry as Entry<never>)
    },
  }
}

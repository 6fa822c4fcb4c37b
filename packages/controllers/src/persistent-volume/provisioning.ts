import {
  type ClusterView,
  createVolume,
  type DeepReadonly,
  type Node,
  PROVISIONED_BY,
  SELECTED_NODE,
} from '@wavetank/cluster'
import type { StorageClass } from '@wavetank/cluster/api'
import type { SimEvent } from '@wavetank/kernel'
import type { ClaimView, VolumeView } from './matching.ts'

/** What an external (CSI) provisioner does. Unlike Kubernetes, of which it is no part: every class has one that works. */

type ClassView = DeepReadonly<StorageClass>

const ZONE = 'topology.kubernetes.io/zone'

interface Requirement {
  readonly key: string
  readonly operator: 'In'
  readonly values: readonly string[]
}

/**
 * Where the volume can be reached from: as with cloud disks, the zone of the node that the first consumer goes to, or
 * the first topology that the class allows; everywhere, where there are no zones.
 */
const topologyOf = (storageClass: ClassView, node: DeepReadonly<Node> | undefined): readonly Requirement[] => {
  const zone = node?.labels[ZONE]
  if (zone !== undefined) return [{ key: ZONE, operator: 'In', values: [zone] }]
  const [first] = storageClass.allowedTopologies ?? []
  return (first?.matchLabelExpressions ?? []).map(({ key, values }) => ({ key, operator: 'In', values: [...values] }))
}

export const volumeNameFor = ({ uid }: ClaimView): string => `pvc-${uid}`

export const provision = (view: ClusterView, at: number, claim: ClaimView, storageClass: ClassView): SimEvent => {
  const name = volumeNameFor(claim)
  const { provisioner, reclaimPolicy, mountOptions } = storageClass
  const expressions = topologyOf(storageClass, view.nodes.get(claim.annotations[SELECTED_NODE] ?? ''))
  const { uid, namespace } = claim
  return createVolume(view, at, {
    name,
    labels: {},
    annotations: { [PROVISIONED_BY]: provisioner },
    spec: {
      accessModes: claim.spec.accessModes,
      capacity: { storage: claim.spec.resources.requests?.storage ?? '0' },
      claimRef: { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespace, name: claim.name, uid },
      csi: { driver: provisioner, volumeHandle: name },
      persistentVolumeReclaimPolicy: reclaimPolicy,
      storageClassName: claim.spec.storageClassName ?? '',
      volumeMode: claim.spec.volumeMode,
      ...(mountOptions === undefined ? {} : { mountOptions }),
      ...(expressions.length === 0
        ? {}
        : { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: expressions }] } } }),
    },
  })
}

/** Sources that nobody deletes: there is no plugin for it. */
const NOT_DELETABLE = ['local', 'nfs', 'iscsi', 'fc', 'cephfs', 'glusterfs', 'flexVolume'] as const
const TEMPORARY = /^\/tmp\/.+/

/** Why a volume cannot be deleted. Source: pv_controller.go, doDeleteVolume; pkg/volume/hostpath/host_path.go. */
export const deletionProblem = ({ name, spec }: VolumeView): string | undefined => {
  const { hostPath } = spec
  if (hostPath !== undefined && !TEMPORARY.test(hostPath.path)) {
    return `host_path deleter only supports /tmp/.+ but received provided ${hostPath.path}`
  }
  return NOT_DELETABLE.some((source) => spec[source] !== undefined)
    ? `error getting deleter volume plugin for volume "${name}": no deletable volume plugin matched`
    : undefined
}

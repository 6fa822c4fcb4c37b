import type { Volume } from '@wavetank/cluster/api'
import { claimOf } from '../../objects.ts'
import { unschedulable } from '../../status.ts'
import { type Cycle, definePlugin, type PodView, specOf } from '../plugin.ts'
import { claimNamesOf } from '../volume-binding/claims.ts'

const DISK_REFUSAL = unschedulable('node(s) had no available disk')
const CLAIM_REFUSAL = unschedulable(
  'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
)

/** A disk that a pod mounts directly, without a claim. */
interface Disk {
  readonly id: string
  /** Two readers may share it. */
  readonly isShareable: boolean
}

const disksOf = (pod: PodView): readonly Disk[] =>
  (specOf(pod).volumes ?? []).flatMap((volume: Volume): readonly Disk[] => {
    const source = (name: keyof Volume) => volume[name] as Readonly<Record<string, unknown>> | undefined
    const gce = source('gcePersistentDisk')
    if (gce !== undefined) return [{ id: `gce ${gce.pdName}`, isShareable: gce.readOnly === true }]
    const ebs = source('awsElasticBlockStore')
    if (ebs !== undefined) return [{ id: `ebs ${ebs.volumeID}`, isShareable: false }]
    const iscsi = source('iscsi')
    if (iscsi !== undefined) return [{ id: `iscsi ${iscsi.iqn}`, isShareable: iscsi.readOnly === true }]
    const rbd = source('rbd')
    if (rbd === undefined) return []
    // Any monitor in common makes it the same cluster.
    return ((rbd.monitors ?? []) as readonly string[]).map((monitor) => ({
      id: `rbd ${monitor} ${rbd.pool ?? 'rbd'} ${rbd.image}`,
      isShareable: rbd.readOnly === true,
    }))
  })

interface State {
  readonly disks: readonly Disk[]
  readonly isClaimInUse: boolean
}

const exclusiveClaims = ({ view, pod }: Cycle): ReadonlySet<string> =>
  new Set(
    claimNamesOf(pod)
      .map(({ name }) => name)
      .filter((name) => claimOf(view, pod.namespace, name)?.spec.accessModes.includes('ReadWriteOncePod')),
  )

const isInUse = ({ snapshot, pod }: Cycle, claims: ReadonlySet<string>): boolean =>
  claims.size > 0 &&
  snapshot.nodes.some(({ pods }) =>
    pods.some((other) => other.namespace === pod.namespace && claimNamesOf(other).some(({ name }) => claims.has(name))),
  )

/** Source: pkg/scheduler/framework/plugins/volumerestrictions/volume_restrictions.go. */
export const volumeRestrictions = definePlugin<undefined, State>({
  name: 'VolumeRestrictions',
  doc: 'Keeps pods from sharing disks, and ReadWriteOncePod claims, that cannot be shared.',
  defaultArgs: undefined,
  readsOtherPods: true,
  preFilter: (cycle) => {
    const disks = disksOf(cycle.pod)
    const claims = exclusiveClaims(cycle)
    return disks.length === 0 && claims.size === 0 ? 'skip' : { state: { disks, isClaimInUse: isInUse(cycle, claims) } }
  },
  filter: (_cycle, { pods }, { disks, isClaimInUse }) => {
    for (const pod of disks.length === 0 ? [] : pods) {
      for (const other of disksOf(pod)) {
        const collides = disks.some(({ id, isShareable }) => id === other.id && !(isShareable && other.isShareable))
        if (collides) return DISK_REFUSAL
      }
    }
    return isClaimInUse ? CLAIM_REFUSAL : undefined
  },
  hints: {
    NodeAdded: () => true,
    AssignedPodDeleted: (pod, { pod: gone }) =>
      disksOf(pod).some(({ id }) => disksOf(gone).some((other) => other.id === id)) ||
      (pod.namespace === gone.namespace &&
        claimNamesOf(pod).some(({ name }) => claimNamesOf(gone).some((other) => other.name === name))),
    StorageChanged: (_pod, { objectKind }) => objectKind === 'PersistentVolumeClaim',
  },
})

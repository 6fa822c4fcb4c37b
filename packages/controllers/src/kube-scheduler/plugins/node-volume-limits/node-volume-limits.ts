import type { ClusterView } from '@wavetank/cluster'
import { claimOf, storageClassOf, volumeLimitsOf, volumeNameOf, volumeOf } from '../../objects.ts'
import { unschedulable } from '../../status.ts'
import { definePlugin, type PodView } from '../plugin.ts'
import { claimNamesOf } from '../volume-binding/claims.ts'

const REFUSAL = unschedulable('node(s) exceed max volume count')

/** The driver of each CSI volume that the pod attaches, by the volume's handle. */
const attachmentsOf = (view: ClusterView, pod: PodView): ReadonlyMap<string, string> => {
  const attachments = new Map<string, string>()
  for (const { name } of claimNamesOf(pod)) {
    const claim = claimOf(view, pod.namespace, name)
    if (claim === undefined) continue
    const volumeName = volumeNameOf(claim)
    if (volumeName === undefined) {
      const driver = storageClassOf(view, claim.spec.storageClassName)?.provisioner
      if (driver !== undefined) attachments.set(`${driver}/${pod.namespace}/${name}`, driver)
      continue
    }
    const csi = volumeOf(view, volumeName)?.spec.csi as
      | { readonly driver?: string; readonly volumeHandle?: string }
      | undefined
    if (csi?.driver !== undefined) attachments.set(`${csi.driver}/${csi.volumeHandle ?? volumeName}`, csi.driver)
  }
  return attachments
}

/** Source: pkg/scheduler/framework/plugins/nodevolumelimits/csi.go. */
export const nodeVolumeLimits = definePlugin<undefined, ReadonlyMap<string, string>>({
  name: 'NodeVolumeLimits',
  doc: 'Keeps pods off nodes that cannot attach more volumes of a CSI driver.',
  defaultArgs: undefined,
  preFilter: ({ view, pod }) => {
    const attachments = attachmentsOf(view, pod)
    return attachments.size === 0 ? 'skip' : { state: attachments }
  },
  filter: ({ view }, { node, pods }, wanted) => {
    const limits = volumeLimitsOf(view, node.name)
    if (limits.size === 0) return undefined
    const attached = new Map<string, string>()
    for (const pod of pods) for (const [handle, driver] of attachmentsOf(view, pod)) attached.set(handle, driver)
    for (const [driver, limit] of limits) {
      let there = 0
      let more = 0
      for (const other of attached.values()) if (other === driver) there++
      for (const [handle, other] of wanted) if (other === driver && !attached.has(handle)) more++
      if (more > 0 && there + more > limit) return REFUSAL
    }
    return undefined
  },
  hints: {
    AssignedPodDeleted: (_pod, { pod: gone }) => claimNamesOf(gone).length > 0,
    StorageChanged: (_pod, { objectKind }) => objectKind === 'CSINode' || objectKind === 'PersistentVolumeClaim',
  },
})

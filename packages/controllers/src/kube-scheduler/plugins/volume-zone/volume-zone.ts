import { claimOf, volumeNameOf, volumeOf } from '../../objects.ts'
import { unresolvable } from '../../status.ts'
import { type Cycle, definePlugin } from '../plugin.ts'
import { claimNamesOf } from '../volume-binding/claims.ts'

const REFUSAL = unresolvable('node(s) had no available volume zone')

const ZONE_LABELS = [
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'topology.kubernetes.io/zone',
  'topology.kubernetes.io/region',
] as const

const CURRENT: Readonly<Record<string, string>> = {
  'failure-domain.beta.kubernetes.io/zone': 'topology.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region': 'topology.kubernetes.io/region',
}

interface VolumeZone {
  readonly key: string
  /** Several zones of a volume are written `a__b`. */
  readonly values: readonly string[]
}

const zonesOf = ({ view, pod }: Cycle): readonly VolumeZone[] =>
  claimNamesOf(pod).flatMap(({ name }) => {
    const claim = claimOf(view, pod.namespace, name)
    const volumeName = claim === undefined ? undefined : volumeNameOf(claim)
    const labels = (volumeName === undefined ? undefined : volumeOf(view, volumeName))?.metadata.labels
    return ZONE_LABELS.flatMap((key) => {
      const value = labels?.[key]
      return value === undefined ? [] : [{ key, values: value.split('__') }]
    })
  })

/** Source: pkg/scheduler/framework/plugins/volumezone/volume_zone.go. */
export const volumeZone = definePlugin<undefined, readonly VolumeZone[]>({
  name: 'VolumeZone',
  doc: 'Keeps pods in the zones of their volumes.',
  defaultArgs: undefined,
  preFilter: (cycle) => {
    const zones = zonesOf(cycle)
    return zones.length === 0 ? 'skip' : { state: zones }
  },
  filter: (_cycle, { node: { labels } }, zones) => {
    if (ZONE_LABELS.every((key) => labels[key] === undefined)) return undefined
    for (const { key, values } of zones) {
      const value = labels[key] ?? labels[CURRENT[key] ?? key]
      if (value === undefined || !values.includes(value)) return REFUSAL
    }
    return undefined
  },
  hints: {
    NodeAdded: () => true,
    NodeLabelsChanged: () => true,
    StorageChanged: (_pod, { objectKind }) =>
      objectKind === 'StorageClass' || objectKind === 'PersistentVolume' || objectKind === 'PersistentVolumeClaim',
  },
})

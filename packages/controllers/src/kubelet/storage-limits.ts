import { type DeepReadonly, type PodSpec, podLimits, quantityWhole } from '@wavetank/cluster'
import { canonicalQuantity, formatBytes } from '@wavetank/cluster/api'
import type { Amount } from './eviction-signals.ts'
import { addPart, addVolumes, containerUses, imagesDiskOf, noAmount, usagesOf } from './eviction-signals.ts'
import { type KubeletScene, machineOf, type PodView } from './scene.ts'

/**
 * Limits of what a pod may have on the disks of its node, whatever is free there: those of its empty directories, of all its
 * containers together, and of each.
 *
 * Source: pkg/kubelet/eviction/eviction_manager.go, localStorageEviction.
 */

export interface StorageLimit {
  readonly amount: Amount
  readonly limit: number
  readonly message: string
}

const EPHEMERAL = 'ephemeral-storage'

type Spec = DeepReadonly<PodSpec>

/** As the sum of quantities prints: one of them as it is. */
const sumText = (limits: readonly string[], sum: number): string =>
  limits.length === 1 ? canonicalQuantity(limits[0]!) : formatBytes(sum)

const limitsIn = (containers: Spec['containers'] | undefined): readonly string[] =>
  (containers ?? []).flatMap(({ resources }) => resources?.limits?.[EPHEMERAL] ?? [])

/** The limits of a pod whose containers say what they write, in the order in which they are looked at. */
export const storageLimitsOf = (scene: KubeletScene, pod: PodView, logLimit: number): readonly StorageLimit[] => {
  const usages = usagesOf(scene.view, pod.key)
  if (usages.every(({ local }) => local === undefined)) return []
  const uses = containerUses(usages)
  const spec = pod.template.spec as Spec
  const limits: StorageLimit[] = []
  for (const { name, emptyDir } of spec.volumes ?? []) {
    const size = emptyDir?.sizeLimit
    if (size === undefined || quantityWhole(size) <= 0) continue
    const amount = noAmount()
    addVolumes(amount, uses, (volume) => volume.name === name)
    const message = `Usage of EmptyDir volume "${name}" exceeds the limit "${canonicalQuantity(size)}". `
    limits.push({ amount, limit: quantityWhole(size), message })
  }
  const written = [...limitsIn(spec.containers), ...limitsIn(spec.initContainers)]
  if (written.length > 0) {
    const amount = noAmount()
    addPart(amount, uses, 'disk', logLimit, false)
    addPart(amount, uses, 'logs', logLimit, true)
    addVolumes(amount, uses, ({ isMemory }) => !isMemory)
    const limit = podLimits(pod.template.spec as PodSpec).ephemeralStorageBytes
    const text = sumText(written, limit)
    const message = `Pod ephemeral local storage usage exceeds the total limit of containers ${text}. `
    limits.push({ amount, limit, message })
  }
  const isOneDisk = imagesDiskOf(machineOf(scene, pod.node)) === 'nodefs'
  for (const { name, resources } of spec.containers) {
    const limit = resources?.limits?.[EPHEMERAL]
    if (limit === undefined || quantityWhole(limit) === 0) continue
    const own = uses.filter((use) => use.name === name && use.running !== undefined)
    const amount = noAmount()
    addPart(amount, own, 'logs', logLimit, true)
    if (isOneDisk) addPart(amount, own, 'disk', logLimit, false)
    const message = `Container ${name} exceeded its local ephemeral storage limit "${canonicalQuantity(limit)}". `
    limits.push({ amount, limit: quantityWhole(limit), message })
  }
  return limits
}

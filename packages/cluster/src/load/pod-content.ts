import type { ApiObject } from '../api/api-object.ts'
import type { Container } from '../api/core/container.ts'
import type { Pod } from '../api/core/pod.ts'
import type { PodSpec } from '../api/core/pod-spec.ts'
import { contentOf } from '../api-server/manifest.ts'
import type { TemplateContent } from '../api-server/pod-template.ts'

/**
 * A dumped pod as a template that its siblings share. What is each pod's alone is taken out: the node, the affinity by
 * which a DaemonSet pins it, and the volume with the token of its service account, whose name is random.
 */

/** Source: plugin/pkg/admission/serviceaccount/admission.go, ServiceAccountVolumeName. */
const isToken = ({ name }: { readonly name: string }): boolean =>
  /^kube-api-access-[bcdfghjklmnpqrstvwxz2456789]{5}$/.test(name)

const withoutToken = (container: Container): Container => {
  const { volumeMounts, ...rest } = container
  if (volumeMounts === undefined) return container
  const kept = volumeMounts.filter((mount) => !isToken(mount))
  return kept.length === 0 ? (rest as Container) : { ...container, volumeMounts: kept }
}

/** The node that the affinity of a DaemonSet's pod names. */
const pinnedTo = ({ affinity }: PodSpec): string | undefined => {
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms
  const [field, ...others] = terms?.length === 1 ? (terms[0]?.matchFields ?? []) : []
  if (field?.key !== 'metadata.name' || field.operator !== 'In' || others.length > 0) return undefined
  return field.values?.length === 1 ? field.values[0] : undefined
}

const unpinned = (spec: PodSpec): PodSpec => {
  const { affinity, ...rest } = spec
  const { nodeAffinity, ...others } = affinity ?? {}
  const { requiredDuringSchedulingIgnoredDuringExecution: _, ...preferred } = nodeAffinity ?? {}
  const left = Object.keys(preferred).length === 0 ? others : { ...others, nodeAffinity: preferred }
  return (Object.keys(left).length === 0 ? rest : { ...rest, affinity: left }) as PodSpec
}

export interface DumpedPod {
  readonly content: TemplateContent
  /** `spec.nodeName`; empty while unscheduled. */
  readonly node: string
  readonly affinityNode: string | undefined
}

/** True for an object that an API server has stored: it has the uid that only that gives. */
export const isDumped = ({ metadata }: ApiObject): boolean => metadata.uid !== undefined

export const dumpedPod = ({ metadata, spec: whole }: Pod): DumpedPod => {
  const { nodeName = '', volumes, ...rest } = whole
  const kept = volumes?.filter((volume) => !isToken(volume)) ?? []
  const spec: PodSpec = {
    ...rest,
    ...(kept.length === 0 ? {} : { volumes: kept }),
    containers: whole.containers.map(withoutToken),
    ...(whole.initContainers === undefined ? {} : { initContainers: whole.initContainers.map(withoutToken) }),
  } as PodSpec
  const affinityNode = pinnedTo(spec)
  return {
    content: contentOf({ metadata, spec: affinityNode === undefined ? spec : unpinned(spec) }),
    node: nodeName,
    affinityNode,
  }
}

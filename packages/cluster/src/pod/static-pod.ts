import { fingerprint } from '@wavetank/kernel'
import type { Pod as PodObject } from '../api/core/pod.ts'
import type { DeepReadonly } from '../tables.ts'
import type { Pod } from './pod.ts'

/**
 * Static pods: those that a kubelet has from a file on its node. What the API server has of one is its mirror: a pod that
 * shows it, and that nobody can stop it by.
 *
 * Source: pkg/kubelet/config/common.go (applyDefaults), pkg/kubelet/pod/mirror_client.go (CreateMirrorPod),
 * pkg/kubelet/types/pod_update.go.
 */

export const MIRROR = 'kubernetes.io/config.mirror'
const HASH = 'kubernetes.io/config.hash'
const SOURCE = 'kubernetes.io/config.source'
const NOTES: readonly string[] = [MIRROR, HASH, SOURCE, 'kubernetes.io/config.seen']

export const isMirror = ({ annotations }: DeepReadonly<Pick<Pod, 'annotations'>>): boolean =>
  annotations[MIRROR] !== undefined

/** Whether a manifest is that of a mirror pod. */
export const isMirrorObject = ({ metadata }: Pick<PodObject, 'metadata'>): boolean =>
  metadata.annotations?.[MIRROR] !== undefined

/** Without what is each mirror’s alone, so that those of all nodes have one template. */
export const withoutMirrorNotes = (pod: PodObject): PodObject => {
  const annotations = Object.fromEntries(
    Object.entries(pod.metadata.annotations ?? {}).filter(([name]) => !NOTES.includes(name)),
  )
  return { ...pod, metadata: { ...pod.metadata, annotations } }
}

/** Two halves of 128 bits, as long as the MD5 that a kubelet takes of host, file and pod. */
const hashOf = (text: string): string =>
  ['a', 'b', 'c']
    .map((part) => fingerprint(`${part} ${text}`).toString(16).padStart(14, '0'))
    .join('')
    .slice(0, 32)

/** The mirror on a node of a pod that stands in its static pod path. */
export const mirrorOf = (pod: PodObject, node: string): PodObject => {
  const { metadata, spec } = pod
  const hash = hashOf(`host:${node} ${JSON.stringify(pod)}`)
  const every = { operator: 'Exists', effect: 'NoExecute' } as const
  return {
    ...pod,
    metadata: {
      ...metadata,
      name: `${metadata.name}-${node.toLowerCase()}`,
      annotations: { ...metadata.annotations, [HASH]: hash, [SOURCE]: 'file', [MIRROR]: hash },
      // Its uid is known when the Node is stored.
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: node, uid: '', controller: true }],
    },
    spec: { ...spec, nodeName: node, tolerations: [...(spec.tolerations ?? []), every] },
  } as PodObject
}

type Json = Readonly<Record<string, unknown>>
const record = (u: unknown): Json => (typeof u === 'object' && u !== null ? (u as Json) : {})
const items = (u: unknown): readonly Json[] => (Array.isArray(u) ? u.map(record) : [])

const VOLUMES: Readonly<Record<string, string>> = {
  configMap: 'configmaps',
  secret: 'secrets',
  persistentVolumeClaim: 'persistentvolumeclaims',
  ephemeral: 'persistentvolumeclaims',
}

/**
 * What a static pod may not refer to, by its resource: objects of the API server, which a kubelet that runs it may not
 * reach. Source: pkg/api/v1/pod/util.go, HasAPIObjectReference; gate PreventStaticPodAPIReferences.
 */
export const referenceOf = ({ spec }: Pick<PodObject, 'spec'>): string | undefined => {
  if (spec.serviceAccountName !== undefined && spec.serviceAccountName !== '') return 'serviceaccounts'
  if (items(spec.imagePullSecrets).length > 0) return 'secrets'
  for (const volume of items(spec.volumes)) {
    for (const [field, resource] of Object.entries(VOLUMES)) if (volume[field] !== undefined) return resource
    for (const source of items(record(volume.projected).sources)) {
      if (source.configMap !== undefined) return 'configmaps'
      if (source.secret !== undefined) return 'secrets'
      if (source.serviceAccountToken !== undefined) return 'serviceaccounts'
    }
  }
  for (const container of [...items(spec.initContainers), ...items(spec.containers)]) {
    for (const source of items(container.envFrom)) {
      if (source.configMapRef !== undefined) return 'configmaps'
      if (source.secretRef !== undefined) return 'secrets'
    }
    for (const { valueFrom } of items(container.env)) {
      if (record(valueFrom).configMapKeyRef !== undefined) return 'configmaps'
      if (record(valueFrom).secretKeyRef !== undefined) return 'secrets'
    }
  }
  return undefined
}

import type * as t from 'io-ts'
import type { Codec } from '../codec.ts'
import { list, optional, present, struct, text } from '../codec.ts'
import { defineKind, objectCodec, unreadStatus } from '../define-kind.ts'
import { NAME_RULES } from '../meta/object-meta.ts'

const namespaceSpec = struct('NamespaceSpec', { finalizers: optional(list(text)) })

const namespace = objectCodec('v1', 'Namespace', { spec: present(namespaceSpec), status: unreadStatus })
export interface Namespace extends t.TypeOf<typeof namespace> {}
export const Namespace: Codec<Namespace> = namespace

/** The label by which namespaces are selected by name. */
export const NAMESPACE_NAME_LABEL = 'kubernetes.io/metadata.name'

export const namespaceKind = defineKind<Namespace>({
  kind: 'Namespace',
  apiVersion: 'v1',
  codec: Namespace,
  nameRule: NAME_RULES.label,
  // `SetDefaults_Namespace`, and the finalizer that `namespace/strategy.go: PrepareForCreate` adds.
  complete: (object) => {
    const { metadata, spec } = object
    if (metadata.name === '') return object
    return {
      ...object,
      metadata: { ...metadata, labels: { ...metadata.labels, [NAMESPACE_NAME_LABEL]: metadata.name } },
      spec: spec.finalizers === undefined ? { finalizers: ['kubernetes'] } : spec,
    }
  },
})

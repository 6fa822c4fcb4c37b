import type * as t from 'io-ts'
import type { Codec } from '../codec.ts'
import {
  anything,
  defaulted,
  defaultedZero,
  flag,
  list,
  optional,
  requiredText,
  struct,
  text,
  textMap,
  words,
} from '../codec.ts'
import { defineKind } from '../define-kind.ts'
import { NAME_RULES, ObjectMeta } from '../meta/object-meta.ts'

const storageClass = struct('StorageClass', {
  apiVersion: words('storage.k8s.io/v1'),
  kind: words('StorageClass'),
  metadata: ObjectMeta,
  provisioner: requiredText,
  parameters: optional(textMap),
  reclaimPolicy: defaultedZero(words('Delete', 'Retain'), 'Delete'),
  volumeBindingMode: defaulted(words('Immediate', 'WaitForFirstConsumer'), 'Immediate'),
  allowVolumeExpansion: optional(flag),
  mountOptions: optional(list(text)),
  allowedTopologies: optional(
    list(
      struct('TopologySelectorTerm', {
        matchLabelExpressions: optional(
          list(struct('TopologySelectorLabelRequirement', { key: requiredText, values: list(text) })),
        ),
      }),
    ),
  ),
  status: optional(anything),
})
export interface StorageClass extends t.TypeOf<typeof storageClass> {}
export const StorageClass: Codec<StorageClass> = storageClass

const DEFAULT_CLASS = 'storageclass.kubernetes.io/is-default-class'
const DEFAULT_CLASS_BETA = 'storageclass.beta.kubernetes.io/is-default-class'

/** True for a class that claims without a class get. */
export const isDefaultClass = ({ metadata }: StorageClass): boolean =>
  metadata.annotations?.[DEFAULT_CLASS] === 'true' || metadata.annotations?.[DEFAULT_CLASS_BETA] === 'true'

export const storageClassKind = defineKind<StorageClass>({
  kind: 'StorageClass',
  apiVersion: 'storage.k8s.io/v1',
  codec: StorageClass,
  nameRule: NAME_RULES.subdomain,
})

import type * as t from 'io-ts'
import type { Codec } from '../codec.ts'
import { defaultedZero, flag, optional, struct, text, textMap, words } from '../codec.ts'
import { defineKind } from '../define-kind.ts'
import { NAME_RULES, ObjectMeta } from '../meta/object-meta.ts'

const configMap = struct('ConfigMap', {
  apiVersion: words('v1'),
  kind: words('ConfigMap'),
  metadata: ObjectMeta,
  data: optional(textMap),
  binaryData: optional(textMap),
  immutable: optional(flag),
})
export interface ConfigMap extends t.TypeOf<typeof configMap> {}
export const ConfigMap: Codec<ConfigMap> = configMap

const secret = struct('Secret', {
  apiVersion: words('v1'),
  kind: words('Secret'),
  metadata: ObjectMeta,
  type: defaultedZero(text, 'Opaque'),
  data: optional(textMap),
  stringData: optional(textMap),
  immutable: optional(flag),
})
export interface Secret extends t.TypeOf<typeof secret> {}
export const Secret: Codec<Secret> = secret

export const configMapKind = defineKind<ConfigMap>({
  kind: 'ConfigMap',
  apiVersion: 'v1',
  codec: ConfigMap,
  nameRule: NAME_RULES.subdomain,
})

export const secretKind = defineKind<Secret>({
  kind: 'Secret',
  apiVersion: 'v1',
  codec: Secret,
  nameRule: NAME_RULES.subdomain,
})

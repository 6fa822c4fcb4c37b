import { id } from '@wavetank/kernel'
import type * as t from 'io-ts'

/** `namespace/name`. */
export type ObjectKey = string
export type PodKey = ObjectKey
export type NodeName = string

export const ObjectKey: t.Type<string> = id('ObjectKey')
export const PodKey: t.Type<string> = id('PodKey')
export const NodeName: t.Type<string> = id('NodeName')
export const Uid: t.Type<string> = id('Uid')

export const keyOf = (namespace: string, name: string): ObjectKey => `${namespace}/${name}`
export const namespaceOf = (key: ObjectKey): string => key.slice(0, key.indexOf('/'))
export const nameOf = (key: ObjectKey): string => key.slice(key.indexOf('/') + 1)

import { defineEvent, optional, RELEASE } from '@wavetank/kernel'
import * as t from 'io-ts'
import { Uid } from '../ids.ts'
import { Labels } from '../object/meta.ts'

export const NamespaceCreated = defineEvent('NamespaceCreated', {
  doc: 'A namespace is stored, Active.',
  data: { namespace: t.string, uid: Uid, labels: Labels, annotations: optional(Labels) },
})

export const NamespaceLabelled = defineEvent('NamespaceLabelled', {
  doc: 'The namespace’s labels changed; these are all of them.',
  data: { namespace: t.string, labels: Labels },
})

export const NamespaceAnnotated = defineEvent('NamespaceAnnotated', {
  doc: 'The namespace’s annotations changed; these are all of them.',
  data: { namespace: t.string, annotations: Labels },
})

export const NamespaceMarkedForDeletion = defineEvent('NamespaceMarkedForDeletion', {
  doc: 'The namespace is Terminating: nothing can be created in it, and everything in it is deleted.',
  data: { namespace: t.string },
})

export const NamespaceDeleted = defineEvent('NamespaceDeleted', {
  doc: 'The namespace is empty and gone.',
  rank: RELEASE,
  data: { namespace: t.string },
})

export const namespaceEvents = [
  NamespaceCreated,
  NamespaceLabelled,
  NamespaceAnnotated,
  NamespaceMarkedForDeletion,
  NamespaceDeleted,
] as const

import { defineEvent, RELEASE } from '@wavetank/kernel'
import * as t from 'io-ts'
import { Uid } from '../ids.ts'
import { Labels } from '../object/meta.ts'

export const NamespaceCreated = defineEvent('NamespaceCreated', {
  doc: 'A namespace is stored, Active.',
  data: { namespace: t.string, uid: Uid, labels: Labels },
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

export const namespaceEvents = [NamespaceCreated, NamespaceMarkedForDeletion, NamespaceDeleted] as const

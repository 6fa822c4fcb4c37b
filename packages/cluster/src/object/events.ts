import { defineEvent, RELEASE } from '@wavetank/kernel'
import * as t from 'io-ts'
import { ObjectKey, Uid } from '../ids.ts'

export const ClusterConfigured = defineEvent('ClusterConfigured', {
  doc: 'What is the same for the whole run: seed, wall clock, latencies, API server flags.',
  data: { settings: t.UnknownRecord },
})

export const InertObjectCreated = defineEvent('InertObjectCreated', {
  doc: 'An object of a kind that is kept but not simulated.',
  data: { objectKind: t.string, object: ObjectKey, uid: Uid, body: t.UnknownRecord },
})

export const InertObjectChanged = defineEvent('InertObjectChanged', {
  doc: 'An object of a kind that is not simulated was written again; this is all of it.',
  data: { objectKind: t.string, object: ObjectKey, body: t.UnknownRecord },
})

export const InertObjectDeleted = defineEvent('InertObjectDeleted', {
  doc: 'An object of a kind that is not simulated is gone.',
  rank: RELEASE,
  data: { objectKind: t.string, object: ObjectKey },
})

export const objectEvents = [ClusterConfigured, InertObjectCreated, InertObjectChanged, InertObjectDeleted] as const

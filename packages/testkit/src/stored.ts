import { createClusterStore, createInitialObjects, createObject } from '@wavetank/cluster'
import { apiObject } from '@wavetank/cluster/api'
import type { SimEvent } from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'

/**
 * The events by which a new cluster stores these manifests at t=0: its own namespaces first, then each in order.
 *
 * @throws if the API server would refuse one
 */
export const stored = (...manifests: readonly unknown[]): readonly SimEvent[] => {
  const store = createClusterStore()
  const events: SimEvent[] = []
  const happen = (event: SimEvent): void => {
    store.apply({ seq: events.length, at: 0, cause: null, by: 'given', event })
    events.push(event)
  }
  createInitialObjects(store.view, 0).forEach(happen)
  for (const manifest of manifests) {
    const created = createObject(store.view, 0, apiObject(manifest))
    if (isLeft(created)) throw new Error(created.left.message)
    created.right.forEach(happen)
  }
  return events
}

import {
  type Charges,
  type ClusterView,
  createClusterStore,
  createObject,
  NamespaceCreated,
  quotaStatus,
} from '@wavetank/cluster'
import { apiObject } from '@wavetank/cluster/api'
import type { SimEvent } from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'

/** A cluster of which only the API server is there: objects are stored one after the other, and quotas counted at once. */
export interface Server {
  readonly view: ClusterView
  /** Stores objects that are not refused. */
  readonly store: (...manifests: readonly object[]) => void
  readonly apply: (...events: readonly SimEvent[]) => void
  /** What the API server says against an object; `undefined` if it would take it. */
  readonly refusal: (manifest: object, charges?: Charges) => string | undefined
  /** Lets the quota controller count. */
  readonly count: () => void
}

export const serverWith = (...manifests: readonly object[]): Server => {
  const { view, apply: fold } = createClusterStore()
  let seq = 0
  const apply = (...events: readonly SimEvent[]): void => {
    for (const event of events) fold({ seq: seq++, at: 0, cause: null, by: 'test', event })
  }
  const count = (): void => {
    for (const quota of view.resourceQuotas.values()) {
      const status = quotaStatus(quota)
      if (status !== undefined) apply(status)
    }
  }
  const inShop = (manifest: object) => {
    const { metadata, ...rest } = manifest as { readonly metadata: object }
    return apiObject({ apiVersion: 'v1', ...rest, metadata: { namespace: 'shop', ...metadata } })
  }
  const store = (...objects: readonly object[]): void => {
    for (const object of objects) {
      const events = createObject(view, 0, inShop(object))
      if (isLeft(events)) throw new Error(events.left.message)
      apply(...events.right)
    }
  }
  apply(NamespaceCreated({ namespace: 'shop', uid: 'uid-shop', labels: {} }))
  store(...manifests)
  count()
  return {
    view,
    store,
    apply,
    count,
    refusal: (manifest, charges) => {
      const events = createObject(view, 0, inShop(manifest), undefined, charges)
      return isLeft(events) ? events.left.message : undefined
    },
  }
}

type Quantities = Readonly<Record<string, string>>

export const quota = (name: string, hard: Quantities, more: object = {}): object => ({
  kind: 'ResourceQuota',
  metadata: { name },
  spec: { hard, ...more },
})

export const range = (name: string, ...limits: readonly object[]): object => ({
  kind: 'LimitRange',
  metadata: { name },
  spec: { limits },
})

export const container = (requests?: Quantities, limits?: Quantities, name = 'main'): object => ({
  name,
  image: 'example.com/a:1',
  resources: { ...(requests === undefined ? {} : { requests }), ...(limits === undefined ? {} : { limits }) },
})

export const pod = (name: string, spec: object = {}): object => ({
  kind: 'Pod',
  metadata: { name },
  spec: { containers: [container()], ...spec },
})

/** A pod of one container. */
export const asking = (name: string, requests?: Quantities, limits?: Quantities): object =>
  pod(name, { containers: [container(requests, limits)] })

export const claim = (name: string, storage: string, more: object = {}): object => ({
  kind: 'PersistentVolumeClaim',
  metadata: { name },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } }, ...more },
})

export const service = (name: string, type: string, more: object = {}): object => ({
  kind: 'Service',
  metadata: { name },
  spec: { type, selector: { app: 'a' }, ports: [{ port: 80 }], ...more },
})

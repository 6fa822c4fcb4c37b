import {
  type ControllerRef,
  createClusterStore,
  PodAdopted,
  PodCreated,
  PodDeleted,
  PodLabelled,
  PodMarkedForDeletion,
  PodMarkedNotReady,
  PodReleased,
  PodStatusReported,
  PodTemplateRecorded,
  podDisruptionBudgetEvents,
  selects,
} from '@wavetank/cluster'
import { createFolds, type SimEvent } from '@wavetank/kernel'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Census, isHealthy } from './census.ts'
import { disruptionController } from './disruption.ts'

/** Whatever happens, what is kept is what counting all pods anew would give. */

const labels = fc.constantFrom<Readonly<Record<string, string>>[]>(
  {},
  { app: 'a' },
  { app: 'b' },
  { app: 'a', tier: 'x' },
)
const selector = fc.constantFrom(undefined, {}, { matchLabels: { app: 'a' } }, { matchLabels: { tier: 'x' } })
const pod = fc.constantFrom('shop/p0', 'shop/p1', 'shop/p2', 'other/p0')
const object = fc.constantFrom('shop/b0', 'shop/b1', 'other/b0')
const owner = fc
  .constantFrom('r0', 'r1')
  .map((name): ControllerRef => ({ apiVersion: 'apps/v1', kind: 'ReplicaSet', name, uid: name }))

const step = fc.oneof(
  fc
    .record({ pod, labels, owner: fc.option(owner, { nil: undefined }) })
    .map((data): SimEvent => PodCreated({ ...data, uid: data.pod, template: 't' })),
  fc.record({ pod, labels }).map(PodLabelled),
  fc.record({ pod, owner }).map(PodAdopted),
  pod.map((key): SimEvent => PodReleased({ pod: key, owner: 'shop/r0' })),
  fc
    .record({ pod, ready: fc.boolean() })
    .map((data): SimEvent => PodStatusReported({ ...data, phase: 'Running', containers: [] })),
  pod.map((key): SimEvent => PodMarkedNotReady({ pod: key })),
  pod.map((key): SimEvent => PodMarkedForDeletion({ pod: key, graceSeconds: 30 })),
  pod.map((key): SimEvent => PodDeleted({ pod: key })),
  fc.record({ object, selector }).map(
    (data): SimEvent =>
      podDisruptionBudgetEvents.Created({
        object: data.object,
        uid: data.object,
        labels: {},
        annotations: {},
        spec: { selector: data.selector, minAvailable: 1 },
      }),
  ),
  fc.record({ object, selector }).map(
    (data): SimEvent =>
      podDisruptionBudgetEvents.SpecChanged({
        object: data.object,
        spec: { selector: data.selector, minAvailable: 1 },
      }),
  ),
  object.map((key): SimEvent => podDisruptionBudgetEvents.Deleted({ object: key })),
)

it('is what counting all pods anew gives, after every event', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const store = createClusterStore()
      const config = { 'kube-api-qps': 20, 'kube-api-burst': 30 }
      const folds = createFolds(store, [{ controller: disruptionController, config }])
      const { view } = store
      const { census } = folds.slices[disruptionController.name] as { readonly census: Census }
      let seq = 0
      const happen = (event: SimEvent): void => folds.apply({ seq: seq++, at: 0, cause: null, by: 'test', event })
      happen(PodTemplateRecorded({ template: 't', labels: {}, spec: { containers: [] } }))
      for (const event of steps) {
        const named = event as SimEvent & { readonly pod?: string; readonly object?: string }
        const isThere =
          named.pod === undefined ? view.podDisruptionBudgets.has(named.object ?? '') : view.pods.has(named.pod)
        if (isThere === event.kind.endsWith('Created')) continue
        happen(event)

        expect(census.tallies.size).toBe(view.podDisruptionBudgets.size)
        for (const { uid, namespace, matcher } of view.podDisruptionBudgets.values()) {
          const pods = [...view.pods.values()].filter(
            (one) => one.namespace === namespace && selects(matcher, one.labels),
          )
          const tally = census.tallies.get(uid)!
          expect(tally.pods).toBe(pods.length)
          expect(tally.healthy).toBe(pods.filter(isHealthy).length)
          expect(tally.unmanaged).toBe(pods.filter((one) => one.owner === undefined).length)
          const owners = pods.flatMap((one) => one.owner?.uid ?? [])
          expect([...tally.owners].map(([key, { pods: count }]) => `${key} ${count}`).sort()).toEqual(
            [...new Set(owners)].map((key) => `${key} ${owners.filter((one) => one === key).length}`).sort(),
          )
        }
        if (view.podDisruptionBudgets.size === 0) expect(census.counted.size).toBe(0)
      }
    }),
    { numRuns: 300 },
  )
})

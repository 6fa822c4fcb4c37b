import {
  NodeTainted,
  PodBound,
  PodCreated,
  PodEvictionRefused,
  PodStatusReported,
  PodUnschedulable,
  podDisruptionBudgetEvents,
} from '@wavetank/cluster'
import type { Entry, SimEvent } from '@wavetank/kernel'
import { expect, it } from 'vitest'
import { formatEntry, formatTimeline } from './timeline.ts'

const entry = (event: SimEvent, by = 'default-scheduler'): Entry => ({ seq: 41, at: 5, cause: 40, by, event })

it('prints time, component, event, subject and cause', () => {
  expect(formatEntry(entry(PodBound({ pod: 'shop/cart', node: 'n2' })))).toBe(
    't=5ms default-scheduler PodBound shop/cart → n2 (#41 ← #40)',
  )
})

it('leaves out the cause of what the scenario brings', () => {
  const bound = entry(PodBound({ pod: 'shop/cart', node: 'n2' }), 'scenario')
  expect(formatEntry({ ...bound, at: 62_004, cause: null })).toBe('t=1m2.004s scenario PodBound shop/cart → n2 (#41)')
})

it('has shorter phrases for what happens often', () => {
  const events: SimEvent[] = [
    PodCreated({
      pod: 'shop/cart',
      uid: '0c1d',
      template: 'x2k4q',
      owner: { apiVersion: 'v1', kind: 'ReplicationController', name: 'cart', uid: 'a' },
    }),
    PodUnschedulable({ pod: 'shop/cart', message: '0/2 nodes are available: 2 Insufficient cpu.' }),
    PodStatusReported({
      pod: 'shop/cart',
      phase: 'Running',
      ready: true,
      containers: [
        { name: 'app', ready: true, restartCount: 0, running: { startedAt: 0 } },
        { name: 'log', ready: false, restartCount: 1, waiting: { reason: 'CrashLoopBackOff' } },
      ],
    }),
    NodeTainted({ node: 'n1', taint: { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' } }),
  ]
  expect(formatTimeline(events.map((event) => entry(event)))).toMatchInlineSnapshot(`
    "t=5ms default-scheduler PodCreated shop/cart of ReplicationController/cart template=x2k4q (#41 ← #40)
    t=5ms default-scheduler PodUnschedulable shop/cart: 0/2 nodes are available: 2 Insufficient cpu. (#41 ← #40)
    t=5ms default-scheduler PodStatusReported shop/cart Running Ready [app:ready log:CrashLoopBackOff] (#41 ← #40)
    t=5ms default-scheduler NodeTainted n1 node.kubernetes.io/unreachable:NoExecute (#41 ← #40)
    "
  `)
})

it('says what stands in the way of a drain in full', () => {
  const why = 'The disruption budget web needs 3 healthy pods and has 3 currently'
  const message = "Cannot evict pod as it would violate the pod's disruption budget."
  const events = [
    PodEvictionRefused({ pod: 'shop/web-1', code: 429, message, why, budgets: ['shop/web'] }),
    podDisruptionBudgetEvents.StatusReported({
      object: 'shop/web',
      expectedPods: 3,
      currentHealthy: 3,
      desiredHealthy: 3,
      disruptionsAllowed: 0,
      disruptedPods: {},
    }),
    { kind: 'NodeDrainBlocked', issued: 1, node: 'n1', budgets: ['shop/web'], reasons: [why, 'x'.repeat(80)] },
  ]
  expect(formatTimeline(events.map((event) => entry(event)))).toBe(
    `t=5ms default-scheduler PodEvictionRefused shop/web-1: 429 ${message} ${why} (#41 ← #40)\n` +
      't=5ms default-scheduler PodDisruptionBudgetStatusReported shop/web healthy=3/3 desired=3 allowed=0 (#41 ← #40)\n' +
      `t=5ms default-scheduler NodeDrainBlocked n1: ${why}; ${'x'.repeat(80)} (#41 ← #40)\n`,
  )
})

it('prints every field of an event that it does not know', () => {
  const event = {
    kind: 'TeapotBoiled',
    pod: 'shop/tea',
    litres: 2,
    of: 'green tea',
    cups: ['a', 'b'],
    by: { hand: true },
  }
  expect(formatEntry(entry(event))).toMatchInlineSnapshot(
    `"t=5ms default-scheduler TeapotBoiled shop/tea litres=2 of="green tea" cups=a,b by={"hand":true} (#41 ← #40)"`,
  )
  const long = { kind: 'TeapotDescribed', text: 'x'.repeat(100) }
  expect(formatEntry(entry(long)).length).toBeLessThan(200)
})

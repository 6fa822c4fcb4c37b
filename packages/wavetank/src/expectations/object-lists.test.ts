import { createClusterStore, NodeDeleted, PodBound } from '@wavetank/cluster'
import { defineEvent, type SimEvent } from '@wavetank/kernel'
import * as fc from 'fast-check'
import * as t from 'io-ts'
import { expect, it } from 'vitest'
import { nameOfObject } from './cel-value.ts'
import { createObjectLists } from './object-lists.ts'
import {
  configCreated,
  controllerCreated,
  nodeCreated,
  podCreated,
  podDeleted,
  podRunning,
  template,
} from './story.test-helper.ts'

const listsOf = (...kinds: readonly string[]) => {
  const store = createClusterStore()
  const lists = createObjectLists(store.view)
  lists.keep(new Set(kinds))
  let seq = 0
  const happen = (...events: readonly SimEvent[]): void => {
    for (const event of events) {
      const entry = { seq: seq++, at: 0, cause: null, by: 'test', event }
      lists.seen(entry)
      store.apply(entry)
    }
  }
  return { ...lists, happen, names: (kind: string) => lists.list(kind).map(nameOfObject) }
}

it('lists objects by namespace and name, whatever the order in which they came', () => {
  const { happen, refresh, names } = listsOf('Pod', 'ConfigMap')
  happen(template, podCreated('shop/b'), podCreated('shop/a'))
  refresh()
  happen(podCreated('default/z'), configCreated('shop/c', {}), podDeleted('shop/b'))
  refresh()
  expect(names('Pod')).toEqual(['default/z', 'shop/a'])
  expect(names('ConfigMap')).toEqual(['shop/c'])
})

it('lists a node that joins later', () => {
  const { happen, refresh, names } = listsOf('Node')
  happen(nodeCreated('n2'))
  refresh()
  happen(nodeCreated('n1'))
  refresh()
  expect(names('Node')).toEqual(['n1', 'n2'])
})

it('has a new version when an object is there, gone or different, and only then', () => {
  const { happen, refresh, version } = listsOf('Pod', 'Node', 'ReplicationController', 'ConfigMap')
  const versions = (...events: readonly SimEvent[]) => {
    happen(...events)
    refresh()
    return ['Pod', 'Node', 'ReplicationController', 'ConfigMap'].map(version)
  }
  const start = versions(template)
  const [pod, node, controller, config] = start as [number, number, number, number]
  const Seen = defineEvent('PodSeen', { doc: 'Nobody writes.', data: { pod: t.string } })
  expect(versions(podCreated('shop/a'))).toEqual([pod + 1, node, controller, config])
  expect(versions(podRunning('shop/a'))).toEqual([pod + 2, node, controller, config])
  expect(versions(Seen({ pod: 'shop/a' }))).toEqual([pod + 2, node, controller, config])
  expect(versions(controllerCreated('shop/web', 3))).toEqual([pod + 2, node, controller + 1, config])
  expect(versions(configCreated('shop/c', {}))).toEqual([pod + 2, node, controller + 1, config + 1])
  expect(versions()).toEqual([pod + 2, node, controller + 1, config + 1])
})

it('shows a pod with the address of a node that comes and goes', () => {
  const { happen, refresh, find } = listsOf('Pod')
  const hostIp = () => find('Pod', 'shop', 'a')?.status?.hostIP
  happen(template, podCreated('shop/a'), PodBound({ pod: 'shop/a', node: 'n1' }), podRunning('shop/a'))
  refresh()
  expect(hostIp()).toBeUndefined()
  happen(nodeCreated('n1'))
  refresh()
  const address = hostIp()
  happen(NodeDeleted({ node: 'n1' }))
  refresh()
  expect(hostIp()).toBeUndefined()
  expect(address === undefined || typeof address === 'string').toBe(true)
})

it('keeps nothing of kinds that nobody reads', () => {
  const { happen, refresh, names, find, keep } = listsOf('Node')
  happen(template, podCreated('shop/a'), nodeCreated('n1'))
  refresh()
  expect(names('Pod')).toEqual([])
  expect(find('Pod', 'shop', 'a')).toBeNull()
  expect(names('Node')).toEqual(['n1'])
  keep(new Set(['Pod']))
  refresh()
  expect(names('Pod')).toEqual(['shop/a'])
  expect(names('Node')).toEqual([])
})

it('is the same after many refreshes as after one, for any history', () => {
  const keys = ['a/p', 'a/q', 'b/p', 'b/q', 'c/p']
  const step = fc.tuple(fc.constantFrom(...keys), fc.boolean())
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const often = listsOf('Pod')
      const once = listsOf('Pod')
      const alive = new Set<string>()
      for (const lists of [often, once]) lists.happen(template)
      for (const [key, runs] of steps) {
        const event = !alive.has(key) ? podCreated(key) : runs ? podRunning(key) : podDeleted(key)
        if (!alive.has(key)) alive.add(key)
        else if (!runs) alive.delete(key)
        often.happen(event)
        often.refresh()
        once.happen(event)
      }
      once.refresh()
      expect(often.list('Pod')).toEqual(once.list('Pod'))
      expect(often.names('Pod')).toEqual([...alive].sort())
    }),
    { numRuns: 200 },
  )
})

it('catches up with more changes than it notes one by one', () => {
  const { happen, refresh, names } = listsOf('Pod')
  happen(template)
  refresh()
  happen(...Array.from({ length: 1_500 }, (_, index) => podCreated(`shop/p${index}`)))
  refresh()
  expect(names('Pod')).toHaveLength(1_500)
})

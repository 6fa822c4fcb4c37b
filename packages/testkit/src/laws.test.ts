import {
  type ClusterView,
  createClusterStore,
  defineController,
  NamespaceCreated,
  NamespaceDeleted,
} from '@wavetank/cluster'
import { after, createDraw, defineEvent, type Emission, type Entry, emit } from '@wavetank/kernel'
import * as t from 'io-ts'
import { expect, it } from 'vitest'
import { lawful, survivesTheLog } from './laws.ts'

const catalogue = new Map([NamespaceCreated, NamespaceDeleted].map((definition) => [definition.kind, definition]))
const gone = NamespaceDeleted({ namespace: 'shop' })

/** Has a controller react, once, under the laws. */
const react = (
  reaction: (view: ClusterView, own: { seen: string[] }, entry: Entry) => readonly Emission[],
): unknown => {
  const controller = defineController<{ seen: string[] }, Record<string, never>>({
    name: 'suspect',
    doc: 'Does as the test says.',
    component: 'wavetank',
    flags: {},
    events: [],
    own: { initial: () => ({ seen: [] }), apply: {} },
    on: { NamespaceCreated: ({ view, own }, entry) => reaction(view, own, entry) },
  })
  const store = createClusterStore()
  const event = NamespaceCreated({ namespace: 'shop', uid: 'u1', labels: { a: 'b' } })
  const entry: Entry = { seq: 0, at: 0, cause: null, by: 'given', event }
  store.apply(entry)
  const scene = { view: store.view, own: { seen: [] }, config: {}, draw: createDraw(1) }
  return lawful({ controller, config: {} }, catalogue).controller.on.NamespaceCreated!(scene, entry)
}

it('lets what keeps the laws through', () => {
  expect(react(() => [emit(gone), after(5, gone)])).toEqual([emit(gone), after(5, gone)])
})

it('catches a controller that writes to what it is shown', () => {
  const shop = (view: ClusterView) => view.namespaces.get('shop') as { terminating: boolean }
  expect(() => react((view) => [emit(gone)].filter(() => (shop(view).terminating = true)))).toThrow(
    'suspect on #0 NamespaceCreated: what is only shown was written to: terminating',
  )
  expect(() => react((_, own) => (own.seen.push('shop') > 0 ? [] : []))).toThrow('written to')
  expect(() => react((_, __, { event }) => [emit(Object.assign(event, { labels: {} }))])).toThrow('written to')
})

it('catches a controller that remembers what is not folded', () => {
  let asked = 0
  expect(() => react(() => (asked++ > 0 ? [] : [emit(gone)]))).toThrow('answers the same question differently')
})

it('catches a controller that goes back in time, or between the milliseconds', () => {
  expect(() => react(() => [after(-1, gone)])).toThrow('suspect on #0 NamespaceCreated wants NamespaceDeleted in -1 ms')
  expect(() => react(() => [after(0.5, gone)])).toThrow('in 0.5 ms')
})

it('catches a controller that emits what cannot be logged', () => {
  const Unknown = defineEvent('Unknown', { doc: 'Nobody registered it.', data: {} })
  expect(() => react(() => [emit(Unknown({}))])).toThrow('emits Unknown, which is not registered')
  expect(() => react(() => [emit({ kind: 'NamespaceDeleted' })])).toThrow('emits NamespaceDeleted with other fields')
})

it('catches an event that the log does not give back', () => {
  const Measured = defineEvent('Measured', { doc: 'A number.', data: { value: t.number } })
  survivesTheLog(Measured, Measured({ value: 0.1 }))
  expect(() => survivesTheLog(Measured, Measured({ value: Number.NaN }))).toThrow()
})

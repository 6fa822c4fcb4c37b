import { defineController, NamespaceCreated, NamespaceDeleted } from '@wavetank/cluster'
import { emit, timer } from '@wavetank/kernel'
import { expect, it } from 'vitest'
import { at, given } from './given.ts'

const shop = NamespaceCreated({ namespace: 'shop', uid: 'u1', labels: {} })
const sweeper = defineController<{ seen: number[] }, { readonly patience: { type: 'integer'; default: 3; doc: '' } }>({
  name: 'sweeper',
  doc: 'Deletes the second namespace at once and every other one later.',
  component: 'wavetank',
  flags: { patience: { type: 'integer', default: 3, doc: '' } },
  events: [],
  own: { initial: () => ({ seen: [] }), apply: { NamespaceCreated: (own, entry) => void own.seen.push(entry.seq) } },
  on: {
    NamespaceCreated: ({ own, config }, { event }) => {
      const deletion = NamespaceDeleted({ namespace: event.namespace })
      return own.seen.length === 2 ? [emit(deletion)] : [timer(event.namespace, config.patience, deletion)]
    },
  },
})
const mall = NamespaceCreated({ namespace: 'mall', uid: 'u2', labels: {} })

it('reacts to the event alone, with the memory and the cluster of everything before it', () => {
  given(sweeper, [shop])
    .when(mall)
    .then(emit(NamespaceDeleted({ namespace: 'mall' })))
})

it('takes flags, and keeps timers apart from what happens at once', () => {
  const outcome = given(sweeper, [], { config: { patience: 9 } }).when(shop)
  outcome.then(timer('shop', 9, NamespaceDeleted({ namespace: 'shop' })))
  outcome.thenEvents()
})

it('stays quiet where the controller does not listen', () => {
  given(sweeper, [shop])
    .when(NamespaceDeleted({ namespace: 'shop' }))
    .thenQuiet()
})

it('fails when the controller did something else', () => {
  expect(() => given(sweeper, [shop]).when(mall).thenQuiet()).toThrow()
  expect(() => given(sweeper, [shop]).when(mall).thenEvents()).toThrow()
})

it('numbers entries, keeps time, and applies what was emitted', () => {
  const outcome = given(sweeper, [at(5_000, shop)]).when(mall)
  expect(outcome.view.now).toBe(5_000)
  expect(outcome.view.namespaces.get('mall')?.resourceVersion).toBe(2)
  expect([...outcome.applied().namespaces.keys()]).toEqual(['shop'])
})

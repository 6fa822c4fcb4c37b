import { describe, expect, it } from 'vitest'
import { createCoreRecorder } from './core-recorder.ts'
import type { StoredEvent } from './event-store.ts'
import type { KubeEventDraft } from './kube-event.ts'

// Semantics: node-and-scheduler 2.4, controllers 1.10; client-go/tools/record/events_cache_test.go.

const draft = (message: string, more: Partial<KubeEventDraft> = {}): KubeEventDraft => ({
  type: 'Normal',
  reason: 'SuccessfulCreate',
  message,
  involvedObject: { apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace: 'shop', name: 'web', uid: 'u' },
  source: { component: 'replicaset-controller' },
  recorder: 'core',
  ...more,
})

/** What is written of `messages`, one every `period` milliseconds. */
const record = (messages: readonly string[], period = 1_000): readonly (StoredEvent | undefined)[] => {
  const recorder = createCoreRecorder()
  return messages.map((message, i) =>
    recorder(draft(message), { object: 'web', at: i * period, ordinal: i }, i * period),
  )
}

const numbered = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `Created pod: web-${i}`)

it('counts what is said again, and keeps when it was first said', () => {
  const events = record(['a', 'a', 'b', 'a'])
  expect(events.map((event) => [event?.message, event?.count, event?.firstAt, event?.lastAt])).toEqual([
    ['a', 1, 0, 0],
    ['a', 2, 0, 1_000],
    ['b', 1, 2_000, 2_000],
    ['a', 3, 0, 3_000],
  ])
  expect(events[3]?.eventName).toEqual(events[0]?.eventName)
})

it('tells Events about two containers of one pod apart', () => {
  const recorder = createCoreRecorder()
  const about = (fieldPath: string): KubeEventDraft =>
    draft('x', { involvedObject: { ...draft('').involvedObject, fieldPath } })
  expect(recorder(about('spec.containers{a}'), { object: 'web', at: 0, ordinal: 0 }, 0)?.count).toBe(1)
  expect(recorder(about('spec.containers{b}'), { object: 'web', at: 0, ordinal: 1 }, 0)?.count).toBe(1)
})

describe('similar Events', () => {
  it('are one from the tenth message on', () => {
    const events = record(numbered(12))
    expect(events.slice(0, 9).map((event) => event?.message)).toEqual(numbered(9))
    expect(events.slice(9).map((event) => [event?.message, event?.count])).toEqual([
      ['(combined from similar events): Created pod: web-9', 1],
      ['(combined from similar events): Created pod: web-10', 2],
      ['(combined from similar events): Created pod: web-11', 3],
    ])
  })

  it('stay apart when the last one was more than ten minutes ago', () => {
    const events = record(numbered(12), 600_001)
    expect(events.every((event) => event?.count === 1 && !event.message.startsWith('(combined'))).toBe(true)
    expect(record(numbered(12), 600_000)[11]?.message).toMatch(/^\(combined/)
  })
})

describe('spam', () => {
  const same = (count: number): readonly string[] => Array.from({ length: count }, () => 'again')

  it('is not written after 25 Events about one object, though it is counted', () => {
    const events = record(same(40), 1_000)
    expect(events.indexOf(undefined)).toBe(25)
    expect(events.slice(25).every((event) => event === undefined)).toBe(true)
  })

  it('is let through once every 300 s', () => {
    const events = record(same(330), 1_000)
    expect(events.flatMap((event, i) => (event !== undefined && i >= 25 ? [[i, event.count]] : []))).toEqual([
      [300, 301],
    ])
  })

  it('of one object does not silence another', () => {
    const recorder = createCoreRecorder()
    for (let i = 0; i < 40; i++) recorder(draft('again'), { object: 'web', at: 0, ordinal: i }, 0)
    const other = draft('again', { involvedObject: { ...draft('').involvedObject, name: 'api', uid: 'v' } })
    expect(recorder(other, { object: 'api', at: 0, ordinal: 40 }, 0)?.count).toBe(1)
  })
})

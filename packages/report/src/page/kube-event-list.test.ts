import { describe, expect, it } from 'vitest'
import type { StoredEvent } from '../kube-events/event-store.ts'
import { createKubeEventList } from './kube-event-list.ts'

const event = (name: string, at: number, more: Partial<StoredEvent> = {}): StoredEvent => ({
  eventName: { object: name, at, ordinal: at },
  namespace: 'shop',
  createdAt: at,
  order: at,
  type: 'Normal',
  reason: 'Started',
  message: `Started ${name}`,
  involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name, uid: name },
  source: { component: 'kubelet' },
  firstAt: at,
  lastAt: at,
  count: 1,
  eventAt: undefined,
  series: undefined,
  ...more,
})

describe('the list of Events', () => {
  it('has a row for each, whose count rises when it is written again', () => {
    const list = createKubeEventList(() => 'pods')
    const first = event('a', 1)
    list.written(first, 1)
    list.written({ ...first, lastAt: 9, count: 3 }, 9)
    list.written(event('b', 5, { type: 'Warning', reason: 'BackOff' }), 5)
    expect(list.list()).toMatchObject([
      { object: 'Pod/shop/a', firstAt: 1, lastAt: 9, count: 3, rest: 0 },
      { object: 'Pod/shop/b', firstAt: 5, type: 'Warning', reason: 'BackOff', rest: 0 },
    ])
    expect(list.left()).toBe(0)
  })

  it('counts those of a sort that there is no room for, and leaves room for the rare', () => {
    const list = createKubeEventList(() => 'pods of Deployment/shop/web', 10)
    for (let at = 0; at < 500; at++) list.written(event(`a${at}`, at), at)
    list.written(event('b', 500, { type: 'Warning', reason: 'Failed' }), 500)
    // Written once more: no new one.
    list.written({ ...event('a499', 499), count: 2, lastAt: 600 }, 600)
    const listed = list.list()
    const rest = listed.find((row) => row.rest > 0)!
    const own = listed.filter((row) => row.rest === 0)
    expect(own.length).toBeLessThanOrEqual(10)
    expect(own.some(({ reason }) => reason === 'Failed')).toBe(true)
    expect(rest).toMatchObject({ object: 'pods of Deployment/shop/web', lastAt: 600 })
    expect(rest.rest + own.length - 1).toBe(500)
    expect(list.left()).toBe(rest.rest)
  })
})

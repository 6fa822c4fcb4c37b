import { describe, expect, it } from 'vitest'
import { type BackoffRecord, finishedAt, NO_FAILURES, nextRecord, remainingMillis } from './backoff.ts'
import type { PodView } from './pods.ts'

/** A pod whose only container ended then. */
const ended = (at: number): PodView =>
  ({
    template: { spec: { containers: [] } },
    containers: [{ name: 'main', terminated: { finishedAt: at } }],
    initContainers: [],
    conditions: [],
  }) as unknown as PodView

const pod = (fields: object): PodView =>
  ({
    template: { spec: { containers: [] } },
    containers: [],
    initContainers: [],
    conditions: [],
    createdAt: 1_000,
    deletion: undefined,
    ...fields,
  }) as unknown as PodView

// Source: pkg/controller/job/backoff_utils.go; semantics 5.6.
describe('the delay before the next pod', () => {
  it.each([
    [0, 0],
    [1, 10],
    [2, 20],
    [3, 40],
    [4, 80],
    [5, 160],
    [6, 320],
    [7, 600],
    [8, 600],
    [5_000, 600],
  ])('after %i failures is %i s', (failures, seconds) => {
    expect(remainingMillis({ failures, lastFailureAt: 50_000 }, 50_000)).toBe(seconds * 1_000)
  })

  it('counts from the end of the last pod', () => {
    const record: BackoffRecord = { failures: 2, lastFailureAt: 50_000 }
    expect(remainingMillis(record, 69_999)).toBe(1)
    expect(remainingMillis(record, 70_000)).toBe(0)
    expect(remainingMillis(record, 90_000)).toBe(0)
  })
})

describe('the record of failures', () => {
  const two: BackoffRecord = { failures: 2, lastFailureAt: 20_000 }
  it.each<[string, BackoffRecord, readonly number[], readonly number[], BackoffRecord]>([
    ['stays without news', two, [], [], two],
    ['adds failures that came together', two, [], [30_000, 40_000], { failures: 4, lastFailureAt: 40_000 }],
    ['is wiped out by a success', two, [30_000], [], NO_FAILURES],
    [
      'keeps what failed after the latest success',
      two,
      [30_000],
      [25_000, 40_000],
      { failures: 1, lastFailureAt: 40_000 },
    ],
    ['not what failed in the same second', two, [30_000], [30_000], NO_FAILURES],
  ])('%s', (_, record, succeeded, failed, next) => {
    expect(nextRecord(record, succeeded.map(ended), failed.map(ended), 0)).toEqual(next)
  })
})

describe('the end of a pod', () => {
  const notReady = { type: 'Ready', status: 'False', lastTransitionAt: 7_900 }
  const deletion = { requestedAt: 5_000, deadline: 35_000, graceSeconds: 30 }
  it.each<[string, PodView, number]>([
    [
      'is that of its last container, in whole seconds',
      pod({
        containers: [
          { name: 'a', terminated: { finishedAt: 4_200 } },
          { name: 'b', terminated: { finishedAt: 6_999 } },
        ],
      }),
      6_000,
    ],
    ['else when it stopped being ready', pod({ containers: [{ name: 'a' }], conditions: [notReady], deletion }), 7_000],
    ['else when it was deleted', pod({ deletion }), 5_000],
    ['else its creation', pod({}), 1_000],
  ])('%s', (_, given, at) => {
    expect(finishedAt(given, 0)).toBe(at)
  })

  it('waits for sidecars', () => {
    const template = { spec: { containers: [], initContainers: [{ name: 'proxy', restartPolicy: 'Always' }] } }
    const main = { name: 'main', terminated: { finishedAt: 4_000 } }
    expect(finishedAt(pod({ template, containers: [main], initContainers: [{ name: 'proxy' }] }), 0)).toBe(1_000)
    const proxy = { name: 'proxy', terminated: { finishedAt: 5_000 } }
    expect(finishedAt(pod({ template, containers: [main], initContainers: [proxy] }), 0)).toBe(5_000)
  })
})

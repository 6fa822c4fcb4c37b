import { expect, it } from 'vitest'
import type { StoredEvent } from './event-store.ts'
import type { KubeEventDraft } from './kube-event.ts'
import { createSeriesRecorder } from './series-recorder.ts'

// Semantics: node-and-scheduler 8.12.

const MINUTE = 60_000

const draft = (objectVersion: number): KubeEventDraft => ({
  type: 'Warning',
  reason: 'FailedScheduling',
  message: '0/1 nodes are available: 1 Insufficient cpu.',
  involvedObject: { apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'web', uid: 'u' },
  source: { component: 'default-scheduler' },
  recorder: 'series',
  objectVersion,
})

/** Writes as `minute of writing: event of minute ×count`. */
const written = (
  attempts: readonly (readonly [minute: number, version: number])[],
  until: number,
): readonly string[] => {
  const writes: string[] = []
  const recorder = createSeriesRecorder((event: StoredEvent, at) => {
    writes.push(`${at / MINUTE}: event of ${(event.eventAt ?? 0) / MINUTE} ×${event.series?.count ?? 1}`)
  })
  attempts.forEach(([minute, version], ordinal) => {
    recorder.advance(minute * MINUTE)
    recorder.record(draft(version), { object: 'web', at: minute * MINUTE, ordinal }, minute * MINUTE)
  })
  recorder.advance(until * MINUTE)
  return writes
}

it('writes the first and the second, and counts the rest until it has been silent for six minutes', () => {
  expect(
    written(
      [
        [0, 1],
        [1, 1],
        [2, 1],
        [3, 1],
      ],
      20,
    ),
  ).toEqual(['0: event of 0 ×1', '1: event of 0 ×2', '12: event of 0 ×4'])
})

it('writes the count of a series that goes on every 30 minutes', () => {
  const attempts = Array.from({ length: 10 }, (_, i) => [i * 5, 1] as const)
  expect(written(attempts, 47)).toEqual(['0: event of 0 ×1', '5: event of 0 ×2', '30: event of 0 ×6'])
})

it('begins a new one for another version of the object', () => {
  expect(
    written(
      [
        [0, 0],
        [1, 1],
        [2, 1],
      ],
      3,
    ),
  ).toEqual(['0: event of 0 ×1', '1: event of 1 ×1', '2: event of 1 ×2'])
})

it('begins a new one after a silence', () => {
  expect(
    written(
      [
        [0, 1],
        [13, 1],
      ],
      14,
    ),
  ).toEqual(['0: event of 0 ×1', '13: event of 13 ×1'])
})

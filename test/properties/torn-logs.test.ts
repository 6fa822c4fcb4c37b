import { createMemorySink, createMemorySource } from '@wavetank/kernel'
import { snapshot } from '@wavetank/testkit'
import { isLeft } from 'fp-ts/lib/Either.js'
import { beforeAll, describe, expect, it } from 'vitest'
import { createSimulation, openLog, type StateAt, stateAt } from 'wavetank'
import { readScenario } from './random-scenario.ts'

const file = {
  apiVersion: 'wavetank.dev/v1alpha1',
  kind: 'Scenario',
  metadata: { name: 'torn' },
  duration: '2m',
  nodes: [{ name: 'n', count: 2, capacity: { cpu: '4', memory: '4Gi' } }],
  manifests: [
    {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'web' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'c', image: 'example/web:1' }] },
        },
      },
    },
  ],
  timeline: [{ at: '30s', fail: { node: 'n-1' } }],
}

const read = (bytes: Uint8Array): StateAt | string => {
  const reading = openLog(createMemorySource(bytes))
  return isLeft(reading) ? reading.left.code : stateAt(reading.right)
}

describe('the log of a run that was cut short or edited', () => {
  let bytes: Uint8Array
  /** States by number of entries. */
  const states: string[] = []

  beforeAll(() => {
    const sink = createMemorySink()
    const simulation = createSimulation(readScenario(file), { sink })
    while (simulation.advance(1) === undefined) states[simulation.entries()] = JSON.stringify(snapshot(simulation.view))
    bytes = sink.bytes()
  })

  it('is recovered up to its last whole entry, wherever it was torn', () => {
    let refused = 0
    for (let length = 0; length < bytes.length; length += 7) {
      const state = read(bytes.subarray(0, length))
      if (typeof state === 'string') {
        refused++
        continue
      }
      expect(state.end?.state).toBe('torn')
      const lines = new TextDecoder().decode(bytes.subarray(0, length)).split('\n').length - 1
      expect(state.entries).toBe(lines - 1)
      if (states[state.entries] !== undefined) expect(JSON.stringify(snapshot(state.view))).toBe(states[state.entries])
    }
    // Only a header that is not whole leaves nothing to recover.
    expect(refused).toBe(Math.ceil((bytes.indexOf(10) + 1) / 7))
  })

  it('is never misread: an edited byte is found, or changes nothing', () => {
    const whole = read(bytes) as StateAt
    const truth = JSON.stringify(snapshot(whole.view))
    for (let offset = 3; offset < bytes.length; offset += 41) {
      const edited = bytes.slice()
      edited[offset] = edited[offset]! ^ 1
      const state = read(edited)
      if (typeof state === 'string' || state.end?.state !== 'complete') continue
      expect(JSON.stringify(snapshot(state.view))).toBe(truth)
    }
  })
})

import { type ClusterView, constantUsage } from '@wavetank/cluster'
import type { Entry } from '@wavetank/kernel'
import { expect, it } from 'vitest'
import { createUsedSamples } from './used-samples.ts'

const entry = (at: number): Entry => ({ seq: at, at, cause: null, by: 'test', event: { kind: 'X' } })
const using = (startedAt: number, endedAt: number, millicores: number): ClusterView =>
  ({
    usage: new Map([
      [
        'shop/a',
        [
          {
            container: 'app',
            startedAt,
            endedAt,
            pauses: [],
            cpu: { curve: constantUsage(millicores), origin: 0 },
            share: undefined,
            memory: undefined,
          },
        ],
      ],
    ]),
  }) as unknown as ClusterView

it('looks at what is used 240 times, also where nothing happens, and at the end', () => {
  const samples = createUsedSamples(24_000)
  samples.apply(entry(0), { usage: new Map() } as unknown as ClusterView)
  samples.apply(entry(1_050), using(1_050, Number.POSITIVE_INFINITY, 300))
  samples.finish(using(1_050, 5_000, 300), 24_000)
  expect(samples.cpuMillis).toEqual({ at: [0, 1_100, 5_000], values: [0, 300, 0] })
})

it('has nothing where no behaviour says what containers use', () => {
  const samples = createUsedSamples(1_000)
  const nothing = { usage: new Map() } as unknown as ClusterView
  samples.apply(entry(500), nothing)
  samples.finish(nothing, 1_000)
  expect(samples.cpuMillis.at).toEqual([])
})

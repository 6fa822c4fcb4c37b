import { foldMetrics, metrics } from '@wavetank/report'
import { describe, expect, it } from 'vitest'
import { createSimulation } from 'wavetank'
import { readScenario } from '../properties/random-scenario.ts'
import { NO_LATENCIES, pod } from './small-run.ts'

/** What `used` of the summary comes to for a run of ten minutes on a node of 8 cores. */
const used = (scenario: object) => {
  const fold = foldMetrics(metrics)
  const file = {
    apiVersion: 'wavetank.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: 'small' },
    duration: '10m',
    nodes: [{ name: 'n', count: 1, capacity: { cpu: '8', memory: '16Gi' } }],
    latencies: { ...NO_LATENCIES, imagePullOverhead: '0s', imagePullRate: '1Pi', plegRelist: '0s' },
    ...scenario,
  }
  const simulation = createSimulation(readScenario(file), { onEntry: fold.apply })
  while (simulation.advance(100_000) === undefined);
  return fold.results(simulation.view, 600_000).used
}

const asking = (name: string, spec: object = {}): object =>
  pod(name, {
    containers: [{ name: 'main', image: 'example/a:1', resources: { requests: { cpu: '1', memory: '1Gi' } } }],
    ...spec,
  })

describe('what was used, in the summary', () => {
  it('is not there if no behaviour says it', () => {
    expect(used({ manifests: [asking('a')] })).toBeUndefined()
  })

  it('is the mean of the run, against what was requested and could be', () => {
    const summary = used({ manifests: [asking('a')], behaviors: [{ cpu: '500m', memory: '512Mi' }] })
    expect(summary?.cpuMillis.used).toBeCloseTo(500, 0)
    expect(summary?.cpuMillis.shareOfRequested).toBeCloseTo(0.5, 3)
    expect(summary?.cpuMillis.shareOfAllocatable).toBeCloseTo(1 / 16, 3)
    expect(summary?.memoryBytes.shareOfRequested).toBeCloseTo(0.5, 3)
  })

  it.each([
    ['deleted', { timeline: [{ at: '5m', kubectl: 'delete pod a' }] }],
    ['left without power', { timeline: [{ at: '5m', fail: { node: 'n-1' } }] }],
    [
      'ended',
      { manifests: [asking('a', { restartPolicy: 'Never' })], behaviors: [{ cpu: '500m', run: { for: '5m' } }] },
    ],
  ])('counts a process until it is %s', (_, scenario) => {
    const summary = used({ manifests: [asking('a')], behaviors: [{ cpu: '500m' }], ...scenario })
    expect(summary?.cpuMillis.used).toBeCloseTo(250, 0)
  })

  it('is all of a shared load, however many divide it', () => {
    const summary = used({
      manifests: [asking('a'), asking('b'), asking('c')],
      behaviors: [
        {
          cpu: {
            shared: {
              lines: [
                { at: '0s', value: '0' },
                { at: '10m', value: '900m' },
              ],
            },
          },
        },
      ],
      timeline: [
        { at: '2m', kubectl: 'delete pod b' },
        { at: '6m', kubectl: 'delete pod c' },
      ],
    })
    expect(summary?.cpuMillis.used).toBeCloseTo(450, 0)
  })
})

import { type ClusterView, createClusterStore } from '@wavetank/cluster'
import { controllers } from '@wavetank/controllers'
import { createDraw, createRun, type RunEnd } from '@wavetank/kernel'
import { lawful } from '@wavetank/testkit'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { catalogue } from 'wavetank'
import { bindControllers } from '../../packages/wavetank/src/bind-controllers.ts'
import { initialNotices } from '../../packages/wavetank/src/initial-notices.ts'
import { readScenario, scenarioFile } from '../properties/random-scenario.ts'
import { everyKind } from './every-kind.ts'

const reacted = new Set<string>()

/** Runs a scenario with controllers that check the laws at every step. */
const runLawfully = (file: object): RunEnd => {
  const scenario = readScenario(file)
  const bound = bindControllers(scenario, scenario)
  const run = createRun<ClusterView>({
    model: createClusterStore(),
    controllers: bound.map((one) => lawful(one, catalogue)),
    catalogue,
    draw: createDraw(scenario.seed),
    initial: initialNotices(scenario, scenario.seed),
    horizon: scenario.duration,
    limits: { entries: 50_000 },
    append: ({ by }) => reacted.add(by),
  })
  for (;;) {
    const end = run.advance(10_000)
    if (end !== undefined) return end
  }
}

describe('every controller is pure, deterministic, forward in time, and closed over the catalogue', () => {
  it('in a cluster with every kind of workload', () => {
    expect(runLawfully(everyKind).reason).toBe('horizon')
  })

  it('where every tick is an event', () => {
    expect(runLawfully({ ...everyKind, fidelity: 'every-tick', duration: '3m', failures: [] }).reason).toBe('horizon')
  })

  it('in any cluster', () => {
    fc.assert(
      fc.property(scenarioFile, (file) => {
        expect(runLawfully(file).reason).toBe('horizon')
      }),
      { numRuns: 12 },
    )
  })

  afterAll(() => {
    // A law that was never put to the test says nothing.
    expect(controllers.map(({ name }) => name).filter((name) => !reacted.has(name))).toEqual([])
  })
})

import { PodEvictionRefused, podDisruptionBudgetEvents, selects } from '@wavetank/cluster'
import type { Entry } from '@wavetank/kernel'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { createSimulation } from 'wavetank'
import { check } from './check.ts'
import { readScenario, scenarioFile } from './random-scenario.ts'

/** What budgets are for, in any cluster. */

const seen = { granted: 0, refused: 0 }

/** Nodes are drained early, while there is something to evict. */
const draining = scenarioFile.map((file) => {
  const timeline = file.timeline as readonly object[]
  const drains = ['n-1', 'n-2', 'n-3'].map((name, i) => ({ at: `${60 + 70 * i}s`, kubectl: `drain ${name} --force` }))
  return { ...file, timeline: [...drains, ...timeline] }
})

describe('in any cluster', () => {
  it('no eviction is granted that the budget of the pod does not allow, and none refused without a reason', () => {
    check(
      fc.property(draining, (file) => {
        // The view is as it is after the entry: the disruption has been taken off the budget.
        const onEntry = ({ event }: Entry): void => {
          const { view } = simulation
          if (event.kind === podDisruptionBudgetEvents.DisruptionGranted.kind) {
            const { object, pod } = event as ReturnType<typeof podDisruptionBudgetEvents.DisruptionGranted>
            const budget = view.podDisruptionBudgets.get(object)!
            expect(budget.status.disruptionsAllowed).toBeGreaterThanOrEqual(0)
            expect(budget.status.observedGeneration).toBe(budget.generation)
            expect(selects(budget.matcher, view.pods.get(pod)!.labels)).toBe(true)
            seen.granted++
          }
          if (event.kind === PodEvictionRefused.kind) {
            const { budgets } = event as ReturnType<typeof PodEvictionRefused>
            for (const key of budgets) expect(view.podDisruptionBudgets.has(key)).toBe(true)
            expect(budgets.length).toBeGreaterThan(0)
            seen.refused++
          }
        }
        const simulation = createSimulation(readScenario(file), { onEntry })
        while (simulation.advance(50_000) === undefined);
        for (const { status } of simulation.view.podDisruptionBudgets.values()) {
          expect(status.disruptionsAllowed).toBeGreaterThanOrEqual(0)
          expect(status.disruptionsAllowed).toBeLessThanOrEqual(Math.max(0, status.currentHealthy))
        }
      }),
    )
  })

  afterAll(() => {
    expect(seen.granted).toBeGreaterThan(0)
    expect(seen.refused).toBeGreaterThan(0)
  })
})

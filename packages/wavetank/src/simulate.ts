import type { Entry } from '@wavetank/kernel'
import type { Scenario } from '@wavetank/scenario'
import { createSimulation, type SimulationOptions, type SimulationResult } from './simulation.ts'

/** A whole run in memory: its entries and how it ended. */
export interface Log extends SimulationResult {
  readonly entries: readonly Entry[]
}

/** Runs a scenario to its end and keeps the log in memory; `createSimulation` streams it to a file instead. */
export const simulate = (scenario: Scenario, options: Omit<SimulationOptions, 'onEntry'> = {}): Log => {
  const entries: Entry[] = []
  const simulation = createSimulation(scenario, { ...options, onEntry: (entry) => entries.push(entry) })
  let result: SimulationResult | undefined
  while (result === undefined) result = simulation.advance(1_000_000)
  return { ...result, entries }
}

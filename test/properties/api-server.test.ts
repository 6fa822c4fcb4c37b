import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createSimulation } from 'wavetank'
import { readScenario, scenarioFile } from './random-scenario.ts'

/** What is written to the API server, by whomever. */
const WRITES =
  /^(Pod(Created|Bound|StatusReported|MarkedForDeletion|Deleted|Failed|MarkedNotReady|Labelled|Adopted|Released|DisruptionTargeted|Unschedulable|NominationCleared)|Node(StatusPosted|Tainted|Untainted|MarkedUnknown|Cordoned|Uncordoned|Created|Deleted|Labelled)|(ReplicaSet|ReplicationController|PodDisruptionBudget)\w+(Reported|Scaled|Granted|Created|Deleted))$/

it('nobody writes an object while the API server is down, and when it is back somebody does', () => {
  let written = 0
  fc.assert(
    fc.property(
      scenarioFile,
      fc.integer({ min: 20, max: 250 }),
      fc.integer({ min: 3, max: 120 }),
      (file, from, span) => {
        const others = (file.timeline as readonly object[]).filter((entry) => !('stopApiServer' in entry))
        const down = { at: `${from}s`, stopApiServer: { for: `${span}s` } }
        const scenario = readScenario({ ...file, duration: '10m', timeline: [...others, down] })
        const during: string[] = []
        const [begin, end] = [from * 1_000, (from + span) * 1_000]
        const simulation = createSimulation(scenario, {
          onEntry: ({ at, by, event }) => {
            if (!WRITES.test(event.kind)) return
            if (at > begin && at < end) during.push(`${at} ${by} ${event.kind}`)
            else if (at >= end) written++
          },
        })
        while (simulation.advance(100_000) === undefined);
        expect(during).toEqual([])
      },
    ),
    {
      numRuns: process.env.CI === undefined ? 60 : 600,
      seed: Number(process.env.WAVETANK_PROPERTY_SEED ?? 20_250_101),
    },
  )
  expect(written).toBeGreaterThan(100)
}, 300_000)

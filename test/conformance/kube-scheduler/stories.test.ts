import { loadScenario } from '@wavetank/scenario'
import { nodeFiles } from '@wavetank/scenario/node'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { checkExpression, flagCatalog, isTimeZone, simulate } from 'wavetank'

describe('the stories about scheduling', () => {
  it.each(['preemption', 'zone-gone', 'gates', 'anti-affinity'])('go as told: %s', async (story) => {
    const path = `scenarios/scheduling-${story}.yaml`
    const loaded = await loadScenario(path, { files: nodeFiles, flags: flagCatalog, checkExpression, isTimeZone })
    if (isLeft(loaded)) throw new Error(JSON.stringify(loaded.left))
    const { verdicts } = simulate(loaded.right.scenario)
    expect(verdicts.length).toBeGreaterThan(1)
    expect(verdicts.filter(({ verdict }) => verdict !== 'met')).toEqual([])
  })
})

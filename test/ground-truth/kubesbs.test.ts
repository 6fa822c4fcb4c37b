import { describe, expect, it } from 'vitest'
import { acceptedRange, expectedSizes, isThere, loadWorkload, MISSING, runScheduler } from './kubesbs.ts'

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
const FIVE_MINUTES = 300_000

describe.skipIf(!isThere())(`KubeSBS: as many unschedulable pods as with the real scheduler (or ${MISSING})`, () => {
  it.each(['100', '300'])('with %s nodes, for ten seeds', (size) => {
    const workload = loadWorkload(size)
    const [least, most] = acceptedRange(expectedSizes()[size]!)
    const counts = SEEDS.map((seed) => runScheduler(workload, seed, FIVE_MINUTES).unschedulable)
    expect(counts.filter((count) => count < least || count > most)).toEqual([])
  })
})

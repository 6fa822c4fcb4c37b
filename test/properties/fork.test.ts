import { createMemorySink, createMemorySource, type Entry, type Millis } from '@wavetank/kernel'
import { loadFork, memoryFiles, type Scenario } from '@wavetank/scenario'
import fc from 'fast-check'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import {
  createSimulation,
  openLog,
  planFork,
  type Reading,
  readOriginal,
  type Simulation,
  scenarioOptions,
  simulateFork,
} from 'wavetank'
import { readStory, stories } from '../stories/story.ts'
import { checkAsync } from './check.ts'
import { type RandomFile, readScenario, scenarioFile } from './random-scenario.ts'

const finish = (simulation: Simulation): string => {
  for (;;) {
    const result = simulation.advance(10_000)
    if (result !== undefined) return result.digest
  }
}

interface Ran {
  readonly digest: string
  readonly bytes: Uint8Array
}

const run = (file: RandomFile, until?: number): Ran => runOf(readScenario(file), until)

const runOf = (scenario: Scenario, until?: number): Ran => {
  const sink = createMemorySink()
  const digest = finish(createSimulation(scenario, { sink, ...(until === undefined ? {} : { until }) }))
  return { digest, bytes: sink.bytes() }
}

const open = (bytes: Uint8Array): Reading => {
  const reading = openLog(createMemorySource(bytes))
  if (isLeft(reading)) throw new Error(reading.left.message)
  return reading.right
}

const entriesOf = (bytes: Uint8Array): readonly Entry[] => [...open(bytes).batches].flat()

const forkOf = async (original: Uint8Array, at: number, edit?: object): Promise<Ran> => {
  const read = readOriginal(open(original), at as Millis)
  if (isLeft(read)) throw new Error(read.left.message)
  let change: Parameters<typeof planFork>[1]
  if (edit !== undefined) {
    const text = JSON.stringify({ apiVersion: 'wavetank.dev/v1alpha1', kind: 'Fork', ...edit })
    const files = memoryFiles({ 'fork.yaml': text })
    const loaded = await loadFork('fork.yaml', read.right.base, { files, ...scenarioOptions })
    if (isLeft(loaded)) throw new Error(JSON.stringify(loaded.left))
    change = loaded.right
  }
  const planned = planFork(read.right, change)
  if (isLeft(planned)) throw new Error(JSON.stringify(planned.left))
  const sink = createMemorySink()
  const simulation = simulateFork(() => openLog(createMemorySource(original)), planned.right, at as Millis, { sink })
  if (isLeft(simulation)) throw new Error(simulation.left.message)
  return { digest: finish(simulation.right), bytes: sink.bytes() }
}

const millisOf = (at: string): number => Number(at.slice(0, -1)) * 1_000

/** Without who brought it: that a fork did is what tells the two logs apart. */
const plain = (entries: readonly Entry[]): readonly unknown[] =>
  entries.map(({ by, ...rest }) => ({ ...rest, by: by === 'fork' ? 'scenario' : by }))

const share = fc.double({ min: 0, max: 1, noNaN: true })

describe('a fork', () => {
  it('that changes nothing gives the same bytes', async () => {
    await checkAsync(
      fc.asyncProperty(scenarioFile, share, async (file, part) => {
        const original = run(file)
        const at = Math.floor(readScenario(file).duration * part)
        expect((await forkOf(original.bytes, at)).digest).toBe(original.digest)
        expect((await forkOf(original.bytes, at, {})).digest).toBe(original.digest)
      }),
      0.3,
    )
  })

  it.each(stories)('that changes nothing gives the same bytes, in %s', async (story) => {
    const scenario = await readStory(story)
    const original = runOf(scenario!)
    expect((await forkOf(original.bytes, Math.floor(scenario!.duration / 2))).digest).toBe(original.digest)
  })

  it('of a run that was ended early goes on to the same instant, or as far as it is told', async () => {
    await checkAsync(
      fc.asyncProperty(scenarioFile, share, async (file, part) => {
        const { duration } = readScenario(file)
        const until = Math.floor(duration * part)
        const early = run(file, until)
        expect((await forkOf(early.bytes, until)).digest).toBe(early.digest)
        const whole = await forkOf(early.bytes, until, { duration: file.duration })
        expect(whole.digest).toBe(run(file).digest)
      }),
      0.3,
    )
  })

  it('that adds to the timeline is the run of the scenario that had that from the beginning', async () => {
    await checkAsync(
      fc.asyncProperty(scenarioFile, share, async (file, part) => {
        const at = Math.floor(readScenario(file).duration * part)
        const isLater = (item: { readonly at: string }): boolean => millisOf(item.at) >= at
        const timeline = (file.timeline ?? []) as readonly { readonly at: string }[]
        const before = run({ ...file, timeline: timeline.filter((item) => !isLater(item)) } as RandomFile)
        const later = timeline.filter(isLater)
        const whole = entriesOf(run(file).bytes)
        const forked = entriesOf((await forkOf(before.bytes, at, { timeline: later })).bytes)
        expect(plain(forked)).toEqual(plain(whole))
        // And what is removed again never was.
        if (later.length > 0) {
          const back = await forkOf(run(file).bytes, at, { remove: later })
          expect(back.digest).toBe(before.digest)
        }
      }),
      0.3,
    )
  })
})

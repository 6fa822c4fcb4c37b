import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFileSink, createMemorySource } from '@wavetank/kernel'
import { snapshot } from '@wavetank/testkit'
import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { createCheckpoints, createSimulation, openLog, stateAt, viewAt } from 'wavetank'
import { readStory, stories } from '../stories/story.ts'

/** States from checkpoints are those that the whole log gives: in every story, at instants all over it. */

const LOOKS = 8

const withLog = async (story: string, use: (path: string, end: number) => void): Promise<void> => {
  const folder = mkdtempSync(join(tmpdir(), 'wavetank-checkpoints-'))
  const path = join(folder, 'run.ndjson')
  try {
    const scenario = await readStory(story)
    const sink = createFileSink(path)
    if (scenario === undefined || isLeft(sink)) throw new Error(`${story} cannot be run`)
    const simulation = createSimulation(scenario, { sink: sink.right })
    const checkpoints = createCheckpoints(path, 'test', { entries: 40, bytesPerByte: 0 })
    while (simulation.advance(17) === undefined) checkpoints.consider(simulation)
    checkpoints.close()
    use(path, simulation.now())
  } finally {
    rmSync(folder, { recursive: true })
  }
}

describe('the state from a checkpoint', () => {
  it.each(stories)('is the one that the whole log gives, in %s', async (story) => {
    await withLog(story, (path, end) => {
      for (let look = 0; look <= LOOKS; look++) {
        const at = Math.floor((end * look) / LOOKS)
        const near = viewAt(path, 'test', at)
        const reading = openLog(createMemorySource(readFileSync(path)))
        if (isLeft(near) || isLeft(reading)) throw new Error('the log cannot be read')
        const far = stateAt(reading.right, at)
        expect(near.right.entries).toBe(far.entries)
        expect(near.right.at).toBe(far.at)
        expect(near.right.end).toEqual(far.end)
        expect(snapshot(near.right.view)).toEqual(snapshot(far.view))
      }
    })
  })

  it('is read from the checkpoint, and not from the log before it', async () => {
    await withLog('deployment-rolling-update', (path, end) => {
      const damaged = readFileSync(path, 'latin1').replace('"kind":"NodeCreated"', '"kind":"NodeCreatep"')
      writeFileSync(path, damaged, 'latin1')
      const whole = openLog(createMemorySource(readFileSync(path)))
      expect(isRight(whole) && stateAt(whole.right, end).end?.state).toBe('damaged')
      const near = viewAt(path, 'test', end)
      expect(isRight(near) && near.right.end?.state).toBe('complete')
    })
  })
})

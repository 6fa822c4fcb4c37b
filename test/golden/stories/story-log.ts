import { createMemorySink, createMemorySource, type RunEnd } from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'
import { openLog, type StateAt, stateAt } from 'wavetank'
import { readStory, runStory } from '../../stories/story.ts'

/** The log of a story, to be looked at as a person would who was told of it. */
export const logOfStory = async (
  name: string,
): Promise<{
  readonly end: RunEnd
  readonly stateAt: (at: number, apply?: Parameters<typeof stateAt>[2]) => StateAt
}> => {
  const scenario = await readStory(name)
  if (scenario === undefined) throw new Error(`${name} is wrong`)
  const sink = createMemorySink()
  const { end } = runStory(scenario, sink)
  return {
    end,
    stateAt: (at, apply) => {
      const reading = openLog(createMemorySource(sink.bytes()))
      if (isLeft(reading)) throw new Error(reading.left.message)
      return stateAt(reading.right, at, apply)
    },
  }
}

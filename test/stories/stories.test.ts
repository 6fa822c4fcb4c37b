import { describe, expect, it } from 'vitest'
import { readStory, runStory, stories } from './story.ts'

describe('every shipped story', () => {
  it.each(stories)('%s meets what it expects', async (story) => {
    const scenario = (await readStory(story))!
    const { verdicts, end } = runStory(scenario)
    expect(['horizon', 'quiet']).toContain(end.reason)
    expect(verdicts.filter(({ verdict }) => verdict !== 'met')).toEqual([])
    expect(verdicts).toHaveLength(scenario.expect.length)
  })
})

import { describe, expect, it } from 'vitest'
import { readStory, runStory, stories } from '../../stories/story.ts'

/**
 * Every story to the byte: how many entries, and the digest of its log. Whatever changes what a controller does shows
 * here; the tables, the time lines and the expectations say what it is. To write it anew: `npx vitest run test/golden --update`.
 */
describe('the log of', () => {
  it.each(stories)('%s is what it was', async (story) => {
    const scenario = await readStory(story)
    expect(scenario).toBeDefined()
    const { end, digest } = runStory(scenario!)
    await expect(`${end.entries} entries, ${digest}\n`).toMatchFileSnapshot(`digests/${story}.txt`)
  })
})

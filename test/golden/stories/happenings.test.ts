import { foldKubeEvents, formatKubeEvents } from '@wavetank/report'
import { describe, expect, it } from 'vitest'
import { logOfStory } from './story-log.ts'

/** `kubectl events -A` in the main stories. To write it anew: `npx vitest run test/golden --update`. */

/** When a person would ask what has happened; in seconds. */
const LOOKS: Readonly<Record<string, readonly number[]>> = {
  'cron-job-forbid': [130, 260],
  'daemon-set-nodes': [60, 1_020],
  'dependency-outage': [420, 800],
  'deployment-rolling-update': [62, 179],
  'deployment-stuck-rollout': [120, 300],
  'drain-blocked': [300, 700],
  'job-backoff': [100, 599],
  'job-deadline': [60],
  'liveness-probe': [60, 153, 1_080],
  'memory-pressure': [300],
  'node-failure': [355, 660],
  'oom-loop': [60, 600],
  'quota-stuck-rollout': [300],
  'registry-outage': [135, 500],
  'replication-controller-relabel': [180],
  'scheduling-preemption': [60],
  'stateful-set-claims': [60, 300],
}

describe('events tells, as the story goes', () => {
  it.each(Object.entries(LOOKS))('%s', async (story, times) => {
    const { end, stateAt } = await logOfStory(story)
    const pages = times.map((seconds) => {
      const fold = foldKubeEvents()
      const at = Math.min(seconds * 1_000, end.at)
      const { view } = stateAt(at, fold.apply)
      return `# at ${seconds}s: events -A\n${formatKubeEvents(fold.events(at), view, at, { namespace: { all: true } })}`
    })
    await expect(pages.join('\n')).toMatchFileSnapshot(`happenings/${story}.txt`)
  })
})

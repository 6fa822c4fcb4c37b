import { getTable } from '@wavetank/report'
import { describe, expect, it } from 'vitest'
import { logOfStory } from './story-log.ts'

/** Tables of the main stories, rebuilt from their logs. To write them anew: `npx vitest run test/golden --update`. */

/** What a person would look at in a story, and when; in seconds. */
const LOOKS: Readonly<Record<string, readonly [kinds: readonly string[], times: readonly number[]]>> = {
  'cron-job-allow': [
    ['cronjobs', 'jobs', 'pods'],
    [61, 130, 300, 389],
  ],
  'cron-job-forbid': [
    ['cronjobs', 'jobs', 'pods'],
    [130, 160, 260],
  ],
  'cron-job-replace': [
    ['cronjobs', 'jobs', 'pods'],
    [61, 121, 389],
  ],
  'daemon-set-nodes': [
    ['nodes', 'daemonsets', 'pods'],
    [60, 600, 1_020, 1_260],
  ],
  'daemon-set-ssd': [
    ['daemonsets', 'pods'],
    [30, 120, 240, 400],
  ],
  'dependency-outage': [
    ['deployments', 'pods'],
    [299, 330, 420, 492, 800],
  ],
  'deployment-rolling-update': [
    ['deployments', 'replicasets', 'pods'],
    [59, 62, 64, 179, 300],
  ],
  'job-backoff': [
    ['jobs', 'pods'],
    [20, 100, 599],
  ],
  'job-deadline': [
    ['jobs', 'pods'],
    [29, 30, 60],
  ],
  'job-five-by-two': [
    ['jobs', 'pods'],
    [60, 200, 599],
  ],
  'liveness-probe': [['pods'], [60, 153, 1_080]],
  'missing-config': [['pods'], [30, 299, 420, 599]],
  'node-failure-owners': [
    ['nodes', 'jobs', 'pods'],
    [299, 400, 660, 1_200],
  ],
  'registry-outage': [
    ['deployments', 'replicasets', 'pods'],
    [119, 122, 135, 500, 899],
  ],
  'replica-set-expressions': [
    ['replicasets', 'pods'],
    [30, 90, 360],
  ],
  'replication-controller-orphan': [
    ['replicationcontrollers', 'replicasets', 'pods'],
    [60, 90, 200, 300],
  ],
  'replication-controller-relabel': [
    ['replicationcontrollers', 'pods'],
    [90, 180, 300],
  ],
  'replication-controller-self-heal': [
    ['replicationcontrollers', 'pods'],
    [59, 68, 90],
  ],
  'stateful-set-claims': [
    ['statefulsets', 'pods', 'persistentvolumeclaims'],
    [10, 120, 300, 480, 719],
  ],
}

describe('get shows, as the story goes', () => {
  it.each(Object.entries(LOOKS))('%s', async (story, [kinds, times]) => {
    const { stateAt } = await logOfStory(story)
    const shown = times.map((time) => {
      const { view } = stateAt(time * 1_000)
      const { text, notices } = getTable(view, time * 1_000, { kinds, showLabels: story.startsWith('rep') })
      return `# at ${time}s: get ${kinds.join(',')}\n${text}${notices.map((notice) => `${notice}\n`).join('')}`
    })
    await expect(shown.join('\n')).toMatchFileSnapshot(`${story}.txt`)
  })
})

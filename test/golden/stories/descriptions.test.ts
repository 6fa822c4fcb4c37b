import { describeObjects, foldKubeEvents } from '@wavetank/report'
import { describe, expect, it } from 'vitest'
import { logOfStory } from './story-log.ts'

/** `describe` in the main stories, rebuilt from their logs. To write it anew: `npx vitest run test/golden --update`. */

/** What a person would look at in a story, and when; in seconds. */
const LOOKS: Readonly<Record<string, readonly [kinds: readonly string[], times: readonly number[]]>> = {
  'autoscaler-daily-load': [['hpa', 'deployments'], [3_600]],
  'cron-job-forbid': [
    ['cronjobs', 'jobs'],
    [130, 260],
  ],
  'daemon-set-ssd': [['daemonsets', 'nodes'], [240]],
  'deployment-stuck-rollout': [
    ['deployments', 'replicasets'],
    [120, 599],
  ],
  'drain-blocked': [['pdb', 'nodes'], [300]],
  'job-backoff': [['jobs'], [100, 599]],
  'liveness-probe': [['pods'], [60, 153]],
  'missing-config': [['pods'], [240, 540]],
  'node-failure': [
    ['nodes', 'pods'],
    [355, 660],
  ],
  'quota-stuck-rollout': [['resourcequotas', 'limitranges', 'namespaces'], [300]],
  'replication-controller-self-heal': [['replicationcontrollers'], [60]],
  'scheduling-preemption': [['priorityclasses'], [60]],
  'service-readiness': [['services', 'endpointslices'], [120]],
  'stateful-set-claims': [['statefulsets', 'pvc', 'pv', 'storageclasses'], [300]],
}

describe.each(Object.entries(LOOKS))('%s', (story, [kinds, times]) => {
  it('is described as ever', async () => {
    const { end, stateAt } = await logOfStory(story)
    const pages = times.map((seconds) => {
      const fold = foldKubeEvents()
      const at = Math.min(seconds * 1_000, end.at)
      const { view } = stateAt(at, fold.apply)
      const asked = { kinds, namespace: { all: true } as const }
      const { text, errors } = describeObjects(view, at, asked, fold.events(at))
      expect(errors).toEqual([])
      return `$ kubectl describe ${kinds.join(',')} -A    (at ${seconds}s)\n\n${text}`
    })
    await expect(pages.join('\n\n')).toMatchFileSnapshot(`descriptions/${story}.txt`)
  })
})

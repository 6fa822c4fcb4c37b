import { loadScenario, type Scenario } from '@wavetank/scenario'
import { nodeFiles } from '@wavetank/scenario/node'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { scenarioOptions, simulate } from 'wavetank'

const load = async (story: string): Promise<Scenario> => {
  const loaded = await loadScenario(`scenarios/scheduling-${story}.yaml`, { files: nodeFiles, ...scenarioOptions })
  if (isLeft(loaded)) throw new Error(JSON.stringify(loaded.left))
  return loaded.right.scenario
}

const unmet = (scenario: Scenario): readonly string[] =>
  simulate(scenario).verdicts.flatMap(({ verdict, name }) => (verdict === 'met' ? [] : [name ?? '']))

describe('the stories about scheduling', () => {
  it.each(['preemption', 'zone-gone', 'gates', 'anti-affinity', 'packing', 'spreading'])(
    'go as told: %s',
    async (story) => {
      const scenario = await load(story)
      expect(scenario.expect.length).toBeGreaterThan(1)
      expect(unmet(scenario)).toEqual([])
    },
  )

  // What a story is about is turned off: if its expectations were met all the same, they would say nothing.
  it.each([
    ['preemption', 'DefaultPreemption', ['the service runs although there was no room']],
    ['zone-gone', 'PodTopologySpread', ['while the zone is gone two replicas are Pending']],
    ['gates', 'SchedulingGates', ['the scheduler does not even try it']],
    ['anti-affinity', 'InterPodAffinity', ['no two ever share a node', 'the rollout stands still']],
  ])('would go otherwise: %s without %s', async (story, plugin, expected) => {
    const schedulerConfiguration = {
      apiVersion: 'kubescheduler.config.k8s.io/v1',
      kind: 'KubeSchedulerConfiguration',
      profiles: [{ plugins: { multiPoint: { disabled: [{ name: plugin }] } } }],
    }
    expect(unmet({ ...(await load(story)), schedulerConfiguration })).toEqual(expect.arrayContaining(expected))
  })

  it('differ by nothing but the configuration of the scheduler: packing and spreading', async () => {
    const [packing, spreading] = [await load('packing'), await load('spreading')]
    const { schedulerConfiguration, ...others } = packing
    const { name, expect: claims } = spreading
    const place = ({ source: _, ...rest }: Scenario['timeline'][number]): object => rest
    const comparable = (scenario: Scenario): object => ({ ...scenario, timeline: scenario.timeline.map(place) })
    expect(comparable({ ...others, name, expect: claims })).toEqual(comparable(spreading))
    expect(unmet({ ...others, expect: packing.expect })).toEqual(packing.expect.map((claim) => claim.name))
    expect(unmet({ ...spreading, schedulerConfiguration: schedulerConfiguration! })).toEqual(
      claims.map((claim) => claim.name),
    )
  })
})

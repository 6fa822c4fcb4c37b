import { isLeft, isRight } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { DEFAULT_PROFILE } from '../profile.ts'
import { decodeKubeSchedulerConfiguration } from './decode.ts'

const head = { apiVersion: 'kubescheduler.config.k8s.io/v1', kind: 'KubeSchedulerConfiguration' }

const decoded = (body: object) => {
  const result = decodeKubeSchedulerConfiguration({ ...head, ...body })
  if (isLeft(result)) throw new Error(result.left.map(({ message }) => message).join('\n'))
  return result.right
}
const problems = (body: object): readonly string[] => {
  const result = decodeKubeSchedulerConfiguration({ ...head, ...body })
  return isRight(result) ? [] : result.left.map(({ message }) => message)
}
const weights = (body: object) =>
  Object.fromEntries(
    decoded({ profiles: [body] }).profiles[0]!.scores.map(({ plugin, weight }) => [plugin.name, weight]),
  )
const filters = (body: object) => decoded({ profiles: [body] }).profiles[0]!.filters.map(({ plugin }) => plugin.name)

describe('a KubeSchedulerConfiguration', () => {
  it('that says nothing is the default profile', () => {
    const [profile] = decoded({ profiles: [{}] }).profiles
    const names = (list: typeof DEFAULT_PROFILE.filters) => list.map(({ plugin, weight }) => [plugin.name, weight])
    expect(names(profile!.filters)).toEqual(names(DEFAULT_PROFILE.filters))
    expect(names(profile!.scores)).toEqual(names(DEFAULT_PROFILE.scores))
    expect(decoded({}).profiles).toMatchObject([{ schedulerName: 'default-scheduler', percentageOfNodesToScore: 0 }])
  })

  it('packs nodes with MostAllocated', () => {
    const args = { scoringStrategy: { type: 'MostAllocated', resources: [{ name: 'cpu', weight: 5 }] } }
    const { profiles } = decoded({ profiles: [{ pluginConfig: [{ name: 'NodeResourcesFit', args }] }] })
    expect(profiles[0]!.bound.get('NodeResourcesFit')!.args).toMatchObject({
      strategy: 'MostAllocated',
      resources: [{ name: 'cpu', weight: 5 }],
    })
  })

  it('disables plugins at one extension point or everywhere, and changes weights', () => {
    expect(weights({ plugins: { score: { disabled: [{ name: 'ImageLocality' }] } } })).not.toHaveProperty(
      'ImageLocality',
    )
    expect(
      weights({
        plugins: { score: { disabled: [{ name: '*' }], enabled: [{ name: 'NodeResourcesFit', weight: 7 }] } },
      }),
    ).toEqual({
      NodeResourcesFit: 7,
    })
    expect(weights({ plugins: { multiPoint: { enabled: [{ name: 'NodeAffinity', weight: 9 }] } } })).toMatchObject({
      NodeAffinity: 9,
    })
    const off = { disabled: [{ name: 'InterPodAffinity' }] }
    expect(filters({ plugins: { multiPoint: off } })).not.toContain('InterPodAffinity')
    expect(filters({ plugins: { filter: { disabled: [{ name: 'NodePorts' }] } } })).not.toContain('NodePorts')
  })

  it('has several profiles, back-off and rates', () => {
    expect(
      decoded({
        podInitialBackoffSeconds: 2,
        podMaxBackoffSeconds: 20,
        percentageOfNodesToScore: 30,
        clientConnection: { qps: 200, burst: 400 },
        leaderElection: { leaderElect: false },
        profiles: [{ schedulerName: 'a' }, { schedulerName: 'b', percentageOfNodesToScore: 100 }],
      }),
    ).toMatchObject({
      podInitialBackoff: 2_000,
      podMaxBackoff: 20_000,
      qps: 200,
      burst: 400,
      profiles: [
        { schedulerName: 'a', percentageOfNodesToScore: 30 },
        { schedulerName: 'b', percentageOfNodesToScore: 100 },
      ],
    })
  })

  it.each([
    [{ extenders: [{ urlPrefix: 'http://x' }] }, 'extenders: Forbidden: extenders are not simulated'],
    [{ profile: [] }, 'unknown field "profile"'],
    [
      { profiles: [{ plugins: { score: { enabled: [{ name: 'Mine' }] } } }] },
      'profiles[0].plugins.score.enabled[0].name: Not found: "Mine"',
    ],
    [{ profiles: [{}, {}] }, 'profiles[1].schedulerName: Duplicate value: "default-scheduler"'],
    [
      { profiles: [{ pluginConfig: [{ name: 'ImageLocality', args: {} }] }] },
      'profiles[0].pluginConfig[0].args: Forbidden: ImageLocality takes no arguments here',
    ],
    [
      { profiles: [{ pluginConfig: [{ name: 'InterPodAffinity', args: { hardPodAffinityWeight: 101 } }] }] },
      'profiles[0].pluginConfig[0].args.hardPodAffinityWeight: Invalid value: 101: not in valid range [0-100]',
    ],
    [
      { profiles: [{ plugins: { preFilter: { disabled: [{ name: 'NodePorts' }] } } }] },
      'profiles[0].plugins.preFilter: Forbidden: NodePorts is enabled for filter and not for preFilter',
    ],
    [
      { profiles: [{ plugins: { queueSort: { disabled: [{ name: 'PrioritySort' }] } } }] },
      'profiles[0].plugins.queueSort.disabled[0].name: Forbidden: this extension point cannot do without its plugin',
    ],
    [{ percentageOfNodesToScore: 101 }, 'percentageOfNodesToScore: Invalid value: 101: not in valid range [0-100]'],
  ])('refuses %j by the name of the field', (body, message) => {
    expect(problems(body)).toEqual([message])
  })
})

import {
  type ClusterView,
  createObject,
  type Deployment,
  deletePod,
  deploymentEvents,
  findObject,
  NamespaceMarkedForDeletion,
  NodeFailed,
  PodBound,
  PodCreated,
  PodMarkedForDeletion,
  PodStatusReported,
  patchObject,
  REVISION,
  REVISION_HISTORY,
  ROLLBACK_TO,
  replicaSetEvents,
} from '@wavetank/cluster'
import { apiObject } from '@wavetank/cluster/api'
import { DEFAULT_BEHAVIOR } from '@wavetank/controllers'
import type { SimEvent } from '@wavetank/kernel'
import { given } from '@wavetank/testkit'
import { describe, expect, it } from 'vitest'
import {
  condition,
  conditionThat,
  controller,
  type DeploymentCase,
  deleted,
  deploymentOf,
  KEY,
  type SetCase,
  sizes,
  statusOf,
  sync,
  waits,
} from './deployment-sync.ts'
import { type Act, done, minutes, node, type Played, play, seconds } from './stage.ts'

/**
 * Deployment. `§` is the section of the behavioural specification; sources are in pkg/controller/deployment.
 */

const settled = { status: { conditions: [conditionThat('Progressing', 'True', 'NewReplicaSetAvailable')] } }

const newSet = (replicas: number, more: Partial<SetCase> = {}): SetCase => ({
  name: 'new',
  replicas,
  revision: 2,
  ...more,
})
const oldSet = (replicas: number, more: Partial<SetCase> = {}): SetCase => ({
  name: 'old',
  replicas,
  available: replicas,
  revision: 1,
  ...more,
})

describe('maxSurge and maxUnavailable (§3.3, ResolveFenceposts)', () => {
  // One old set of that size, all available: the new one may have `surge` pods, and the old one shrinks by `unavailable`.
  it.each([
    [1, '25%', '25%', 1, 0],
    [2, '25%', '25%', 1, 0],
    [3, '25%', '25%', 1, 0],
    [4, '25%', '25%', 1, 1],
    [5, '25%', '25%', 2, 1],
    [10, '25%', '25%', 3, 2],
    [10, 0, '25%', 0, 2],
    [10, '1%', 0, 1, 0],
    [10, '0%', '1%', 0, 1], // both resolve to 0: one pod may be unavailable
    [10, 0, '9%', 0, 1],
    [10, '100%', '100%', 10, 10],
    [3, 5, 5, 3, 3], // no more than there are
    [25, '28%', 0, 7, 0], // exactly 7, without a fraction of a float
  ] as const)('%i replicas, surge %s, unavailable %s', (replicas, surge, unavailable, up, down) => {
    const created = sync({ replicas, surge, unavailable }, [oldSet(replicas)])
    const shrunk = down === 0 ? '' : `, old ${replicas}→${replicas - down}`
    expect(sizes(created)).toBe(`+ 0→${up}${shrunk}`)
  })
})

describe('a rolling update, one look at a time (§3.4)', () => {
  type Row = readonly [rule: string, deployment: DeploymentCase, sets: readonly SetCase[], sizes: string]
  const rows: readonly Row[] = [
    ['a new Deployment gets all of its pods at once', { replicas: 5 }, [], '+ 0→5'],
    ['one of none gets a set of none', { replicas: 0 }, [], '+ 0→0'],
    ['the worked example: 10, first look', { replicas: 10 }, [oldSet(10)], '+ 0→3, old 10→8'],
    ['it grows into the room that the old set left', { replicas: 10 }, [oldSet(8), newSet(3)], 'new 3→5'],
    [
      'it waits for the old set to follow before it shrinks further',
      { replicas: 10 },
      [oldSet(8, { available: 10 }), newSet(5)],
      '',
    ],
    ['no new pod is available: nothing moves', { replicas: 10 }, [oldSet(8), newSet(5)], ''],
    [
      'each new pod that is available lets an old one go',
      { replicas: 10 },
      [oldSet(8), newSet(5, { available: 1 })],
      'old 8→7',
    ],
    [
      'growing and shrinking never happen in one look',
      { replicas: 10 },
      [oldSet(7), newSet(5, { available: 5 })],
      'new 5→6',
    ],
    [
      'it never grows past the replicas',
      { replicas: 10, surge: 5 },
      [oldSet(1), newSet(9, { available: 9 })],
      'new 9→10',
    ],
    ['a new set that is too large is cut down', { replicas: 3 }, [newSet(5, { available: 5, desired: 3 })], 'new 5→3'],
    ['done: nothing to do', { replicas: 3 }, [oldSet(0), newSet(3, { available: 3 })], ''],
    ['one replica: the new one comes first', { replicas: 1 }, [oldSet(1)], '+ 0→1'],
    [
      'one replica: the old one goes when the new one is available',
      { replicas: 1 },
      [oldSet(1), newSet(1, { available: 1 })],
      'old 1→0',
    ],
    ['with surge 0 the old one goes first', { replicas: 1, surge: 0, unavailable: 1 }, [oldSet(1)], '+ 0→0, old 1→0'],
    [
      'a broken template stalls with surge and unavailable',
      { replicas: 10 },
      [oldSet(8), newSet(5, { available: 0 })],
      '',
    ],
    [
      'unhealthy old pods go first, as many as the total allows',
      { replicas: 10, surge: 0, unavailable: 2 },
      [oldSet(10, { available: 8 }), newSet(0)],
      'old 10→8',
    ],
    [
      'unhealthy ones are removed beyond what is available (cleanupUnhealthyReplicas)',
      { replicas: 10, surge: 3, unavailable: 2 },
      [oldSet(10, { available: 0 }), newSet(3)],
      'old 10→8',
    ],
    [
      'the unhealthy of the oldest set first',
      { replicas: 10, surge: 3, unavailable: 2 },
      [
        { name: 'old', replicas: 5, available: 3, revision: 1 },
        { name: 'mid', replicas: 5, available: 2, revision: 2 },
        { name: 'new', replicas: 3, available: 3, revision: 3 },
      ],
      'old 5→3, mid 5→2',
    ],
    [
      'then the healthy, oldest set first',
      { replicas: 10, surge: 3, unavailable: 2 },
      [
        { name: 'old', replicas: 1, available: 1, revision: 1 },
        { name: 'mid', replicas: 9, available: 9, revision: 2 },
        { name: 'new', replicas: 3, available: 3, revision: 3 },
      ],
      'old 1→0, mid 9→5',
    ],
    [
      'rollover: a third set starts with what room is left',
      { replicas: 10 },
      [
        { name: 'old', replicas: 8, available: 8, revision: 1 },
        { name: 'mid', replicas: 5, available: 0, revision: 2 },
      ],
      '+ 0→0, mid 5→0',
    ],
    [
      'rollover: then it grows',
      { replicas: 10 },
      [
        { name: 'old', replicas: 8, available: 8, revision: 1 },
        { name: 'mid', replicas: 0, revision: 2 },
        { name: 'new', replicas: 0, revision: 3 },
      ],
      'new 0→5',
    ],
    [
      'sets of one second go by name (ReplicaSetsByCreationTimestamp)',
      { replicas: 4, surge: 0, unavailable: 2 },
      [
        { name: 'b', replicas: 2, available: 2, revision: 1, createdAt: 1_100 },
        { name: 'a', replicas: 2, available: 2, revision: 2, createdAt: 1_900 },
        { name: 'new', replicas: 0, revision: 3 },
      ],
      'a 2→0',
    ],
  ]
  it.each(rows)('%s', (_rule, deployment, sets, expected) => {
    expect(sizes(sync({ ...settled, ...deployment }, sets))).toBe(expected)
  })
})

describe('a change of size (§3.6, scale; cases of TestScale in sync_test.go)', () => {
  type Row = readonly [rule: string, deployment: DeploymentCase, sets: readonly SetCase[], sizes: string]
  const three = (
    sizesBefore: readonly [number, number, number],
    desired: number,
    max: number,
    more: Partial<SetCase> = {},
  ): readonly SetCase[] => [
    { name: 'oldest', replicas: sizesBefore[0], revision: 1, desired, max, ...more },
    { name: 'old', replicas: sizesBefore[1], revision: 2, desired, max, ...more },
    { name: 'new', replicas: sizesBefore[2], revision: 3, desired, max, ...more },
  ]
  const exact = { surge: 0, unavailable: 1 }
  const rows: readonly Row[] = [
    ['normal scaling: 10 → 12', { replicas: 12, ...exact }, [newSet(10, { desired: 10, max: 10 })], 'new 10→12'],
    ['normal scaling: 10 → 5', { replicas: 5, ...exact }, [newSet(10, { desired: 10, max: 10 })], 'new 10→5'],
    [
      'proportional: 5 → 10',
      { replicas: 10, ...exact },
      [oldSet(2, { desired: 5, max: 5 }), newSet(3, { desired: 5, max: 5 })],
      'new 3→6, old 2→4',
    ],
    [
      'proportional: 5 → 3',
      { replicas: 3, ...exact },
      [oldSet(2, { desired: 5, max: 5 }), newSet(3, { desired: 5, max: 5 })],
      'new 3→2, old 2→1',
    ],
    [
      'proportional: 9 → 4',
      { replicas: 4, ...exact },
      [oldSet(1, { desired: 9, max: 9 }), newSet(8, { desired: 9, max: 9 })],
      'new 8→4, old 1→0',
    ],
    ['three sets: 7 → 10', { replicas: 10, ...exact }, three([2, 3, 2], 7, 7), 'old 3→4, new 2→3, oldest 2→3'],
    ['three sets: 10 → 13', { replicas: 13, ...exact }, three([3, 4, 3], 10, 10), 'old 4→5, new 3→4, oldest 3→4'],
    ['three sets: 13 → 8', { replicas: 8, ...exact }, three([4, 5, 4], 13, 13), 'old 5→3, oldest 4→2, new 4→3'],
    ['leftover goes to the first: 3 → 4', { replicas: 4, ...exact }, three([1, 1, 1], 3, 3), 'new 1→2'],
    ['to zero', { replicas: 0, ...exact }, three([3, 3, 4], 10, 10), 'new 4→0, oldest 3→0, old 3→0'],
    [
      'the example of the specification: 10 → 15, surge 3',
      { replicas: 15, surge: 3 },
      [oldSet(8, { desired: 10, max: 13 }), newSet(5, { desired: 10, max: 13 })],
      'old 8→11, new 5→7',
    ],
    [
      'without the annotation the Deployment’s own size is the measure',
      { replicas: 10, ...exact, status: { replicas: 5 } },
      [oldSet(2, { desired: 5 }), newSet(3, { desired: 5 })],
      'new 3→6, old 2→4',
    ],
    [
      'a set of none takes no part',
      { replicas: 6, ...exact },
      [oldSet(0, { desired: 3, max: 3 }), newSet(3, { desired: 3, max: 3 })],
      'new 3→6',
    ],
    [
      'a saturated new set ends the old ones',
      { replicas: 5, surge: 5 },
      [oldSet(2, { desired: 3, max: 5 }), newSet(5, { available: 5, desired: 5, max: 10 })],
      'old 2→0',
    ],
    [
      'Recreate with several active sets: nothing',
      { replicas: 8, strategy: 'Recreate' },
      [oldSet(2, { desired: 5, max: 5 }), newSet(3, { desired: 5, max: 5 })],
      '',
    ],
    [
      'image and size in one edit: the old set is scaled first',
      { replicas: 6 },
      [oldSet(3, { desired: 3, max: 4 })],
      'old 3→6',
    ],
    [
      'an annotation that is no number is none',
      { replicas: 3 },
      [oldSet(3, { annotations: { 'deployment.kubernetes.io/desired-replicas': 'many' } })],
      '+ 0→1',
    ],
  ]
  it.each(rows)('%s', (_rule, deployment, sets, expected) => {
    expect(sizes(sync({ ...settled, ...deployment }, sets))).toBe(expected)
  })

  it('writes size and annotations in one request', () => {
    const outcome = sync({ ...settled, replicas: 12 }, [newSet(10, { desired: 10, max: 13 })])
    expect(outcome.events).toContainEqual(
      replicaSetEvents.Scaled({
        object: 'shop/web-new',
        replicas: 12,
        from: 10,
        annotations: {
          [REVISION]: '2',
          'deployment.kubernetes.io/desired-replicas': '12',
          'deployment.kubernetes.io/max-replicas': '15',
        },
      }),
    )
  })

  it('says nothing of progress, nor creates a set', () => {
    const outcome = sync({ replicas: 12 }, [oldSet(10, { desired: 10, max: 13 })])
    expect(condition(outcome, 'Progressing')).toBeUndefined()
    expect(condition(outcome, 'Available')).toBe('True MinimumReplicasAvailable: Deployment has minimum availability.')
    expect(outcome.events.map(({ kind }) => kind)).not.toContain('ReplicaSetCreated')
  })
})

describe('revisions and annotations (§3.2)', () => {
  it('the new set is the oldest with the template, whatever its hash', () => {
    const twins = [
      newSet(2, { available: 2 }),
      { name: 'twin', image: 'web:new', replicas: 2, available: 2, revision: 1 },
    ]
    expect(sizes(sync({ ...settled, replicas: 2, unavailable: 1 }, twins))).toBe('twin 2→0')
  })

  it('creates a set named by the hash, with labels, selector, owner and revision', () => {
    const outcome = sync({ replicas: 3, annotations: { team: 'shop' } }, [oldSet(3, { revision: 4 })])
    const set = [...outcome.applied().replicaSets.values()].find(({ key }) => key !== 'shop/web-old')!
    const hash = set.name.slice('web-'.length)
    expect(hash).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{1,10}$/)
    expect(set.labels).toEqual({ app: 'web', 'pod-template-hash': hash })
    expect(set.template.labels).toEqual({ app: 'web', 'pod-template-hash': hash })
    expect(set.selector).toEqual({ matchLabels: { app: 'web', 'pod-template-hash': hash } })
    expect(set.owner).toEqual({ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-web' })
    expect(set.annotations).toEqual({
      team: 'shop',
      'deployment.kubernetes.io/revision': '5',
      'deployment.kubernetes.io/desired-replicas': '3',
      'deployment.kubernetes.io/max-replicas': '4',
    })
    expect(outcome.view.deployments.get(KEY)?.annotations[REVISION]).toBe('5')
    expect(outcome.view.deployments.get(KEY)?.generation).toBe(1)
  })

  it('a template that comes back gets the next revision, and remembers the one it had', () => {
    const outcome = sync({ ...settled, replicas: 3 }, [newSet(0, { revision: 1 }), oldSet(3, { revision: 2 })])
    const { annotations } = outcome.applied().replicaSets.get('shop/web-new')!
    expect(annotations).toMatchObject({ [REVISION]: '3', [REVISION_HISTORY]: '1' })
    // The Deployment follows in the next sync.
    expect(outcome.view.deployments.get(KEY)?.annotations[REVISION]).toBeUndefined()
  })

  it('the list of former revisions grows at its end', () => {
    const sets = [newSet(3, { revision: 7, annotations: { [REVISION_HISTORY]: '1,3' } }), oldSet(0, { revision: 8 })]
    const outcome = sync({ ...settled, replicas: 3 }, sets)
    expect(outcome.applied().replicaSets.get('shop/web-new')?.annotations[REVISION_HISTORY]).toBe('1,3,7')
  })

  it('the list loses its oldest entries beyond 2000 characters', () => {
    const history = Array.from({ length: 500 }, (_, i) => `${i + 100}`).join(',')
    const sets = [
      newSet(3, { revision: 700, annotations: { [REVISION_HISTORY]: history } }),
      oldSet(0, { revision: 800 }),
    ]
    const outcome = sync({ ...settled, replicas: 3 }, sets)
    const after = outcome.applied().replicaSets.get('shop/web-new')?.annotations[REVISION_HISTORY]
    expect(after).toMatch(/^101,102,.*,599,700$/)
    expect(after!.length).toBeLessThanOrEqual(2_000)
  })

  it('a revision never falls', () => {
    const outcome = sync({ ...settled, replicas: 3 }, [newSet(3, { revision: 9 }), oldSet(0, { revision: 2 })])
    expect(outcome.applied().replicaSets.get('shop/web-new')?.annotations[REVISION]).toBe('9')
    expect(outcome.view.deployments.get(KEY)?.annotations[REVISION]).toBe('9')
  })

  it('minReadySeconds goes to the new set alone', () => {
    const outcome = sync({ ...settled, replicas: 3, minReadySeconds: 7 }, [oldSet(0), newSet(3, { available: 3 })])
    expect(outcome.applied().replicaSets.get('shop/web-new')?.minReadySeconds).toBe(7)
    expect(outcome.view.replicaSets.get('shop/web-old')?.minReadySeconds).toBe(0)
  })

  it('annotations go to the new set, but not kubectl’s and not its own', () => {
    const annotations = { team: 'shop', 'kubectl.kubernetes.io/last-applied-configuration': '{}', [REVISION]: '2' }
    const outcome = sync({ ...settled, replicas: 3, annotations }, [newSet(3, { available: 3 })])
    expect(outcome.applied().replicaSets.get('shop/web-new')?.annotations).toEqual({ team: 'shop', [REVISION]: '2' })
  })

  it('a set that was there before the condition is found', () => {
    const outcome = sync({ replicas: 3 }, [newSet(3, { available: 1, actual: 0 })])
    expect(condition(outcome, 'Progressing')).toMatch(/^True (FoundNewReplicaSet|ReplicaSetUpdated): /)
    expect(condition(sync({ replicas: 3 }, [newSet(3, { actual: 0 })]), 'Progressing')).toBe(
      'True FoundNewReplicaSet: Found new replica set "web-new"',
    )
  })

  it('a name that somebody else has counts as a collision: the next look tries another', () => {
    const first = sync({ replicas: 1 }, [])
    const taken = [...first.applied().replicaSets.keys()][0]!.replace('shop/web-', '')
    const foreign: SetCase = { name: taken, replicas: 0, owner: undefined, labels: { app: 'other' } }
    const outcome = sync({ replicas: 1 }, [foreign])
    expect(sizes(outcome)).toBe('')
    expect(statusOf(outcome)?.collisionCount).toBe(1)
    expect(outcome.events).toContainEqual(
      expect.objectContaining({
        kind: 'DeploymentSyncFailed',
        message: `replicasets.apps "web-${taken}" already exists`,
      }),
    )
    expect(waits(outcome)).toEqual([5])
    const again = sync({ replicas: 1, status: { collisionCount: 1 } }, [foreign])
    expect(sizes(again)).toBe('+ 0→1')
    expect([...again.applied().replicaSets.keys()]).not.toContain(`shop/web-${taken}x`)
    expect(again.view.replicaSets.size).toBe(2)
  })

  it('a set that the API server refuses is a failure of progress', () => {
    const outcome = given(controller, deploymentOf({ replicas: 1 })).when({
      kind: 'DeploymentSyncDue',
      object: KEY,
    } as SimEvent)
    expect(condition(outcome, 'Progressing')).toMatch(
      /^False ReplicaSetCreateError: Failed to create new replica set "web-[a-z0-9]+": namespaces "shop" not found$/,
    )
    expect(outcome.events.map(({ kind }) => kind)).toContain('DeploymentReplicaSetRefused')
  })

  it('in a namespace that is being deleted it gives up without a word', () => {
    const outcome = sync({ replicas: 1 }, [], [NamespaceMarkedForDeletion({ namespace: 'shop' })])
    expect(outcome.events).toEqual([])
    expect(waits(outcome)).toEqual([])
  })
})

describe('which ReplicaSets are its own (§1.2, ClaimReplicaSets)', () => {
  it('adopts an orphan that the selector matches', () => {
    const outcome = sync({ ...settled, replicas: 2 }, [newSet(2, { available: 2, owner: undefined })])
    expect(outcome.events.map(({ kind }) => kind)).toContain('ReplicaSetAdopted')
    expect(sizes(outcome)).toBe('')
  })

  it('lets go of one that it does not match any more, and makes another', () => {
    const outcome = sync({ ...settled, replicas: 2 }, [newSet(2, { labels: { app: 'gone' } })])
    expect(outcome.events[0]).toEqual(replicaSetEvents.Released({ object: 'shop/web-new', owner: KEY }))
    expect(statusOf(outcome)?.collisionCount).toBeUndefined()
    expect(sizes(outcome)).toBe('+ 0→2')
  })

  it('leaves alone what belongs to another, or is elsewhere', () => {
    const other = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'uid-of-an-earlier-web' }
    const outcome = sync({ ...settled, replicas: 2 }, [newSet(2, { owner: other })])
    expect(sizes(outcome)).toBe('+ 0→2')
    expect(outcome.events.map(({ kind }) => kind)).not.toContain('ReplicaSetAdopted')
  })

  it('while it is deleted it neither adopts nor creates: it only counts', () => {
    const marked = deploymentEvents.MarkedForDeletion({ object: KEY, propagation: 'Foreground' })
    const outcome = sync({ replicas: 2 }, [oldSet(2), newSet(1, { owner: undefined })], [marked])
    expect(outcome.events.map(({ kind }) => kind)).toEqual(['DeploymentStatusReported'])
    expect(statusOf(outcome)).toMatchObject({ replicas: 2, availableReplicas: 2, updatedReplicas: 0 })
  })

  it('a selector of everything selects nothing (§3.1)', () => {
    const outcome = sync({ replicas: 2, selector: {} }, [])
    expect(outcome.events.map(({ kind }) => kind)).toEqual(['DeploymentSelectsAll', 'DeploymentStatusReported'])
    expect(statusOf(outcome)?.observedGeneration).toBe(1)
  })
})

describe('status and conditions (§3.7)', () => {
  it('counts what the sets report, and unavailable ones by what they should have', () => {
    const outcome = sync({ ...settled, replicas: 10 }, [
      oldSet(8, { available: 8 }),
      newSet(5, { available: 0, ready: 2, actual: 4 }),
    ])
    expect(statusOf(outcome)).toMatchObject({
      observedGeneration: 1,
      replicas: 12,
      updatedReplicas: 4,
      readyReplicas: 10,
      availableReplicas: 8,
      unavailableReplicas: 5,
    })
  })

  it('counts the sets as they were before the sync wrote to them', () => {
    const outcome = sync({ ...settled, replicas: 10 }, [oldSet(8), newSet(5, { available: 1 })])
    expect(sizes(outcome)).toBe('old 8→7')
    expect(statusOf(outcome)?.unavailableReplicas).toBe(4)
  })

  it.each([
    [10, 8, 'True MinimumReplicasAvailable: Deployment has minimum availability.'],
    [10, 7, 'False MinimumReplicasUnavailable: Deployment does not have minimum availability.'],
    [1, 0, 'False MinimumReplicasUnavailable: Deployment does not have minimum availability.'],
    [0, 0, 'True MinimumReplicasAvailable: Deployment has minimum availability.'],
  ] as const)('%i replicas of which %i are available', (replicas, available, expected) => {
    expect(condition(sync({ ...settled, replicas }, [newSet(replicas, { available })]), 'Available')).toBe(expected)
  })

  type Row = readonly [rule: string, deployment: DeploymentCase, sets: readonly SetCase[], expected: string | undefined]
  const underWay = (reason: string, lastUpdateAt = 0, status: 'True' | 'False' | 'Unknown' = 'True') => [
    conditionThat('Progressing', status, reason, lastUpdateAt),
  ]
  const rows: readonly Row[] = [
    [
      'a new set is created',
      { replicas: 2, status: { replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 } },
      [oldSet(2)],
      expect.stringMatching(/^True NewReplicaSetCreated: Created new replica set "web-/),
    ],
    [
      'more updated pods are progress',
      { replicas: 2, status: { replicas: 2, conditions: underWay('NewReplicaSetCreated') } },
      [oldSet(2), newSet(1)],
      'True ReplicaSetUpdated: ReplicaSet "web-new" is progressing.',
    ],
    [
      'fewer old pods are progress',
      { replicas: 2, status: { replicas: 3, updatedReplicas: 0, conditions: underWay('NewReplicaSetCreated') } },
      [oldSet(2, { available: 0 }), newSet(0)],
      'True ReplicaSetUpdated: ReplicaSet "web-new" is progressing.',
    ],
    [
      'more ready pods are progress',
      {
        replicas: 2,
        minReadySeconds: 9,
        status: {
          replicas: 3,
          updatedReplicas: 1,
          availableReplicas: 2,
          readyReplicas: 2,
          conditions: underWay('ReplicaSetUpdated'),
        },
      },
      [oldSet(2), newSet(1, { ready: 1, minReadySeconds: 9 })],
      'True ReplicaSetUpdated: ReplicaSet "web-new" is progressing.',
    ],
    [
      'complete',
      { replicas: 2, status: { conditions: underWay('ReplicaSetUpdated') } },
      [oldSet(0), newSet(2, { available: 2 })],
      'True NewReplicaSetAvailable: ReplicaSet "web-new" has successfully progressed.',
    ],
    [
      'no progress until the deadline',
      {
        replicas: 2,
        progressDeadlineSeconds: 60,
        status: {
          replicas: 3,
          updatedReplicas: 1,
          readyReplicas: 2,
          availableReplicas: 2,
          conditions: underWay('ReplicaSetUpdated', 0),
        },
      },
      [oldSet(2), newSet(1)],
      'True ReplicaSetUpdated: as before',
    ],
    [
      'no progress beyond the deadline',
      {
        replicas: 2,
        progressDeadlineSeconds: 59,
        status: {
          replicas: 3,
          updatedReplicas: 1,
          readyReplicas: 2,
          availableReplicas: 2,
          conditions: underWay('ReplicaSetUpdated', 0),
        },
      },
      [oldSet(2), newSet(1)],
      'False ProgressDeadlineExceeded: ReplicaSet "web-new" has timed out progressing.',
    ],
    [
      'a rollout that timed out and then moves is progressing again',
      {
        replicas: 2,
        status: {
          replicas: 2,
          readyReplicas: 2,
          availableReplicas: 2,
          conditions: underWay('ProgressDeadlineExceeded', 0, 'False'),
        },
      },
      [oldSet(2), newSet(1)],
      'True ReplicaSetUpdated: ReplicaSet "web-new" is progressing.',
    ],
    [
      'after completion a pod that is lost does not count',
      {
        replicas: 2,
        progressDeadlineSeconds: 5,
        status: { replicas: 2, updatedReplicas: 2, conditions: underWay('NewReplicaSetAvailable') },
      },
      [newSet(2, { available: 1 })],
      'True NewReplicaSetAvailable: as before',
    ],
    [
      'without a deadline there is no such condition',
      { replicas: 2, progressDeadlineSeconds: 2_147_483_647, status: { conditions: underWay('ReplicaSetUpdated') } },
      [newSet(2, { available: 1 })],
      undefined,
    ],
  ]
  it.each(rows)('Progressing: %s', (_rule, deployment, sets, expected) => {
    expect(condition(sync(deployment, sets), 'Progressing')).toEqual(expected)
  })

  it('each step of progress moves the time of update, not that of transition', () => {
    const status = { replicas: 2, conditions: underWay('ReplicaSetUpdated', 7_000) }
    const outcome = sync({ replicas: 2, status }, [oldSet(2), newSet(1)])
    expect(statusOf(outcome)?.conditions.find(({ type }) => type === 'Progressing')).toMatchObject({
      lastUpdateAt: 60_000,
      lastTransitionAt: 7_000,
    })
  })

  it('deadlines are reckoned from whole seconds, as the API stores times', () => {
    const deployment = (lastUpdateAt: number): DeploymentCase => ({
      replicas: 2,
      progressDeadlineSeconds: 50,
      status: {
        replicas: 3,
        updatedReplicas: 1,
        readyReplicas: 2,
        availableReplicas: 2,
        conditions: underWay('ReplicaSetUpdated', lastUpdateAt),
      },
    })
    const sets = [oldSet(2), newSet(1)]
    expect(condition(sync(deployment(9_999), sets), 'Progressing')).toMatch(/^False ProgressDeadlineExceeded/)
    expect(condition(sync(deployment(10_000), sets), 'Progressing')).toMatch(/^True ReplicaSetUpdated/)
  })

  it('looks again a second after the deadline, when nothing changed (requeueStuckDeployment)', () => {
    const stuck = (lastUpdateAt: number): DeploymentCase => ({
      replicas: 2,
      annotations: { [REVISION]: '2' },
      status: {
        replicas: 3,
        updatedReplicas: 1,
        readyReplicas: 2,
        availableReplicas: 2,
        unavailableReplicas: 1,
        conditions: [
          conditionThat('Available', 'True', 'MinimumReplicasAvailable'),
          ...underWay('ReplicaSetUpdated', lastUpdateAt),
        ],
      },
    })
    const quiet = sync(stuck(20_000), [oldSet(2), newSet(1)])
    expect(quiet.events).toEqual([])
    expect(waits(quiet)).toEqual([561_000])
    expect(waits(sync(stuck(20_000), [oldSet(2), newSet(1)], [], 619_500))).toEqual([501])
  })

  it('tells of the failure of the new set before that of another', () => {
    const failure = (message: string) => ({ failure: { reason: 'FailedCreate', message } })
    const both = sync({ ...settled, replicas: 3 }, [oldSet(3, failure('old')), newSet(1, failure('new'))])
    expect(condition(both, 'ReplicaFailure')).toBe('True FailedCreate: new')
    const one = sync({ ...settled, replicas: 3 }, [oldSet(3, failure('old')), newSet(1)])
    expect(condition(one, 'ReplicaFailure')).toBe('True FailedCreate: old')
    const gone = { status: { conditions: [conditionThat('ReplicaFailure', 'True', 'FailedCreate')] } }
    expect(condition(sync({ replicas: 3, ...gone }, [newSet(3)]), 'ReplicaFailure')).toBeUndefined()
  })

  it('a condition with the same status and reason keeps its message and its place', () => {
    const conditions = [
      conditionThat('Available', 'True', 'MinimumReplicasAvailable'),
      conditionThat('Progressing', 'True', 'NewReplicaSetAvailable'),
    ]
    const outcome = sync({ replicas: 2, status: { conditions } }, [newSet(2, { available: 2 })])
    expect(statusOf(outcome)?.conditions).toEqual(conditions)
  })

  it('writes nothing when nothing changed', () => {
    const status = {
      replicas: 2,
      updatedReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      conditions: [
        conditionThat('Available', 'True', 'MinimumReplicasAvailable'),
        conditionThat('Progressing', 'True', 'NewReplicaSetAvailable'),
      ],
    }
    sync({ replicas: 2, status, annotations: { [REVISION]: '2' } }, [newSet(2, { available: 2 })]).thenQuiet()
  })
})

describe('history (§3.8, cleanupDeployment)', () => {
  const complete = (limit: number): DeploymentCase => ({
    replicas: 1,
    revisionHistoryLimit: limit,
    status: {
      replicas: 1,
      updatedReplicas: 1,
      readyReplicas: 1,
      availableReplicas: 1,
      conditions: settled.status.conditions,
    },
  })
  const olds = (...revisions: readonly number[]): readonly SetCase[] =>
    revisions.map((revision) => ({ name: `r${revision}`, replicas: 0, revision }))
  const current = newSet(1, { available: 1, revision: 9 })

  it.each([
    [10, []],
    [3, []],
    [2, ['r1']],
    [1, ['r1', 'r2']],
    [0, ['r1', 'r2', 'r4']],
    [2_147_483_647, []],
  ] as const)('with a limit of %i', (limit, expected) => {
    expect(deleted(sync(complete(limit), [...olds(4, 1, 2), current]))).toEqual(expected)
  })

  it('passes over one that still has pods or is behind, and takes no other for it', () => {
    const sets: SetCase[] = [
      { name: 'r1', replicas: 0, actual: 1, revision: 1 },
      { name: 'r2', replicas: 0, revision: 2, unobserved: true },
      { name: 'r3', replicas: 0, revision: 3 },
    ]
    expect(deleted(sync(complete(1), [...sets, current]))).toEqual([])
    expect(deleted(sync(complete(0), [...sets, current]))).toEqual(['r3'])
  })

  it('waits until the stored status says that the rollout is complete', () => {
    const early = { ...complete(0), status: { ...complete(0).status, availableReplicas: 0 } }
    expect(deleted(sync(early, [...olds(1), current]))).toEqual([])
  })

  it('also while it is paused, whatever the rollout', () => {
    const paused = { replicas: 3, revisionHistoryLimit: 0, paused: true, ...settled }
    expect(deleted(sync(paused, [...olds(1), oldSet(3, { revision: 5 })]))).toEqual(['r1'])
  })
})

describe('pause and resume (§3.9)', () => {
  it('makes no new set, and says so', () => {
    const outcome = sync({ ...settled, replicas: 3, paused: true }, [oldSet(3)])
    expect(sizes(outcome)).toBe('')
    expect(condition(outcome, 'Progressing')).toBe('Unknown DeploymentPaused: Deployment is paused')
  })

  it('still scales, in proportion', () => {
    const sets = [oldSet(8, { desired: 10, max: 13 }), newSet(5, { desired: 10, max: 13 })]
    expect(sizes(sync({ ...settled, replicas: 15, surge: 3, paused: true }, sets))).toBe('old 8→11, new 5→7')
  })

  it('resumes with a time of its own, so that the pause does not count', () => {
    const status = { conditions: [conditionThat('Progressing', 'Unknown', 'DeploymentPaused')] }
    const outcome = sync({ replicas: 3, progressDeadlineSeconds: 5, status }, [newSet(3, { actual: 0 })])
    expect(condition(outcome, 'Progressing')).toBe('Unknown DeploymentResumed: Deployment is resumed')
  })

  it('a rollout that has timed out stays so', () => {
    const status = { conditions: [conditionThat('Progressing', 'False', 'ProgressDeadlineExceeded')] }
    const outcome = sync({ replicas: 3, paused: true, status }, [newSet(3, { actual: 0 })])
    expect(condition(outcome, 'Progressing')).toBe('False ProgressDeadlineExceeded: as before')
  })

  it('without a deadline there is nothing to note', () => {
    const outcome = sync({ replicas: 3, paused: true, progressDeadlineSeconds: 2_147_483_647 }, [newSet(3)])
    expect(condition(outcome, 'Progressing')).toBeUndefined()
  })
})

describe('the rollback annotation (§3.10)', () => {
  const rollingBack = (to: string): DeploymentCase => ({
    ...settled,
    replicas: 3,
    annotations: { [ROLLBACK_TO]: to, team: 'b' },
  })
  const sets: readonly SetCase[] = [
    { name: 'r1', replicas: 0, revision: 1, annotations: { team: 'a' } },
    { name: 'r2', replicas: 0, revision: 2 },
    newSet(3, { revision: 3, available: 3, annotations: { team: 'b' } }),
  ]
  const image = (view: ClusterView) => view.deployments.get(KEY)?.template.spec.containers[0]?.image

  it.each([
    ['1', 'web:r1', { team: 'a' }],
    ['2', 'web:r2', {}],
    ['0', 'web:r2', {}],
  ] as const)('to revision %s: template and annotations come back', (to, expected, annotations) => {
    const outcome = sync(rollingBack(to), sets)
    const view = outcome.applied()
    expect(image(view)).toBe(expected)
    const { [REVISION]: _, ...rest } = view.deployments.get(KEY)!.annotations
    expect(rest).toEqual(annotations)
    expect(sizes(outcome)).toBe('')
    expect(view.deployments.get(KEY)?.template.labels).toEqual({ app: 'web' })
    expect(outcome.events).toContainEqual(
      expect.objectContaining({ kind: 'DeploymentRolledBack', revision: to === '0' ? 2 : Number(to) }),
    )
  })

  it.each([
    ['7', sets, 'DeploymentRollbackRevisionNotFound', 'Unable to find the revision to rollback to.'],
    ['0', sets.slice(2), 'DeploymentRollbackRevisionNotFound', 'Unable to find last revision.'],
    [
      '3',
      sets,
      'DeploymentRollbackTemplateUnchanged',
      'The rollback revision contains the same template as current deployment "web"',
    ],
  ] as const)('to revision %s it is refused, and the annotation removed', (to, those, reason, message) => {
    const outcome = sync(rollingBack(to), those)
    expect(outcome.events).toContainEqual({ kind: 'DeploymentRollbackRefused', object: KEY, reason, message })
    const view = outcome.applied()
    expect(image(view)).toBe('web:new')
    expect(view.deployments.get(KEY)?.annotations).toMatchObject({ team: 'b' })
    expect(view.deployments.get(KEY)?.annotations[ROLLBACK_TO]).toBeUndefined()
  })

  it('an annotation that is no number is nothing', () => {
    expect(sync(rollingBack('last'), sets).events.map(({ kind }) => kind)).not.toContain('DeploymentRollbackRefused')
  })

  it('waits while the Deployment is paused', () => {
    const outcome = sync({ ...rollingBack('1'), paused: true }, sets)
    expect(image(outcome.applied())).toBe('web:new')
  })
})

describe('Recreate (§3.5)', () => {
  const recreate: DeploymentCase = { ...settled, replicas: 3, strategy: 'Recreate' }
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web-old', uid: 'uid-web-old' }
  const pod = (...more: readonly SimEvent[]): readonly SimEvent[] => [
    PodCreated({ pod: 'shop/p', uid: 'uid-p', template: podTemplate, owner }),
    ...more,
  ]
  let podTemplate = ''
  // Any template that carries the labels of the selector will do for a pod.
  podTemplate = sync(recreate, [oldSet(0)]).view.replicaSets.get('shop/web-old')!.template.hash

  it('first ends the old set, and makes nothing', () => {
    expect(sizes(sync(recreate, [oldSet(3)]))).toBe('old 3→0')
  })
  it('waits while the old set reports pods', () => {
    expect(sizes(sync(recreate, [oldSet(0, { actual: 1 })]))).toBe('')
  })
  it('waits for an old pod that is terminating', () => {
    const terminating = pod(
      PodBound({ pod: 'shop/p', node: 'n1' }),
      PodMarkedForDeletion({ pod: 'shop/p', graceSeconds: 30 }),
    )
    expect(sizes(sync(recreate, [oldSet(0)], terminating))).toBe('')
  })
  it('does not wait for one that has ended', () => {
    const ended = pod(PodStatusReported({ pod: 'shop/p', phase: 'Failed', ready: false, containers: [] }))
    expect(sizes(sync(recreate, [oldSet(0)], ended))).toBe('+ 0→3')
  })
  it('then makes the new set in full size', () => {
    expect(sizes(sync(recreate, [oldSet(0)]))).toBe('+ 0→3')
  })
  it('or brings one that is there to full size', () => {
    expect(sizes(sync(recreate, [oldSet(0), newSet(0)]))).toBe('new 0→3')
  })
  it('counts no pod as dispensable', () => {
    expect(condition(sync(recreate, [newSet(3, { available: 2 })]), 'Available')).toMatch(/^False/)
  })
})

describe('retries (§1.9)', () => {
  const due = { kind: 'DeploymentSyncDue', object: KEY } as SimEvent
  const failure = (dropped?: boolean) =>
    ({ kind: 'DeploymentSyncFailed', object: KEY, message: 'no', ...(dropped ? { dropped } : {}) }) as SimEvent
  const failed = (times: number): SimEvent[] => Array.from({ length: times }, () => [due, failure()]).flat()
  const lookAfter = (history: readonly SimEvent[]) =>
    given(controller, [...deploymentOf({ replicas: 1 }), ...history]).when(due)

  it.each([
    [0, 5],
    [1, 10],
    [14, 81_920],
  ])('after %i failures it waits %i ms', (times, delay) => {
    expect(waits(lookAfter(failed(times)))).toEqual([delay])
  })
  it('after 15 retries the key is dropped', () => {
    const outcome = lookAfter(failed(15))
    expect(waits(outcome)).toEqual([])
    expect(outcome.events.at(-1)).toMatchObject({ kind: 'DeploymentSyncFailed', dropped: true })
  })
  it('and starts anew when something happens', () => {
    expect(waits(lookAfter([...failed(15), due, failure(true)]))).toEqual([5])
  })
  it('a sync that does not fail ends the count', () => {
    expect(waits(lookAfter([...failed(3), due]))).toEqual([5])
  })
})

describe('the API client’s rate limit (§1.9)', () => {
  it('lets syncs wait their turn, one at a time', () => {
    const deployments = Array.from({ length: 40 }, (_, i) => `d${i}`)
    const played = play({
      nodes: [],
      acts: [
        [0, (view, at) => deployments.flatMap((name) => done(createObject(view, at, manifest({ name }))))],
        [seconds(60), () => undefined],
      ],
    })
    const created = played.of(replicaSetEvents.Created).map(({ at }) => at)
    expect(created).toHaveLength(40)
    // 30 requests at once, two for each Deployment; then 20 a second.
    expect(created.filter((at) => at < 200).length).toBeLessThanOrEqual(20)
    expect(created.at(-1)).toBeGreaterThan(1_500)
    const requests = played.entries.filter(
      ({ by, event }) => by === 'deployment-controller' && /StatusReported|ReplicaSetCreated/.test(event.kind),
    )
    const last = requests.at(-1)!.at
    expect(requests.length).toBeLessThanOrEqual(30 + (20 * last) / 1_000 + 2)
  })
})

// --- stories -------------------------------------------------------------------------------------------------------

const manifest = ({ name = 'web', image = 'web:1', spec = {}, pod = {} }: Partial<Story> = {}) =>
  apiObject({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'shop' },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      ...spec,
      template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'web', image }], ...pod } },
    },
  })

interface Story {
  readonly name: string
  readonly image: string
  readonly spec: Readonly<Record<string, unknown>>
  readonly pod: Readonly<Record<string, unknown>>
}

const create =
  (story: Partial<Story> = {}): Act =>
  (view, at) =>
    done(createObject(view, at, manifest(story)))
const patch =
  (change: unknown): Act =>
  (view) =>
    done(patchObject(view, { kind: 'Deployment', namespace: 'shop', name: 'web' }, 'strategic', change))
const image = (name: string): Act =>
  patch({ spec: { template: { spec: { containers: [{ name: 'web', image: name }] } } } })
const look: Act = () => undefined
const nodes = [node('n1'), node('n2'), node('n3')]
const web = (played: Played): Deployment => played.view.deployments.get(KEY) as Deployment
const progress = (played: Played): string | undefined =>
  web(played).status.conditions.find(({ type }) => type === 'Progressing')?.reason
const images = (played: Played): readonly string[] =>
  [...played.view.pods.values()].map(({ template }) => template.spec.containers[0]!.image!).sort()

const answers = (status: number) => ({ by: 'time' as const, steps: [{ from: 0, status }] })
const [sound, broken] = [answers(200), answers(500)]
const probed = {
  containers: [{ name: 'web', image: 'web:1', readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 1 } }],
}

describe('rollouts played to their end', () => {
  it('stays within surge and unavailable all the way', () => {
    const counts: { readonly pods: number; readonly ready: number }[] = []
    const watch: (readonly [number, Act])[] = Array.from({ length: 400 }, (_, i) => [
      minutes(1) + i * 25,
      (view) => {
        const pods = [...view.pods.values()].filter(({ deletion }) => deletion === undefined)
        const ready = pods.filter(({ conditions }) =>
          conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
        )
        counts.push({ pods: pods.length, ready: ready.length })
        return undefined
      },
    ])
    const played = play({
      nodes,
      acts: [[0, create({ spec: { replicas: 10 } })], [minutes(1), image('web:2')], ...watch, [minutes(3), look]],
    })
    expect(Math.max(...counts.map(({ pods }) => pods))).toBe(13)
    expect(Math.min(...counts.map(({ ready }) => ready))).toBe(8)
    expect(images(played)).toEqual(Array.from({ length: 10 }, () => 'web:2'))
    expect(progress(played)).toBe('NewReplicaSetAvailable')
    expect(web(played).annotations[REVISION]).toBe('2')
  })

  it('prints and says what kubectl shows', () => {
    const played = play({
      nodes,
      acts: [
        [0, create({ spec: { replicas: 2 } })],
        [minutes(1), image('web:2')],
        [minutes(3), look],
      ],
    })
    expect(played.table('deploy')).toMatchInlineSnapshot(`
      "NAME   READY   UP-TO-DATE   AVAILABLE   AGE
      web    2/2     2            2           3m
      "
    `)
    expect(played.said('Deployment')).toMatchInlineSnapshot(`
      [
        "Normal ScalingReplicaSet Scaled up replica set web-5897f5ddcd from 0 to 2",
        "Normal ScalingReplicaSet Scaled up replica set web-644db76f96 from 0 to 1",
        "Normal ScalingReplicaSet Scaled down replica set web-5897f5ddcd from 2 to 1",
        "Normal ScalingReplicaSet Scaled up replica set web-644db76f96 from 1 to 2",
        "Normal ScalingReplicaSet Scaled down replica set web-5897f5ddcd from 1 to 0",
      ]
    `)
    const { conditions, ...counts } = findObject(played.view, 'Deployment', 'shop', 'web')!.render().status as {
      readonly conditions: readonly Readonly<Record<string, string>>[]
    }
    expect(counts).toEqual({
      availableReplicas: 2,
      observedGeneration: 2,
      readyReplicas: 2,
      replicas: 2,
      updatedReplicas: 2,
    })
    expect(conditions.map(({ type, status, reason, message }) => `${type} ${status} ${reason} ${message}`)).toEqual([
      'Available True MinimumReplicasAvailable Deployment has minimum availability.',
      'Progressing True NewReplicaSetAvailable ReplicaSet "web-644db76f96" has successfully progressed.',
    ])
    // Complete since a few seconds after the change; making progress since it was made.
    expect(conditions[1]).toMatchObject({ lastTransitionTime: '2025-01-01T00:00:00Z' })
    expect(conditions[1]!.lastUpdateTime).toMatch(/^2025-01-01T00:01:0\dZ$/)
  })

  it('stalls when the new image never becomes ready, and says why', () => {
    const played = play({
      nodes,
      behaviorOf: ({ image }) => ({ ...DEFAULT_BEHAVIOR, probes: { readiness: image === 'web:2' ? broken : sound } }),
      acts: [
        [0, create({ spec: { replicas: 4, progressDeadlineSeconds: 60 }, pod: probed })],
        [minutes(1), image('web:2')],
        [minutes(10), look],
      ],
    })
    expect(web(played).status).toMatchObject({ replicas: 5, updatedReplicas: 2, availableReplicas: 3 })
    expect(progress(played)).toBe('ProgressDeadlineExceeded')
    const stalled = played.entries.filter(({ event }) => event.kind === 'DeploymentStalled')
    expect(stalled).toHaveLength(1)
    const { reasons } = stalled[0]!.event as unknown as { readonly reasons: readonly string[] }
    expect(reasons).toHaveLength(2)
    for (const reason of reasons) {
      expect(reason).toMatch(/^pod web-5dfb85964d-\w{5} on node n[123]: container web runs but is not ready$/)
    }
    expect(stalled[0]!.at - minutes(1)).toBeGreaterThan(seconds(60))
  })

  it('goes back to the set that it had, with a new number', () => {
    const played = play({
      nodes,
      acts: [
        [0, create()],
        [minutes(1), image('web:2')],
        [minutes(2), image('web:1')],
        [minutes(4), look],
      ],
    })
    expect(images(played)).toEqual(['web:1'])
    expect(played.view.replicaSets.size).toBe(2)
    const current = [...played.view.replicaSets.values()].find(({ replicas }) => replicas === 1)
    expect(current?.annotations).toMatchObject({ [REVISION]: '3', [REVISION_HISTORY]: '1' })
    expect(web(played).annotations[REVISION]).toBe('3')
  })

  it('rolls over in mid-rollout: the half-done revision is drained as well', () => {
    const played = play({
      nodes,
      acts: [
        [0, create({ spec: { replicas: 6 } })],
        [minutes(1), image('web:2')],
        [minutes(1) + 1_500, image('web:3')],
        [minutes(4), look],
      ],
    })
    expect(images(played)).toEqual(Array.from({ length: 6 }, () => 'web:3'))
    expect(played.view.replicaSets.size).toBe(3)
  })

  it('Recreate never runs two versions at once, and a dead node holds it up', () => {
    const both: number[] = []
    const watch: (readonly [number, Act])[] = Array.from({ length: 200 }, (_, i) => [
      minutes(1) + i * 100,
      (view) => {
        both.push(new Set([...view.pods.values()].map(({ template }) => template.hash)).size)
        return undefined
      },
    ])
    const acts: (readonly [number, Act])[] = [
      [0, create({ spec: { replicas: 3, strategy: { type: 'Recreate' } } })],
      [minutes(1), image('web:2')],
      ...watch,
      [minutes(3), look],
    ]
    const played = play({ nodes, acts })
    expect(Math.max(...both)).toBe(1)
    expect(images(played)).toEqual(['web:2', 'web:2', 'web:2'])

    const held = play({ nodes, acts: [[seconds(50), () => [NodeFailed({ node: 'n1' })]], ...acts] })
    expect(images(held)).toEqual(['web:1'])
    const stuck = [...held.view.pods.values()][0]!
    const freed = play({
      nodes,
      acts: [
        [seconds(50), () => [NodeFailed({ node: 'n1' })]],
        ...acts,
        [minutes(4), (view) => deletePod(view.pods.get(stuck.key)!, 0)],
        [minutes(6), look],
      ],
    })
    expect(images(freed)).toEqual(['web:2', 'web:2', 'web:2'])
  })

  it('takes its sets and pods with it when it is deleted', () => {
    const played = play({
      nodes,
      acts: [
        [0, create({ spec: { replicas: 3 } })],
        [minutes(1), () => [deploymentEvents.Deleted({ object: KEY })]],
        [minutes(3), look],
      ],
    })
    expect(played.view.replicaSets.size + played.view.pods.size).toBe(0)
  })

  it('keeps ten old sets by default, of twelve', () => {
    const edits: (readonly [number, Act])[] = Array.from({ length: 12 }, (_, i) => [
      minutes(i + 1),
      image(`web:${i + 2}`),
    ])
    const played = play({ nodes, acts: [[0, create()], ...edits, [minutes(15), look]] })
    expect(played.view.replicaSets.size).toBe(11)
  })
})

it('does nothing on its own: a quiet cluster stays quiet', () => {
  const played = play({
    nodes,
    acts: [
      [0, create({ spec: { replicas: 3 } })],
      [minutes(60), look],
    ],
  })
  const late = played.entries.filter(({ at, by }) => at > minutes(1) && by === 'deployment-controller')
  // One last look, for which it had asked while the rollout was under way.
  expect(late.map(({ event }) => event.kind)).toEqual(['DeploymentSyncDue'])
})

import {
  deletePod,
  findObject,
  NodeTainted,
  NodeUntainted,
  PodDeleted,
  PodDisruptionTargeted,
  PodMarkedForDeletion,
} from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'
import { describe, expect, it } from 'vitest'
import { type Act, create, emitting, look, minutes, node, type Played, play, seconds } from './stage.ts'

/** Source: pkg/controller/tainteviction/taint_eviction.go; `§` is the section of the behavioural specification. */

type Fields = Readonly<Record<string, unknown>>

const pod = (tolerations: readonly Fields[], spec: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', namespace: 'shop' },
  spec: { containers: [{ name: 'main', image: 'example/a:1' }], nodeName: 'n1', tolerations, ...spec },
})
const tolerates = (key: string, tolerationSeconds?: number): Fields => ({
  key,
  operator: 'Exists',
  effect: 'NoExecute',
  ...(tolerationSeconds === undefined ? {} : { tolerationSeconds }),
})
const taint = (key: string, effect = 'NoExecute'): SimEvent =>
  NodeTainted({ node: 'n1', taint: { key, effect: effect as 'NoExecute' } })
const untaint = (key: string): SimEvent => NodeUntainted({ node: 'n1', key, effect: 'NoExecute' })

type Acts = readonly (readonly [at: number, act: Act])[]

/** One pod on a node that is tainted after a minute; what happens then is counted from the taint. */
const tainted = (manifest: Fields, taints: readonly SimEvent[], later: Acts = []): Played =>
  play({
    nodes: [node('n1'), node('n2')],
    acts: [
      [0, create(manifest)],
      [minutes(1), emitting(...taints)],
      ...later.map(([at, act]): readonly [number, Act] => [minutes(1) + at, act]),
      [minutes(30), look],
    ],
  })
const evicted = ({ of }: Played): readonly number[] =>
  of(PodMarkedForDeletion).map(({ at }) => (at - minutes(1)) / 1_000)
const eventsOf = ({ said }: Played): readonly string[] =>
  said('Pod').filter((event) => event.includes('TaintManagerEviction'))

describe('how long a pod stays: getMinTolerationTime', () => {
  it.each<[string, readonly Fields[], readonly string[], readonly number[]]>([
    ['not at all, if a taint is not tolerated', [], ['x'], [0]],
    ['not at all, if one of two taints is not tolerated', [tolerates('x', 60)], ['x', 'y'], [0]],
    ['as long as it says', [tolerates('x', 60)], ['x'], [60]],
    ['for the least of what it says about each taint', [tolerates('x', 60), tolerates('y', 20)], ['x', 'y'], [20]],
    [
      'for what it says about one, if it tolerates the other for ever',
      [tolerates('x'), tolerates('y', 20)],
      ['x', 'y'],
      [20],
    ],
    [
      'as the first toleration says that fits: GetMatchingTolerations',
      [tolerates('x', 60), tolerates('x', 20)],
      ['x'],
      [60],
    ],
    ['not at all with 0 seconds', [tolerates('x', 0)], ['x'], [0]],
    ['not at all with less than 0 seconds', [tolerates('x', -5)], ['x'], [0]],
    ['for ever, if no toleration has seconds', [tolerates('x'), tolerates('y')], ['x', 'y'], []],
    ['for ever, tolerating everything', [{ operator: 'Exists' }], ['x', 'y'], []],
    ['300 s by default with a node that is not ready', [], ['node.kubernetes.io/not-ready'], [300]],
    ['300 s by default with a node that is unreachable', [], ['node.kubernetes.io/unreachable'], [300]],
  ])('§8.5 %s', (_title, tolerations, keys, at) => {
    const played = play({
      nodes: [node('n1'), node('n2')],
      acts: [
        [0, create(pod(tolerations))],
        [minutes(1), emitting(...keys.map((key) => taint(key)))],
        [minutes(10), look],
      ],
    })
    expect(evicted(played)).toEqual(at)
  })

  it('§8.5 taints of another effect do not matter', () => {
    expect(evicted(tainted(pod([]), [taint('x', 'NoSchedule'), taint('y', 'PreferNoSchedule')]))).toEqual([])
  })
})

describe('when taints change: processPodOnNode', () => {
  const both = [tolerates('x', 60), tolerates('y', 60)]

  it('§8.5 the timer goes on when one taint takes the place of another', () => {
    const swap: Act = emitting(taint('y'), untaint('x'))
    expect(evicted(tainted(pod(both), [taint('x')], [[seconds(40), swap]]))).toEqual([60])
  })

  it('§8.5 a further taint that it tolerates for less does not shorten what runs', () => {
    const spec = pod([tolerates('x', 60), tolerates('y', 5)])
    expect(evicted(tainted(spec, [taint('x')], [[seconds(20), emitting(taint('y'))]]))).toEqual([60])
  })

  it('§8.5 a further taint that it does not tolerate ends it at once', () => {
    const played = tainted(pod([tolerates('x', 60)]), [taint('x')], [[seconds(20), emitting(taint('y'))]])
    expect(evicted(played)).toEqual([20])
  })

  it('§8.5 nothing happens once all are gone', () => {
    const played = tainted(pod(both), [taint('x'), taint('y')], [[seconds(40), emitting(untaint('x'), untaint('y'))]])
    expect(evicted(played)).toEqual([])
    expect(eventsOf(played)).toEqual(['Normal TaintManagerEviction Cancelling deletion of Pod shop/a'])
  })

  it('§8.5 nothing happens once only such are left that it tolerates for ever', () => {
    const spec = pod([tolerates('x', 60), tolerates('y')])
    expect(evicted(tainted(spec, [taint('x'), taint('y')], [[seconds(40), emitting(untaint('x'))]]))).toEqual([])
  })

  it('§8.5 a taint that comes again starts anew', () => {
    const again: Acts = [
      [seconds(40), emitting(untaint('x'))],
      [seconds(50), emitting(taint('x'))],
    ]
    expect(evicted(tainted(pod(both), [taint('x')], again))).toEqual([110])
  })

  it('§8.5 a pod that is deleted in the meantime is not deleted twice', () => {
    const played = tainted(pod(both), [taint('x')], [[seconds(30), (view) => deletePod(view.pods.get('shop/a')!)]])
    expect(evicted(played)).toEqual([30])
    expect(played.of(PodDisruptionTargeted)).toEqual([])
  })
})

describe('the eviction: addConditionAndDeletePod', () => {
  it('§8.5 sets DisruptionTarget, and deletes with the pod’s own grace period', () => {
    const played = play({
      nodes: [node('n1')],
      behaviorOf: () => ({ startup: { constant: 0 }, probes: {}, onSigterm: 'ignore' }),
      acts: [
        [0, create(pod([], { terminationGracePeriodSeconds: 45 }))],
        [minutes(1), emitting(taint('x'))],
        [minutes(1) + seconds(30), look],
      ],
    })
    expect(played.of(PodMarkedForDeletion)[0]?.event.graceSeconds).toBe(45)
    expect(findObject(played.view, 'Pod', 'shop', 'a')?.render().status).toMatchObject({
      conditions: expect.arrayContaining([
        expect.objectContaining({
          type: 'DisruptionTarget',
          status: 'True',
          reason: 'DeletionByTaintManager',
          message: 'Taint manager: deleting due to NoExecute taint',
        }),
      ]),
    })
    expect(eventsOf(played)).toEqual(['Normal TaintManagerEviction Marking for deletion Pod shop/a'])
  })

  it('§8.5 a pod that is bound to a tainted node has its time from then on', () => {
    const { of } = play({
      nodes: [node('n1')],
      acts: [
        [0, emitting(taint('x'))],
        [minutes(1), create(pod([tolerates('x', 20)]))],
        [minutes(2), look],
      ],
    })
    expect(of(PodMarkedForDeletion).map(({ at }) => at)).toEqual([minutes(1) + seconds(20)])
  })

  it('§8.5 a pod that names a tainted node and does not tolerate it goes at once', () => {
    const { of } = play({
      nodes: [node('n1')],
      acts: [
        [0, emitting(taint('x'))],
        [minutes(1), create(pod([]))],
        [minutes(2), look],
      ],
    })
    expect(of(PodMarkedForDeletion).map(({ at }) => at)).toEqual([minutes(1)])
    expect(of(PodDeleted)).toHaveLength(1)
  })
})

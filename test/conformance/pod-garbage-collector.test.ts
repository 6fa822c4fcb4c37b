import {
  type ClusterView,
  deletePod,
  NodeDeleted,
  NodeFailed,
  NodeTainted,
  PodCreated,
  PodDeleted,
  PodDisruptionTargeted,
  PodFailed,
} from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { type Act, create, emitting, look, minutes, node, type Played, play, seconds } from './stage.ts'

/** Pods that no kubelet will ever confirm. Source: pkg/controller/podgc/gc_controller.go; `§` as elsewhere. */

type Fields = Readonly<Record<string, unknown>>

const pod = (name: string, spec: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', labels: { app: name } },
  spec: { containers: [{ name: 'main', image: 'example/a:1' }], nodeName: 'n1', ...spec },
})

const nodes = [node('n1'), node('n2')]
const deletions = ({ of }: Played): readonly (readonly [pod: string, at: number])[] =>
  of(PodDeleted).map(({ at, event }) => [event.pod, at])

describe('orphaned pods: gcOrphaned', () => {
  const orphaned = (at: number, ...more: readonly (readonly [at: number, act: Act])[]): Played =>
    play({
      nodes,
      acts: [
        [0, create(pod('a'), pod('b', { nodeName: 'n2' }))],
        [at, emitting(NodeDeleted({ node: 'n1' }))],
        ...more,
        [minutes(4), look],
      ],
    })

  it.each([
    ['a pass', seconds(60), seconds(100)],
    ['just after a pass', seconds(61), seconds(120)],
    ['just before a pass', seconds(79), seconds(120)],
  ])('§8.8 go with the first pass, every 20 s, after 40 s without their node, gone at %s', (_when, at, gone) => {
    expect(deletions(orphaned(at))).toEqual([['shop/a', gone]])
  })

  it('§8.8 are Failed, with DisruptionTarget, before they go at once', () => {
    const { of } = orphaned(seconds(61))
    expect(of(PodFailed).map(({ event }) => event.pod)).toEqual(['shop/a'])
    expect(of(PodDisruptionTargeted).map(({ event }) => event)).toMatchObject([
      { pod: 'shop/a', reason: 'DeletionByPodGC', message: 'PodGC: node no longer exists' },
    ])
  })

  it('§8.8 stay if the node is back in time', () => {
    const { view, of } = orphaned(seconds(61), [seconds(90), emitting(node('n1'))])
    expect(of(PodDeleted)).toEqual([])
    expect(view.pods.has('shop/a')).toBe(true)
  })

  it('§8.8 keep their turn if a pass saw the node gone and it goes again: nodeQueue.AddAfter', () => {
    const again = orphaned(
      seconds(61),
      [seconds(90), emitting(node('n1'))],
      [seconds(99), emitting(NodeDeleted({ node: 'n1' }))],
    )
    expect(deletions(again)).toEqual([['shop/a', seconds(120)]])
  })
})

describe('a node out of service: gcTerminating', () => {
  const outOfService = NodeTainted({
    node: 'n1',
    taint: { key: 'node.kubernetes.io/out-of-service', value: 'nodeshutdown', effect: 'NoSchedule' },
  })
  const podOf = (view: ClusterView) => view.pods.get('shop/a')!
  const failing = (...acts: readonly (readonly [at: number, act: Act])[]): Played =>
    play({
      nodes,
      acts: [
        [0, create(pod('a'), pod('other'))],
        [minutes(1), emitting(NodeFailed({ node: 'n1' }))],
        ...acts,
        [minutes(4), look],
      ],
    })

  it('§8.8 terminating pods are Failed and go with the next pass, the others stay', () => {
    const played = failing([minutes(2) + 1, (view) => deletePod(podOf(view))], [minutes(3) + 1, emitting(outOfService)])
    expect(deletions(played)).toEqual([['shop/a', seconds(200)]])
    expect(played.of(PodFailed).map(({ event }) => event.pod)).toEqual(['shop/a'])
    expect(played.of(PodDisruptionTargeted)).toEqual([])
    expect(played.view.pods.has('shop/other')).toBe(true)
  })

  it('§8.8 so does a pod that is deleted when the taint is there', () => {
    const played = failing([minutes(2) + 1, emitting(outOfService)], [minutes(3) + 1, (view) => deletePod(podOf(view))])
    expect(deletions(played)).toEqual([['shop/a', seconds(200)]])
  })

  it('§8.8 without the taint it is Terminating for ever', () => {
    const played = failing([minutes(2) + 1, (view) => deletePod(podOf(view))])
    expect(deletions(played)).toEqual([])
    expect(podOf(played.view).deletion).toBeDefined()
  })

  it('§8.8 on a node that is Ready the kubelet ends the pod, not the collector', () => {
    const { of } = play({
      nodes,
      acts: [
        [0, create(pod('a'))],
        [minutes(1), emitting(outOfService)],
        [minutes(1) + 1, (view) => deletePod(podOf(view))],
        [minutes(4), look],
      ],
    })
    expect(of(PodFailed)).toEqual([])
    expect(of(PodDeleted).map(({ by }) => by)).toEqual(['kubelet'])
  })
})

describe('terminated pods: gcTerminated', () => {
  const over = (threshold: number, names: readonly string[], ...acts: readonly (readonly [at: number, act: Act])[]) =>
    play({
      nodes,
      flags: { 'pod-garbage-collector': { 'terminated-pod-gc-threshold': threshold } },
      acts: [
        ...names.map((name, i): readonly [number, Act] => [seconds(i), create(pod(name))]),
        [seconds(30), create(pod('runs'))],
        [seconds(45), () => names.map((name) => PodFailed({ pod: `shop/${name}`, reason: 'Error' }))],
        ...acts,
        [minutes(3), look],
      ],
    })

  it('§8.8 beyond the threshold the oldest go, with the next pass', () => {
    expect(deletions(over(2, ['d', 'c', 'b', 'a']))).toEqual([
      ['shop/d', seconds(60)],
      ['shop/c', seconds(60)],
    ])
  })

  it('§8.8 evicted ones go first', () => {
    const { of } = play({
      nodes,
      flags: { 'pod-garbage-collector': { 'terminated-pod-gc-threshold': 1 } },
      acts: [
        [0, create(pod('old'))],
        [seconds(5), create(pod('evicted'))],
        [seconds(45), emitting(PodFailed({ pod: 'shop/old' }), PodFailed({ pod: 'shop/evicted', reason: 'Evicted' }))],
        [minutes(3), look],
      ],
    })
    expect(of(PodDeleted).map(({ event }) => event.pod)).toEqual(['shop/evicted'])
  })

  it('§8.8 of the same age by name', () => {
    const { of } = play({
      nodes,
      flags: { 'pod-garbage-collector': { 'terminated-pod-gc-threshold': 1 } },
      acts: [
        [0, create(pod('c'), pod('a'), pod('b'))],
        [seconds(45), emitting(...['c', 'a', 'b'].map((name) => PodFailed({ pod: `shop/${name}` })))],
        [minutes(3), look],
      ],
    })
    expect(of(PodDeleted).map(({ event }) => event.pod)).toEqual(['shop/a', 'shop/b'])
  })

  it.each([
    ['as many as the threshold stay', 4],
    ['0 keeps any number', 0],
    ['less than 0 keeps any number', -1],
  ])('§8.8 %s', (_title, threshold) => {
    const { of } = over(threshold, ['a', 'b', 'c', 'd'])
    expect(of(PodCreated)).toHaveLength(5)
    expect(of(PodDeleted)).toEqual([])
  })
})

it('§8.8 gcUnscheduledTerminating: a deleted pod without a node goes at once, with no pass of its own', () => {
  const { of } = play({
    acts: [
      [0, create(pod('a', { nodeName: '' }))],
      [minutes(1), (view) => deletePod(view.pods.get('shop/a')!)],
      [minutes(2), look],
    ],
  })
  expect(of(PodDeleted).map(({ at }) => at)).toEqual([minutes(1)])
})

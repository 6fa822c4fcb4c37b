import { findObject, PodReleased } from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { type Act, create, look, minutes, node, type Played, play, remove, seconds } from './stage.ts'

/**
 * The garbage collector. `§1.8` is the section of the behavioural specification; sources are in
 * pkg/controller/garbagecollector, and in staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go for the
 * finalizers that the API server puts on what is deleted.
 */

type Fields = Readonly<Record<string, unknown>>

const labels = { app: 'web' }
const podSpec = { terminationGracePeriodSeconds: 10, containers: [{ name: 'main', image: 'example/a:1' }] }
const template = { metadata: { labels }, spec: podSpec }
const object = (kind: string, name: string, spec: Fields, more: Fields = {}): Fields => ({
  apiVersion: kind === 'ReplicationController' || kind === 'Pod' ? 'v1' : kind.endsWith('Job') ? 'batch/v1' : 'apps/v1',
  kind,
  metadata: { name, namespace: 'shop', labels, ...more },
  spec,
})

const jobTemplate = { spec: { ...podSpec, restartPolicy: 'Never' } }
/** A workload of each kind that has pods, and how many levels of owners stand between it and them. */
const WORKLOADS: Readonly<Record<string, Fields>> = {
  Deployment: object('Deployment', 'web', { replicas: 2, selector: { matchLabels: labels }, template }),
  ReplicaSet: object('ReplicaSet', 'web', { replicas: 2, selector: { matchLabels: labels }, template }),
  ReplicationController: object('ReplicationController', 'web', { replicas: 2, selector: labels, template }),
  DaemonSet: object('DaemonSet', 'web', { selector: { matchLabels: labels }, template }),
  StatefulSet: object('StatefulSet', 'web', {
    replicas: 2,
    serviceName: 'web',
    podManagementPolicy: 'Parallel',
    selector: { matchLabels: labels },
    template,
  }),
  Job: object('Job', 'web', { parallelism: 2, completions: 2, template: jobTemplate }),
}
const kinds = Object.keys(WORKLOADS)

const stage = (...acts: readonly (readonly [at: number, act: Act])[]): Played =>
  play({
    nodes: [node('n1'), node('n2')],
    // A process that takes its time to end, so that what waits for it can be seen to wait.
    behaviorOf: () => ({
      startup: { constant: 0 },
      probes: {},
      onSigterm: { exitCode: 0, after: seconds(5) as never },
    }),
    acts,
  })

const names = ({ view }: Played): readonly string[] => [...view.pods.keys()].sort()
const owners = ({ view }: Played): readonly unknown[] => [...view.pods.values()].map(({ owner }) => owner?.kind)
const is = ({ view }: Played, kind: string): boolean => findObject(view, kind, 'shop', 'web') !== undefined

describe.each(kinds)('%s', (kind) => {
  const workload = WORKLOADS[kind]!
  const deleted = (propagation: 'Background' | 'Foreground' | 'Orphan', until: number): Played =>
    stage([0, create(workload)], [minutes(1), remove(kind, 'web', propagation)], [minutes(1) + until, look])

  it('§1.8 Background: it is gone at once, while its pods still end', () => {
    const soon = deleted('Background', seconds(2))
    expect([is(soon, kind), soon.view.pods.size]).toEqual([false, 2])
    expect([...soon.view.pods.values()].every(({ deletion }) => deletion !== undefined)).toBe(true)
    expect(names(deleted('Background', minutes(1)))).toEqual([])
  })

  it('§1.8 Foreground: it stays until its last pod is gone', () => {
    const soon = deleted('Foreground', seconds(2))
    expect([is(soon, kind), soon.view.pods.size]).toEqual([true, 2])
    expect([...soon.view.pods.values()].every(({ deletion }) => deletion !== undefined)).toBe(true)
    const late = deleted('Foreground', minutes(1))
    expect([is(late, kind), names(late)]).toEqual([false, []])
  })

  it('§1.8 Foreground: it has the finalizer foregroundDeletion, and makes nothing new', () => {
    const soon = deleted('Foreground', seconds(2))
    expect(findObject(soon.view, kind, 'shop', 'web')!.render().metadata).toMatchObject({
      finalizers: expect.arrayContaining(['foregroundDeletion']),
      deletionTimestamp: expect.any(String),
    })
    expect(soon.view.pods.size).toBe(2)
  })

  it('§1.8 Orphan: it goes, and what it owned stays and belongs to nobody', () => {
    const before = stage([0, create(workload)], [minutes(1), look])
    const late = deleted('Orphan', minutes(1))
    expect([is(late, kind), names(late)]).toEqual([false, names(before)])
    // A Deployment owns ReplicaSets, which keep their pods.
    expect(new Set(owners(late))).toEqual(new Set([kind === 'Deployment' ? 'ReplicaSet' : undefined]))
    if (kind === 'Deployment')
      expect([...late.view.replicaSets.values()].map(({ owner }) => owner)).toEqual([undefined])
  })
})

describe('owners that are not there: garbagecollector.go, attemptToDeleteItem', () => {
  const owned = (uid: string, more: Fields = {}): Fields =>
    object('Pod', 'orphan', podSpec, {
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid, controller: true, ...more }],
    })

  it('§1.8 a pod whose owner never was is deleted', () => {
    const played = stage([0, create(owned('no-such-uid'))], [minutes(2), look])
    expect(names(played)).toEqual([])
  })

  it('§1.8 a pod whose owner has the name but another uid is deleted', () => {
    const sets = { ...WORKLOADS.ReplicaSet!, spec: { ...(WORKLOADS.ReplicaSet!.spec as Fields), replicas: 0 } }
    const played = stage([0, create(sets)], [seconds(10), create(owned('another-uid'))], [minutes(2), look])
    expect([is(played, 'ReplicaSet'), names(played)]).toEqual([true, []])
  })

  it('§1.8 a pod whose owner is there is left alone', () => {
    const adopting: Act = (view, at) => create(owned(view.replicaSets.get('shop/web')!.uid))(view, at)
    const played = stage([0, create(WORKLOADS.ReplicaSet!)], [1, adopting], [minutes(2), look])
    expect(names(played)).toContain('shop/orphan')
    expect(played.view.pods.size).toBe(2)
  })

  it('§1.8 an owner of a kind that is not simulated says nothing', () => {
    const custom = { apiVersion: 'example.com/v1', kind: 'Shop', name: 'x', uid: 'u' }
    const played = stage([0, create(owned('u', custom))], [minutes(2), look])
    expect(names(played)).toEqual(['shop/orphan'])
  })

  it('§1.8 a pod without an owner is left alone', () => {
    const played = stage([0, create(object('Pod', 'bare', podSpec))], [minutes(2), look])
    expect(names(played)).toEqual(['shop/bare'])
  })

  it('§1.8 a pod that was let go before its owner went stays', () => {
    let first = ''
    const release: Act = (view) => {
      first = [...view.pods.keys()][0]!
      return [PodReleased({ pod: first, owner: 'shop/web' })]
    }
    // Without its label it is not adopted again.
    const other = object('ReplicaSet', 'web', {
      replicas: 1,
      selector: { matchLabels: labels },
      template,
    })
    const played = stage(
      [0, create(other)],
      [minutes(1), remove('ReplicaSet', 'web', 'Foreground')],
      [minutes(1) + 1, release],
      [minutes(3), look],
    )
    expect(played.of(PodReleased)).toHaveLength(1)
    expect(is(played, 'ReplicaSet')).toBe(false)
  })
})

describe('chains of owners', () => {
  const chain = (propagation: 'Background' | 'Foreground', until: number): Played =>
    stage(
      [0, create(WORKLOADS.Deployment!)],
      [minutes(1), remove('Deployment', 'web', propagation)],
      [minutes(1) + until, look],
    )

  it('§1.8 Background goes down level by level: Deployment, ReplicaSet, pods', () => {
    const played = chain('Background', minutes(1))
    const at = (kind: string): number => played.entries.find(({ event }) => event.kind === kind)!.at
    expect(at('DeploymentDeleted')).toBeLessThanOrEqual(at('ReplicaSetDeleted'))
    expect(at('ReplicaSetDeleted')).toBeLessThanOrEqual(at('PodMarkedForDeletion'))
    expect([played.view.replicaSets.size, played.view.pods.size]).toEqual([0, 0])
  })

  it('§1.8 Foreground comes back up level by level: pods, ReplicaSet, Deployment', () => {
    const played = chain('Foreground', minutes(1))
    const last = (kind: string): number =>
      Math.max(...played.entries.filter(({ event }) => event.kind === kind).map(({ at }) => at))
    expect(last('PodDeleted')).toBeLessThanOrEqual(last('ReplicaSetDeleted'))
    expect(last('ReplicaSetDeleted')).toBeLessThanOrEqual(last('DeploymentDeleted'))
    expect(played.view.deployments.size).toBe(0)
  })

  it('§1.8 in the foreground the ReplicaSet waits as well', () => {
    const soon = chain('Foreground', seconds(2))
    expect([...soon.view.replicaSets.values()].map(({ finalizers }) => finalizers)).toEqual([['foregroundDeletion']])
  })
})

import {
  type ClusterView,
  deletePod,
  findObject,
  isActive,
  PodAdopted,
  PodCreated,
  PodDeleted,
  PodFailed,
  PodLabelled,
  PodMarkedForDeletion,
  PodReleased,
  PodStatusReported,
  PodTemplateRecorded,
  replicaEventsOf,
} from '@wavetank/cluster'
import type { AnyEventDefinition } from '@wavetank/kernel'
import { describe, expect, it } from 'vitest'
import { type Act, create, look, minutes, node, type Played, play, remove, respec, seconds } from './stage.ts'

/**
 * ReplicaSet and ReplicationController, which share their code. `§` is the section of the behavioural specification;
 * sources are in pkg/controller/replicaset unless named.
 */

const KEY = 'shop/web'
const labels = { app: 'web' }

type Fields = Readonly<Record<string, unknown>>

const barePod = (name: string, more: Fields = labels, spec: Fields = {}): Fields => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'shop', labels: more },
  spec: { terminationGracePeriodSeconds: 5, containers: [{ name: 'main', image: 'example/a:1' }], ...spec },
})

const templateOf = (image: string, podSpec: Fields = {}, podLabels: Fields = labels): Fields => ({
  metadata: { labels: podLabels },
  spec: { terminationGracePeriodSeconds: 5, containers: [{ name: 'main', image }], ...podSpec },
})

describe.each(['ReplicaSet', 'ReplicationController'] as const)('%s', (kind) => {
  const isSet = kind === 'ReplicaSet'
  const controller = isSet ? 'replicaset-controller' : 'replication-controller'
  const events = replicaEventsOf(kind)
  const selectorOf = (matchLabels: Fields): Fields => (isSet ? { matchLabels } : matchLabels)

  const manifest = (spec: Fields = {}, name = 'web', selected: Fields = labels): Fields => ({
    apiVersion: isSet ? 'apps/v1' : 'v1',
    kind,
    metadata: { name, namespace: 'shop' },
    spec: { replicas: 2, selector: selectorOf(selected), template: templateOf('example/a:1'), ...spec },
  })

  const stage = (...acts: readonly (readonly [at: number, act: Act])[]): Played =>
    play({ nodes: [node('n1'), node('n2')], acts })

  const owned = (view: ClusterView, name = 'web') =>
    [...view.pods.values()].filter(({ owner }) => owner?.kind === kind && owner.name === name)
  const active = (view: ClusterView, name = 'web') => owned(view, name).filter((pod) => isActive(pod as never))
  const first = (view: ClusterView) => {
    const pod = active(view)[0]
    if (pod === undefined) throw new Error('no active pod')
    return pod
  }
  const keys = (pods: readonly { readonly key: string }[]): readonly string[] => pods.map(({ key }) => key)
  const statusOf = (view: ClusterView): unknown => findObject(view, kind, 'shop', 'web')?.render().status
  const relabel =
    (podOf: (view: ClusterView) => string, to: Readonly<Record<string, string>>): Act =>
    (view) => [PodLabelled({ pod: podOf(view), labels: to })]

  describe('claims: controller_ref_manager.go, ClaimObject', () => {
    it('§1.2 an orphan that its selector matches is adopted, and only what is missing is made', () => {
      const { view, of } = stage([0, create(barePod('a'))], [seconds(30), create(manifest())], [minutes(1), look])
      expect(of(PodAdopted).map(({ event }) => [event.pod, event.owner.kind])).toEqual([['shop/a', kind]])
      expect(of(PodCreated)).toHaveLength(2)
      expect(keys(active(view))).toContain('shop/a')
    })

    it('§1.2 an orphan that comes when none is missing is adopted and one pod deleted', () => {
      const { view, of } = stage([0, create(manifest())], [minutes(1), create(barePod('a'))], [minutes(2), look])
      expect(of(PodAdopted)).toHaveLength(1)
      // The orphan has no node yet: first in the order.
      expect(keys(of(PodDeleted).map(({ event }) => ({ key: event.pod })))).toEqual(['shop/a'])
      expect(active(view)).toHaveLength(2)
    })

    it('§1.2 an orphan that it does not match, or in another namespace, is left alone', () => {
      const elsewhere = { ...barePod('b'), metadata: { name: 'b', namespace: 'default', labels } }
      const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } }
      const { view, of } = stage(
        [0, create(namespace)],
        [1, create(barePod('a', { app: 'shop' }), elsewhere)],
        [seconds(30), create(manifest())],
        [minutes(1), look],
      )
      expect(of(PodAdopted)).toEqual([])
      expect(owned(view)).toHaveLength(2)
    })

    it('§1.2 pods of another owner are ignored, though it matches them', () => {
      const team = { team: 'x' }
      const other = manifest({ template: templateOf('example/a:1', {}, { ...labels, ...team }) }, 'other', team)
      const { view, of } = stage([0, create(other)], [seconds(30), create(manifest())], [minutes(1), look])
      expect(of(PodAdopted)).toEqual([])
      expect([active(view, 'other').length, active(view).length]).toEqual([2, 2])
    })

    it.each(['Succeeded', 'Failed'])('§1.2 a %s pod is never adopted', (phase) => {
      const over = barePod('a', labels, { restartPolicy: 'Never' })
      const { view, of } = play({
        nodes: [node('n1')],
        behaviorOf: ({ owners }) => ({
          startup: { constant: 0 },
          probes: {},
          ...(owners.length > 0 ? {} : { run: { for: { constant: 1_000 }, exitCode: phase === 'Failed' ? 1 : 0 } }),
        }),
        acts: [
          [0, create(over)],
          [minutes(1), create(manifest())],
          [minutes(2), look],
        ],
      })
      expect(view.pods.get('shop/a')?.phase).toBe(phase)
      expect(of(PodAdopted)).toEqual([])
      expect(owned(view)).toHaveLength(2)
    })

    it('§1.2 a terminating pod is never adopted', () => {
      const { of } = stage(
        [0, create(barePod('a', labels, { terminationGracePeriodSeconds: 60 }))],
        [minutes(1), (view) => deletePod(view.pods.get('shop/a')!)],
        [minutes(1) + 1, create(manifest())],
        [minutes(2), look],
      )
      expect(of(PodAdopted)).toEqual([])
      expect(of(PodCreated)).toHaveLength(3)
    })

    it('§2.2 a pod whose labels leave the selector is released and replaced', () => {
      const { view, of } = stage(
        [0, create(manifest())],
        [minutes(1), relabel((now) => first(now).key, { app: 'debug' })],
        [minutes(2), look],
      )
      expect(of(PodReleased)).toHaveLength(1)
      expect(of(PodCreated)).toHaveLength(3)
      expect(active(view)).toHaveLength(2)
      expect(view.pods.get(of(PodReleased)[0]!.event.pod)).toMatchObject({ owner: undefined, phase: 'Running' })
    })

    it('§2.2 labelled back it is adopted, and one pod is deleted: the youngest by its order', () => {
      const orphanOf = (view: ClusterView): string =>
        [...view.pods.values()].find(({ owner }) => owner === undefined)!.key
      const { view, of } = stage(
        [0, create(manifest())],
        [minutes(10), relabel((now) => first(now).key, { app: 'debug' })],
        [minutes(11), relabel(orphanOf, labels)],
        [minutes(12), look],
      )
      const [, , replacement] = of(PodCreated)
      expect(of(PodAdopted)).toHaveLength(1)
      expect(of(PodMarkedForDeletion).map(({ event }) => event.pod)).toEqual([replacement!.event.pod])
      expect(keys(active(view))).toContain(of(PodAdopted)[0]!.event.pod)
    })

    it('§1.2 a set in deletion adopts, releases and makes none', () => {
      const { view, of } = play({
        nodes: [node('n1')],
        behaviorOf: () => ({ startup: { constant: 0 }, probes: {}, onSigterm: 'ignore' }),
        acts: [
          [0, create(manifest({ template: templateOf('example/a:1', { terminationGracePeriodSeconds: 60 }) }))],
          [minutes(1), remove(kind, 'web', 'Foreground')],
          [minutes(1) + seconds(5), create(barePod('a'))],
          [minutes(1) + seconds(5), relabel((now) => owned(now)[0]!.key, { app: 'debug' })],
          [minutes(1) + seconds(30), look],
        ],
      })
      expect(findObject(view, kind, 'shop', 'web')).toBeDefined()
      expect([of(PodAdopted), of(PodReleased)]).toEqual([[], []])
      expect(of(PodCreated)).toHaveLength(3)
    })
  })

  describe('replacement: replica_set.go, manageReplicas', () => {
    it('§2.2 a terminating pod is replaced at once, while it still runs', () => {
      const { view, of } = play({
        nodes: [node('n1')],
        behaviorOf: () => ({ startup: { constant: 0 }, probes: {}, onSigterm: 'ignore' }),
        acts: [
          [0, create(manifest({ template: templateOf('example/a:1', { terminationGracePeriodSeconds: 60 }) }))],
          [minutes(1), (now) => deletePod(first(now))],
          [minutes(1) + seconds(30), look],
        ],
      })
      expect(of(PodCreated)[2]!.at - minutes(1)).toBeLessThan(1_000)
      expect(owned(view)).toHaveLength(3)
      expect(view.pods.get(of(PodMarkedForDeletion)[0]!.event.pod)?.phase).toBe('Running')
    })

    it('§2.2 a Failed pod is replaced and left where it is', () => {
      const { view, of } = stage(
        [0, create(manifest())],
        [minutes(1), (now) => [PodFailed({ pod: first(now).key, reason: 'Evicted' })]],
        [minutes(30), look],
      )
      expect(of(PodCreated)[2]!.at - minutes(1)).toBeLessThan(1_000)
      expect(
        owned(view)
          .map(({ phase }) => phase)
          .sort(),
      ).toEqual(['Failed', 'Running', 'Running'])
      expect(of(PodMarkedForDeletion)).toEqual([])
    })

    it('§2.2 a change of the template touches only later pods', () => {
      const { view, of } = stage(
        [0, create(manifest())],
        [minutes(1), respec(kind, KEY, { template: templateOf('example/a:2') })],
        [minutes(2), (now) => deletePod(first(now))],
        [minutes(3), look],
      )
      expect(of(PodMarkedForDeletion)).toHaveLength(1)
      expect(
        active(view)
          .map(({ template }) => template.spec.containers[0]?.image)
          .sort(),
      ).toEqual(['example/a:1', 'example/a:2'])
    })

    it('§2.2 to 0 all go, and back to 2 there are two others', () => {
      const { view, of } = stage(
        [0, create(manifest())],
        [minutes(1), respec(kind, KEY, { replicas: 0 })],
        [minutes(2), respec(kind, KEY, { replicas: 2 })],
        [minutes(3), look],
      )
      expect(of(PodDeleted)).toHaveLength(2)
      expect(active(view)).toHaveLength(2)
    })
  })

  describe('batches and rates', () => {
    it('§1.5 BurstReplicas: at most 500 in one sync', () => {
      const { entries } = play({
        flags: { [controller]: { 'kube-api-qps': 100_000, 'kube-api-burst': 100_000 } },
        acts: [
          [0, create(manifest({ replicas: 600 }))],
          [seconds(10), look],
        ],
      })
      const perSync = new Map<number | null, number>()
      for (const { event, cause } of entries) {
        if (event.kind === 'PodCreated') perSync.set(cause, (perSync.get(cause) ?? 0) + 1)
      }
      expect([...perSync.values()]).toEqual([500, 100])
    })

    it('§1.9 rest/config.go, --kube-api-qps and --kube-api-burst: 30 at once, then one every 50 ms', () => {
      const { of } = play({
        acts: [
          [0, create(manifest({ replicas: 100 }))],
          [seconds(10), look],
        ],
      })
      const at = of(PodCreated).map((entry) => entry.at - of(PodCreated)[0]!.at)
      expect(at).toEqual(Array.from({ length: 100 }, (_, i) => Math.max(0, i - 29) * 50))
    })
  })

  describe('status: replica_set_utils.go, calculateStatus', () => {
    const probed = { containers: [{ name: 'main', image: 'example/a:1', readinessProbe: { httpGet: { port: 80 } } }] }

    it.each([0, 5])('§2.3 counts active, fully labelled, ready and available pods; %i s ready', (minReadySeconds) => {
      const template = templateOf('example/a:1', {}, { ...labels, tier: 'front' })
      const { view } = stage(
        [0, create(barePod('a'))],
        [seconds(30), create(manifest({ replicas: 3, minReadySeconds, template }))],
        [minutes(1), look],
      )
      expect(statusOf(view)).toEqual({
        replicas: 3,
        fullyLabeledReplicas: 2,
        readyReplicas: 3,
        availableReplicas: 3,
        observedGeneration: 1,
      })
    })

    it.each([0, 5])(
      '§2.3 a Running pod that is not ready is counted, and not as ready; %i s ready',
      (minReadySeconds) => {
        const { view } = play({
          nodes: [node('n1')],
          behaviorOf: () => ({
            startup: { constant: 0 },
            probes: { readiness: { by: 'time', steps: [{ from: 0, status: 500 }] } },
          }),
          acts: [
            [0, create(manifest({ minReadySeconds, template: templateOf('example/a:1', probed) }))],
            [minutes(1), look],
          ],
        })
        expect(statusOf(view)).toEqual({ replicas: 2, fullyLabeledReplicas: 2, observedGeneration: 1 })
      },
    )

    it.each([0, 5])('§2.3 is written when it changes, and not again; %i s ready', (minReadySeconds) => {
      const { of } = stage(
        [0, create(manifest({ minReadySeconds }))],
        [minutes(1), (view) => deletePod(first(view) as never)],
        [minutes(2), respec(kind, KEY, { replicas: 3 })],
        [minutes(3), relabel((view) => first(view).key, { app: 'other' })],
        [minutes(4), look],
      )
      const reports = of(events.StatusReported).map(({ event }) => JSON.stringify(event))
      expect(reports.length).toBeGreaterThan(5)
      expect(reports.filter((report, i) => report === reports[i - 1])).toEqual([])
    })

    it.each([0, 5])('§2.2 a terminating pod is not counted; %i s ready', (minReadySeconds) => {
      const template = templateOf('example/a:1', { terminationGracePeriodSeconds: 900 })
      const { view } = play({
        nodes: [node('n1')],
        behaviorOf: () => ({ startup: { constant: 0 }, probes: {}, onSigterm: 'ignore' }),
        acts: [
          [0, create(manifest({ minReadySeconds, template }))],
          [minutes(1), respec(kind, KEY, { replicas: 0 })],
          [minutes(2), look],
        ],
      })
      expect(owned(view)).toHaveLength(2)
      expect(statusOf(view)).toEqual({ replicas: 0, observedGeneration: 2 })
    })

    it('§2.3 of several pods each is noticed when it has been ready for minReadySeconds', () => {
      const { of } = play({
        nodes: [node('n1'), node('n2')],
        behaviorOf: () => ({ startup: { uniform: [1_000, 20_000] }, probes: {} }),
        acts: [
          [0, create(manifest({ replicas: 4, minReadySeconds: 30, template: templateOf('example/a:1', probed) }))],
          [minutes(2), look],
        ],
      })
      const readyAt = of(PodStatusReported).flatMap(({ at, event }) => (event.ready ? [at] : []))
      const available = of(events.StatusReported)
      const firstWith = (count: number): number => available.find(({ event }) => event.availableReplicas >= count)!.at
      expect(readyAt).toHaveLength(4)
      expect(new Set(readyAt).size).toBe(4)
      expect([1, 2, 3, 4].map(firstWith)).toEqual(readyAt.map((at) => at + 30_000))
    })

    it('§2.2 a new template is kept once for all pods of a sync', () => {
      const { of } = stage([0, create(manifest({ replicas: 5 }))], [minutes(1), look])
      const templates = of(PodTemplateRecorded).map(({ event }) => event.template)
      expect(templates.length).toBeGreaterThan(0)
      expect(new Set(templates).size).toBe(templates.length)
    })

    it('§2.3 observedGeneration follows every change of the spec', () => {
      const { view } = stage(
        [0, create(manifest())],
        [minutes(1), respec(kind, KEY, { minReadySeconds: 5 })],
        [minutes(2), respec(kind, KEY, { replicas: 3 })],
        [minutes(3), look],
      )
      expect(statusOf(view)).toMatchObject({ replicas: 3, availableReplicas: 3, observedGeneration: 3 })
    })

    it('§2.3 a pod is available once it has been ready for minReadySeconds, and that is when it is noticed', () => {
      const { of } = stage([0, create(manifest({ replicas: 1, minReadySeconds: 30 }))], [minutes(2), look])
      const ready = of(PodStatusReported).find(({ event }) => event.ready)!.at
      const reports = of(events.StatusReported)
      const available = reports.find(({ event }) => event.availableReplicas === 1)!
      expect(available.at - ready).toBe(30_000)
      const readyReport = reports.find(({ event }) => event.readyReplicas === 1)!
      expect(readyReport.event.availableReplicas).toBe(0)
      expect(readyReport.at - ready).toBeLessThan(1_000)
    })
  })

  describe('refusals', () => {
    const refused = (...more: readonly (readonly [at: number, act: Act])[]): Played =>
      stage([0, create(manifest({ template: templateOf('example/a:1', { priorityClassName: 'none' }) }))], ...more, [
        minutes(1),
        look,
      ])

    it('§2.3 ReplicaFailure says why no pod can be made', () => {
      const { view, said } = refused()
      expect(statusOf(view)).toMatchObject({
        replicas: 0,
        conditions: [
          {
            type: 'ReplicaFailure',
            status: 'True',
            reason: 'FailedCreate',
            message: expect.stringContaining('no PriorityClass with name none was found'),
          },
        ],
      })
      expect(said(kind)[0]).toMatch(/^Warning FailedCreate Error creating: pods "web-.*" is forbidden: /)
    })

    it('§2.3 the condition keeps the words of the first refusal', () => {
      const other = templateOf('example/a:1', { priorityClassName: 'other' })
      const { view, said } = refused([seconds(20), respec(kind, KEY, { template: other })])
      expect(said(kind).at(-1)).toContain('no PriorityClass with name other was found')
      expect(statusOf(view)).toMatchObject({
        conditions: [{ reason: 'FailedCreate', message: expect.stringContaining('with name none was found') }],
      })
    })

    it('§1.9 it is tried again after 5 ms, 10 ms, 20 ms …: DefaultTypedControllerRateLimiter', () => {
      const tried = refused()
        .of({ kind: `${kind}SyncFailed` } as AnyEventDefinition)
        .map(({ at }) => at)
      expect(tried.slice(1, 13).map((at, i) => at - tried[i]!)).toEqual(
        Array.from({ length: 12 }, (_, i) => 5 * 2 ** i),
      )
    })

    it('§2.3 the condition goes with the first sync that succeeds', () => {
      const { view } = refused([seconds(20), respec(kind, KEY, { template: templateOf('example/a:1') })])
      expect(statusOf(view)).toMatchObject({ readyReplicas: 2 })
      expect(statusOf(view)).not.toHaveProperty('conditions')
    })
  })

  describe('deletion: garbagecollector.go, attemptToDeleteItem', () => {
    const gone = (propagation: 'Background' | 'Foreground' | 'Orphan'): Played =>
      stage(
        [0, create(manifest())],
        [minutes(1), remove(kind, 'web', propagation)],
        [minutes(2), create(manifest({}, 'next'))],
        [minutes(3), look],
      )
    const deletedAt = (played: Played): readonly [set: number, lastPod: number] => [
      played.of(events.Deleted)[0]!.at,
      played.of(PodDeleted).at(-1)?.at ?? 0,
    ]

    it('§1.8 Background: the set goes at once, its pods after it', () => {
      const played = gone('Background')
      const [set, lastPod] = deletedAt(played)
      expect(set).toBe(minutes(1))
      expect(lastPod).toBeGreaterThan(set)
      expect(played.of(PodDeleted)).toHaveLength(2)
    })

    it('§1.8 Foreground: the set goes when its last pod is gone', () => {
      const played = gone('Foreground')
      const [set, lastPod] = deletedAt(played)
      expect(set).toBeGreaterThanOrEqual(lastPod)
      expect(played.of(PodDeleted)).toHaveLength(2)
      expect(played.of(PodCreated)).toHaveLength(4)
    })

    it('§1.8 Orphan: its pods stay, and a new set adopts them', () => {
      const played = gone('Orphan')
      expect(played.of(PodDeleted)).toEqual([])
      expect(played.of(PodReleased)).toHaveLength(2)
      expect(played.of(PodAdopted).map(({ event }) => event.owner.name)).toEqual(['next', 'next'])
      expect(played.of(PodCreated)).toHaveLength(2)
      expect(active(played.view, 'next')).toHaveLength(2)
    })
  })
})

describe('the selector of a ReplicationController', () => {
  it('§1.2 may change: pods that it leaves are released and replaced', () => {
    const both = { app: 'web', tier: 'front' }
    const controller = {
      apiVersion: 'v1',
      kind: 'ReplicationController',
      metadata: { name: 'web', namespace: 'shop' },
      spec: { replicas: 2, selector: labels, template: templateOf('example/a:1') },
    }
    const { view, of } = play({
      nodes: [node('n1')],
      acts: [
        [0, create(controller)],
        [
          minutes(1),
          respec('ReplicationController', KEY, { selector: both, template: templateOf('example/a:1', {}, both) }),
        ],
        [minutes(2), look],
      ],
    })
    expect(of(PodReleased)).toHaveLength(2)
    expect(of(PodMarkedForDeletion)).toEqual([])
    const standing = [...view.pods.values()].map(({ owner, labels: { tier } }) => [owner?.name, tier])
    expect(standing.sort()).toEqual([
      [undefined, undefined],
      [undefined, undefined],
      ['web', 'front'],
      ['web', 'front'],
    ])
  })
})

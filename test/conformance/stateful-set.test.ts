import {
  type ClusterView,
  controllerRevisionEvents,
  deletePod,
  findObject,
  NamespaceMarkedForDeletion,
  NodeDeleted,
  NodeFailed,
  NodeRecovered,
  PodCreated,
  PodDeleted,
  PodFailed,
  PodLabelled,
  PodMarkedForDeletion,
  persistentVolumeClaimEvents,
  podSpecOf,
  statefulSetEvents,
} from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'
import { describe, expect, it } from 'vitest'
import { type Act, create, emitting, look, minutes, node, type Played, play, remove, respec, seconds } from './stage.ts'

/**
 * StatefulSet. `§` is the section of the behavioural specification; sources are in pkg/controller/statefulset.
 */

const KEY = 'shop/web'

const podTemplate = (
  image = 'web:1',
  more: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({
  metadata: { labels: { app: 'web' } },
  spec: { terminationGracePeriodSeconds: 5, containers: [{ name: 'main', image, ...more }] },
})

const claimTemplate = (
  name = 'data',
  labels?: Readonly<Record<string, string>>,
): Readonly<Record<string, unknown>> => ({
  metadata: { name, labels },
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'fast', resources: { requests: { storage: '1Gi' } } },
})

const web = (spec: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    replicas: 3,
    serviceName: 'web',
    selector: { matchLabels: { app: 'web' } },
    template: podTemplate(),
    ...spec,
  },
})

const fast = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'fast' },
  provisioner: 'csi.example.com',
}

const three = [node('n1'), node('n2'), node('n3')]
const PARALLEL = { podManagementPolicy: 'Parallel' }
const READINESS = { readinessProbe: { httpGet: { port: 80 }, periodSeconds: 1 } }

/** `web-0: Running, web-1: Terminating`. */
const standing = (view: ClusterView): string =>
  [...view.pods.values()]
    .map(({ name, phase, deletion }) => `${name}: ${deletion === undefined ? phase : 'Terminating'}`)
    .sort()
    .join(', ')

const images = (view: ClusterView): string =>
  [...view.pods.values()]
    .map(({ name, template }) => `${name}=${template.spec.containers[0]?.image}`)
    .sort()
    .join(' ')

const statusOf = (view: ClusterView): Readonly<Record<string, unknown>> => {
  const { status } = view.statefulSets.get(KEY)!
  const { replicas, readyReplicas, currentReplicas, updatedReplicas } = status
  return { replicas, readyReplicas, currentReplicas, updatedReplicas }
}

const claims = (view: ClusterView): string =>
  [...view.persistentVolumeClaims.values()]
    .map(({ name, status, deletion }) => `${name}: ${deletion === undefined ? status.phase : 'Terminating'}`)
    .sort()
    .join(', ')

const podNamed = (view: ClusterView, name: string) => view.pods.get(`shop/${name}`)!

const run = (acts: readonly (readonly [number, Act])[], options: Partial<Parameters<typeof play>[0]> = {}): Played =>
  play({ nodes: three, ...options, acts: [[0, create(fast)], ...acts] })

const scaled = (replicas: number): Act => respec('StatefulSet', KEY, { replicas })
const changed = (spec: Readonly<Record<string, unknown>>): Act => respec('StatefulSet', KEY, spec)
const rolled = (image: string, more?: Readonly<Record<string, unknown>>): Act =>
  changed({ template: podTemplate(image, more) })

const order = (
  played: Played,
  definition: typeof PodCreated | typeof PodDeleted | typeof PodMarkedForDeletion,
): string =>
  played
    .of(definition)
    .map(({ event }) => event.pod.slice('shop/web-'.length))
    .join(' ')

/** Pods whose image is `broken` are never Ready. */
const brokenIsNotReady = ({ image }: { readonly image: string }) => ({
  startup: { constant: 0 },
  probes: { readiness: { by: 'time' as const, steps: [{ from: 0, status: image === 'broken' ? 500 : 200 }] } },
})

describe('identity', () => {
  it('§7.1 names pods by ordinal, from 0', () => {
    const { view } = run([
      [0, create(web())],
      [minutes(1), look],
    ])
    expect(standing(view)).toBe('web-0: Running, web-1: Running, web-2: Running')
  })

  it('§7.1 counts from ordinals.start', () => {
    const { view } = run([
      [0, create(web({ ordinals: { start: 5 }, replicas: 2 }))],
      [minutes(1), look],
    ])
    expect(standing(view)).toBe('web-5: Running, web-6: Running')
  })

  it('§7.1 labels each pod with its name, its index and the whole name of its revision', () => {
    const { view } = run([
      [0, create(web())],
      [minutes(1), look],
    ])
    const [revision] = view.controllerRevisions.values()
    expect(podNamed(view, 'web-1').labels).toEqual({
      app: 'web',
      'statefulset.kubernetes.io/pod-name': 'web-1',
      'apps.kubernetes.io/pod-index': '1',
      'controller-revision-hash': revision?.name,
    })
    expect(revision?.name).toMatch(/^web-[bcdfghjklmnpqrstvwxz2456789]+$/)
  })

  it('§7.1 gives each pod its name as hostname, and the service as subdomain', () => {
    const { view } = run([
      [0, create(web())],
      [minutes(1), look],
    ])
    expect([podNamed(view, 'web-2').hostname, podNamed(view, 'web-2').subdomain]).toEqual(['web-2', 'web'])
  })

  it('§7.1 repairs the name label that somebody takes away', () => {
    const played = run([
      [0, create(web())],
      [minutes(1), emitting(PodLabelled({ pod: 'shop/web-1', labels: { app: 'web' } }))],
      [minutes(2), look],
    ])
    expect(podNamed(played.view, 'web-1').labels['statefulset.kubernetes.io/pod-name']).toBe('web-1')
    expect(played.said('StatefulSet')).toContain(
      'Normal SuccessfulUpdate update Pod web-1 in StatefulSet web successful',
    )
  })

  it('§7.1 adopts orphans of its name, and no others', () => {
    const bare = (name: string) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'shop', labels: { app: 'web' } },
      spec: podTemplate().spec,
    })
    const { view } = run([
      [0, create(bare('web-0'), bare('stray'), bare('web-x'))],
      [seconds(30), create(web({ replicas: 1, updateStrategy: { type: 'OnDelete' } }))],
      [minutes(2), look],
    ])
    expect(podNamed(view, 'web-0').owner?.kind).toBe('StatefulSet')
    expect(podNamed(view, 'stray').owner).toBeUndefined()
    expect(podNamed(view, 'web-x').owner).toBeUndefined()
  })

  it('§1.2 lets go a pod whose labels leave the selector, and waits for its name', () => {
    const { view } = run([
      [0, create(web())],
      [minutes(1), emitting(PodLabelled({ pod: 'shop/web-1', labels: { app: 'other' } }))],
      [minutes(3), look],
    ])
    expect(podNamed(view, 'web-1').owner).toBeUndefined()
    expect(view.pods.size).toBe(3)
  })
})

describe('OrderedReady', () => {
  it('§7.3 makes a pod only when all before it are Ready', () => {
    const played = run([
      [0, create(web())],
      [minutes(1), look],
    ])
    expect(order(played, PodCreated)).toBe('0 1 2')
    const made = played.of(PodCreated).map(({ at }) => at)
    const ready = played.entries.filter(
      ({ event }) => event.kind === 'PodStatusReported' && (event as SimEvent & { ready: boolean }).ready,
    )
    for (let i = 0; i < 2; i++) expect(made[i + 1]).toBeGreaterThan(ready[i]!.at)
  })

  it('§7.3 stops at a pod that is never Ready', () => {
    const { view } = run(
      [
        [0, create(web({ template: podTemplate('broken', READINESS) }))],
        [minutes(10), look],
      ],
      {
        behaviorOf: brokenIsNotReady,
      },
    )
    expect(standing(view)).toBe('web-0: Running')
  })

  it('§7.3 waits for minReadySeconds before the next one', () => {
    const played = run([
      [0, create(web({ minReadySeconds: 20 }))],
      [minutes(3), look],
    ])
    const made = played.of(PodCreated).map(({ at }) => at)
    expect(made).toHaveLength(3)
    expect(made[1]! - made[0]!).toBeGreaterThan(20_000)
    expect(made[2]! - made[1]!).toBeGreaterThan(20_000)
    // The wait begins with the sync, not with readiness, and a longer one does not replace it (§1.9): at worst twice.
    expect(made[2]! - made[1]!).toBeLessThan(41_000)
  })

  it('§7.3 scales up from where it is', () => {
    const played = run([
      [0, create(web())],
      [minutes(1), scaled(5)],
      [minutes(2), look],
    ])
    expect(order(played, PodCreated)).toBe('0 1 2 3 4')
  })

  it('§7.3 scales down from the highest, one after the other is gone', () => {
    const played = run([
      [0, create(web({ replicas: 4 }))],
      [minutes(1), scaled(1)],
      [minutes(2), look],
    ])
    expect(order(played, PodMarkedForDeletion)).toBe('3 2 1')
    const marked = played.of(PodMarkedForDeletion).map(({ at }) => at)
    const gone = played.of(PodDeleted).map(({ at }) => at)
    for (let i = 0; i < 2; i++) expect(marked[i + 1]).toBeGreaterThan(gone[i]!)
    expect(standing(played.view)).toBe('web-0: Running')
  })

  it('§7.3 does not scale down while a pod that stays is not available', () => {
    const played = run(
      [
        [0, create(web({ template: podTemplate('web:1', READINESS) }))],
        [minutes(1), rolled('broken', READINESS)],
        [minutes(3), scaled(1)],
        [minutes(5), look],
      ],
      { behaviorOf: brokenIsNotReady },
    )
    // The update broke web-2, which is condemned now and the first that is not available: it may go, and web-1 after it.
    expect(standing(played.view)).toBe('web-0: Running')
  })

  it('§7.3 does not scale down below a replica that is not Ready', () => {
    const played = run([
      [0, create(web())],
      [minutes(1), emitting(NodeFailed({ node: 'n1' }), NodeFailed({ node: 'n2' }), NodeFailed({ node: 'n3' }))],
      [minutes(3), scaled(2)],
      [minutes(4), look],
    ])
    expect(played.of(PodMarkedForDeletion)).toHaveLength(0)
    expect(played.view.pods.size).toBe(3)
  })

  it('§7.3 makes a failed pod anew under its name', () => {
    const played = run([
      [0, create(web())],
      [minutes(1), emitting(PodFailed({ pod: 'shop/web-1', reason: 'Evicted' }))],
      [minutes(2), look],
    ])
    expect(order(played, PodCreated)).toBe('0 1 2 1')
    expect(standing(played.view)).toBe('web-0: Running, web-1: Running, web-2: Running')
  })

  it('§7.3 makes a deleted pod anew only when it is gone', () => {
    const played = run([
      [0, create(web())],
      [minutes(1), (view) => deletePod(podNamed(view, 'web-0'))],
      [minutes(2), look],
    ])
    expect(order(played, PodCreated)).toBe('0 1 2 0')
    expect(played.of(PodCreated)[3]!.at).toBeGreaterThan(played.of(PodDeleted)[0]!.at)
  })

  it('never has two pods of one ordinal, whoever deletes them when', () => {
    const acts = Array.from({ length: 20 }, (_, i): readonly [number, Act] => [
      minutes(1) + i * 3_700,
      (view) => {
        const pods = [...view.pods.values()]
        return pods.length === 0 ? [] : deletePod(pods[i % pods.length]!)
      },
    ])
    const played = run([[0, create(web())], ...acts, [minutes(5), look]])
    // A second pod of a name would have been refused by the tables.
    expect(standing(played.view)).toBe('web-0: Running, web-1: Running, web-2: Running')
  })
})

describe('Parallel', () => {
  it('§7.3 makes all pods at once', () => {
    const played = run([
      [0, create(web(PARALLEL))],
      [minutes(1), look],
    ])
    const made = played.of(PodCreated).map(({ at }) => at)
    expect(new Set(made).size).toBe(1)
    expect(order(played, PodCreated)).toBe('0 1 2')
  })

  it('§7.3 deletes all that are too many at once', () => {
    const played = run([
      [0, create(web({ ...PARALLEL, replicas: 5 }))],
      [minutes(1), scaled(1)],
      [minutes(2), look],
    ])
    expect(order(played, PodMarkedForDeletion)).toBe('4 3 2 1')
    expect(new Set(played.of(PodMarkedForDeletion).map(({ at }) => at)).size).toBe(1)
  })

  it('§7.3 does not wait for a pod that is not Ready', () => {
    const { view } = run(
      [
        [0, create(web({ ...PARALLEL, template: podTemplate('broken', READINESS) }))],
        [minutes(1), look],
      ],
      { behaviorOf: brokenIsNotReady },
    )
    expect(standing(view)).toBe('web-0: Running, web-1: Running, web-2: Running')
  })

  it('§7.5 still updates one pod after the other', () => {
    const played = run([
      [0, create(web(PARALLEL))],
      [minutes(1), rolled('web:2')],
      [minutes(3), look],
    ])
    expect(order(played, PodMarkedForDeletion)).toBe('2 1 0')
    const marked = played.of(PodMarkedForDeletion).map(({ at }) => at)
    expect(marked[1]).toBeGreaterThan(played.of(PodDeleted)[0]!.at)
  })

  it('§1.9 makes 30 pods at once and then as many as the client may', () => {
    const played = run([
      [0, create(web({ ...PARALLEL, replicas: 60 }))],
      [minutes(1), look],
    ])
    const made = played.of(PodCreated).map(({ at }) => at)
    expect(made).toHaveLength(60)
    expect(made[59]! - made[0]!).toBeGreaterThan(1_000)
  })
})

describe('rolling update', () => {
  it('§7.5 replaces pods from the highest ordinal down, each when the last is Ready', () => {
    const played = run([
      [0, create(web())],
      [minutes(1), rolled('web:2')],
      [minutes(3), look],
    ])
    expect(order(played, PodMarkedForDeletion)).toBe('2 1 0')
    expect(images(played.view)).toBe('web-0=web:2 web-1=web:2 web-2=web:2')
  })

  it('§7.7 is complete when all have the new revision', () => {
    const { view } = run([
      [0, create(web())],
      [minutes(1), rolled('web:2')],
      [minutes(3), look],
    ])
    const { currentRevision, updateRevision, currentReplicas } = view.statefulSets.get(KEY)!.status
    expect(currentRevision).toBe(updateRevision)
    expect(currentReplicas).toBe(3)
  })

  it('§7.5 leaves pods below the partition alone', () => {
    const { view } = run([
      [0, create(web())],
      [
        minutes(1),
        changed({
          template: podTemplate('web:2'),
          updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } },
        }),
      ],
      [minutes(3), look],
    ])
    expect(images(view)).toBe('web-0=web:1 web-1=web:1 web-2=web:2')
    expect(statusOf(view)).toEqual({ replicas: 3, readyReplicas: 3, currentReplicas: 2, updatedReplicas: 1 })
  })

  it('§7.4 makes a pod below the partition anew with the old template', () => {
    const { view } = run([
      [0, create(web())],
      [
        minutes(1),
        changed({
          template: podTemplate('web:2'),
          updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } },
        }),
      ],
      [minutes(3), (view) => deletePod(podNamed(view, 'web-0'))],
      [minutes(4), look],
    ])
    expect(images(view)).toBe('web-0=web:1 web-1=web:1 web-2=web:2')
  })

  it('§7.5 goes on when the partition is lowered', () => {
    const { view } = run([
      [0, create(web())],
      [
        minutes(1),
        changed({
          template: podTemplate('web:2'),
          updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } },
        }),
      ],
      [minutes(3), changed({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } })],
      [minutes(5), look],
    ])
    expect(images(view)).toBe('web-0=web:1 web-1=web:2 web-2=web:2')
  })

  it('§7.5 updates nothing with a partition above all ordinals', () => {
    const played = run([
      [0, create(web())],
      [
        minutes(1),
        changed({
          template: podTemplate('web:2'),
          updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 3 } },
        }),
      ],
      [minutes(3), look],
    ])
    expect(played.of(PodMarkedForDeletion)).toHaveLength(0)
    expect(played.view.statefulSets.get(KEY)?.status.updateRevision).not.toBe(
      played.view.statefulSets.get(KEY)?.status.currentRevision,
    )
  })

  it('§7.5 counts the partition from ordinals.start', () => {
    const { view } = run([
      [0, create(web({ ordinals: { start: 10 } }))],
      [
        minutes(1),
        changed({
          template: podTemplate('web:2'),
          updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 2 } },
        }),
      ],
      [minutes(3), look],
    ])
    expect(images(view)).toBe('web-10=web:1 web-11=web:1 web-12=web:2')
  })

  it('§7.5 waits where a new pod is not Ready', () => {
    const { view } = run(
      [
        [0, create(web({ template: podTemplate('web:1', READINESS) }))],
        [minutes(1), rolled('broken', READINESS)],
        [minutes(10), look],
      ],
      { behaviorOf: brokenIsNotReady },
    )
    expect(images(view)).toBe('web-0=web:1 web-1=web:1 web-2=broken')
  })

  it('§7.5 is stuck then, even for a template that would work: the broken pod has to be deleted by hand', () => {
    const acts: readonly (readonly [number, Act])[] = [
      [0, create(web({ template: podTemplate('web:1', READINESS) }))],
      [minutes(1), rolled('broken', READINESS)],
      [minutes(3), rolled('web:3', READINESS)],
    ]
    const stuck = run([...acts, [minutes(10), look]], { behaviorOf: brokenIsNotReady })
    expect(images(stuck.view)).toBe('web-0=web:1 web-1=web:1 web-2=broken')
    const freed = run([...acts, [minutes(5), (view) => deletePod(podNamed(view, 'web-2'))], [minutes(10), look]], {
      behaviorOf: brokenIsNotReady,
    })
    expect(images(freed.view)).toBe('web-0=web:3 web-1=web:3 web-2=web:3')
  })

  it('§7.5 is not stuck with Parallel', () => {
    const { view } = run(
      [
        [0, create(web({ ...PARALLEL, template: podTemplate('web:1', READINESS) }))],
        [minutes(1), rolled('broken', READINESS)],
        [minutes(3), rolled('web:3', READINESS)],
        [minutes(10), look],
      ],
      { behaviorOf: brokenIsNotReady },
    )
    expect(images(view)).toBe('web-0=web:3 web-1=web:3 web-2=web:3')
  })

  it('§7.4 OnDelete changes no pod by itself, and gives the new template to the next', () => {
    const played = run([
      [0, create(web({ updateStrategy: { type: 'OnDelete' } }))],
      [minutes(1), rolled('web:2')],
      [minutes(3), (view) => deletePod(podNamed(view, 'web-1'))],
      [minutes(4), look],
    ])
    expect(images(played.view)).toBe('web-0=web:1 web-1=web:2 web-2=web:1')
    expect(played.of(PodMarkedForDeletion)).toHaveLength(1)
  })

  it('§7.3 scaling goes before updating', () => {
    const played = run([
      [0, create(web())],
      [minutes(1), changed({ template: podTemplate('web:2'), replicas: 2 })],
      [minutes(3), look],
    ])
    expect(order(played, PodMarkedForDeletion)).toBe('2 1 0')
    expect(images(played.view)).toBe('web-0=web:2 web-1=web:2')
  })

  it('§7.4 without a partition struct the pods that count as current come back with the current template', () => {
    const { view } = run(
      [
        [0, create(web({ updateStrategy: { type: 'RollingUpdate' }, template: podTemplate('web:1', READINESS) }))],
        [minutes(1), rolled('broken', READINESS)],
        [minutes(3), (view) => deletePod(podNamed(view, 'web-0'))],
        [minutes(4), look],
      ],
      { behaviorOf: brokenIsNotReady },
    )
    expect(images(view)).toBe('web-0=web:1 web-1=web:1 web-2=broken')
  })

  it('§7.4 with a partition of 0 a deleted pod comes back with the new template', () => {
    const { view } = run(
      [
        [0, create(web({ template: podTemplate('web:1', READINESS) }))],
        [minutes(1), rolled('broken', READINESS)],
        [minutes(3), (view) => deletePod(podNamed(view, 'web-0'))],
        [minutes(4), look],
      ],
      { behaviorOf: brokenIsNotReady },
    )
    expect(images(view)).toBe('web-0=broken web-1=web:1 web-2=broken')
  })
})

describe('revisions', () => {
  it('§7.6 keeps one a template, and raises the one that comes back', () => {
    const played = run([
      [0, create(web())],
      [minutes(1), rolled('web:2')],
      [minutes(3), rolled('web:1')],
      [minutes(5), look],
    ])
    expect([...played.view.controllerRevisions.values()].map(({ revision }) => revision)).toEqual([3, 2])
    expect(played.of(controllerRevisionEvents.Renumbered)).toHaveLength(1)
    expect(images(played.view)).toBe('web-0=web:1 web-1=web:1 web-2=web:1')
  })

  it('§7.6 removes the oldest beyond the limit, but none that is in use', () => {
    const spec = { replicas: 1, revisionHistoryLimit: 1 }
    const played = run([
      [0, create(web(spec))],
      ...[2, 3, 4].map((i): readonly [number, Act] => [minutes(i), rolled(`web:${i}`)]),
      [minutes(6), look],
    ])
    expect([...played.view.controllerRevisions.values()].map(({ revision }) => revision)).toEqual([3, 4])
  })

  it('§7.6 makes no new one for a change that is not of the template', () => {
    const played = run([
      [0, create(web())],
      [minutes(1), changed({ minReadySeconds: 3 })],
      [minutes(2), scaled(4)],
      [minutes(3), look],
    ])
    expect(played.of(controllerRevisionEvents.Created)).toHaveLength(1)
    expect(played.of(statefulSetEvents.Scaled)).toHaveLength(1)
  })
})

describe('claims', () => {
  const withData = (spec: Readonly<Record<string, unknown>> = {}) =>
    web({ volumeClaimTemplates: [claimTemplate()], ...spec })
  const ALL = 'data-web-0: Bound, data-web-1: Bound, data-web-2: Bound'

  it('§7.1 are made for each pod and template, and mounted in place of a volume of the same name', () => {
    const { view } = run([
      [0, create(web({ volumeClaimTemplates: [claimTemplate('data', { tier: 'db' }), claimTemplate('log')] }))],
      [minutes(2), look],
    ])
    expect([...view.persistentVolumeClaims.keys()].sort()).toEqual(
      ['data', 'log'].flatMap((name) => [0, 1, 2].map((i) => `shop/${name}-web-${i}`)),
    )
    expect(view.persistentVolumeClaims.get('shop/data-web-0')?.labels).toEqual({ tier: 'db', app: 'web' })
    expect(podSpecOf(podNamed(view, 'web-1')).volumes?.slice(0, 2)).toEqual([
      { name: 'data', persistentVolumeClaim: { claimName: 'data-web-1' } },
      { name: 'log', persistentVolumeClaim: { claimName: 'log-web-1' } },
    ])
    expect(standing(view)).toBe('web-0: Running, web-1: Running, web-2: Running')
  })

  it('§7.1 come before their pod', () => {
    const played = run([
      [0, create(withData())],
      [minutes(2), look],
    ])
    const kinds = played.entries.map(({ event }) => event.kind)
    expect(kinds.indexOf('PersistentVolumeClaimCreated')).toBeLessThan(kinds.indexOf('PodCreated'))
    expect(played.said('StatefulSet')).toContain(
      'Normal SuccessfulCreate create Claim data-web-0 Pod web-0 in StatefulSet web success',
    )
  })

  it('§7.6 stay when the set is scaled down, and are used again when it is scaled up', () => {
    const played = run([
      [0, create(withData())],
      [minutes(2), scaled(1)],
      [minutes(4), scaled(3)],
      [minutes(6), look],
    ])
    expect(played.of(persistentVolumeClaimEvents.Created)).toHaveLength(3)
    expect(order(played, PodCreated)).toBe('0 1 2 1 2')
    expect(claims(played.view)).toBe(ALL)
  })

  it('§7.6 stay when the set is deleted', () => {
    const { view } = run([
      [0, create(withData())],
      [minutes(2), remove('StatefulSet', 'web')],
      [minutes(5), look],
    ])
    expect([view.pods.size, view.statefulSets.size, claims(view)]).toEqual([0, 0, ALL])
  })

  it.each([
    ['Retain', 'Retain', 'nobody', ALL],
    ['Delete', 'Retain', 'StatefulSet', ''],
  ])(
    '§7.6 whenDeleted %s, whenScaled %s: owned by %s, after the set left: “%s”',
    (whenDeleted, whenScaled, owner, left) => {
      const persistentVolumeClaimRetentionPolicy = { whenDeleted, whenScaled }
      const before = run([
        [0, create(withData({ persistentVolumeClaimRetentionPolicy }))],
        [minutes(2), look],
      ])
      expect(before.view.persistentVolumeClaims.get('shop/data-web-0')?.owner?.kind ?? 'nobody').toBe(owner)
      const { view } = run([
        [0, create(withData({ persistentVolumeClaimRetentionPolicy }))],
        [minutes(2), remove('StatefulSet', 'web')],
        [minutes(5), look],
      ])
      expect(claims(view)).toBe(left)
    },
  )

  it.each([
    ['Retain', ALL],
    ['Delete', 'data-web-0: Bound'],
  ])('§7.6 whenScaled %s leaves after a scale-down to one: %s', (whenScaled, left) => {
    const persistentVolumeClaimRetentionPolicy = { whenDeleted: 'Retain', whenScaled }
    const { view } = run([
      [0, create(withData({ persistentVolumeClaimRetentionPolicy }))],
      [minutes(2), scaled(1)],
      [minutes(5), look],
    ])
    expect(claims(view)).toBe(left)
    expect(standing(view)).toBe('web-0: Running')
  })

  it('§7.6 with both Delete the set owns them, until a pod is to go', () => {
    const persistentVolumeClaimRetentionPolicy = { whenDeleted: 'Delete', whenScaled: 'Delete' }
    const seen: string[] = []
    const played = run([
      [0, create(withData({ persistentVolumeClaimRetentionPolicy }))],
      [minutes(2), (view) => void seen.push(view.persistentVolumeClaims.get('shop/data-web-2')?.owner?.kind ?? '')],
      [minutes(2), scaled(2)],
      [
        minutes(2) + 200,
        (view) => void seen.push(view.persistentVolumeClaims.get('shop/data-web-2')?.owner?.kind ?? ''),
      ],
      [minutes(4), look],
    ])
    expect(seen).toEqual(['StatefulSet', 'Pod'])
    expect(claims(played.view)).toBe('data-web-0: Bound, data-web-1: Bound')
  })

  it('§7.6 are never deleted by a restart, an eviction or an update', () => {
    const persistentVolumeClaimRetentionPolicy = { whenDeleted: 'Delete', whenScaled: 'Delete' }
    const played = run([
      [0, create(withData({ persistentVolumeClaimRetentionPolicy }))],
      [minutes(2), (view) => deletePod(podNamed(view, 'web-1'))],
      [minutes(3), rolled('web:2')],
      [minutes(6), look],
    ])
    expect(played.of(persistentVolumeClaimEvents.Deleted)).toHaveLength(0)
    expect(images(played.view)).toBe('web-0=web:2 web-1=web:2 web-2=web:2')
  })

  it('§7.7 that are being deleted hold their pod back, and it says so', () => {
    const played = run([
      [0, create(withData())],
      [minutes(2), remove('PersistentVolumeClaim', 'data-web-2')],
      [minutes(2) + 100, (view) => deletePod(podNamed(view, 'web-2'))],
      [minutes(4), look],
    ])
    // The claim goes with the last pod that uses it, and a new one is made.
    expect(standing(played.view)).toBe('web-0: Running, web-1: Running, web-2: Running')
    expect(played.of(persistentVolumeClaimEvents.Created)).toHaveLength(4)
  })

  it('§7.6 are owned by nobody again when the policy says so', () => {
    const { view } = run([
      [0, create(withData({ persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' } }))],
      [minutes(2), changed({ persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' } })],
      [minutes(3), look],
    ])
    expect([...view.persistentVolumeClaims.values()].map(({ owner }) => owner)).toEqual([
      undefined,
      undefined,
      undefined,
    ])
  })
})

describe('a node that dies', () => {
  const onNode = (view: ClusterView, name: string): string => podNamed(view, name).node

  it('§7.8 keeps the name of its pod: nothing is made elsewhere', () => {
    const played = run([
      [0, create(web())],
      [minutes(1), (view) => [NodeFailed({ node: onNode(view, 'web-1') })]],
      [minutes(20), look],
    ])
    expect(order(played, PodCreated)).toBe('0 1 2')
    expect(standing(played.view)).toContain('web-1: Terminating')
  })

  it('§7.8 blocks scaling until the pod is force-deleted', () => {
    const acts: readonly (readonly [number, Act])[] = [
      [0, create(web())],
      [minutes(1), (view) => [NodeFailed({ node: onNode(view, 'web-1') })]],
      [minutes(10), scaled(4)],
    ]
    const blocked = run([...acts, [minutes(20), look]])
    expect(order(blocked, PodCreated)).toBe('0 1 2')
    const forced = run([...acts, [minutes(15), (view) => deletePod(podNamed(view, 'web-1'), 0)], [minutes(20), look]])
    expect(order(forced, PodCreated)).toBe('0 1 2 1 3')
    expect(standing(forced.view)).toBe('web-0: Running, web-1: Running, web-2: Running, web-3: Running')
  })

  it('§7.8 frees the name when its Node object is deleted', () => {
    const played = run([
      [0, create(web())],
      [minutes(1), (view) => [NodeFailed({ node: onNode(view, 'web-1') })]],
      [minutes(10), (view) => [NodeDeleted({ node: onNode(view, 'web-1') })]],
      [minutes(15), look],
    ])
    expect(order(played, PodCreated)).toBe('0 1 2 1')
    expect(standing(played.view)).toBe('web-0: Running, web-1: Running, web-2: Running')
  })

  it('§7.8 frees the name when it comes back', () => {
    let failed = ''
    const played = run([
      [0, create(web())],
      [
        minutes(1),
        (view) => {
          failed = onNode(view, 'web-1')
          return [NodeFailed({ node: failed })]
        },
      ],
      [minutes(10), () => [NodeRecovered({ node: failed })]],
      [minutes(15), look],
    ])
    expect(order(played, PodCreated)).toBe('0 1 2 1')
    expect(standing(played.view)).toBe('web-0: Running, web-1: Running, web-2: Running')
  })
})

describe('the object', () => {
  it('§7.3 that is being deleted only counts its pods: the garbage collector removes them, in no order', () => {
    const { view, of } = run([
      [0, create(web())],
      [minutes(1), remove('StatefulSet', 'web', 'Foreground')],
      [minutes(2), look],
    ])
    expect([view.pods.size, view.statefulSets.size, view.controllerRevisions.size]).toEqual([0, 0, 0])
    expect(new Set(of(PodMarkedForDeletion).map(({ at }) => at)).size).toBe(1)
  })

  it('§1.8 that is orphaned leaves its pods, and the next of its name takes them', () => {
    const played = run([
      [0, create(web())],
      [minutes(1), remove('StatefulSet', 'web', 'Orphan')],
      [minutes(2), create(web())],
      [minutes(3), look],
    ])
    expect(order(played, PodCreated)).toBe('0 1 2')
    expect(statusOf(played.view)).toEqual({ replicas: 3, readyReplicas: 3, currentReplicas: 3, updatedReplicas: 3 })
    expect(played.view.controllerRevisions.size).toBe(1)
  })

  it('makes nothing in a namespace that is being deleted', () => {
    const { view } = run([
      [0, create(web())],
      [minutes(1), emitting(NamespaceMarkedForDeletion({ namespace: 'shop' }))],
      [minutes(3), look],
    ])
    expect([view.pods.size, view.statefulSets.size, view.namespaces.has('shop')]).toEqual([0, 0, false])
  })

  it('§1.1 refuses changes of what is fixed', () => {
    const refuse =
      (spec: Readonly<Record<string, unknown>>): Act =>
      (view, at) => {
        expect(() => changed(spec)(view, at)).toThrow(/updates to statefulset spec for fields other than 'replicas'/)
        return undefined
      }
    run([
      [0, create(web())],
      [minutes(1), refuse({ serviceName: 'other' })],
      [minutes(1), refuse({ podManagementPolicy: 'Parallel' })],
      [minutes(1), refuse({ volumeClaimTemplates: [claimTemplate()] })],
    ])
  })

  it('§7.7 tells of each pod', () => {
    const { said } = run([
      [0, create(web({ replicas: 1 }))],
      [minutes(1), scaled(0)],
      [minutes(2), look],
    ])
    expect(said('StatefulSet')).toEqual([
      'Normal SuccessfulCreate create Pod web-0 in StatefulSet web successful',
      'Normal SuccessfulDelete delete Pod web-0 in StatefulSet web successful',
    ])
  })

  it('§7.7 says why a pod is refused, and tries again', () => {
    const template = { ...podTemplate(), spec: { ...(podTemplate().spec as object), priorityClassName: 'none' } }
    const { said } = run([
      [0, create(web({ replicas: 1, template }))],
      [minutes(1), look],
    ])
    expect(said('StatefulSet')[0]).toMatch(
      /^Warning FailedCreate create Pod web-0 in StatefulSet web failed error: pods "web-0" is forbidden: /,
    )
  })

  it('is quiet when nothing is missing', () => {
    const { entries } = run([
      [0, create(web({ volumeClaimTemplates: [claimTemplate()] }))],
      [minutes(30), look],
    ])
    const late = entries.filter(({ at, by }) => at > minutes(3) && /statefulset|persistentvolume|protection/.test(by))
    expect(late).toEqual([])
  })

  it('is listed and shown as kubectl does', () => {
    const { view, table } = run([
      [0, create(web({ replicas: 1, volumeClaimTemplates: [claimTemplate()] }))],
      [minutes(2), look],
    ])
    expect(table('sts')).toMatchInlineSnapshot(`
      "NAME   READY   AGE
      web    1/1     2m
      "
    `)
    expect(findObject(view, 'StatefulSet', 'shop', 'web')?.render()).toMatchObject({
      spec: {
        persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
        podManagementPolicy: 'OrderedReady',
        updateStrategy: { rollingUpdate: { partition: 0 }, type: 'RollingUpdate' },
      },
      status: { availableReplicas: 1, collisionCount: 0, currentReplicas: 1, readyReplicas: 1, replicas: 1 },
    })
  })
})

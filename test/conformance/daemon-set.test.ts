import {
  type ClusterView,
  controllerRevisionEvents,
  createObject,
  createPod,
  daemonSetEvents,
  deletePod,
  deleteStoredObject,
  findObject,
  NamespaceMarkedForDeletion,
  NodeCordoned,
  NodeCreated,
  NodeDeleted,
  NodeFailed,
  NodeLabelled,
  NodeTainted,
  NodeUntainted,
  PodCreated,
  PodFailed,
  PodLabelled,
  PodMarkedForDeletion,
  podSpecOf,
  updateObject,
} from '@wavetank/cluster'
import { type ApiObject, apiObject, type DaemonSet } from '@wavetank/cluster/api'
import { type AnyEventDefinition, createDraw, type SimEvent } from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { type Act, done, minutes, node, type Played, play, seconds, stored } from './stage.ts'

/**
 * DaemonSet. `§` is the section of the behavioural specification; sources are in pkg/controller/daemon.
 */

const KEY = 'shop/monitor'

const manifest = (
  podSpec: Readonly<Record<string, unknown>> = {},
  spec: Readonly<Record<string, unknown>> = {},
  image = 'luksa/ssd-monitor',
): DaemonSet =>
  apiObject({
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'monitor', namespace: 'shop' },
    spec: {
      selector: { matchLabels: { app: 'monitor' } },
      template: {
        metadata: { labels: { app: 'monitor' } },
        spec: { terminationGracePeriodSeconds: 5, ...podSpec, containers: [{ name: 'main', image }] },
      },
      ...spec,
    },
  }) as DaemonSet

const create =
  (object: DaemonSet): Act =>
  (view, at) =>
    done(createObject(view, at, object))

const change =
  ({ spec }: DaemonSet): Act =>
  (view) =>
    done(updateObject(view, { ...stored(view, 'DaemonSet', KEY), spec } as ApiObject))

const emitting =
  (...events: readonly SimEvent[]): Act =>
  () =>
    events

const look: Act = () => undefined

/** `n1: Running, n2: Pending`, by node and then by name. */
const standing = (view: ClusterView): string =>
  [...view.pods.values()]
    .filter(({ owner }) => owner?.kind === 'DaemonSet')
    .map((pod) => {
      const where = pod.node === '' ? `(${pod.affinityNode})` : pod.node
      return `${where}: ${pod.deletion === undefined ? pod.phase : 'Terminating'}`
    })
    .sort()
    .join(', ')

const podOn = (view: ClusterView, name: string) => {
  const found = [...view.pods.values()].find((pod) => pod.node === name || pod.affinityNode === name)
  if (found === undefined) throw new Error(`no pod for ${name}`)
  return found
}

const statusOf = (view: ClusterView): readonly number[] => {
  const { status } = view.daemonSets.get(KEY)!
  const { desiredNumberScheduled, currentNumberScheduled, numberMisscheduled, numberReady, numberAvailable } = status
  return [desiredNumberScheduled, currentNumberScheduled, numberMisscheduled, numberReady, numberAvailable]
}

const three = [node('n1'), node('n2'), node('n3')]
const ssd = { disk: 'ssd' }
const onSsd = manifest({ nodeSelector: ssd })

interface Case {
  /** What is shown, and where it says so. */
  readonly rule: string
  readonly nodes?: readonly SimEvent[]
  readonly set?: DaemonSet
  /** What happens one minute after the set was made. */
  readonly next?: Act
  /** How long after that to look. */
  readonly after?: number
  readonly stands: string
  /** desired, current, misscheduled, ready, available */
  readonly status?: readonly number[]
}

const cases: readonly Case[] = [
  {
    rule: '§4.1 one pod on every node',
    stands: 'n1: Running, n2: Running, n3: Running',
    status: [3, 3, 0, 3, 3],
  },
  {
    rule: '§4.1 only on nodes that its nodeSelector matches',
    nodes: [node('n1', ssd), node('n2'), node('n3', ssd)],
    set: onSsd,
    stands: 'n1: Running, n3: Running',
    status: [2, 2, 0, 2, 2],
  },
  {
    rule: '§4.1 nowhere, if no node matches',
    set: onSsd,
    stands: '',
    status: [0, 0, 0, 0, 0],
  },
  {
    rule: '§4.1 a template that names a node stands there alone',
    set: manifest({ nodeName: 'n2' }),
    stands: 'n2: Running',
    status: [1, 1, 0, 1, 1],
  },
  {
    rule: '§4.1 not where a NoSchedule taint is',
    nodes: [node('n1', {}, { taints: [{ key: 'gpu', effect: 'NoSchedule' }] }), node('n2')],
    stands: 'n2: Running',
    status: [1, 1, 0, 1, 1],
  },
  {
    rule: '§4.1 a taint that it tolerates does not matter',
    nodes: [node('n1', {}, { taints: [{ key: 'gpu', effect: 'NoSchedule' }] }), node('n2')],
    set: manifest({ tolerations: [{ operator: 'Exists' }] }),
    stands: 'n1: Running, n2: Running',
    status: [2, 2, 0, 2, 2],
  },
  {
    rule: '§4.2 a cordoned node gets its pod all the same',
    nodes: [
      node(
        'n1',
        {},
        { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }] },
      ),
    ],
    stands: 'n1: Running',
  },
  {
    rule: '§4.1 a node with no room has a Pending pod, which counts as scheduled',
    nodes: [node('n1'), node('n2')],
    set: apiObject({
      ...manifest(),
      spec: {
        ...manifest().spec,
        template: {
          metadata: { labels: { app: 'monitor' } },
          spec: { containers: [{ name: 'main', image: 'x', resources: { requests: { cpu: '8' } } }] },
        },
      },
    }) as DaemonSet,
    stands: '(n1): Pending, (n2): Pending',
    status: [2, 2, 0, 0, 0],
  },
  {
    rule: '§4.3 a new node gets its pod at once',
    next: emitting(node('n4')),
    stands: 'n1: Running, n2: Running, n3: Running, n4: Running',
    status: [4, 4, 0, 4, 4],
  },
  {
    rule: '§4.3 a new node that is not eligible wakes nobody',
    nodes: [node('n1', ssd)],
    set: onSsd,
    next: emitting(node('n2')),
    stands: 'n1: Running',
    status: [1, 1, 0, 1, 1],
  },
  {
    rule: '§4.4 a label that makes a node eligible brings a pod',
    nodes: [node('n1'), node('n2')],
    set: onSsd,
    next: emitting(NodeLabelled({ node: 'n2', labels: ssd })),
    stands: 'n2: Running',
    status: [1, 1, 0, 1, 1],
  },
  {
    rule: '§4.4 without the label the pod goes',
    nodes: [node('n1', ssd), node('n2', ssd)],
    set: onSsd,
    next: emitting(NodeLabelled({ node: 'n2', labels: {} })),
    stands: 'n1: Running',
    status: [1, 1, 0, 1, 1],
  },
  {
    rule: '§4.4 NoSchedule lets the pod stay',
    next: emitting(NodeTainted({ node: 'n2', taint: { key: 'gpu', effect: 'NoSchedule' } })),
    stands: 'n1: Running, n2: Running, n3: Running',
  },
  {
    rule: '§4.3 and wakes nobody, so the counts stay as they were (1.33+, syncNodeUpdate)',
    next: emitting(NodeTainted({ node: 'n2', taint: { key: 'gpu', effect: 'NoSchedule' } })),
    stands: 'n1: Running, n2: Running, n3: Running',
    status: [3, 3, 0, 3, 3],
  },
  {
    rule: '§4.7 until something else does: then the pod is misscheduled',
    next: emitting(
      NodeTainted({ node: 'n2', taint: { key: 'gpu', effect: 'NoSchedule' } }),
      NodeTainted({ node: 'n3', taint: { key: 'gpu', effect: 'NoExecute' } }),
    ),
    stands: 'n1: Running, n2: Running',
    status: [1, 1, 1, 1, 1],
  },
  {
    rule: '§4.4 NoExecute makes it go',
    next: emitting(NodeTainted({ node: 'n2', taint: { key: 'gpu', effect: 'NoExecute' } })),
    stands: 'n1: Running, n3: Running',
    status: [2, 2, 0, 2, 2],
  },
  {
    rule: '§4.3 a deleted node wakes nobody: its pod is the pod garbage collector’s, and the counts follow that',
    next: emitting(NodeDeleted({ node: 'n2' })),
    after: minutes(3),
    stands: 'n1: Running, n3: Running',
    status: [2, 2, 0, 2, 2],
  },
  {
    rule: '§4.2 a pod is neither evicted from a dead node nor made again elsewhere',
    next: emitting(NodeFailed({ node: 'n2' })),
    after: minutes(20),
    stands: 'n1: Running, n2: Running, n3: Running',
    // The NoSchedule taint of an unreachable node is not among those tolerated, so the node should run none, but may.
    status: [2, 2, 1, 2, 2],
  },
  {
    rule: '§4.2 cordoning removes nothing',
    next: emitting(NodeCordoned({ node: 'n2' })),
    stands: 'n1: Running, n2: Running, n3: Running',
    status: [3, 3, 0, 3, 3],
  },
  {
    rule: '§4.4 a deleted pod comes back on its node',
    next: (view) => deletePod(podOn(view, 'n2')),
    stands: 'n1: Running, n2: Running, n3: Running',
    status: [3, 3, 0, 3, 3],
  },
  {
    rule: '§4.4 not before the old one is gone',
    next: (view) => deletePod(podOn(view, 'n2')),
    after: 100,
    stands: 'n1: Running, n2: Terminating, n3: Running',
  },
  {
    rule: '§4.4 a failed pod is deleted and made again',
    next: (view) => [PodFailed({ pod: podOn(view, 'n2').key, reason: 'Evicted' })],
    stands: 'n1: Running, n2: Running, n3: Running',
  },
  {
    rule: '§1.2 a pod that is relabelled is let go, and replaced',
    next: (view) => [PodLabelled({ pod: podOn(view, 'n2').key, labels: { app: 'other' } })],
    stands: 'n1: Running, n2: Running, n3: Running',
    status: [3, 3, 0, 3, 3],
  },
  {
    rule: '§4.3 a set that is being deleted does nothing, not even for a new node',
    next: (view, at) => [
      ...deleteStoredObject(view.daemonSets.get(KEY)!, 'Foreground'),
      ...(at > 0 ? [node('n4')] : []),
    ],
    stands: '',
  },
  {
    rule: '§1.8 pods of a set that was orphaned stay',
    next: (view) => deleteStoredObject(view.daemonSets.get(KEY)!, 'Orphan'),
    stands: '',
  },
]

const stage = ({ nodes = three, set = manifest(), next = look, after = minutes(2) }: Partial<Case>): Played =>
  play({
    nodes,
    acts: [
      [0, create(set)],
      [minutes(1), next],
      [minutes(1) + after, look],
    ],
  })

describe('which nodes have a pod', () => {
  it.each(cases)('$rule', (each) => {
    const { view } = stage(each)
    expect(standing(view)).toBe(each.stands)
    if (each.status !== undefined) expect(statusOf(view)).toEqual(each.status)
  })
})

describe('pods', () => {
  it('§4.2 are pinned by affinity in place of the required terms, and keep what is preferred', () => {
    const preferred = [{ weight: 1, preference: { matchExpressions: [{ key: 'disk', operator: 'Exists' }] } }]
    const required = {
      nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'Exists' }] }],
    }
    const { view } = stage({
      set: manifest({
        affinity: {
          nodeAffinity: {
            requiredDuringSchedulingIgnoredDuringExecution: required,
            preferredDuringSchedulingIgnoredDuringExecution: preferred,
          },
        },
      }),
    })
    expect(podSpecOf(podOn(view, 'n2')).affinity?.nodeAffinity).toEqual({
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['n2'] }] }],
      },
      preferredDuringSchedulingIgnoredDuringExecution: preferred,
    })
    expect(view.templates.size).toBe(2)
  })

  it('§4.2 have the hash of their revision, the template’s generation and an owner', () => {
    const { view } = stage({})
    const [revision] = [...view.controllerRevisions.values()]
    const pod = podOn(view, 'n1')
    const hash = revision?.name.slice('monitor-'.length)
    expect(pod.labels).toEqual({ app: 'monitor', 'controller-revision-hash': hash, 'pod-template-generation': '1' })
    expect(pod.owner?.name).toBe('monitor')
    expect(pod.name).toMatch(/^monitor-[bcdfghjklmnpqrstvwxz2456789]{5}$/)
  })

  it('§1.2 adopts the orphans that an earlier set of the same name left', () => {
    const { view, of } = play({
      nodes: three,
      acts: [
        [0, create(manifest())],
        [minutes(1), (view) => deleteStoredObject(view.daemonSets.get(KEY)!, 'Orphan')],
        [minutes(2), create(manifest())],
        [minutes(4), look],
      ],
    })
    expect(of(PodCreated)).toHaveLength(3)
    expect(standing(view)).toBe('n1: Running, n2: Running, n3: Running')
    expect(statusOf(view)).toEqual([3, 3, 0, 3, 3])
    expect(view.controllerRevisions.size).toBe(1)
  })

  it('§1.2 adopts an orphan that its selector matches, and then has one too many there', () => {
    const { view } = stage({
      next: (view, at) => {
        const { spec, metadata } = manifest({ nodeName: 'n2' }).spec.template
        const content = { labels: metadata.labels ?? {}, annotations: {}, finalizers: [], spec }
        const created = createPod(view, at, 'stray', { namespace: 'shop', content })
        return isLeft(created) ? [] : created.right
      },
    })
    expect(standing(view)).toBe('n1: Running, n2: Running, n3: Running')
    expect(view.pods.has('shop/stray')).toBe(false)
  })

  it('§4.4 of a name keep it in another run with the same seed: the n-th of a node, whatever else there is', () => {
    const few = stage({})
    const many = stage({ nodes: [node('n0'), ...three] })
    expect(podOn(many.view, 'n2').name).toBe(podOn(few.view, 'n2').name)
  })

  it('§4.4 that wait for a node which is gone are deleted', () => {
    const wide = manifest()
    const big = apiObject({
      ...wide,
      spec: {
        ...wide.spec,
        template: {
          metadata: { labels: { app: 'monitor' } },
          spec: { containers: [{ name: 'main', image: 'x', resources: { requests: { cpu: '8' } } }] },
        },
      },
    }) as DaemonSet
    const { view } = play({
      nodes: [node('n1'), node('n2')],
      acts: [
        [0, create(big)],
        [minutes(1), emitting(NodeDeleted({ node: 'n2' }))],
        [minutes(1) + 1, (view) => deletePod(podOn(view, 'n1'))],
        [minutes(2), look],
      ],
    })
    expect(standing(view)).toBe('(n1): Pending')
  })

  it('§4.3 are not made in a namespace that is being deleted', () => {
    const { view } = stage({ next: emitting(NamespaceMarkedForDeletion({ namespace: 'shop' }), node('n4')) })
    expect(view.pods.size).toBe(0)
    expect(view.namespaces.has('shop')).toBe(false)
  })
})

describe('failed pods', () => {
  it('§4.4 are deleted at once, then after 1 s, 2 s, 4 s …', () => {
    const { of } = play({
      nodes: [node('n1')],
      acts: [
        [0, create(manifest())],
        ...Array.from({ length: 400 }, (_, i): readonly [number, Act] => [
          seconds(20) + i * 100,
          (view) => {
            const pod = [...view.pods.values()].find(({ phase, node }) => phase === 'Pending' && node !== '')
            return pod === undefined ? [] : [PodFailed({ pod: pod.key, reason: 'OutOfcpu' })]
          },
        ]),
        // Nobody runs these pods, so that they fail only when told to.
        [seconds(20) - 1, (view) => [NodeFailed({ node: 'n1' }), PodFailed({ pod: podOn(view, 'n1').key })]],
      ],
    })
    const found = of({ kind: 'FailedDaemonPodFound' } as AnyEventDefinition)
    const waits = found.slice(1).map(({ at }, i) => Math.floor((at - found[i]!.at) / 1_000))
    expect(waits).toEqual([1, 2, 4, 8, 16])
  })
})

describe('rolling update', () => {
  const v2 = (spec: Readonly<Record<string, unknown>> = {}): DaemonSet => manifest({}, spec, 'luksa/ssd-monitor:2')
  const limits = (rollingUpdate: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> => ({
    updateStrategy: { type: 'RollingUpdate', rollingUpdate },
  })
  const fewest = (played: Played, what: (view: ClusterView) => number): number[] => [what(played.view)]

  const rollout = (spec: Readonly<Record<string, unknown>>, after = minutes(5)): Played & { seen: number[][] } => {
    const seen: number[][] = []
    const count: Act = (view) => {
      const pods = [...view.pods.values()]
      const available = pods.filter(
        ({ deletion, conditions }) =>
          deletion === undefined && conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
      )
      seen.push([available.length, pods.filter(({ deletion }) => deletion === undefined).length])
      return undefined
    }
    const played = play({
      nodes: [...three, node('n4')],
      acts: [
        [0, create(manifest({}, spec))],
        [minutes(1), change(v2(spec))],
        ...Array.from({ length: Math.floor(after / 200) }, (_, i): readonly [number, Act] => [
          minutes(1) + i * 200,
          count,
        ]),
        [minutes(1) + after, look],
      ],
    })
    return { ...played, seen }
  }
  const images = (view: ClusterView): readonly string[] => [
    ...new Set([...view.pods.values()].map(({ template }) => template.spec.containers[0]?.image ?? '')),
  ]
  const least = (seen: readonly number[][]): number => Math.min(...seen.map(([available = 0]) => available))
  const most = (seen: readonly number[][]): number => Math.max(...seen.map(([, pods = 0]) => pods))

  it('§4.5 replaces one pod after the other by default, old ones first gone', () => {
    const { view, seen } = rollout({})
    expect(images(view)).toEqual(['luksa/ssd-monitor:2'])
    expect([least(seen), most(seen)]).toEqual([3, 4])
    expect(view.daemonSets.get(KEY)?.status.updatedNumberScheduled).toBe(4)
  })

  it.each([
    ['2', 2, 2],
    ['50%', '50%', 2],
    ['30%, rounded up', '30%', 2],
    ['100%', '100%', 0],
  ])('§4.5 lets maxUnavailable %s be without a pod', (_title, maxUnavailable, available) => {
    const { view, seen } = rollout(limits({ maxUnavailable }))
    expect(images(view)).toEqual(['luksa/ssd-monitor:2'])
    expect(least(seen)).toBe(available)
  })

  it.each([
    ['1', 1, 5],
    ['50%', '50%', 6],
    ['30%, rounded up', '30%', 6],
  ])('§4.5 with maxSurge %s never has a node without an available pod', (_title, maxSurge, pods) => {
    const { view, seen } = rollout(limits({ maxUnavailable: 0, maxSurge }))
    expect(images(view)).toEqual(['luksa/ssd-monitor:2'])
    expect([least(seen), most(seen)]).toEqual([4, pods])
    expect(standing(view)).toBe('n1: Running, n2: Running, n3: Running, n4: Running')
  })

  it('§4.5 waits for minReadySeconds before the next one', () => {
    const { view, of } = rollout({ minReadySeconds: 30 }, seconds(100))
    const deleted = of(PodMarkedForDeletion)
    expect(deleted).toHaveLength(3)
    for (let i = 1; i < deleted.length; i++) expect(deleted[i]!.at - deleted[i - 1]!.at).toBeGreaterThan(30_000)
    expect(images(view)).toHaveLength(2)
  })

  it('§4.5 stands still when the new pods never become available', () => {
    const probed = (image: string): DaemonSet =>
      apiObject({
        ...manifest(),
        spec: {
          ...manifest().spec,
          template: {
            metadata: { labels: { app: 'monitor' } },
            spec: { containers: [{ name: 'main', image, readinessProbe: { httpGet: { port: 80 } } }] },
          },
        },
      }) as DaemonSet
    const played = play({
      nodes: three,
      behaviorOf: ({ image }) => ({
        startup: { constant: 0 },
        probes: { readiness: { by: 'time', steps: [{ from: 0, status: image === 'broken' ? 500 : 200 }] } },
      }),
      acts: [
        [0, create(probed('fine'))],
        [minutes(1), change(probed('broken'))],
        [minutes(20), look],
      ],
    })
    expect(statusOf(played.view)).toEqual([3, 3, 0, 2, 2])
    expect(played.of(PodMarkedForDeletion)).toHaveLength(1)
    expect(played.view.daemonSets.get(KEY)?.status.updatedNumberScheduled).toBe(1)
  })

  it('§4.5 OnDelete changes no pod by itself, and gives the new template to the next', () => {
    const spec = { updateStrategy: { type: 'OnDelete' } }
    const played = play({
      nodes: three,
      acts: [
        [0, create(manifest({}, spec))],
        [minutes(1), change(v2(spec))],
        [minutes(3), (view) => deletePod(podOn(view, 'n2'))],
        [minutes(5), look],
      ],
    })
    expect(played.of(PodMarkedForDeletion)).toHaveLength(1)
    expect(podOn(played.view, 'n2').template.spec.containers[0]?.image).toBe('luksa/ssd-monitor:2')
    expect(podOn(played.view, 'n1').template.spec.containers[0]?.image).toBe('luksa/ssd-monitor')
    expect(fewest(played, ({ daemonSets }) => daemonSets.get(KEY)!.status.updatedNumberScheduled)).toEqual([1])
  })

  it('§4.6 keeps one revision a template, and raises the one that comes back', () => {
    const played = play({
      nodes: three,
      acts: [
        [0, create(manifest())],
        [minutes(1), change(v2())],
        [minutes(5), change(manifest())],
        [minutes(10), look],
      ],
    })
    const revisions = [...played.view.controllerRevisions.values()].map(({ revision }) => revision)
    expect(revisions).toEqual([3, 2])
    expect(played.of(controllerRevisionEvents.Renumbered)).toHaveLength(1)
    expect(images(played.view)).toEqual(['luksa/ssd-monitor'])
  })

  it('§4.2 a pod of the revision that came back is updated already, whatever its generation', () => {
    const played = play({
      nodes: three,
      acts: [
        [0, create(manifest())],
        [minutes(1), change(v2({ updateStrategy: { type: 'OnDelete' } }))],
        [minutes(2), change(manifest())],
        [minutes(5), look],
      ],
    })
    expect(played.of(PodMarkedForDeletion)).toHaveLength(0)
    expect(played.view.daemonSets.get(KEY)?.templateGeneration).toBe(3)
  })

  it('§4.6 keeps as many old revisions as the limit says, the newest', () => {
    const at = (i: number): DaemonSet => manifest({}, { revisionHistoryLimit: 2 }, `monitor:${i}`)
    const played = play({
      nodes: [node('n1')],
      acts: [
        [0, create(at(0))],
        ...[1, 2, 3, 4].map((i): readonly [number, Act] => [minutes(i), change(at(i))]),
        [minutes(6), look],
      ],
    })
    expect([...played.view.controllerRevisions.values()].map(({ revision }) => revision)).toEqual([3, 4, 5])
  })
})

describe('the sync', () => {
  it('§1.9 makes 30 pods at once and then 20 a second, the client’s rate', () => {
    const nodes = Array.from({ length: 80 }, (_, i) => node(`n${i}`))
    const { of } = stage({ nodes })
    const first = of(PodCreated)[0]!.at
    expect(of(PodCreated).filter(({ at }) => at < first + 400).length).toBeLessThanOrEqual(38)
    expect(of(PodCreated)).toHaveLength(80)
    expect(of(PodCreated)[79]!.at - first).toBeGreaterThan(2_000)
  })

  it('§1.5 makes at most 250 in one', () => {
    const nodes = Array.from({ length: 300 }, (_, i) => node(`n${i}`))
    const { of } = play({
      nodes,
      flags: { 'daemonset-controller': { 'kube-api-qps': 100_000, 'kube-api-burst': 100_000 } },
      acts: [
        [0, create(manifest())],
        [minutes(1), look],
      ],
    })
    const first = of(PodCreated)[0]!.at
    expect(of(PodCreated).filter(({ at }) => at === first)).toHaveLength(250)
    expect(of(PodCreated)).toHaveLength(300)
  })

  it('has nothing to say when nothing is missing', () => {
    const { entries } = stage({ after: minutes(30) })
    const late = entries.filter(({ at, by }) => at > minutes(2) && by === 'daemonset-controller')
    expect(late).toEqual([])
  })

  it('§4.7 writes a status that only counts pods that were there before it', () => {
    const { of } = stage({})
    expect(of(daemonSetEvents.StatusReported)[0]?.event).toMatchObject({
      desiredNumberScheduled: 3,
      currentNumberScheduled: 0,
      numberUnavailable: 3,
      observedGeneration: 1,
    })
  })

  it('§1.3 tells of each pod that it makes and removes', () => {
    const { said } = stage({ nodes: [node('n1')], next: (view) => [PodFailed({ pod: podOn(view, 'n1').key })] })
    expect(said('DaemonSet').map((event) => event.replace(/monitor-[a-z0-9]{5}/, 'monitor-…'))).toEqual([
      'Normal SuccessfulCreate Created pod: monitor-…',
      'Warning FailedDaemonPod Found failed daemon pod shop/monitor-… on node n1, will try to kill it',
      'Normal SuccessfulDelete Deleted pod: monitor-…',
      'Normal SuccessfulCreate Created pod: monitor-…',
    ])
  })

  it('§1.3 says why the API server refuses a pod, and tries again, later each time', () => {
    const { said, of } = stage({
      set: manifest({ priorityClassName: 'none' }),
      nodes: [node('n1')],
      after: seconds(60),
    })
    const complaint = 'Error creating: pods "monitor-…" is forbidden: no PriorityClass with name none was found'
    // Another name at each try, so another Event, until there are ten that are alike.
    // Source: k8s.io/client-go/tools/record/events_cache.go, EventAggregate.
    expect(said('DaemonSet').map((event) => event.replace(/monitor-[a-z0-9]{5}/, 'monitor-…'))).toEqual([
      ...Array.from({ length: 9 }, () => `Warning FailedCreate ${complaint}`),
      `Warning FailedCreate (combined from similar events): ${complaint}`,
    ])
    const tried = of({ kind: 'DaemonSetSyncFailed' } as AnyEventDefinition).map(({ at }) => at)
    expect(tried.length).toBeGreaterThan(10)
    expect(tried[11]! - tried[10]!).toBe(5 * 2 ** 10)
  })

  it('is listed as kubectl lists it', () => {
    const { table } = stage({ nodes: [node('n1', ssd), node('n2')], set: onSsd })
    expect(table('ds', 'controllerrevisions')).toMatchInlineSnapshot(`
      "NAME                     DESIRED   CURRENT   READY   UP-TO-DATE   AVAILABLE   NODE SELECTOR   AGE
      daemonset.apps/monitor   1         1         1       1            1           disk=ssd        3m

      NAME                                         CONTROLLER               REVISION   AGE
      controllerrevision.apps/monitor-668f6d96db   daemonset.apps/monitor   1          3m
      "
    `)
  })

  it('shows the object as kubectl does', () => {
    const { view } = stage({})
    const shown = findObject(view, 'DaemonSet', 'shop', 'monitor')?.render()
    expect(shown).toMatchObject({
      metadata: { annotations: { 'deprecated.daemonset.template.generation': '1' }, generation: 1 },
      spec: { revisionHistoryLimit: 10, updateStrategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } } },
      status: { desiredNumberScheduled: 3, numberMisscheduled: 0, numberReady: 3, observedGeneration: 1 },
    })
  })
})

describe('taints that come and go', () => {
  it('§4.3 bring the pod back', () => {
    const { view } = play({
      nodes: three,
      acts: [
        [0, create(manifest())],
        [minutes(1), emitting(NodeTainted({ node: 'n1', taint: { key: 'gpu', effect: 'NoExecute' } }))],
        [minutes(2), emitting(NodeUntainted({ node: 'n1', key: 'gpu' }))],
        [minutes(3), look],
      ],
    })
    expect(standing(view)).toBe('n1: Running, n2: Running, n3: Running')
  })
  it('§4.3 a node that comes back under its name has a pod again', () => {
    const { view, of } = play({
      nodes: three,
      acts: [
        [0, create(manifest())],
        [minutes(1), emitting(NodeDeleted({ node: 'n1' }))],
        [minutes(4), emitting(node('n1'))],
        [minutes(6), look],
      ],
    })
    expect(of(NodeCreated)).toHaveLength(4)
    expect(standing(view)).toBe('n1: Running, n2: Running, n3: Running')
  })
})

it('§4.7 counts what is there, however labels, taints, pods and nodes came and went', () => {
  const names = ['n1', 'n2', 'n3', 'n4', 'n5']
  for (let seed = 1; seed <= 12; seed++) {
    const draw = createDraw(seed)
    const pick = (i: number, what: string): number => Math.floor(draw(what, `${i}`) * 5)
    const acts = Array.from({ length: 40 }, (_, i): readonly [number, Act] => [
      seconds(10) + i * 2_345,
      (view) => {
        const name = names[pick(i, 'node')]!
        if (!view.nodes.has(name)) return view.nodes.has(`new-${name}`) ? [] : [node(`new-${name}`, ssd)]
        switch (pick(i, 'act')) {
          case 0:
            return [NodeLabelled({ node: name, labels: view.nodes.get(name)?.labels.disk === 'ssd' ? {} : ssd })]
          case 1:
            return view.nodes.get(name)!.taints.length > 0
              ? [NodeUntainted({ node: name, key: 'gpu' })]
              : [NodeTainted({ node: name, taint: { key: 'gpu', effect: 'NoExecute' } })]
          case 2:
            return [...view.nodes.get(name)!.pods].flatMap((pod) => deletePod(pod))
          case 3:
            return i % 3 === 0 ? [NodeDeleted({ node: name })] : []
          default:
            return change(manifest({ nodeSelector: ssd }, {}, `monitor:${i}`))(view, 0)
        }
      },
    ])
    const { view } = play({
      nodes: names.map((name) => node(name, ssd)),
      acts: [[0, create(onSsd)], ...acts, [minutes(20), look]],
    })
    const wanted = [...view.nodes.values()].filter(({ labels, taints }) => labels.disk === 'ssd' && taints.length === 0)
    expect(standing(view)).toBe(
      wanted
        .map(({ name }) => `${name}: Running`)
        .sort()
        .join(', '),
    )
    const { length } = wanted
    expect(statusOf(view)).toEqual([length, length, 0, length, length])
    expect(view.daemonSets.get(KEY)?.status.updatedNumberScheduled).toBe(length)
  }
})

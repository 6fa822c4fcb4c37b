import { clusterEvents, createClusterStore, defaultsOf } from '@wavetank/cluster'
import { type AnyEventDefinition, createDraw, createRun, type Entry, type SimEvent } from '@wavetank/kernel'
import { stored } from '@wavetank/testkit'
import { expect, it } from 'vitest'
import { type ContainerBehavior, DEFAULT_BEHAVIOR } from '../kubelet/behavior.ts'
import { controllers } from '../registry.ts'
import { issued, named, node, pod, replicaSet } from './test-cluster.ts'

/** Everything that happens when these commands come upon a cluster with every controller in it. */
const live = (
  manifests: readonly object[],
  commands: readonly (readonly [at: number, command: object])[],
  behavior: Partial<ContainerBehavior> = {},
) => {
  const entries: Entry[] = []
  const definitions: readonly AnyEventDefinition[] = [...clusterEvents, ...controllers.flatMap(({ events }) => events)]
  const begin = stored(...manifests).map((event) => ({ at: 0, by: 'given', event }))
  const run = createRun({
    model: createClusterStore(),
    controllers: controllers.map((controller) => ({
      controller,
      config: { ...defaultsOf(controller.flags), behaviorOf: () => ({ ...DEFAULT_BEHAVIOR, ...behavior }) },
    })),
    catalogue: new Map(definitions.map((definition) => [definition.kind, definition])),
    draw: createDraw(1),
    initial: [...begin, ...commands.map(([at, command]) => ({ at, by: 'given', event: issued(command as never) }))],
    horizon: 300_000,
    append: (entry) => entries.push(entry),
  })
  while (run.advance(10_000) === undefined);
  const completed = entries.filter(({ event }) => event.kind === 'KubectlCompleted')
  return {
    view: run.view,
    entries,
    /** By time and line. */
    printed: completed.map(({ at, event }) => ({ at, ...(event as SimEvent & { output: readonly string[] }) })),
  }
}

const drain = {
  verb: 'drain',
  nodes: { names: ['n1'] },
  ignoreDaemonSets: false,
  deleteEmptyDirData: false,
  force: false,
  disableEviction: false,
  podSelector: '',
}

it('drains a node: its pods come up elsewhere, and the command ends when they are gone', () => {
  const { view, printed } = live([node('n1'), node('n2'), replicaSet('web', { replicas: 4 })], [[60_000, drain]])
  const [{ at, output }] = printed as unknown as [{ at: number; output: readonly string[] }]
  const evicting = output.filter((line) => line.startsWith('evicting pod default/web-'))
  expect(evicting).toHaveLength(2)
  expect(output[0]).toBe('node/n1 cordoned')
  expect(output.filter((line) => /^pod\/web-\w+ evicted$/.test(line))).toHaveLength(2)
  expect(output.at(-1)).toBe('node/n1 drained')
  // Looked once a second, counted from the command.
  expect((at - 60_000) % 1_000).toBe(0)
  expect(at).toBeGreaterThan(60_000)
  expect([...view.pods.values()].map((pod) => pod.node)).toEqual(['n2', 'n2', 'n2', 'n2'])
})

it('drains a node to which nothing can be moved from, because a bare pod is on it, not at all', () => {
  const { view, printed } = live([node('n1'), pod('bare', { spec: { nodeName: 'n1' } })], [[60_000, drain]])
  expect(printed).toMatchObject([{ at: 60_000, exitCode: 1 }])
  expect(view.pods.get('default/bare')?.phase).toBe('Running')
  expect(view.nodes.get('n1')?.unschedulable).toBe(true)
})

it('takes one command after another, each in the cluster that the last one left, at one instant too', () => {
  const web = named('ReplicaSet', 'web')
  const scale = { verb: 'scale', targets: web, replicas: 2, currentReplicas: 1 }
  const remove = { verb: 'delete', targets: web, cascade: 'background', force: false, ignoreNotFound: false }
  const { view, printed } = live(
    [node('n1')],
    [
      [0, { verb: 'apply', manifests: [replicaSet('web', { replicas: 1 })] }],
      [10_000, scale],
      [10_000, scale],
      [60_000, remove],
      [60_000, remove],
    ],
  )
  expect(printed.map(({ output }) => output)).toEqual([
    ['replicaset.apps/web created'],
    ['replicaset.apps/web scaled'],
    ['error: Expected replicas to be 1, was 2'],
    ['replicaset.apps "web" deleted from default namespace'],
    ['Error from server (NotFound): replicasets.apps "web" not found'],
  ])
  expect(view.pods.size).toBe(0)
})

it('empties a namespace and takes it away', () => {
  const shop = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } }
  const cart = pod('cart', { metadata: { namespace: 'shop' }, spec: { nodeName: 'n1' } })
  const targets = named('Namespace', 'shop')
  const remove = { verb: 'delete', targets, cascade: 'background', force: false, ignoreNotFound: false }
  const late = { verb: 'create', manifests: [pod('late', { metadata: { namespace: 'shop' } })] }
  const { view, printed } = live(
    [node('n1'), shop, cart],
    [
      [60_000, remove],
      [60_000, late],
      [200_000, late],
    ],
  )
  expect(printed.map(({ output }) => output)).toEqual([
    ['namespace "shop" deleted'],
    [
      'Error from server (Forbidden): pods "late" is forbidden: unable to create new content in namespace shop because it is being terminated',
    ],
    ['Error from server (NotFound): namespaces "shop" not found'],
  ])
  expect(view.namespaces.has('shop')).toBe(false)
})

it('evicts a pod that has finished, which goes at once', () => {
  const done = pod('done', { spec: { nodeName: 'n1', restartPolicy: 'Never' } })
  const { view, printed } = live([node('n1'), done], [[60_000, drain]], {
    run: { for: { constant: 5_000 }, exitCode: 0 },
  })
  expect(printed).toMatchObject([
    { at: 60_000, output: ['node/n1 cordoned', 'evicting pod default/done', 'pod/done evicted', 'node/n1 drained'] },
  ])
  expect(view.pods.size).toBe(0)
})

it('leaves the pods of a deleted node to the pod garbage collector', () => {
  const remove = {
    verb: 'delete',
    targets: named('Node', 'n1'),
    cascade: 'background',
    force: false,
    ignoreNotFound: false,
  }
  const { view, entries } = live([node('n1'), pod('bare', { spec: { nodeName: 'n1' } })], [[60_000, remove]])
  const reasons = entries.flatMap(({ event }) => (event.kind === 'PodDisruptionTargeted' ? [event] : []))
  expect(reasons).toMatchObject([{ pod: 'default/bare', reason: 'DeletionByPodGC' }])
  expect(view.pods.size).toBe(0)
})

it('makes a pod that a full ReplicaSet adopts, and deletes before it has a node', () => {
  const full = replicaSet('web', { replicas: 0 })
  const { view, entries } = live([full], [[60_000, { verb: 'create', manifests: [pod('extra')] }]])
  const life = entries.filter(({ event }) => (event as unknown as { pod?: string }).pod === 'default/extra')
  expect(life.map(({ event }) => event.kind).filter((kind) => kind !== 'PodUnschedulable')).toEqual([
    'PodCreated',
    'PodAdopted',
    'PodDeleted',
  ])
  expect(view.pods.size).toBe(0)
})

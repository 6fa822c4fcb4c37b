import {
  type ClusterView,
  clusterEvents,
  createClusterStore,
  createObject,
  defaultsOf,
  defineController,
  findObject,
  NamespaceCreated,
  NodeCreated,
  PodStatusReported,
} from '@wavetank/cluster'
import { apiObject } from '@wavetank/cluster/api'
import { controllers } from '@wavetank/controllers'
import { createDraw, createRun, defineEvent, type Entry, emit, type SimEvent } from '@wavetank/kernel'
import { foldKubeEvents } from '@wavetank/report'
import { isLeft } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'

/**
 * A cluster whose pods are moved by hand: only the EndpointSlice controller and the garbage collector act in it.
 */

export type Do = (view: ClusterView, at: number) => readonly SimEvent[]

export interface ServiceRun {
  readonly view: ClusterView
  readonly entries: readonly Entry[]
  /** core/v1 Events about Services, as `Warning Reason message`. */
  readonly said: readonly string[]
}

const ActDue = defineEvent('ActDue', { doc: 'The test does something.', data: { act: t.number } })

export const NODES = ['n1', 'n2'] as const
const ACTING: readonly string[] = ['endpointslice-controller', 'generic-garbage-collector']

export const nodeCreated = (node: string, labels: Readonly<Record<string, string>> = {}): SimEvent =>
  NodeCreated({ node, uid: `uid-${node}`, object: { metadata: { name: node, labels } } })

/** What the API server makes of a manifest; it must not refuse it. */
export const store =
  (...manifests: readonly Readonly<Record<string, unknown>>[]): Do =>
  (view, at) =>
    manifests.flatMap((manifest) => {
      const created = createObject(view, at, apiObject(manifest))
      if (isLeft(created)) throw new Error(created.left.message)
      return created.right
    })

export const service = (
  name: string,
  spec: Readonly<Record<string, unknown>>,
  metadata: Readonly<Record<string, unknown>> = {},
): Readonly<Record<string, unknown>> => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'shop', ...metadata },
  spec: { ports: [{ port: 80 }], ...spec },
})

export interface PodOptions {
  readonly labels?: Readonly<Record<string, string>>
  readonly node?: string
  readonly spec?: Readonly<Record<string, unknown>>
  readonly containers?: readonly Readonly<Record<string, unknown>>[]
}

/** Stores a pod on a node; it has no address before it reports. */
export const pod = (
  name: string,
  { labels = { app: 'web' }, node = 'n1', spec = {}, containers }: PodOptions = {},
): Do =>
  store({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'shop', labels },
    spec: { nodeName: node, containers: containers ?? [{ name: 'main', image: 'web:1' }], ...spec },
  })

export interface Report {
  readonly ready?: boolean
  readonly ip?: string | undefined
  readonly phase?: 'Pending' | 'Running' | 'Succeeded' | 'Failed'
}

export const reported = (name: string, { ready = true, ip = '10.244.0.9', phase = 'Running' }: Report = {}): SimEvent =>
  PodStatusReported({ pod: `shop/${name}`, phase, ready, ip, containers: [] })

/** Pods `web-0`, `web-1` … with addresses of their own, all of them ready. */
export const readyPods =
  (count: number, from = 0): Do =>
  (view, at) =>
    Array.from({ length: count }, (_, i) => [
      ...pod(`web-${from + i}`)(view, at).filter(({ kind }) => i === 0 || kind !== 'PodTemplateRecorded'),
      reported(`web-${from + i}`, { ip: `10.244.1.${from + i}` }),
    ]).flat()

export const happens =
  (...events: readonly SimEvent[]): Do =>
  () =>
    events

/** Does one thing after the other, at these seconds, and looks at the cluster some seconds after the last. */
export const stage = (
  acts: readonly (readonly [second: number, act: Do])[],
  options: { readonly flags?: Readonly<Record<string, unknown>>; readonly until?: number; readonly seed?: number } = {},
): ServiceRun => {
  const hand = defineController<unknown, Record<string, never>>({
    name: 'test',
    doc: 'The test.',
    component: 'wavetank',
    flags: {},
    events: [ActDue],
    on: { ActDue: ({ view }, { event, at }) => (acts[event.act]?.[1](view, at) ?? []).map(emit) },
  })
  const all = [hand, ...controllers.filter(({ name }) => ACTING.includes(name))]
  const definitions = [...clusterEvents, ...all.flatMap(({ events }) => events)]
  const model = createClusterStore()
  const kubeEvents = foldKubeEvents()
  const entries: Entry[] = []
  const run = createRun<ClusterView>({
    model: {
      view: model.view,
      apply: (entry) => {
        model.apply(entry)
        kubeEvents.apply(entry, model.view)
      },
    },
    controllers: all.map((controller) => ({
      controller,
      config: { ...defaultsOf(controller.flags), ...(controller === hand ? {} : options.flags) },
    })),
    catalogue: new Map(definitions.map((definition) => [definition.kind, definition])),
    draw: createDraw(options.seed ?? 1),
    initial: [
      ...[
        NamespaceCreated({ namespace: 'shop', uid: 'uid-shop', labels: {} }),
        ...NODES.map((node) => nodeCreated(node)),
      ].map((event) => ({ at: 0, by: 'test', event })),
      ...acts.map(([second], act) => ({ at: second * 1_000, by: 'test', event: ActDue({ act }) })),
    ],
    horizon: (options.until ?? Math.max(...acts.map(([second]) => second)) + 5) * 1_000,
    append: (entry) => entries.push({ ...entry }),
  })
  while (run.advance(100_000) === undefined);
  return {
    view: run.view,
    entries,
    said: kubeEvents
      .events(run.now())
      .filter(({ involvedObject }) => involvedObject.kind === 'Service')
      .map(({ type, reason, message }) => `${type} ${reason} ${message}`),
  }
}

/** The slices of the cluster as the API shows them. */
export const slicesIn = (view: ClusterView) =>
  [...view.endpointSlices.values()].map(({ namespace, name }) =>
    findObject(view, 'EndpointSlice', namespace, name)?.render(),
  ) as unknown as readonly {
    readonly metadata: {
      readonly name: string
      readonly labels: Readonly<Record<string, string>>
      readonly ownerReferences?: unknown
    }
    readonly addressType: string
    readonly ports: readonly Readonly<Record<string, unknown>>[]
    readonly endpoints: readonly {
      readonly addresses: readonly string[]
      readonly conditions: Readonly<Record<string, boolean>>
      readonly hostname?: string
      readonly nodeName?: string
      readonly zone?: string
      readonly targetRef?: { readonly name: string; readonly uid: string }
    }[]
  }[]

/** `web-0: ready serving`, for every endpoint there is. */
export const endpointsIn = (view: ClusterView): readonly string[] =>
  slicesIn(view).flatMap(({ endpoints }) =>
    endpoints.map(({ targetRef, conditions }) => {
      const set = Object.keys(conditions).filter((condition) => conditions[condition] === true)
      return `${targetRef?.name}: ${set.join(' ')}`
    }),
  )

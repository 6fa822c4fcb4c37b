import {
  type ClusterController,
  type ClusterView,
  clusterEvents,
  createClusterStore,
  createObject,
  defaultsOf,
  defineController,
  deleteObject,
  NamespaceCreated,
  NodeCreated,
  nameOf,
  namespaceOf,
  storedObject,
  updateObject,
} from '@wavetank/cluster'
import { type ApiObject, apiObject } from '@wavetank/cluster/api'
import { type BehaviorOf, controllers, DEFAULT_BEHAVIOR } from '@wavetank/controllers'
import {
  type AnyEventDefinition,
  createDraw,
  createRun,
  defineEvent,
  type Entry,
  emit,
  type Model,
  type SimEvent,
} from '@wavetank/kernel'
import { foldKubeEvents, getTable } from '@wavetank/report'
import { type Either, isLeft } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'

/**
 * A cluster with every controller, played by hand: at given times something is done to it or looked at.
 */

/** What is done, as events; or nothing, where it only looks. */
export type Act = (view: ClusterView, at: number) => readonly SimEvent[] | undefined

export interface StageOptions {
  readonly nodes?: readonly SimEvent[]
  readonly behaviorOf?: BehaviorOf
  readonly seed?: number
  readonly flags?: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  /** Names of the controllers that act; all of them without it. */
  readonly acting?: readonly string[] | undefined
  /** Milliseconds from the start. */
  readonly acts: readonly (readonly [at: number, act: Act])[]
}

export interface Played {
  readonly view: ClusterView
  readonly entries: readonly Entry[]
  /** core/v1 Events about objects of a kind: `Normal Killing Stopping container app`. */
  readonly said: (kind: string) => readonly string[]
  /** What `kubectl get` would print. */
  readonly table: (...kinds: readonly string[]) => string
  /** Entries of one kind, in order. */
  readonly of: <D extends AnyEventDefinition>(definition: D) => readonly Entry<ReturnType<D>>[]
}

const ActDue = defineEvent('ActDue', { doc: 'The test does something.', data: { act: t.number } })

export const seconds = (n: number): number => n * 1_000
export const minutes = (n: number): number => n * 60_000

/** On every node from the beginning, for tests in which no pull may take time: with policy Never they start at once. */
const IMAGES = ['luksa/batch-job', 'busybox'].map((name) => ({ names: [name], sizeBytes: 1 }))

export const node = (
  name: string,
  labels: Readonly<Record<string, string>> = {},
  spec: Readonly<Record<string, unknown>> = {},
): SimEvent =>
  NodeCreated({
    node: name,
    uid: `uid-${name}`,
    object: {
      apiVersion: 'v1',
      kind: 'Node',
      metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
      spec,
      status: { capacity: { cpu: '4', memory: '8Gi', pods: '110' }, images: IMAGES },
    },
  })

/** The events of a request that the API server does not refuse. */
export const done = (result: Either<{ readonly message: string }, readonly SimEvent[]>): readonly SimEvent[] => {
  if (isLeft(result)) throw new Error(result.left.message)
  return result.right
}

/** Creates objects from their manifests, in the namespace `shop` unless they say otherwise. */
export const create =
  (...manifests: readonly Readonly<Record<string, unknown>>[]): Act =>
  (view, at) =>
    manifests.flatMap((manifest) => done(createObject(view, at, apiObject(manifest))))

/** Deletes an object as kubectl does, in the background unless it is told otherwise. */
export const remove =
  (kind: string, name: string, propagation: 'Background' | 'Foreground' | 'Orphan' = 'Background'): Act =>
  (view) =>
    done(deleteObject(view, { kind, namespace: kind === 'PersistentVolume' ? '' : 'shop', name }, { propagation }))

/** Replaces the spec of an object, or a part of it. */
export const respec =
  (kind: string, key: string, spec: Readonly<Record<string, unknown>>): Act =>
  (view) => {
    const object = stored(view, kind, key) as unknown as { readonly spec: Readonly<Record<string, unknown>> }
    return done(updateObject(view, apiObject({ ...object, spec: { ...object.spec, ...spec } })))
  }

export const emitting =
  (...events: readonly SimEvent[]): Act =>
  () =>
    events

/** Nothing is done: the run only gets as far as this. */
export const look: Act = () => undefined

/** The object as `kubectl get` would read it. */
export const stored = (view: ClusterView, kind: string, key: string): ApiObject => {
  const object = storedObject(view, { kind, namespace: namespaceOf(key), name: nameOf(key) })
  if (object === undefined) throw new Error(`no ${kind} ${key}`)
  return object
}

/** Plays until the last act. */
export const play = ({ nodes = [], behaviorOf, seed = 1, flags = {}, acting, acts }: StageOptions): Played => {
  const hand = defineController<unknown, Record<string, never>>({
    name: 'test',
    doc: 'The test.',
    component: 'wavetank',
    flags: {},
    events: [ActDue],
    on: { ActDue: ({ view }, { event, at }) => (acts[event.act]?.[1](view, at) ?? []).map(emit) },
  })
  const chosen = controllers.filter(({ name }) => acting === undefined || acting.includes(name))
  const all: readonly ClusterController[] = [hand, ...chosen]
  const definitions: readonly AnyEventDefinition[] = [...clusterEvents, ...all.flatMap(({ events }) => events)]
  const entries: Entry[] = []
  const store = createClusterStore()
  const kubeEvents = foldKubeEvents()
  const model: Model<ClusterView> = {
    view: store.view,
    apply: (entry) => {
      store.apply(entry)
      kubeEvents.apply(entry, store.view)
    },
  }
  const first = [NamespaceCreated({ namespace: 'shop', uid: 'uid-shop', labels: {} }), ...nodes]
  const run = createRun<ClusterView>({
    model,
    controllers: all.map((controller) => ({
      controller,
      config: {
        ...defaultsOf(controller.flags),
        ...(controller.name === 'kubelet' ? { behaviorOf: behaviorOf ?? (() => DEFAULT_BEHAVIOR) } : {}),
        ...flags[controller.name],
      },
    })),
    catalogue: new Map(definitions.map((definition) => [definition.kind, definition])),
    draw: createDraw(seed),
    initial: [
      ...first.map((event) => ({ at: 0, by: 'test', event })),
      ...acts.map(([at], act) => ({ at, by: 'test', event: ActDue({ act }) })),
    ],
    horizon: Math.max(...acts.map(([at]) => at)),
    append: (entry) => entries.push({ ...entry }),
  })
  while (run.advance(100_000) === undefined);
  return {
    view: run.view,
    entries,
    said: (kind) =>
      kubeEvents
        .events(run.now())
        .filter(({ involvedObject }) => involvedObject.kind === kind)
        .map(({ type, reason, message }) => `${type} ${reason} ${message}`),
    table: (...kinds) => getTable(run.view, run.now(), { kinds, namespace: 'shop' }).text,
    of: <D extends AnyEventDefinition>({ kind }: D) =>
      entries.filter(({ event }) => event.kind === kind) as unknown as readonly Entry<ReturnType<D>>[],
  }
}

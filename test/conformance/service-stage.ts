import { type ClusterView, findObject, NodeCreated, PodStatusReported } from '@wavetank/cluster'
import type { Entry, SimEvent } from '@wavetank/kernel'
import { type Act, create, look, play, seconds } from './stage.ts'

/**
 * A cluster whose pods are moved by hand: only the EndpointSlice controller and the garbage collector act in it.
 */

export interface ServiceRun {
  readonly view: ClusterView
  readonly entries: readonly Entry[]
  /** core/v1 Events about Services, as `Warning Reason message`. */
  readonly said: readonly string[]
}

export const NODES = ['n1', 'n2'] as const
const ACTING: readonly string[] = ['endpointslice-controller', 'generic-garbage-collector']

export const nodeCreated = (node: string, labels: Readonly<Record<string, string>> = {}): SimEvent =>
  NodeCreated({ node, uid: `uid-${node}`, object: { metadata: { name: node, labels } } })

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
): Act =>
  create({
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
  (count: number, from = 0): Act =>
  (view, at) =>
    Array.from({ length: count }, (_, i) => [
      ...(pod(`web-${from + i}`)(view, at) ?? []).filter(({ kind }) => i === 0 || kind !== 'PodTemplateRecorded'),
      reported(`web-${from + i}`, { ip: `10.244.1.${from + i}` }),
    ]).flat()

/** Does one thing after the other, at these seconds, and looks at the cluster some seconds after the last. */
export const stage = (
  acts: readonly (readonly [second: number, act: Act])[],
  options: { readonly flags?: Readonly<Record<string, unknown>>; readonly until?: number; readonly seed?: number } = {},
): ServiceRun => {
  const until = options.until ?? Math.max(...acts.map(([second]) => second)) + 5
  const { view, entries, said } = play({
    nodes: NODES.map((node) => nodeCreated(node)),
    seed: options.seed ?? 1,
    acting: ACTING,
    flags: Object.fromEntries(ACTING.map((name) => [name, options.flags ?? {}])),
    acts: [...acts.map(([second, act]) => [seconds(second), act] as const), [seconds(until), look]],
  })
  return { view, entries, said: said('Service') }
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

import {
  ClusterConfigured,
  createClusterStore,
  createPod,
  DEFAULT_SETTINGS,
  defaultsOf,
  InertObjectCreated,
  keyOf,
  NamespaceCreated,
  NodeCreated,
  type PodSpec,
  priorityClassEvents,
  serviceEvents,
} from '@wavetank/cluster'
import { createDraw, type Entry, type SimEvent } from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'
import { kubeScheduler } from '../../../packages/controllers/src/kube-scheduler/kube-scheduler.ts'
import {
  applyOwn,
  type Config,
  flags,
  initialOwn,
  type Own,
} from '../../../packages/controllers/src/kube-scheduler/own.ts'

/** A cluster in the state that a test needs, with the scheduler’s memory of it. */
export interface TestCluster {
  readonly view: ReturnType<typeof createClusterStore>['view']
  readonly own: Own
  readonly config: Config
  readonly happen: (event: SimEvent, at?: number) => Entry
  /** What the scheduler does about the last entry of `happen`. */
  readonly react: (entry: Entry, seed?: number) => readonly SimEvent[]
  readonly node: (name: string, options?: NodeOptions) => void
  readonly pod: (name: string, options?: PodOptions) => void
  readonly object: (kind: string, key: string, body: object) => void
  /** One attempt at the head of the queue, as far as its decision. */
  readonly cycle: (at?: number, seed?: number) => SimEvent | undefined
}

export interface NodeOptions {
  readonly labels?: Readonly<Record<string, string>>
  readonly taints?: readonly { readonly key: string; readonly value?: string; readonly effect: string }[]
  readonly allocatable?: Readonly<Record<string, string>>
  readonly images?: readonly { readonly names: readonly string[]; readonly sizeBytes: number }[]
  readonly unschedulable?: boolean
}

export interface PodOptions {
  readonly namespace?: string
  readonly labels?: Readonly<Record<string, string>>
  readonly node?: string
  readonly requests?: Readonly<Record<string, string>>
  readonly spec?: Partial<PodSpec>
  readonly images?: readonly string[]
  readonly ports?: readonly number[]
  readonly owner?: { readonly apiVersion: string; readonly kind: string; readonly name: string; readonly uid: string }
}

/** What a cycle ends with. */
const DECISIONS: ReadonlySet<string> = new Set(['PodBound', 'PodUnschedulable', 'VolumeBindingBegun'])

export const createTestCluster = (configuration?: Config['configuration']): TestCluster => {
  const store = createClusterStore()
  const config: Config = { ...defaultsOf(flags), ...(configuration === undefined ? {} : { configuration }) }
  const own = initialOwn(config)
  let seq = 0
  const happen = (event: SimEvent, at = 0, by = 'default-scheduler'): Entry => {
    const entry: Entry = { seq, at, cause: null, by, event }
    seq++
    store.apply(entry)
    applyOwn[event.kind]?.(own, entry as Entry<never>, store.view, config)
    return entry
  }
  const react = (entry: Entry, seed = 1): readonly SimEvent[] => {
    const scene = { view: store.view, own, config, draw: createDraw(seed) }
    const emissions = kubeScheduler.on[entry.event.kind]?.(scene, entry) ?? []
    return emissions.flatMap(({ event }) => event ?? [])
  }
  happen(ClusterConfigured({ settings: DEFAULT_SETTINGS as never }))
  const namespaces = new Set<string>()
  const node: TestCluster['node'] = (
    name,
    { labels = {}, taints = [], allocatable = {}, images = [], ...spec } = {},
  ) => {
    const amounts = { cpu: '4', memory: '16Gi', pods: '110', ...allocatable }
    happen(
      NodeCreated({
        node: name,
        uid: `node-${name}`,
        object: {
          metadata: { name, labels: { 'kubernetes.io/hostname': name, ...labels } },
          spec: { taints, ...spec },
          status: { capacity: amounts, allocatable: amounts, images },
        },
      }),
    )
  }
  /** Priority comes from a class; there is one for every number that a test names. */
  const priorityClass = (value: number, preemptionPolicy = 'PreemptLowerPriority'): string => {
    const name = `priority-${value}-${preemptionPolicy.toLowerCase()}`
    if (!store.view.priorityClasses.has(keyOf('', name))) {
      const policy = preemptionPolicy as 'PreemptLowerPriority' | 'Never'
      happen(
        priorityClassEvents.Created({
          object: keyOf('', name),
          uid: name,
          labels: {},
          annotations: {},
          value,
          preemptionPolicy: policy,
        }),
      )
    }
    return name
  }
  const pod: TestCluster['pod'] = (name, options = {}) => {
    const { namespace = 'shop', labels = {}, requests, spec = {}, images = ['busybox:1'], ports = [] } = options
    if (!namespaces.has(namespace)) {
      namespaces.add(namespace)
      happen(NamespaceCreated({ namespace, uid: namespace, labels: {} }))
    }
    const containers = images.map((image, i) => ({
      name: `c${i}`,
      image,
      imagePullPolicy: 'IfNotPresent' as const,
      resources: i === 0 && requests !== undefined ? { requests } : {},
      ports: i === 0 ? ports.map((port) => ({ containerPort: port, hostPort: port, protocol: 'TCP' as const })) : [],
    }))
    const { priority, preemptionPolicy, ...rest } = spec
    const priorityClassName = priority === undefined ? undefined : priorityClass(priority, preemptionPolicy)
    const full = {
      containers,
      ...rest,
      priorityClassName,
      ...(options.node === undefined ? {} : { nodeName: options.node }),
    }
    const content = { labels, annotations: {}, finalizers: [], spec: full as unknown as PodSpec }
    const created = createPod(store.view, 0, name, { namespace, content, owner: options.owner })
    if (isLeft(created)) throw new Error(created.left)
    for (const event of created.right) happen(event, 0, 'scenario')
  }
  const object: TestCluster['object'] = (kind, key, body) => {
    const uid = `${kind}-${key}`
    if (kind === 'Service') {
      const spec = (body as { readonly spec: never }).spec
      happen(serviceEvents.Created({ object: key, uid, labels: {}, annotations: {}, spec }))
    } else happen(InertObjectCreated({ objectKind: kind, object: key, uid, body: body as never }))
  }
  const cycle: TestCluster['cycle'] = (at = 1_000, seed = 1) => {
    const due = happen({ kind: 'SchedulingCycleDue' }, at)
    const decision = react(due, seed).find(({ kind }) => DECISIONS.has(kind))
    if (decision !== undefined) happen(decision, at)
    return decision
  }
  return { view: store.view, own, config, happen, react, node, pod, object, cycle }
}

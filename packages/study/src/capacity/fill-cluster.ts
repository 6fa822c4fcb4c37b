/**
 * How many pods of some specs a cluster holds, as cluster-capacity (kubernetes-sigs) asks it: one after another, until one
 * does not get a node.
 *
 * 1. The cluster is that of a scenario at an instant: its nodes, with what runs on them by then.
 * 2. Pods are created in the order of the proportion, `a a b a a b …`, and the scheduler decides in that order. That of
 *    several specs another order would place more is possible; it is the scheduler of this cluster that is asked.
 * 3. The first pod that gets no node ends it. What pods of higher priority could preempt does not count.
 *
 * Source: cluster-capacity, pkg/framework/simulator.go (Bind, Update, nextPod) and report.go.
 */

import { type ClusterView, podRequests } from '@wavetank/cluster'
import { type ApiObject, isKind, type JsonObject, type Pod } from '@wavetank/cluster/api'
import type { Entry, Millis, SimEvent } from '@wavetank/kernel'
import type { Scenario, TimelineEntry } from '@wavetank/scenario'
import { createTrial } from 'wavetank'
import { allocatableOf } from './steady-requests.ts'

/** A pod as it is asked for: the object, and its manifest. */
export interface PodSpecFile {
  readonly pod: Pod
  readonly manifest: JsonObject
}

export interface Filling {
  /** By spec, in the order of the specs: how many pods each node got. */
  readonly onNodes: readonly ReadonlyMap<string, number>[]
  readonly total: number
  /** Why no more: `Unschedulable`, `LimitReached`, `AdmissionControllerError`. */
  readonly failType: string
  readonly failMessage: string
}

export interface FillOptions {
  /** When the pods are created; milliseconds of the run. */
  readonly at: number
  readonly limit?: number | undefined
  readonly proportion: readonly number[]
  readonly wasInterrupted?: () => boolean
}

const LINE = 'create -f pods that fill the cluster'
const SLICE = 20_000
/** More than any cluster takes to schedule as many pods as it holds. */
const PATIENCE = 30 * 24 * 3_600_000

/** What the events that count have. */
interface Fields {
  readonly pod?: string
  readonly node?: string
  readonly message?: string
  readonly line?: string
  readonly output?: readonly string[]
}

/** The order of the specs in one turn: 2:1 is 0, 0, 1. */
const turnOf = (proportion: readonly number[]): readonly number[] =>
  proportion.flatMap((count, i) => Array.from({ length: count }, () => i))

/** No more pods than this have room, whatever runs already. */
const roomFor = (scenario: Scenario, specs: readonly PodSpecFile[], turn: readonly number[]): number => {
  const each: Record<string, number> = { pods: turn.length }
  for (const index of turn) {
    const { cpuMillis, memoryBytes, ephemeralStorageBytes, extended } = podRequests(specs[index]!.pod.spec)
    const amounts = { cpu: cpuMillis, memory: memoryBytes, 'ephemeral-storage': ephemeralStorageBytes, ...extended }
    for (const [resource, amount] of Object.entries(amounts)) each[resource] = (each[resource] ?? 0) + amount
  }
  let turns = Number.POSITIVE_INFINITY
  const nodes = scenario.nodes.map(allocatableOf)
  for (const [resource, amount] of Object.entries(each)) {
    if (amount === 0) continue
    const all = nodes.reduce((sum, has) => sum + (has[resource] ?? 0), 0)
    turns = Math.min(turns, Math.floor(all / amount))
  }
  return (turns + 1) * turn.length
}

const namespaceOf = ({ metadata }: Pod): string => metadata.namespace ?? 'default'

const cloneOf = ({ manifest, pod }: PodSpecFile, name: string): JsonObject => {
  const { nodeName: _, ...spec } = manifest.spec as JsonObject
  const { uid: __, resourceVersion: ___, generateName: ____, ...metadata } = manifest.metadata as JsonObject
  const { status: _____, ...rest } = manifest
  return { ...rest, metadata: { ...metadata, name, namespace: namespaceOf(pod) }, spec } as JsonObject
}

const withNamespaces = (objects: readonly ApiObject[], specs: readonly PodSpecFile[]): readonly ApiObject[] => {
  const known = new Set(objects.flatMap((o) => (isKind(o, 'Namespace') ? [o.metadata.name] : [])))
  const missing = [...new Set(specs.map(({ pod }) => namespaceOf(pod)))].filter((name) => !known.has(name))
  const added = missing.map(
    (name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: {} }) as unknown as ApiObject,
  )
  return [...added, ...objects]
}

/** Fills the cluster of a scenario; `undefined` if it was interrupted. */
export const fillCluster = async (
  scenario: Scenario,
  specs: readonly PodSpecFile[],
  { at, limit, proportion, wasInterrupted = () => false }: FillOptions,
): Promise<Filling | undefined> => {
  const turn = turnOf(proportion)
  const asked = Math.min(roomFor(scenario, specs, turn), limit ?? Number.POSITIVE_INFINITY)
  const keys: string[] = []
  const clones = Array.from({ length: asked }, (_, i) => {
    const spec = specs[turn[i % turn.length]!]!
    const name = `${spec.pod.metadata.name}-${i}`
    keys.push(`${namespaceOf(spec.pod)}/${name}`)
    return cloneOf(spec, name)
  })
  const entry = {
    at: at as Millis,
    action: { kind: 'kubectl', text: LINE, command: { verb: 'create', manifests: clones } },
    source: { file: '', line: 1, column: 1 },
  } satisfies TimelineEntry
  const nodes: (string | undefined)[] = []
  const index = new Map(keys.map((key, i) => [key, i]))
  let first = asked
  let failType = 'LimitReached'
  let failMessage = `Maximum number of pods simulated: ${asked}`
  const failAt = (i: number, type: string, message: string): void => {
    if (i >= first) return
    first = i
    failType = type
    failMessage = message
  }
  const onEntry = ({ event }: Entry, view: ClusterView): void => {
    const { pod = '', node, message = '', line, output = [] } = event as SimEvent & Fields
    if (event.kind === 'KubectlCompleted' && line === LINE) {
      // What is refused is not there: a quota is used up.
      const refused = keys.findIndex((key) => !view.pods.has(key))
      const why = output.find((text) => text.includes('Error')) ?? output.at(-1) ?? ''
      if (refused >= 0) failAt(refused, 'AdmissionControllerError', why)
      return
    }
    const i = index.get(pod)
    if (i === undefined) return
    if (event.kind === 'PodBound') nodes[i] ??= node
    else if (event.kind === 'PodUnschedulable') failAt(i, 'Unschedulable', message)
  }
  const trial = createTrial(
    {
      ...scenario,
      objects: withNamespaces(scenario.objects, specs),
      duration: (at + PATIENCE) as Millis,
      timeline: [...scenario.timeline.filter((other) => other.at <= at), entry],
      failures: [],
      expect: [],
    },
    { onEntry },
  )
  for (let bound = 0; bound < first; ) {
    const result = trial.advance(SLICE)
    while (bound < first && nodes[bound] !== undefined) bound++
    if (result !== undefined && bound < first) failAt(bound, 'Unschedulable', 'the scheduler has not come to it')
    await new Promise<void>((resolve) => setImmediate(resolve))
    if (wasInterrupted()) return undefined
  }
  const onNodes = specs.map(() => new Map<string, number>())
  for (let i = 0; i < first; i++) {
    const own = onNodes[turn[i % turn.length]!]!
    const node = nodes[i]!
    own.set(node, (own.get(node) ?? 0) + 1)
  }
  return { onNodes, total: first, failType, failMessage }
}

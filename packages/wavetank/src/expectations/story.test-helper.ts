import {
  type ClusterView,
  clusterEvents,
  createClusterStore,
  InertObjectCreated,
  NodeCreated,
  PodCreated,
  PodDeleted,
  PodStatusReported,
  PodTemplateRecorded,
  replicationControllerEvents,
} from '@wavetank/cluster'
import { createDraw, createRun, type Entry, type Millis, type SimEvent } from '@wavetank/kernel'
import type { SourcedExpectation } from '@wavetank/scenario'
import { expectationEvents } from './events.ts'
import { createExpectations, expectationNotices } from './expectations.ts'
import type { Verdict } from './verdicts.ts'

/** What happens when, in milliseconds. */
export type Story = readonly (readonly [at: number, ...events: readonly SimEvent[]])[]

export const template = PodTemplateRecorded({
  template: 'T',
  labels: {},
  spec: { containers: [{ name: 'app', image: 'nginx:1.27', resources: {} }] },
})

export const podCreated = (pod: string, labels?: Readonly<Record<string, string>>): SimEvent =>
  PodCreated({ pod, uid: `uid-${pod}`, template: 'T', ...(labels === undefined ? {} : { labels }) })

export const podDeleted = (pod: string): SimEvent => PodDeleted({ pod })

export const podReported = (
  pod: string,
  phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed',
  restartCount = 0,
): SimEvent =>
  PodStatusReported({
    pod,
    phase,
    ready: phase === 'Running',
    ip: '10.244.0.9',
    containers: [{ name: 'app', ready: phase === 'Running', restartCount, started: true, running: { startedAt: 0 } }],
  })

export const podRunning = (pod: string): SimEvent => podReported(pod, 'Running')

export const nodeCreated = (node: string): SimEvent =>
  NodeCreated({ node, uid: `uid-${node}`, object: { apiVersion: 'v1', kind: 'Node', metadata: { name: node } } })

export const controllerCreated = (object: string, replicas: number): SimEvent =>
  replicationControllerEvents.Created({
    object,
    uid: `uid-${object}`,
    labels: {},
    annotations: {},
    spec: { replicas, minReadySeconds: 0, selector: { matchLabels: { app: 'web' } }, template: 'T' },
  })

export const configCreated = (object: string, data: Readonly<Record<string, string>>): SimEvent =>
  InertObjectCreated({
    objectKind: 'ConfigMap',
    object,
    uid: `uid-${object}`,
    body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: {}, data },
  })

/** A cluster in which this has happened, all at t=0. */
export const clusterOf = (...events: readonly SimEvent[]): ClusterView => {
  const { view, apply } = createClusterStore()
  events.forEach((event, seq) => {
    apply({ seq, at: 0, cause: null, by: 'test', event })
  })
  return view
}

export const expectation = (
  kind: SourcedExpectation['kind'],
  expression: string,
  window: { readonly from?: number; readonly to?: number; readonly name?: string } = {},
): SourcedExpectation => ({
  kind,
  expression,
  from: (window.from ?? 0) as Millis,
  ...(window.to === undefined ? {} : { to: window.to as Millis }),
  ...(window.name === undefined ? {} : { name: window.name }),
  source: { file: 'test.yaml', line: 1, column: 1 },
})

export interface StoryRun {
  readonly entries: readonly Entry[]
  readonly verdicts: readonly Verdict[]
}

/** Runs a story with nobody in the cluster who reacts. */
export const run = (
  expectations: readonly SourcedExpectation[],
  story: Story,
  horizon = 60_000,
  duration = horizon,
): StoryRun => {
  const model = createClusterStore()
  const entries: Entry[] = []
  const held = createExpectations(expectations, horizon, model.view, duration)
  const simulation = createRun({
    model,
    controllers: [],
    catalogue: new Map([...clusterEvents, ...expectationEvents].map((definition) => [definition.kind, definition])),
    draw: createDraw(1),
    initial: [
      ...story.flatMap(([at, ...events]) => events.map((event) => ({ at, by: 'story', event }))),
      ...expectationNotices(expectations, horizon),
    ],
    horizon,
    append: (entry) => {
      entries.push(entry)
      held.seen(entry)
    },
    observe: held.observe,
  })
  while (simulation.advance(1_000) === undefined);
  return { entries, verdicts: held.verdicts() }
}

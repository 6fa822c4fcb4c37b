import type { KubectlCommand } from '@wavetank/cluster'
import type { EventOf, SimEvent } from '@wavetank/kernel'
import { type GivenOptions, given, stored, type TimedEvent } from '@wavetank/testkit'
import { type KubectlCompleted, KubectlIssued } from './events.ts'
import { kubectl } from './kubectl.ts'

/** A small cluster for the tests of the verbs, and the shortest way to run a command in it. */

type Json = Readonly<Record<string, unknown>>

export const pod = (name: string, more: { metadata?: Json; spec?: Json } = {}): Json => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', labels: { app: 'web' }, ...more.metadata },
  spec: { containers: [{ name: 'web', image: 'nginx:1.27' }], ...more.spec },
})

export const template = {
  metadata: { labels: { app: 'web' } },
  spec: { containers: [{ name: 'web', image: 'nginx' }] },
}

export const replicaSet = (name: string, spec: Json = {}): Json => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { name, namespace: 'default', labels: { app: 'web' } },
  spec: { replicas: 3, selector: { matchLabels: { app: 'web' } }, template, ...spec },
})

export const replicationController = (name: string, spec: Json = {}): Json => ({
  apiVersion: 'v1',
  kind: 'ReplicationController',
  metadata: { name, namespace: 'default', labels: { app: 'web' } },
  spec: { replicas: 3, selector: { app: 'web' }, template, ...spec },
})

export const node = (name: string, more: { metadata?: Json; spec?: Json } = {}): Json => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name, labels: { 'kubernetes.io/hostname': name }, ...more.metadata },
  spec: more.spec ?? {},
  status: { capacity: { cpu: '4', memory: '8Gi' } },
})

export const configMap = (name: string, data: Json = {}): Json => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default' },
  data,
})

export const named = (kind: string, ...names: readonly string[]) => ({
  by: 'name' as const,
  refs: names.map((name) => ({ kind, namespace: kind === 'Node' || kind === 'Namespace' ? '' : 'default', name })),
})

export const chosen = (kind: string, selector: string, namespace: string | { all: true } = 'default') => ({
  by: 'selector' as const,
  kinds: [kind],
  namespace,
  selector,
})

export const owner = (kind: string, name: string): Json => ({
  ownerReferences: [{ apiVersion: 'apps/v1', kind, name, uid: `${name}-uid`, controller: true }],
  labels: { app: 'web' },
})

export const issued = (command: KubectlCommand | Json): EventOf<typeof KubectlIssued> =>
  KubectlIssued({ line: 'kubectl …', command: command as Record<string, unknown> })

/** Runs the command in a cluster of which these manifests are all there is. */
export const run = (
  command: KubectlCommand | Json,
  manifests: readonly Json[] = [],
  events: readonly (SimEvent | TimedEvent)[] = [],
  options?: GivenOptions,
) => {
  const outcome = given(kubectl, [...stored(...manifests), ...events], options).when(issued(command))
  const completed = outcome.events.at(-1) as EventOf<typeof KubectlCompleted>
  if (completed?.kind !== 'KubectlCompleted') throw new Error('the command is not over')
  return {
    ...outcome,
    output: completed.output,
    exitCode: completed.exitCode,
    /** What it wrote. */
    written: outcome.events.slice(0, -1),
  }
}

export const kindsOf = (events: readonly SimEvent[]): readonly string[] => events.map(({ kind }) => kind)

import { join } from 'node:path'
import { type DeepReadonly, isReady, type Node, type Pod, readiness } from '@wavetank/cluster'
import { tables } from '@wavetank/export'
import { podStatus } from '@wavetank/report'
import { describe, expect, it } from 'vitest'
import { at, instantOf, logOf, type Rows, tablesOf, when } from './run.ts'

/** Stories in which much of what a table holds changes. */
const STORIES = [
  'node-failure',
  'deployment-rolling-update',
  'job-backoff',
  'stateful-set-node-failure',
  'drain-blocked',
  'oom-loop',
  'replication-controller-orphan',
  'daemon-set-rolling-update',
  'zone-outage',
]

const sorted = (texts: Iterable<string>): readonly string[] => [...texts].sort()

const podText = (pod: DeepReadonly<Pod>): string =>
  [
    pod.namespace,
    pod.name,
    pod.phase,
    podStatus(pod).status,
    isReady(pod as Pod),
    pod.node === '' ? null : pod.node,
    pod.deletion !== undefined,
  ].join(' ')

const joined = (row: Readonly<Record<string, unknown>>, names: readonly string[]): string =>
  names.map((name) => String(row[name] ?? 'null')).join(' ')

const POD = ['namespace', 'name', 'phase', 'status', 'ready', 'node', 'terminating']

const nodeText = (node: DeepReadonly<Node>): string =>
  [node.name, readiness(node as Node), node.unschedulable, node.machine.power].join(' ')

describe.each(STORIES)('the tables of %s', (story) => {
  const made = logOf(join('scenarios', `${story}.yaml`)).then(async (log) => ({ log, rows: await tablesOf(log) }))

  it('say at any instant what the log says', async () => {
    const { log, rows } = await made
    const ended = Number(rows.run![0]!.end_at)
    const instants = [0.003, 0.1, 0.31, 0.5, 0.77, 1].map((share) => Math.floor(share * ended))
    for (const instant of instants) {
      const { view } = instantOf(log, instant)
      const pods = at(rows.pod_states!, instant, ended).map((row) => joined(row, POD).replace('null', ''))
      expect(sorted(pods), when(instant)).toEqual(sorted(Array.from(view.pods.values(), (pod) => podText(pod as Pod))))
      const nodes = at(rows.node_states!, instant, ended).map((row) =>
        joined(row, ['name', 'ready', 'cordoned', 'power']),
      )
      expect(sorted(nodes), when(instant)).toEqual(sorted(Array.from(view.nodes.values(), nodeText)))
      const requests = at(rows.node_requests!, instant, ended).map((row) => joined(row, ['name', 'pods', 'cpu_millis']))
      expect(sorted(requests), when(instant)).toEqual(
        sorted(
          Array.from(view.nodes.values(), ({ name, requested }) => `${name} ${requested.pods} ${requested.cpuMillis}`),
        ),
      )
      const workloads = at(rows.workload_states!, instant, ended).map((row) =>
        joined(row, ['kind', 'namespace', 'name', 'desired', 'ready']),
      )
      const sets = [...view.deployments.values(), ...view.replicaSets.values(), ...view.replicationControllers.values()]
      const stateful = [...view.statefulSets.values()]
      const daemons = Array.from(
        view.daemonSets.values(),
        ({ kind, namespace, name, status }) =>
          `${kind} ${namespace} ${name} ${status.desiredNumberScheduled} ${status.numberReady}`,
      )
      const others = [...sets, ...stateful].map(
        ({ kind, namespace, name, replicas, status }) =>
          `${kind} ${namespace} ${name} ${replicas} ${status.readyReplicas}`,
      )
      expect(sorted(workloads), when(instant)).toEqual(sorted([...others, ...daemons]))
      const jobs = at(rows.job_states!, instant, ended).map((row) => joined(row, ['name', 'active', 'failed']))
      expect(sorted(jobs), when(instant)).toEqual(
        sorted(Array.from(view.jobs.values(), ({ name, status }) => `${name} ${status.active} ${status.failed}`)),
      )
    }
  })

  it('have one row for each entry, pod and run of a container', async () => {
    const { log, rows } = await made
    const count = (kind: string): number => rows.entries!.filter((row) => row.kind === kind).length
    expect(rows.entries!.map(({ seq }) => seq)).toEqual(rows.entries!.map((_, i) => i))
    expect(rows.run).toHaveLength(1)
    expect(rows.run![0]!.entry_count).toBe(rows.entries!.length)
    expect(rows.pods).toHaveLength(count('PodCreated'))
    expect(rows.pods!.filter(({ removed_at }) => removed_at === null)).toHaveLength(instantOf(log).view.pods.size)
    expect(rows.container_runs).toHaveLength(count('ContainerStarted'))
    expect(rows.container_runs!.filter(({ exit_code }) => exit_code !== null)).toHaveLength(count('ContainerExited'))
    expect(rows.actions!.map(({ seq }) => seq)).toEqual(
      rows
        .entries!.filter(({ kind }) => /^(KubectlIssued|DisruptionDue|OutageDue)$/.test(String(kind)))
        .map(({ seq }) => seq),
    )
    for (const row of rows.entries!) expect(() => JSON.parse(String(row.data))).not.toThrow()
  })
})

it('every column is documented, and has a name that SQL takes as it stands', async () => {
  const rows: Rows = await tablesOf(await logOf('scenarios/node-failure.yaml'))
  for (const { name, doc, columns } of tables) {
    expect(rows[name], name).toBeDefined()
    expect(doc).toMatch(/^[A-Z].*\.$/)
    for (const [column, { doc: meaning }] of Object.entries(columns)) {
      expect(column).toMatch(/^[a-z][a-z_]*$/)
      expect(meaning, `${name}.${column}`).toMatch(/[.…]$/)
    }
  }
})

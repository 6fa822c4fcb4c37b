import { serialize } from 'node:v8'
import { formatMillis, type Millis } from '@wavetank/kernel'
import { decodeScenario, formatIssues, type Scenario } from '@wavetank/scenario'
import { isLeft } from 'fp-ts/lib/Either.js'
import {
  createTrial,
  planOf,
  planWith,
  type RunPlan,
  scenarioOptions,
  simulatePlan,
  type Trial,
  tryFrom,
  tryPlan,
} from 'wavetank'
import { type Bench, formatTimed, type Measurement, type Timed, timed } from './bench.ts'

/**
 * One cluster with a node that fails late, now here, now there: each of these runs from the beginning, and forked from
 * snapshots of the one run that has no fault. The ends of both have to be the same.
 */

interface Size {
  readonly nodes: number
  readonly pods: number
  readonly hours: number
  readonly faults: number
}

const HOUR = 3_600_000
const PODS_PER_DEPLOYMENT = 20

const deployment = (name: string, replicas: number): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: {
        containers: [
          {
            name: 'main',
            image: 'example/app:1',
            resources: { requests: { cpu: '500m', memory: '256Mi' } },
            readinessProbe: { httpGet: { path: '/healthz', port: 8080 } },
          },
        ],
      },
    },
  },
})

const scenarioOf = ({ nodes, pods, hours }: Size): Scenario => {
  const file = {
    apiVersion: 'wavetank.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: 'forks' },
    duration: `${hours}h`,
    nodes: [{ name: 'n', count: nodes, zones: ['a', 'b', 'c'], capacity: { cpu: '8', memory: '32Gi', pods: '110' } }],
    manifests: Array.from({ length: Math.ceil(pods / PODS_PER_DEPLOYMENT) }, (_, i) =>
      deployment(`app-${i}`, Math.min(PODS_PER_DEPLOYMENT, pods - i * PODS_PER_DEPLOYMENT)),
    ),
    behaviors: [{ crash: { after: { exponential: { mean: '12h' } } } }],
    expect: [{ name: 'most pods are ready', always: `pods.filter(p, ready(p)).size() > ${pods * 0.8}`, after: '1h' }],
  }
  const input = { file: 'forks.json', text: JSON.stringify(file), resolved: new Map(), texts: new Map() }
  const decoded = decodeScenario(input, scenarioOptions)
  if (isLeft(decoded)) throw new Error(formatIssues(decoded.left))
  return decoded.right.scenario
}

interface Finished {
  readonly entries: number
  readonly verdicts: string
}

const finish = (trial: Trial): Finished => {
  for (;;) {
    const result = trial.advance(1_000_000)
    if (result !== undefined)
      return {
        entries: result.end.entries,
        verdicts: result.verdicts.map(({ verdict, at }) => `${verdict} ${at}`).join(),
      }
  }
}

interface Faulty {
  readonly at: number
  readonly plan: RunPlan
}

/** Each fault has an instant of its own in the last third of the run. */
const faultsOf = (scenario: Scenario, base: RunPlan, { nodes, hours, faults }: Size): readonly Faulty[] =>
  Array.from({ length: faults }, (_, i) => {
    const at = Math.round(hours * HOUR * (2 / 3 + i / faults / 3))
    const action = { kind: 'fail', node: `n-${((i * 37) % nodes) + 1}`, for: HOUR / 4 }
    return { at, plan: planWith(base, [{ at: at as Millis, action: action as never }], scenario.nodes) }
  })

const forked = (base: RunPlan, faulty: readonly Faulty[]): readonly Finished[] => {
  const trunk = tryPlan(base)
  return faulty.map(({ at, plan }) => {
    trunk.advanceTo(at)
    return finish(trunk.fork(plan))
  })
}

/** Bytes, and what it takes to make one and to go on from one; thirty of each, for they come to a few milliseconds. */
const snapshotCosts = (base: RunPlan, at: number) => {
  const trunk = tryPlan(base)
  trunk.advanceTo(at)
  const times = 30
  const millis = (work: () => unknown): string => {
    const all = timed(() => {
      for (let i = 0; i < times; i++) work()
    })
    return ((all.cpuSeconds * 1e3) / times).toFixed(1)
  }
  const snapshot = trunk.snapshot()
  return {
    bytes: serialize(snapshot.run).byteLength,
    take: millis(trunk.snapshot),
    goOn: millis(() => tryFrom(snapshot)),
  }
}

const measure = (size: Size): readonly Measurement[] => {
  const { nodes, pods, hours, faults } = size
  const scenario = scenarioOf(size)
  const base = planOf(scenario)
  finish(createTrial(scenario))
  const logged = timed(() => finish(simulatePlan(base)))
  const plain = timed(() => finish(tryPlan(base)))
  const faulty = faultsOf(scenario, base, size)
  const again = timed(() => faulty.map(({ plan }) => finish(tryPlan(plan))))
  const forks = timed(() => forked(base, faulty))
  if (JSON.stringify(forks.result) !== JSON.stringify(again.result)) throw new Error('a fork is not what its run is')
  const costs = snapshotCosts(base, hours * HOUR * (2 / 3))
  const name = `${nodes} nodes, ${pods} pods, ${formatMillis(hours * HOUR)}`
  const total = again.result.reduce((sum, { entries }) => sum + entries, 0)
  const rate = (entries: number, { cpuSeconds }: Timed<unknown>): string =>
    `${Math.round(entries / cpuSeconds)} entries a second of cpu`
  const perSecond = ({ cpuSeconds }: Timed<unknown>): string => (faults / cpuSeconds).toFixed(2)
  return [
    {
      case: `${name}: one run, without a log and with its bytes and digest`,
      work: `${plain.result.entries} entries`,
      rate: `${rate(plain.result.entries, plain)} without, ${rate(logged.result.entries, logged)} with`,
    },
    {
      case: `${name}: a snapshot`,
      work: `${(costs.bytes / 1e6).toFixed(2)} MB as v8.serialize has it`,
      rate: `${costs.take} ms of cpu to take, ${costs.goOn} ms to go on from`,
    },
    {
      case: `${name}: ${faults} node failures in the last third, from the beginning and forked`,
      work: `${total} entries`,
      rate: `${perSecond(again)} a second of cpu, ${formatTimed(again)}; forked ${perSecond(forks)}, ${formatTimed(forks)}`,
    },
  ]
}

export const forksBench: Bench = {
  name: 'forks',
  doc: 'Runs without a log; snapshots of them; faults at late instants forked from snapshots against runs from the beginning.',
  run: (scale) =>
    scale === 'small'
      ? measure({ nodes: 10, pods: 60, hours: 6, faults: 4 })
      : measure({ nodes: 100, pods: 1_000, hours: 24, faults: 48 }),
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFileSink, createFileSource } from '@wavetank/kernel'
import type { Scenario } from '@wavetank/scenario'
import { isLeft } from 'fp-ts/lib/Either.js'
import { createSimulation, openLog, stateAt } from 'wavetank'
import { type Bench, type Measurement, peakMebibytes, timed } from './bench.ts'
import { nodesOf, scenarioOf } from './workload.ts'

/**
 * The engine on a churn of pods: ReplicaSets of ten whose containers run for a few minutes, crash and come back, with a
 * node that fails and returns now and then. Client rate limits are raised, so that the cluster and not its throttles are
 * measured.
 */
export const churn = (pods: number, minutes: number): Scenario => {
  const nodes = Math.max(3, Math.ceil(pods / 50))
  const sets = Math.ceil(pods / 10)
  return scenarioOf(`churn-${pods}`, {
    duration: `${minutes}m`,
    nodes: nodesOf(nodes, { cpu: '64', memory: '256Gi' }),
    manifests: Array.from({ length: sets }, (_, i) => ({
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: `set-${i}` },
      spec: {
        replicas: 10,
        selector: { matchLabels: { app: `a${i}` } },
        template: {
          metadata: { labels: { app: `a${i}` } },
          spec: {
            containers: [
              { name: 'c', image: 'example/app:1', resources: { requests: { cpu: '100m', memory: '128Mi' } } },
            ],
          },
        },
      },
    })),
    behaviors: [{ run: { for: { exponential: { mean: '4m' } }, exitCode: 1 } }],
    flags: {
      'kube-controller-manager': { 'kube-api-qps': 1_000_000, 'kube-api-burst': 1_000_000 },
      'kube-scheduler': { 'client-connection-qps': 1_000_000, 'client-connection-burst': 1_000_000 },
    },
    timeline: [
      { at: '2m', fail: { node: 'n-1' } },
      { at: '9m', recover: { node: 'n-1' } },
    ],
  })
}

/** Until then the cluster is being filled: pods wait for the scheduler, and few have run long enough to crash. */
const FILLED_AT = 3 * 60_000

const live = (scenario: Scenario, path: string) => {
  const sink = createFileSink(path)
  if (isLeft(sink)) throw new Error(sink.left.message)
  const simulation = createSimulation(scenario, { sink: sink.right })
  const filling = timed(() => {
    while (simulation.now() < FILLED_AT) simulation.advance(500)
    return simulation.entries()
  })
  const churning = timed(() => {
    for (;;) {
      const result = simulation.advance(1_000_000)
      if (result !== undefined) return result
    }
  })
  return { filling, churning }
}

const replayed = (path: string): { readonly entries: number; readonly digest: string } => {
  const source = createFileSource(path)
  const reading = isLeft(source) ? source : openLog(source.right)
  if (isLeft(reading)) throw new Error(reading.left.message)
  const { entries, end } = stateAt(reading.right)
  return { entries, digest: end?.state === 'complete' ? end.digest : 'torn' }
}

const rateOf = (entries: number, seconds: number): string =>
  `${Math.round(entries / seconds)} entries/s, ${((seconds / entries) * 1e6).toFixed(2)} µs each`

const measure = (pods: number, minutes: number): readonly Measurement[] => {
  const folder = mkdtempSync(join(tmpdir(), 'wavetank-bench-'))
  const path = join(folder, 'churn.ndjson')
  try {
    const scenario = churn(pods, minutes)
    const { filling, churning } = live(scenario, path)
    const { end, digest, bytes } = churning.result
    const again = timed(() => replayed(path))
    if (again.result.entries !== end.entries || again.result.digest !== digest) {
      throw new Error('replay is not what the run was')
    }
    const name = `${pods} pods`
    const filled = filling.result
    return [
      {
        case: `${name}: placed and started, 3 simulated minutes`,
        work: `${filled} entries`,
        rate: `${rateOf(filled, filling.seconds)}, ${((filling.seconds / pods) * 1e6).toFixed(0)} µs a pod`,
      },
      {
        case: `${name}: churn, ${minutes - 3} simulated minutes, log to a file`,
        work: `${end.entries - filled} entries, ${(bytes / end.entries).toFixed(0)} bytes each, ${digest}`,
        rate: rateOf(end.entries - filled, churning.seconds),
      },
      {
        case: `${name}: all of it replayed from the file`,
        work: `${end.entries} entries, ${digest}`,
        rate: `${rateOf(end.entries, again.seconds)}; peak memory ${peakMebibytes()} MiB`,
      },
    ]
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export const engineBench: Bench = {
  name: 'engine',
  doc: 'Entries a second of a churn of pods, live and replayed; the cost per entry as the cluster grows.',
  run: (scale) =>
    scale === 'small' ? measure(100, 6) : [...measure(1_000, 120), ...measure(10_000, 30), ...measure(100_000, 8)],
}

/** Needs some 12 GB: `node --max-old-space-size=16384 tools/bench.mjs engine-million`. */
export const millionBench: Bench = {
  name: 'engine-million',
  doc: 'The same churn of a million pods on 20,000 nodes; only when named, for it needs much memory.',
  onlyByName: true,
  run: (scale) => measure(scale === 'small' ? 200 : 1_000_000, 5),
}

/** Ten million entries: what a long run holds in memory while its log grows. */
export const longBench: Bench = {
  name: 'engine-long',
  doc: 'A churn of a thousand pods for more than three days, ten million entries; only when named, for it takes minutes.',
  onlyByName: true,
  run: (scale) => (scale === 'small' ? measure(100, 8) : measure(1_000, 5_200)),
}

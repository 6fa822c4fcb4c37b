import type { deploymentEvents } from '@wavetank/cluster'
import { type EventOf, formatMillis } from '@wavetank/kernel'
import type { Scenario } from '@wavetank/scenario'
import { createSimulation } from 'wavetank'
import { type Bench, formatTimed, type Measurement, peakMebibytes, timed } from './bench.ts'
import { clientsOf, deploymentsOf, nodesOf, scenarioOf as scenarioFrom } from './workload.ts'

/**
 * An empty cluster filled through Deployments until every pod is Ready: controllers, scheduler, kubelets and log, as
 * `wavetank run` has them. Clients may call the API as often as in clusters of this size, not as often as by default,
 * which changes what is simulated and not what it costs.
 */

/** What every pod asks for besides room. */
export type Wish = 'nothing' | 'zone spread and anti-affinity'

const wishes = (wish: Wish, app: string): object => {
  if (wish === 'nothing') return {}
  const labelSelector = { matchLabels: { app } }
  const zone = 'topology.kubernetes.io/zone'
  return {
    topologySpreadConstraints: [{ maxSkew: 1, topologyKey: zone, whenUnsatisfiable: 'DoNotSchedule', labelSelector }],
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector }],
      },
    },
  }
}

const scenarioOf = (nodes: number, pods: number, wish: Wish): Scenario =>
  scenarioFrom(`ready-${pods}`, {
    duration: '24h',
    nodes: nodesOf(nodes),
    manifests: deploymentsOf(pods, (app) => ({ pod: wishes(wish, app) })),
    flags: clientsOf(300),
  })

/** Runs until the status of every Deployment says that all are Ready. */
const fill = (scenario: Scenario, pods: number) => {
  const ready = new Map<string, number>()
  let sum = 0
  let lastAt = 0
  const simulation = createSimulation(scenario, {
    onEntry: ({ at, event }) => {
      if (event.kind !== 'DeploymentStatusReported') return
      const { object, readyReplicas } = event as EventOf<typeof deploymentEvents.StatusReported>
      sum += readyReplicas - (ready.get(object) ?? 0)
      ready.set(object, readyReplicas)
      lastAt = at
    },
  })
  while (sum < pods) {
    const isOver = simulation.advance(1_000) !== undefined
    if (isOver && sum < pods) throw new Error(`only ${sum} of ${pods} pods came to be Ready`)
  }
  return { ...simulation.stop(), lastAt }
}

const measure = (nodes: number, pods: number, wish: Wish): Measurement => {
  const decoding = timed(() => scenarioOf(nodes, pods, wish))
  const filling = timed(() => fill(decoding.result, pods))
  const { end, lastAt, digest, bytes } = filling.result
  const perPod = (filling.cpuSeconds / pods) * 1e6
  return {
    case: `${nodes} nodes, ${pods} pods that wish for ${wish}, from empty to all Ready`,
    work: `${end.entries} entries, ${Math.round(bytes / 1e6)} MB of log, ${formatMillis(lastAt)} simulated, ${digest}`,
    rate: `${formatTimed(filling)} after ${formatTimed(decoding)} of loading, ${perPod.toFixed(0)} µs of cpu a pod, ${((filling.cpuSeconds / end.entries) * 1e6).toFixed(2)} µs an entry; peak memory ${peakMebibytes()} MiB`,
  }
}

const WISHES: Wish = 'zone spread and anti-affinity'

export const readyBench: Bench = {
  name: 'ready',
  doc: '5,000 nodes and 150,000 pods through Deployments, from empty to all Ready; smaller ones before, for the growth.',
  run: (scale) =>
    scale === 'small'
      ? [measure(20, 300, 'nothing')]
      : [measure(500, 15_000, 'nothing'), measure(1_500, 50_000, 'nothing'), measure(5_000, 150_000, 'nothing')],
}

export const readyWishesBench: Bench = {
  name: 'ready-wishes',
  doc: 'The same with zone spread and anti-affinity on every pod.',
  run: (scale) =>
    scale === 'small'
      ? [measure(200, 300, WISHES)]
      : [measure(500, 15_000, WISHES), measure(1_500, 50_000, WISHES), measure(5_000, 150_000, WISHES)],
}

/** Needs some 10 GB: `node --max-old-space-size=12000 tools/bench.mjs ready-huge`. */
export const readyHugeBench: Bench = {
  name: 'ready-huge',
  doc: '15,000 nodes and 500,000 pods, from empty to all Ready; only when named, for it needs much memory.',
  onlyByName: true,
  run: (scale) => [scale === 'small' ? measure(30, 300, 'nothing') : measure(15_000, 500_000, 'nothing')],
}

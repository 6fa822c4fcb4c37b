import type { deploymentEvents } from '@wavetank/cluster'
import { type EventOf, formatMillis } from '@wavetank/kernel'
import type { Scenario } from '@wavetank/scenario'
import { createSimulation } from 'wavetank'
import { type Bench, type Measurement, peakMebibytes, timed } from './bench.ts'
import { nodesOf, scenarioOf as scenarioFrom } from './workload.ts'

/**
 * Deployments of one replica until each has its pod, with kube-controller-manager's own rate limits: each takes a few
 * requests of 20 a second, which is what the simulated time comes from. (KWOK's users report 2 minutes of real time
 * for 600, and about 3 hours for 50,000.)
 */
const scenarioOf = (count: number): Scenario =>
  scenarioFrom(`deployments-${count}`, {
    duration: '48h',
    nodes: nodesOf(Math.ceil(count / 100), { cpu: '32', memory: '256Gi' }),
    manifests: Array.from({ length: count }, (_, i) => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: `web-${i}` },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: `web-${i}` } },
        template: {
          metadata: { labels: { app: `web-${i}` } },
          spec: { containers: [{ name: 'web', image: 'nginx:1.27' }] },
        },
      },
    })),
  })

const measure = (count: number): Measurement => {
  const scenario = scenarioOf(count)
  const available = new Set<string>()
  let lastAt = 0
  const simulation = createSimulation(scenario, {
    onEntry: ({ at, event }) => {
      if (event.kind !== 'DeploymentStatusReported') return
      const { object, availableReplicas } = event as EventOf<typeof deploymentEvents.StatusReported>
      if (availableReplicas !== 1 || available.has(object)) return
      available.add(object)
      lastAt = at
    },
  })
  const { seconds } = timed(() => {
    while (available.size < count) {
      const over = simulation.advance(100) !== undefined
      if (over && available.size < count) throw new Error('not every Deployment came to be available')
    }
  })
  const { end, digest } = simulation.stop()
  return {
    case: `${count} Deployments of one replica, to available`,
    work: `${end.entries} entries, ${formatMillis(lastAt)} simulated, ${digest}`,
    rate: `${seconds.toFixed(2)} s, ${Math.round(end.entries / seconds)} entries/s; peak memory ${peakMebibytes()} MiB`,
  }
}

export const deploymentsBench: Bench = {
  name: 'deployments',
  doc: 'Deployments of one replica each, from their manifests to available pods.',
  run: (scale) => (scale === 'small' ? [measure(60)] : [measure(600), measure(50_000)]),
}

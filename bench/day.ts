import type { ContainerExited, ContainerStarted, NodeFailed, PodBound } from '@wavetank/cluster'
import { type EventOf, formatMillis } from '@wavetank/kernel'
import type { Scenario } from '@wavetank/scenario'
import { createSimulation } from 'wavetank'
import { type Bench, formatTimed, type Measurement, peakMebibytes, timed } from './bench.ts'
import { clientsOf, deploymentsOf, failuresOf, nodesOf, scenarioOf as scenarioFrom } from './workload.ts'

/**
 * A day of a cluster whose every pod has a liveness and a readiness probe every ten seconds, with heartbeats, and now and
 * then a node that fails: what happens is little, what ticks is a billion.
 */

const HOUR = 3_600_000
const PROBE_PERIOD_SECONDS = 10
const HEARTBEAT_SECONDS = 10

interface Size {
  readonly nodes: number
  readonly pods: number
  readonly hours: number
  /** Nodes that lose power for half an hour, one after another, evenly spread over the time. */
  readonly failures: number
}

const probe = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: PROBE_PERIOD_SECONDS }

const scenarioOf = ({ nodes, pods, hours, failures }: Size): Scenario =>
  scenarioFrom(`day-${pods}`, {
    duration: `${hours}h`,
    nodes: nodesOf(nodes),
    manifests: deploymentsOf(pods, () => ({ container: { livenessProbe: probe, readinessProbe: probe } })),
    flags: clientsOf(300),
    timeline: failuresOf(failures, nodes, hours),
  })

/** Counts the milliseconds that all containers and all nodes live together, which is what their ticks come from. */
const lifetimes = (nodes: number) => {
  const nodeOf = new Map<string, string>()
  const containers = new Map<string, number>()
  let running = 0
  let alive = nodes
  let lastAt = 0
  let containerMillis = 0
  let nodeMillis = 0
  const move = (at: number): void => {
    containerMillis += running * (at - lastAt)
    nodeMillis += alive * (at - lastAt)
    lastAt = at
  }
  const change = (pod: string, by: number): void => {
    const node = nodeOf.get(pod) ?? ''
    containers.set(node, (containers.get(node) ?? 0) + by)
    running += by
  }
  const onEntry = ({ at, event }: { readonly at: number; readonly event: { readonly kind: string } }): void => {
    switch (event.kind) {
      case 'PodBound': {
        const { pod, node } = event as EventOf<typeof PodBound>
        nodeOf.set(pod, node)
        return
      }
      case 'ContainerStarted':
        move(at)
        change((event as EventOf<typeof ContainerStarted>).pod, 1)
        return
      case 'ContainerExited':
        move(at)
        change((event as EventOf<typeof ContainerExited>).pod, -1)
        return
      case 'NodeFailed': {
        const { node } = event as EventOf<typeof NodeFailed>
        move(at)
        alive -= 1
        running -= containers.get(node) ?? 0
        containers.set(node, 0)
        return
      }
      case 'NodeRecovered':
        move(at)
        alive += 1
    }
  }
  return {
    onEntry,
    /** Ticks until the time given: two probes for each container, one heartbeat for each node. */
    ticks: (at: number): number => {
      move(at)
      return (2 * containerMillis) / (PROBE_PERIOD_SECONDS * 1_000) + nodeMillis / (HEARTBEAT_SECONDS * 1_000)
    },
  }
}

const measure = (size: Size): Measurement => {
  const { nodes, pods, hours, failures } = size
  const decoding = timed(() => scenarioOf(size))
  const lives = lifetimes(nodes)
  const begun = timed(() => {
    const simulation = createSimulation(decoding.result, { onEntry: lives.onEntry })
    while (simulation.advance(100_000) === undefined) {}
    return simulation.stop()
  })
  const { end, digest, bytes } = begun.result
  const ticks = lives.ticks(hours * HOUR)
  return {
    case: `${nodes} nodes, ${pods} pods with two probes each, ${formatMillis(hours * HOUR)}, ${failures} node failures`,
    work: `${end.entries} entries, ${Math.round(bytes / 1e6)} MB of log, ${(ticks / 1e6).toFixed(1)} million ticks skipped, ${digest}`,
    rate: `${formatTimed(begun)} after ${formatTimed(decoding)} of loading; peak memory ${peakMebibytes()} MiB`,
  }
}

export const dayBench: Bench = {
  name: 'day',
  doc: 'A day of probes and heartbeats with a node failure an hour, for 30,000 and 150,000 pods; ten days with as many failures.',
  run: (scale) =>
    scale === 'small'
      ? [measure({ nodes: 20, pods: 300, hours: 24, failures: 3 })]
      : [
          measure({ nodes: 1_000, pods: 30_000, hours: 24, failures: 24 }),
          measure({ nodes: 5_000, pods: 150_000, hours: 24, failures: 24 }),
          measure({ nodes: 5_000, pods: 150_000, hours: 240, failures: 24 }),
        ],
}

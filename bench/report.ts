import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createClusterStore } from '@wavetank/cluster'
import { createFileSink } from '@wavetank/kernel'
import { foldMetrics, foldPage, metrics, summarize } from '@wavetank/report'
import { renderPage } from '@wavetank/report-page'
import type { Scenario } from '@wavetank/scenario'
import { isLeft } from 'fp-ts/lib/Either.js'
import { createSimulation, openLogFile } from 'wavetank'
import { chromiumPath } from '../tools/chromium.mjs'
import { type Bench, formatTimed, type Measurement, peakMebibytes, timed } from './bench.ts'
import { clientsOf, deploymentOf, deploymentsOf, failuresOf, nodesOf, scenarioOf as scenarioFrom } from './workload.ts'

/**
 * The page of a run, written from its log and opened in a Chromium: Deployments from an empty cluster, containers that
 * crash every twenty minutes, pods that no node is large enough for, and nodes that lose power for half an hour.
 */

interface Size {
  readonly nodes: number
  readonly pods: number
  readonly failures: number
}

const HOURS = 6

const scenarioOf = ({ nodes, pods, failures }: Size): Scenario => {
  const namespaces = Array.from({ length: Math.min(20, Math.ceil(pods / 150)) }, (_, i) => `team-${i}`)
  return scenarioFrom(`report-${pods}`, {
    duration: `${HOURS}h`,
    nodes: nodesOf(nodes),
    manifests: [
      ...namespaces.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })),
      ...deploymentsOf(pods, (app, i) => ({
        namespace: namespaces[i % namespaces.length]!,
        image: `example/${app}:1`,
      })),
      deploymentOf({
        name: 'greedy',
        namespace: namespaces[0]!,
        replicas: 3,
        image: 'example/greedy:1',
        requests: { cpu: '20', memory: '64Mi' },
      }),
    ],
    behaviors: [{ match: { labels: 'app=app-0' }, run: { for: '20m', exitCode: 1 } }],
    flags: clientsOf(300),
    timeline: failuresOf(failures, nodes, HOURS),
    expect: [{ name: 'nobody waits after an hour', always: "pods.all(p, p.status.phase != 'Pending')", after: '1h' }],
  })
}

const simulate = (scenario: Scenario, path: string): string => {
  const sink = createFileSink(path)
  if (isLeft(sink)) throw new Error(sink.left.message)
  const simulation = createSimulation(scenario, { sink: sink.right })
  while (simulation.advance(100_000) === undefined) {}
  return simulation.stop().digest
}

/** What `wavetank report` does. */
const write = (log: string, digest: string, path: string) => {
  const opened = openLogFile(log)
  if (isLeft(opened)) throw new Error(opened.left.message)
  const { name, duration } = opened.right.header
  const page = foldPage(duration)
  const summary = foldMetrics(metrics)
  const { view, apply } = createClusterStore()
  let entries = 0
  let at = 0
  for (const batch of opened.right.batches) {
    for (const entry of batch) {
      apply(entry)
      page.apply(entry, view)
      summary.apply(entry, view)
      entries++
      at = entry.at
    }
  }
  opened.right.close()
  const end = { reason: 'horizon' as const, at, entries }
  const html = renderPage({
    summary: summarize({ name, view, metrics: summary.results(view, at), end, digest }),
    data: page.result({ name, digest, view, at, expectations: [] }),
  })
  writeFileSync(path, html)
  return { entries, bytes: Buffer.byteLength(html) }
}

interface Opened {
  readonly openMillis: number
  readonly zoomMillis: number
  readonly heapBytes: number
}

const open = (path: string): string => {
  if (chromiumPath === undefined) return 'not opened: no Chromium here'
  const script = fileURLToPath(new URL('../bench/open-page.mjs', import.meta.url))
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, path], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`the page does not open: ${stderr}`)
  const { openMillis, zoomMillis, heapBytes } = JSON.parse(stdout) as Opened
  return `opened in ${(openMillis / 1_000).toFixed(2)} s with ${Math.round(heapBytes / 1e6)} MB of heap, zoomed in ${zoomMillis} ms`
}

const measure = (size: Size): Measurement => {
  const folder = mkdtempSync(join(tmpdir(), 'wavetank-bench-'))
  const [log, page] = [join(folder, 'log.ndjson'), join(folder, 'report.html')]
  try {
    const digest = simulate(scenarioOf(size), log)
    const written = timed(() => write(log, digest, page))
    const { entries, bytes } = written.result
    return {
      case: `${size.nodes} nodes, ${size.pods} pods, ${HOURS} h, ${size.failures} node failures`,
      work: `${entries} entries, a page of ${(bytes / 1e6).toFixed(2)} MB, ${digest}`,
      rate: `written in ${formatTimed(written)}, ${((written.cpuSeconds / entries) * 1e6).toFixed(2)} µs of cpu an entry, peak memory ${peakMebibytes()} MiB; ${open(page)}`,
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

export const reportBench: Bench = {
  name: 'report',
  doc: 'The HTML page of a run, written from its log and opened in a Chromium: 3 nodes, and 5,000 nodes with 150,000 pods.',
  run: (scale) => {
    const small = { nodes: 3, pods: 30, failures: 1 }
    return scale === 'small'
      ? [measure(small)]
      : [measure(small), measure({ nodes: 5_000, pods: 150_000, failures: 24 })]
  },
}

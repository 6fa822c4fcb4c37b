import {
  ContainerStarted,
  NodeCreated,
  NodeFailed,
  PodBound,
  PodUnschedulable,
  replicaSetEvents,
} from '@wavetank/cluster'
import { expect, it } from 'vitest'
import { addPod, createStory } from '../test/story.ts'
import { formatSummary } from './format-summary.ts'
import { foldMetrics } from './metric.ts'
import { metrics } from './metrics/registry.ts'
import { type Summary, type SummaryInput, summarize } from './summary.ts'

const summaryOf = (more: Partial<SummaryInput> = {}): Summary => {
  const fold = foldMetrics(metrics)
  const story = createStory(fold.apply)
  const capacity = { cpu: '4', memory: '8Gi' }
  story.add(0, NodeCreated({ node: 'n1', uid: 'n1', object: { metadata: { name: 'n1' }, status: { capacity } } }))
  const spec = { containers: [{ name: 'app', resources: { requests: { cpu: '1500m', memory: '1Gi' } } }] }
  addPod(story, 'shop/web', { spec })
  addPod(story, 'shop/huge', { spec })
  story.add(10, PodBound({ pod: 'shop/web', node: 'n1' }))
  story.add(20, PodUnschedulable({ pod: 'shop/huge', message: '0/1 nodes are available: 1 Insufficient cpu.' }))
  addPod(story, 'shop/late', { at: 1_000, status: { phase: 'Running', ready: true } })
  story.add(60_000, ContainerStarted({ pod: 'shop/web', container: 'app', restart: 1 }))
  const replicaSpec = { replicas: 2, minReadySeconds: 0, selector: {}, template: 'template-of-shop/web' }
  story.add(
    60_000,
    replicaSetEvents.Created({ object: 'shop/web', uid: 'rs', labels: {}, annotations: {}, spec: replicaSpec }),
  )
  story.add(90_000, NodeFailed({ node: 'n1' }))
  return summarize({
    name: 'shop',
    view: story.view,
    metrics: fold.results(story.view, 120_000),
    end: { reason: 'horizon', at: 120_000, entries: story.entries.length },
    digest: 'sha256:0c1d',
    ...more,
  })
}

it('has the seed first, the digest last, and in between what a reader asks for', () => {
  const verdicts = [
    { name: 'web is up', kind: 'always', expression: 'a', verdict: 'met', at: 120_000 },
    { name: 'no restarts', kind: 'never', expression: 'b', verdict: 'failed', at: 60_000, evidence: 'web: 1\nlog: 0' },
  ] as const
  const warnings = ['shop.yaml:3:1 WT050 ConfigMap shop/settings is not simulated']
  expect(formatSummary(summaryOf({ verdicts, expectations: 3, warnings }))).toMatchInlineSnapshot(`
    "seed           1
    scenario       shop
    simulated      2m0s from 2025-01-01T00:00:00Z, 13 entries, to the end of the scenario

    pods           2 Pending, 1 Running
                   3 created, 0 deleted, 0 failed
    until running  p50 0s, p99 0s, longest 0s (1 pod)
    restarts       1 (Pod/shop/web 1)
    unschedulable  1 pod
      shop/huge since 20ms: 0/1 nodes are available: 1 Insufficient cpu.
    nodes          1 of 1 Ready, 1 failure
    requested      cpu 1.5 of 4 (37.5%)
                   memory 1Gi of 8Gi (12.5%)

    WORKLOAD              READY   AVAILABLE
    ReplicaSet/shop/web   0/2     0.0%

    expectations   1 of 3 met, 1 not decided
      ✗ no restarts (failed at 1m0s): web: 1
          log: 0
      ✓ web is up (met at 2m0s)

    warnings       1
      shop.yaml:3:1 WT050 ConfigMap shop/settings is not simulated

    digest         sha256:0c1d
    "
  `)
})

it('says why a run was stopped, and by what', () => {
  const end = { reason: 'loop', at: 5, entries: 1, kinds: ['PodSyncDue', 'PodStatusReported'] } as const
  expect(formatSummary(summaryOf({ end }))).toContain(
    '5ms from 2025-01-01T00:00:00Z, 1 entry, stopped: it went round without time passing (PodSyncDue, PodStatusReported)',
  )
})

it('shows ten lines of a sort and counts the rest, and what failed before what did not', () => {
  const verdicts = Array.from({ length: 12 }, (_, i) => ({
    name: `rule ${i}`,
    kind: 'always',
    expression: 'x',
    verdict: i === 11 ? ('failed' as const) : ('met' as const),
    at: 0,
  }))
  const lines = formatSummary(summaryOf({ verdicts })).split('\n')
  const first = lines.findIndex((line) => line.startsWith('expectations'))
  expect(lines[first]).toBe('expectations   11 of 12 met')
  expect(lines[first + 1]).toBe('  ✗ rule 11 (failed at 0s)')
  expect(lines[first + 11]).toBe('  … and 2 more')
})

it('is data that JSON keeps whole', () => {
  const summary = summaryOf({ warnings: ['w'] })
  expect(JSON.parse(JSON.stringify(summary))).toEqual(summary)
  expect(Object.keys(summary)[0]).toBe('seed')
  expect(Object.keys(summary).at(-1)).toBe('digest')
})

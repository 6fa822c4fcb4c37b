import { findObject, NodeCordoned, NodeFailed, NodeUncordoned, PodEvictionRefused } from '@wavetank/cluster'
import { KubectlCompleted } from '@wavetank/controllers'
import { getTable } from '@wavetank/report'
import { describe, expect, it } from 'vitest'
import {
  MachineUpgradeBegan,
  NodeUpgradeBegan,
  NodeUpgradeEnded,
  NodeUpgradesEnded,
} from '../../packages/controllers/src/upgrades/events.ts'
import { pod, type SmallRun, smallRun } from './small-run.ts'

/** Rolling upgrades of nodes: what somebody would do by hand with `kubectl drain`, a console and `kubectl uncordon`. */

const seconds = (entries: readonly { readonly at: number }[]): readonly number[] => entries.map(({ at }) => at / 1_000)
const nodes = (count: number, more: object = {}) => [
  { name: 'n', count, capacity: { cpu: '8', memory: '16Gi' }, ...more },
]

const upgrade = (target: object, at = '1m') => ({ at, upgrade: { pool: 'n', takes: '60s', ...target } })
const upgraded = (target: object, more: object = {}): SmallRun =>
  smallRun({
    nodes: nodes(3),
    latencies: { nodeBoot: '40s', apiWrite: '0s', watch: '0s' },
    timeline: [upgrade(target)],
    duration: '20m',
    ...more,
  })

const outcomes = (run: SmallRun) => run.of(NodeUpgradeEnded).map(({ event: { node, outcome } }) => `${node} ${outcome}`)
/** How many nodes are cordoned, most at one time. */
const mostCordoned = (run: SmallRun): number => {
  let now = 0
  let most = 0
  for (const { event } of run.entries) {
    if (event.kind === NodeCordoned.kind) most = Math.max(most, ++now)
    if (event.kind === NodeUncordoned.kind) now--
  }
  return most
}
/** A pod that may never be evicted. */
const stubborn = (spec: object = {}) => [
  pod('stubborn', { nodeName: 'n-2', ...spec }, { app: 'stubborn' }),
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: { name: 'stubborn' },
    spec: { minAvailable: 1, selector: { matchLabels: { app: 'stubborn' } } },
  },
]
const force = { force: true, timeout: '30s' }

describe('a node', () => {
  it('is cordoned and drained, off for as long as it takes, booted, and uncordoned when it is Ready', () => {
    const run = upgraded({ pool: undefined, node: 'n-2', kubeletVersion: 'v1.35.0' })
    expect(seconds(run.of(NodeCordoned))).toEqual([60])
    expect(seconds(run.of(NodeFailed))).toEqual([60])
    expect(seconds(run.of(NodeUncordoned))).toEqual([60 + 60 + 40])
    expect(outcomes(run)).toEqual(['n-2 upgraded'])
    const { status } = findObject(run.view, 'Node', '', 'n-2')!.render() as {
      readonly status: { readonly nodeInfo: { readonly kubeletVersion: string } }
    }
    expect(status.nodeInfo.kubeletVersion).toBe('v1.35.0')
    const { text } = getTable(run.view, 20 * 60_000, { kinds: ['Node'] })
    expect(text.match(/v1\.35\.0/g)).toHaveLength(1)
  })

  it('keeps its version if none is given', () => {
    const run = upgraded({})
    expect(getTable(run.view, 0, { kinds: ['Node'] }).text.match(/v1\.34\.0/g)).toHaveLength(3)
  })

  it('takes what a distribution says, each its own', () => {
    const run = upgraded({ takes: { uniform: ['10s', '100s'] }, maxUnavailable: 3 })
    expect(new Set(seconds(run.of(NodeUncordoned))).size).toBe(3)
  })

  it('waits for its pods as its kubelet has it (shutdownGracePeriod)', () => {
    const run = upgraded(
      { pool: undefined, node: 'n-1', drain: { podSelector: 'app=none' } },
      {
        nodes: nodes(1, { kubelet: { shutdownGracePeriod: '30s', shutdownGracePeriodCriticalPods: '10s' } }),
        manifests: [pod('slow', { nodeName: 'n-1' })],
        behaviors: [{ onSigterm: { exitCode: 0, after: '12s' } }],
      },
    )
    expect(seconds(run.of(NodeFailed))[0]).toBeGreaterThanOrEqual(72)
    expect(outcomes(run)).toEqual(['n-1 upgraded'])
  })

  it('that has no power is upgraded as it is, and one that hangs is switched off', () => {
    const dead = upgraded({}, { timeline: [{ at: '30s', fail: { node: 'n-1' } }, upgrade({})] })
    expect(outcomes(dead)).toEqual(['n-1 upgraded', 'n-2 upgraded', 'n-3 upgraded'])
    const hanging = upgraded({}, { timeline: [{ at: '30s', freeze: { node: 'n-1' } }, upgrade({})] })
    expect(outcomes(hanging)).toEqual(['n-1 upgraded', 'n-2 upgraded', 'n-3 upgraded'])
  })

  it('that is deleted meanwhile, or before its turn, is left out', () => {
    const timeline = [upgrade({}), { at: '70s', kubectl: 'delete node n-1' }, { at: '75s', kubectl: 'delete node n-3' }]
    const run = upgraded({}, { timeline })
    expect(outcomes(run)).toEqual(['n-1 gone', 'n-2 upgraded', 'n-3 gone'])
    expect(run.of(NodeUpgradesEnded).map(({ event }) => event.left)).toEqual([['n-1', 'n-3']])
  })

  it('is not taken from another upgrade', () => {
    const run = upgraded({}, { timeline: [upgrade({}), upgrade({ pool: undefined, node: 'n-1' }, '70s')] })
    expect(outcomes(run)).toContain('n-1 busy')
    expect(run.of(NodeUpgradesEnded)).toHaveLength(2)
  })
})

describe('a few at a time', () => {
  it.each([1, 2, 3])('maxUnavailable: %i', (maxUnavailable) => {
    const run = upgraded({ maxUnavailable }, { nodes: nodes(6) })
    expect(mostCordoned(run)).toBe(maxUnavailable)
    expect(run.of(NodeUpgradesEnded).map(({ event }) => event.upgraded.length)).toEqual([6])
    expect(seconds(run.of(NodeUpgradesEnded))).toEqual([60 + (6 / maxUnavailable) * 100])
  })

  it('with a pause after each', () => {
    const began = seconds(upgraded({ pause: '30s' }).of(NodeUpgradeBegan))
    expect(began).toEqual([60, 60 + 130, 60 + 260])
  })

  it('in the order of the scenario, those that a selector names', () => {
    const run = upgraded({ pool: undefined, selector: 'kubernetes.io/hostname in (n-3,n-1)' })
    expect(run.of(NodeUpgradeBegan).map(({ event }) => event.node)).toEqual(['n-1', 'n-3'])
  })
})

describe('a budget that blocks', () => {
  const blocked = (target: object, more: object = {}) => upgraded(target, { manifests: stubborn(), ...more })

  it('is waited for, for ever without a timeout, as kubectl drain does', () => {
    const run = blocked({ drain: { force: true } })
    expect(outcomes(run)).toEqual(['n-1 upgraded'])
    expect(run.of(PodEvictionRefused).length).toBeGreaterThan(0)
    expect(run.view.nodes.get('n-2')?.unschedulable).toBe(true)
  })

  it('giveUp: the node is uncordoned and stays as it is, and the next one comes', () => {
    const run = blocked({ drain: force, kubeletVersion: 'v1.35.0' })
    expect(outcomes(run)).toEqual(['n-1 upgraded', 'n-2 blocked', 'n-3 upgraded'])
    expect(run.view.nodes.get('n-2')).toMatchObject({ unschedulable: false, kubeletVersion: undefined })
    expect(run.view.pods.get('default/stubborn')?.phase).toBe('Running')
    expect(run.of(NodeUpgradesEnded).map(({ event: { left } }) => left)).toEqual([['n-2']])
  })

  it('goOn: the node is taken down with what is still on it', () => {
    const run = blocked({ drain: force, whenBlocked: 'goOn' })
    expect(outcomes(run)).toEqual(['n-1 upgraded', 'n-2 upgraded', 'n-3 upgraded'])
    expect(run.of(MachineUpgradeBegan).map(({ event }) => event.isEmpty)).toEqual([true, false, true])
  })

  it('stop: the node stays cordoned, and no other is begun', () => {
    const run = blocked({ drain: force, whenBlocked: 'stop' })
    expect(outcomes(run)).toEqual(['n-1 upgraded', 'n-2 blocked'])
    expect(run.view.nodes.get('n-2')?.unschedulable).toBe(true)
    expect(run.of(NodeUpgradesEnded).map(({ event: { left } }) => left)).toEqual([['n-2', 'n-3']])
  })

  it.each<[string, object, object, string]>([
    ['force', {}, { force: true, disableEviction: true }, '--force'],
    [
      'deleteEmptyDirData',
      { volumes: [{ name: 'scratch', emptyDir: {} }] },
      { force: true, disableEviction: true, deleteEmptyDirData: true },
      '--delete-emptydir-data',
    ],
    ['gracePeriod', {}, { force: true, disableEviction: true, gracePeriod: 7 }, '--grace-period=7'],
  ])('%s lets go what a drain would refuse without it', (_, spec, drain, flag) => {
    const without = blocked({ drain: { timeout: '30s' } }, { manifests: stubborn(spec) })
    expect(outcomes(without)).toContain('n-2 blocked')
    const run = blocked({ drain }, { manifests: stubborn(spec) })
    expect(outcomes(run)).toEqual(['n-1 upgraded', 'n-2 upgraded', 'n-3 upgraded'])
    const lines = run.of(KubectlCompleted).map(({ event }) => event.line)
    expect(lines.filter((line) => line.includes(flag))).toHaveLength(3)
  })
})

describe('an API server that is down', () => {
  it.each([
    ['before it begins', '50s', 1],
    // The status that says Ready comes later, and with it the command.
    ['while a machine boots', '2m30s', 0],
  ])('puts off what fails: %s', (_, at, failures) => {
    const run = upgraded({}, { timeline: [{ at, stopApiServer: { for: '90s' } }, upgrade({})] })
    expect(outcomes(run)).toEqual(['n-1 upgraded', 'n-2 upgraded', 'n-3 upgraded'])
    expect(run.of(KubectlCompleted).filter(({ event }) => event.exitCode === 1)).toHaveLength(failures)
  })
})

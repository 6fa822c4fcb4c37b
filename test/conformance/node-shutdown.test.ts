import {
  ContainerExited,
  ContainerStopping,
  NodeFailed,
  NodeRebooted,
  NodeShutdownStarted,
  NodeStatusPosted,
  PodRejected,
} from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { pod, smallRun } from './small-run.ts'

/** pkg/kubelet/nodeshutdown/nodeshutdown_manager_linux.go; semantics 4.6 and 4.7. */

const bound = (name: string, spec: object = {}) => pod(name, { nodeName: 'n-1', ...spec })
const critical = { priorityClassName: 'system-node-critical' }
const GRACEFUL = { shutdownGracePeriod: '30s', shutdownGracePeriodCriticalPods: '10s' }

const shutdown = (manifests: readonly object[], kubelet: object = GRACEFUL, more: object = {}) => {
  const result = smallRun({
    manifests,
    flags: { kubelet },
    behaviors: [
      { match: { image: 'example/stubborn:1' }, onSigterm: 'ignore' },
      { match: { image: 'example/good:1' }, onSigterm: { exitCode: 0, after: '1s' } },
    ],
    timeline: [{ at: '1m', shutdown: { node: 'n-1' } }],
    ...more,
  })
  const seconds = (entries: readonly { readonly at: number }[]) => entries.map(({ at }) => (at - 60_000) / 1_000)
  return { ...result, seconds }
}
const image = (name: string) => ({ containers: [{ name: 'main', image: `example/${name}:1` }] })

describe('a shutdown without shutdownGracePeriod', () => {
  it('stops everything at once, and the API keeps the last state', () => {
    const run = shutdown([bound('a')], {}, { duration: '90s' })
    expect(run.seconds(run.of(NodeFailed))).toEqual([0])
    expect(run.of(NodeShutdownStarted)).toEqual([])
    expect(run.view.pods.get('default/a')?.phase).toBe('Running')
  })
})

describe('a graceful shutdown', () => {
  it('ends pods with SIGTERM, then the power goes', () => {
    const run = shutdown([bound('a')])
    expect(run.view.pods.get('default/a')).toMatchObject({
      phase: 'Failed',
      reason: 'Terminated',
      message: 'Pod was terminated in response to imminent node shutdown.',
    })
    expect(run.view.pods.get('default/a')?.conditions.find(({ type }) => type === 'DisruptionTarget')).toMatchObject({
      status: 'True',
      reason: 'TerminationByKubelet',
      message: 'Pod was terminated in response to imminent node shutdown.',
    })
    expect(run.of(ContainerExited).map(({ event }) => event.exitCode)).toEqual([143])
    expect(run.seconds(run.of(NodeFailed))[0]).toBeLessThan(2)
  })

  it('a pod that ends well has succeeded, with the same reason', () => {
    const run = shutdown([bound('a', image('good'))])
    expect(run.view.pods.get('default/a')).toMatchObject({ phase: 'Succeeded', reason: 'Terminated' })
  })

  it('the node says that it is not ready, and why', () => {
    const run = shutdown([bound('a')])
    const posted = run.of(NodeStatusPosted).find(({ at }) => at >= 60_000)!
    expect(posted.event).toMatchObject({ ready: 'False', reason: 'KubeletNotReady', message: 'node is shutting down' })
  })

  it('critical pods end after the others, each group with its own time', () => {
    const run = shutdown([bound('a', image('stubborn')), bound('c', { ...critical, ...image('stubborn') })])
    const stopped = run.of(ContainerStopping)
    expect(stopped.map(({ event }) => event.pod)).toEqual(['default/a', 'default/c'])
    // 20 s for the first, since 10 of the 30 are kept for the second.
    expect(run.seconds(stopped)).toEqual([0, 20])
    expect(stopped.map(({ event }) => event.graceSeconds)).toEqual([20, 10])
    expect(run.seconds(run.of(NodeFailed))).toEqual([30])
  })

  it('nobody waits longer than it takes, nor for a group without pods', () => {
    const run = shutdown([bound('c', critical)])
    expect(run.seconds(run.of(ContainerStopping))).toEqual([0])
    expect(run.seconds(run.of(NodeFailed))[0]).toBeLessThan(2)
  })

  it('a grace period that the pod asks for counts if it is shorter', () => {
    const run = shutdown([bound('a', { ...image('stubborn'), terminationGracePeriodSeconds: 5 })])
    expect(run.of(ContainerStopping)[0]?.event.graceSeconds).toBe(5)
    expect(run.seconds(run.of(ContainerExited))).toEqual([5])
  })

  it('bands of priority: below the lowest counts with the lowest, on the boundary with the upper one', () => {
    const priorityClass = (name: string, value: number) => ({
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name },
      value,
    })
    const at = (name: string, priorityClassName?: string) =>
      bound(name, { ...image('stubborn'), ...(priorityClassName === undefined ? {} : { priorityClassName }) })
    const run = shutdown(
      [
        priorityClass('mid', 1_000),
        priorityClass('low', -5),
        priorityClass('high', 5_000),
        at('high', 'high'),
        at('mid', 'mid'),
        at('none'),
        at('low', 'low'),
      ],
      {
        shutdownGracePeriodByPodPriority: [
          { priority: 1_000, shutdownGracePeriodSeconds: 7 },
          { priority: 0, shutdownGracePeriodSeconds: 5 },
          { priority: 5_000, shutdownGracePeriodSeconds: 3 },
        ],
      },
    )
    const stopped = run.of(ContainerStopping).map(({ at, event }) => [event.pod.slice(8), (at - 60_000) / 1_000])
    expect(stopped).toEqual([
      ['low', 0],
      ['none', 0],
      ['mid', 5],
      ['high', 12],
    ])
    expect(run.seconds(run.of(NodeFailed))).toEqual([15])
  })

  it('pods that arrive meanwhile are refused', () => {
    const run = shutdown([bound('a', image('stubborn'))], GRACEFUL, {
      timeline: [
        { at: '1m', shutdown: { node: 'n-1' } },
        { at: '65s', kubectl: 'apply -f late.yaml' },
      ],
      files: { 'late.yaml': bound('late') },
    })
    expect(run.of(PodRejected).map(({ event }) => [event.pod, event.reason, event.message])).toEqual([
      ['default/late', 'NodeShutdown', 'Pod was rejected as the node is shutting down.'],
    ])
    expect(run.view.pods.get('default/late')?.message).toBe(
      'Pod was rejected: Pod was rejected as the node is shutting down.',
    )
  })

  it('a pool has periods of its own', () => {
    const run = shutdown(
      [bound('a')],
      {},
      {
        nodes: [{ name: 'n', count: 1, kubelet: GRACEFUL }],
      },
    )
    expect(run.of(NodeShutdownStarted)).toHaveLength(1)
  })
})

describe('a reboot', () => {
  const reboot = (kubelet: object, spec: object = {}) =>
    shutdown([bound('a', spec)], kubelet, { timeline: [{ at: '1m', reboot: { node: 'n-1' } }] })

  it('without grace: containers start again in a new sandbox, one restart more', () => {
    const run = reboot({})
    expect(run.of(NodeRebooted)).toHaveLength(1)
    expect(run.view.pods.get('default/a')).toMatchObject({ phase: 'Running', containers: [{ restartCount: 1 }] })
  })

  it('without grace and restartPolicy Never: the pod has failed', () => {
    expect(reboot({}, { restartPolicy: 'Never' }).view.pods.get('default/a')?.phase).toBe('Failed')
  })

  it('with grace: what was ended stays ended', () => {
    const run = reboot(GRACEFUL)
    expect(run.of(NodeRebooted)).toHaveLength(1)
    expect(run.view.pods.get('default/a')).toMatchObject({ phase: 'Failed', reason: 'Terminated' })
  })
})

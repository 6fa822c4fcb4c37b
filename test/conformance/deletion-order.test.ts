import { PodDeleted, PodMarkedForDeletion } from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { pod, smallRun } from './small-run.ts'

/** Source: pkg/controller/controller_utils.go, ActivePodsWithRanks.Less; what of two pods a ReplicaSet deletes first. */

const COST = 'controller.kubernetes.io/pod-deletion-cost'
const ready = (failing: string): object => ({
  match: { labels: `pod=${failing}` },
  probes: { readiness: { succeedAfter: '1h' } },
})
const withProbe = {
  containers: [{ name: 'main', image: 'example/a:1', readinessProbe: { httpGet: { path: '/', port: 80 } } }],
}
const member = (name: string, spec: object = withProbe, annotations: object = {}): object => {
  const manifest = pod(name, spec, { app: 'web', pod: name }) as { metadata: object }
  return { ...manifest, metadata: { ...manifest.metadata, annotations } }
}

/** A ReplicaSet adopts two pods and has to let one go. */
const deleted = (pods: readonly object[], behaviors: readonly object[] = [], timeline: readonly object[] = []) => {
  const run = smallRun({
    manifests: [
      ...pods,
      {
        apiVersion: 'apps/v1',
        kind: 'ReplicaSet',
        metadata: { name: 'web' },
        spec: {
          replicas: 2,
          selector: { matchLabels: { app: 'web' } },
          template: { metadata: { labels: { app: 'web' } }, spec: withProbe },
        },
      },
    ],
    behaviors,
    timeline: [...timeline, { at: '5m', kubectl: 'scale rs web --replicas=1' }],
  })
  // A pod without a node is gone at once: nothing has to end first.
  return [...new Set([...run.of(PodMarkedForDeletion), ...run.of(PodDeleted)].map(({ event }) => event.pod))]
}

describe('of two pods a ReplicaSet deletes first', () => {
  it('the one without a node', () => {
    const waiting = { ...withProbe, nodeSelector: { disk: 'none' } }
    expect(deleted([member('a'), member('b', waiting)])).toEqual(['default/b'])
    expect(deleted([member('a', waiting), member('b')])).toEqual(['default/a'])
  })

  it('the one that is Pending', () => {
    const pulling = { ...withProbe, initContainers: [{ name: 'setup', image: 'example/a:1' }] }
    const slow = [{ match: { container: 'setup' }, run: { for: '1h' } }]
    expect(deleted([member('a'), member('b', pulling)], slow)).toEqual(['default/b'])
    expect(deleted([member('a', pulling), member('b')], slow)).toEqual(['default/a'])
  })

  it('the one that is not ready', () => {
    expect(deleted([member('a'), member('b')], [ready('b')])).toEqual(['default/b'])
    expect(deleted([member('a'), member('b')], [ready('a')])).toEqual(['default/a'])
  })

  it('the one whose deletion costs less, ready or not being equal', () => {
    expect(deleted([member('a', withProbe, { [COST]: '5' }), member('b')])).toEqual(['default/b'])
    expect(deleted([member('a', withProbe, { [COST]: '-5' }), member('b')])).toEqual(['default/a'])
    expect(deleted([member('a', withProbe, { [COST]: '-5' }), member('b')], [ready('b')])).toEqual(['default/b'])
  })
})

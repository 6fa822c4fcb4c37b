import { PodBound, PodCreated, PodDeleted, PodMarkedForDeletion } from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { pod, type SmallRun, smallRun } from './small-run.ts'

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

const gone = (run: SmallRun): readonly string[] =>
  // A pod without a node is gone at once: nothing has to end first.
  [...new Set([...run.of(PodMarkedForDeletion), ...run.of(PodDeleted)].map(({ event }) => event.pod))]

const set = (replicas: number, podSpec: object = withProbe, kind = 'ReplicaSet'): object => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: podSpec },
  },
})

/** A ReplicaSet adopts two pods and has to let one go, after five minutes. */
const shrunk = (
  pods: readonly object[],
  behaviors: readonly object[],
  timeline: readonly object[],
  seed = 1,
): SmallRun =>
  smallRun({
    manifests: [...pods, set(2)],
    behaviors,
    timeline: [...timeline, { at: '5m', kubectl: 'scale rs web --replicas=1' }],
    seed,
  })
const deleted = (pods: readonly object[], behaviors: readonly object[] = [], timeline: readonly object[] = []) =>
  gone(shrunk(pods, behaviors, timeline))

/** The pods, the one with the smaller uid first. */
const byUid = (run: SmallRun): readonly string[] =>
  run
    .of(PodCreated)
    .map(({ event }) => event)
    .sort((a, b) => (a.uid < b.uid ? -1 : 1))
    .map((event) => event.pod)

const seeds = [1, 2, 3, 4, 5, 6]

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

  // n-1 has room for two, n-2 has one pod, which came three minutes later.
  const crowded = (kind: string): { readonly run: SmallRun; readonly node: string | undefined } => {
    const name = kind === 'Deployment' ? 'deploy' : 'rs'
    const run = smallRun({
      nodes: [{ name: 'n', count: 2, capacity: { cpu: '2', memory: '16Gi' } }],
      manifests: [
        set(2, { containers: [{ name: 'main', image: 'example/a:1', resources: { requests: { cpu: '1' } } }] }, kind),
      ],
      timeline: [
        { at: '0s', kubectl: 'cordon n-2' },
        { at: '3m', kubectl: 'uncordon n-2' },
        { at: '3m', kubectl: `scale ${name} web --replicas=3` },
        { at: '5m', kubectl: `scale ${name} web --replicas=2` },
      ],
    })
    const [first] = gone(run)
    return { run, node: run.of(PodBound).find(({ event }) => event.pod === first)?.event.node }
  }

  it('the one that shares its node with more pods of the same Deployment, older or not', () => {
    const { run, node } = crowded('Deployment')
    expect(run.of(PodBound).map(({ event }) => event.node)).toEqual(['n-1', 'n-1', 'n-2'])
    expect(node).toBe('n-1')
  })

  it('not by its node, if nobody owns the ReplicaSet: getIndirectlyRelatedPods', () => {
    expect(crowded('ReplicaSet').node).toBe('n-2')
  })

  const readyAfter = (name: string, succeedAfter: string): object => ({
    match: { labels: `pod=${name}` },
    probes: { readiness: { succeedAfter } },
  })

  it('the one that has been ready for less time, by whole powers of two of nanoseconds', () => {
    expect(deleted([member('a'), member('b')], [readyAfter('b', '4m')])).toEqual(['default/b'])
    expect(deleted([member('a'), member('b')], [readyAfter('a', '4m')])).toEqual(['default/a'])
  })

  it.each(seeds)('of the same power of two the smaller uid, whichever has been ready longer: seed %d', (seed) => {
    // 2^38 ns are 275 s: 300 s and about 290 s are in one bucket.
    const run = shrunk([member('a'), member('b')], [readyAfter('b', '9s')], [], seed)
    expect(gone(run)).toEqual([byUid(run)[0]])
  })

  // Ready at no time, so that neither readiness nor its time decides.
  const never = { probes: { readiness: { succeedAfter: '1h' } } }
  const crashing = (name: string, container = 'main'): object => ({
    match: { labels: `pod=${name}`, container },
    run: { for: '5s', exitCode: 1 },
    ...never,
  })

  it('the one with more restarts', () => {
    expect(deleted([member('a'), member('b')], [crashing('b'), never])).toEqual(['default/b'])
    expect(deleted([member('a'), member('b')], [crashing('a'), never])).toEqual(['default/a'])
  })

  it('the one whose sidecar has restarted more, the others having restarted as often', () => {
    const spec = { ...withProbe, initContainers: [{ name: 'proxy', image: 'example/a:1', restartPolicy: 'Always' }] }
    const pods = [member('a', spec), member('b', spec)]
    expect(deleted(pods, [crashing('b', 'proxy'), never])).toEqual(['default/b'])
    expect(deleted(pods, [crashing('a', 'proxy'), never])).toEqual(['default/a'])
    expect(deleted(pods, [crashing('a', 'proxy'), crashing('b'), never])).toEqual(['default/b'])
  })

  const grown = (at: string, seed: number): SmallRun =>
    smallRun({
      manifests: [set(1)],
      behaviors: [never],
      timeline: [
        { at, kubectl: 'scale rs web --replicas=2' },
        { at: '5m', kubectl: 'scale rs web --replicas=1' },
      ],
      seed,
    })

  it.each(seeds)('the younger one, by whole powers of two of nanoseconds: seed %d', (seed) => {
    const run = grown('4m', seed)
    expect(gone(run)).toEqual([run.of(PodCreated)[1]?.event.pod])
  })

  it.each(seeds)('of the same power of two the smaller uid, whichever is older: seed %d', (seed) => {
    const run = grown('10s', seed)
    expect(gone(run)).toEqual([byUid(run)[0]])
  })
})

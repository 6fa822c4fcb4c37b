import { NamespaceDeleted } from '@wavetank/cluster'
import { describe, expect, it } from 'vitest'
import { smallRun } from './small-run.ts'

/**
 * Namespaces that are deleted. Sources: pkg/controller/namespace/deletion/namespaced_resources_deleter.go, and
 * staging/src/k8s.io/apiserver/pkg/admission/plugin/namespace/lifecycle/admission.go for what is refused meanwhile.
 */

const meta = (name: string, namespace = 'shop') => ({ name, namespace })
const labels = { app: 'web' }
const podSpec = (grace: number) => ({
  terminationGracePeriodSeconds: grace,
  containers: [{ name: 'main', image: 'example/a:1' }],
})
const namespace = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
const deployment = (grace = 30) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: meta('web'),
  spec: {
    replicas: 2,
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: podSpec(grace) },
  },
})
const claim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: meta('data'),
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
}
const cronJob = {
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: meta('tick'),
  spec: {
    schedule: '* * * * *',
    jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', ...podSpec(1) } } } },
  },
}
const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('settings') }
const pod = (name: string, ns = 'shop') => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: meta(name, ns),
  spec: podSpec(5),
})

const at = (time: string, kubectl: string) => ({ at: time, kubectl })
const deleting = at('2m', 'delete namespace shop')
const stubborn = [{ match: {}, onSigterm: 'ignore' }]
const base = [namespace('shop'), namespace('other')]

const run = (more: object) => smallRun({ manifests: base, timeline: [deleting], ...more })

describe('a namespace that is deleted', () => {
  it('is gone at once if it is empty', () => {
    const { view, of } = run({})
    expect(view.namespaces.has('shop')).toBe(false)
    expect(of(NamespaceDeleted).map((entry) => entry.at)).toEqual([120_000])
  })

  it.each([
    ['a pod', [pod('a')]],
    ['a workload and all that it made', [deployment()]],
    ['a claim', [claim]],
    ['a CronJob and its Jobs', [cronJob]],
    ['what nothing acts on', [config]],
    ['all of them', [pod('a'), deployment(), claim, cronJob, config]],
  ])('takes %s along', (_, objects) => {
    const { view } = run({ manifests: [...base, ...objects] })
    expect(view.namespaces.has('shop')).toBe(false)
    const left = [
      ...view.pods.values(),
      ...view.deployments.values(),
      ...view.replicaSets.values(),
      ...view.persistentVolumeClaims.values(),
      ...view.cronJobs.values(),
      ...view.jobs.values(),
      ...view.inertObjects.values(),
    ].filter((object) => object.namespace === 'shop')
    expect(left).toEqual([])
  })

  it('leaves other namespaces alone', () => {
    const { view } = run({ manifests: [...base, pod('a'), pod('b', 'other')] })
    expect([...view.pods.keys()]).toEqual(['other/b'])
    expect(view.namespaces.has('other')).toBe(true)
  })

  it('stays Terminating until the last pod has ended', () => {
    const { view } = run({ manifests: [...base, deployment(30)], behaviors: stubborn, duration: '2m20s' })
    expect(view.namespaces.get('shop')?.terminating).toBe(true)
    expect([...view.pods.values()].map(({ deletion }) => deletion !== undefined)).toEqual([true, true])
  })

  it('goes when that pod has', () => {
    const { of } = run({ manifests: [...base, deployment(30)], behaviors: stubborn })
    const [gone] = of(NamespaceDeleted)
    expect(gone!.at).toBeGreaterThanOrEqual(150_000)
    expect(gone!.at).toBeLessThan(153_000)
  })

  it('gives each pod its grace period', () => {
    const { entries } = run({ manifests: [...base, pod('a')], behaviors: stubborn })
    const time = (kind: string): number => entries.find(({ event }) => event.kind === kind)!.at
    expect(time('PodDeleted') - time('PodMarkedForDeletion')).toBeGreaterThanOrEqual(5_000)
  })

  it('waits for a pod on a node that died, for ever', () => {
    const timeline = [{ at: '1m', fail: { node: 'n-1' } }, deleting]
    const { view } = run({ manifests: [...base, pod('a')], timeline, duration: '1h' })
    expect([view.namespaces.get('shop')?.terminating, view.pods.size]).toEqual([true, 1])
  })

  it('its controllers make nothing new in it: a pod that is gone is not replaced', () => {
    const { entries } = run({ manifests: [...base, deployment(30)], behaviors: stubborn })
    expect(entries.filter(({ event, at: time }) => event.kind === 'PodCreated' && time >= 120_000)).toEqual([])
  })

  it('no Job is made for a run that comes due meanwhile', () => {
    const { entries } = run({
      manifests: [...base, cronJob, pod('a')],
      behaviors: stubborn,
      timeline: [at('2m58s', 'delete namespace shop')],
    })
    expect(entries.filter(({ event, at: time }) => event.kind === 'JobCreated' && time >= 178_000)).toEqual([])
  })

  it('what is created in it is refused (NamespaceLifecycle)', () => {
    const { view, entries } = run({
      manifests: [...base, pod('a'), cronJob],
      behaviors: stubborn,
      timeline: [deleting, at('2m2s', 'create job by-hand --from=cronjob/tick -n shop')],
    })
    expect([...view.jobs.keys()].filter((key) => key.endsWith('by-hand'))).toEqual([])
    expect(
      entries
        .filter(({ event }) => event.kind === 'KubectlCompleted')
        .map(({ event }) => (event as unknown as { exitCode: number }).exitCode),
    ).toEqual([0, 1])
  })

  it('deleted twice, it is still only deleted once', () => {
    const { of } = run({
      manifests: [...base, pod('a')],
      behaviors: stubborn,
      timeline: [deleting, at('2m1s', 'delete namespace shop')],
    })
    expect(of(NamespaceDeleted)).toHaveLength(1)
  })
})

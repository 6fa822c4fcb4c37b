import { type ClusterView, horizontalPodAutoscalerEvents, podMetrics } from '@wavetank/cluster'
import { foldKubeEvents, getTable } from '@wavetank/report'
import { describe, expect, it } from 'vitest'
import { HorizontalPodAutoscalerSyncDue } from '../../../packages/controllers/src/horizontal-pod-autoscaler/events.ts'
import { pod, type SmallRun, smallRun } from '../small-run.ts'

/** The autoscaler in a cluster. Source: pkg/controller/podautoscaler/horizontal.go; semantics sections 10.1 to 10.4. */

const { Rescaled, StatusReported } = horizontalPodAutoscalerEvents

const deployment = (replicas: number, container: object = {}, other: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: {
        containers: [
          {
            name: 'main',
            image: 'example/a:1',
            resources: { requests: { cpu: '100m', memory: '100Mi' } },
            ...container,
          },
        ],
      },
    },
    ...other,
  },
})

const hpa = (spec: object = {}, name = 'web'): object => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    maxReplicas: 10,
    metrics: [utilization(50)],
    ...spec,
  },
})

const utilization = (percent: number, name = 'cpu'): object => ({
  type: 'Resource',
  resource: { name, target: { type: 'Utilization', averageUtilization: percent } },
})

const sizes = (run: SmallRun): readonly string[] =>
  run.of(Rescaled).map(({ at, event: { from, to } }) => `${at / 1_000}s ${from}→${to}`)

const statusOf = (view: ClusterView, name = 'web') => view.horizontalPodAutoscalers.get(`default/${name}`)!.status

const conditions = (run: SmallRun): readonly string[] =>
  statusOf(run.view).conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`)

/** The KubeEvents about autoscalers, each once, by when it was first said. */
const said = (run: SmallRun): readonly string[] => {
  const { apply, events } = foldKubeEvents()
  for (const entry of run.entries) apply(entry, run.view)
  return events(run.view.now)
    .filter(({ involvedObject }) => involvedObject.kind === 'HorizontalPodAutoscaler')
    .map(({ type, reason, message }) => `${type} ${reason} ${message}`)
}

const table = (run: SmallRun, at: number): string =>
  getTable(run.view, at, { kinds: ['hpa'], namespace: 'default' }).text

describe('the loop: rate_limiters.go, processNextWorkItem', () => {
  it('looks first a whole period after the object came, then every 15 s, whatever changes', () => {
    const run = smallRun({
      manifests: [deployment(1), hpa()],
      behaviors: [{ cpu: '50m' }],
      timeline: [{ at: '40s', kubectl: 'annotate hpa web a=b' }],
      duration: '2m',
    })
    expect(run.of(HorizontalPodAutoscalerSyncDue).map(({ at }) => at / 1_000)).toEqual([
      15, 30, 45, 60, 75, 90, 105, 120,
    ])
  })

  it('takes its period from --horizontal-pod-autoscaler-sync-period', () => {
    const run = smallRun({
      manifests: [deployment(1), hpa()],
      behaviors: [{ cpu: '50m' }],
      flags: { 'kube-controller-manager': { 'horizontal-pod-autoscaler-sync-period': '40s' } },
      duration: '2m',
    })
    expect(run.of(HorizontalPodAutoscalerSyncDue).map(({ at }) => at / 1_000)).toEqual([40, 80, 120])
  })

  it('ends with the object, and begins anew with another of its name', () => {
    const run = smallRun({
      manifests: [deployment(1), hpa()],
      behaviors: [{ cpu: '50m' }],
      timeline: [{ at: '20s', kubectl: 'delete hpa web' }],
      duration: '2m',
    })
    expect(run.of(HorizontalPodAutoscalerSyncDue)).toHaveLength(1)
  })

  it('costs nothing without an autoscaler', () => {
    const run = smallRun({ manifests: [deployment(3)], behaviors: [{ cpu: '50m' }], duration: '2m' })
    expect(run.entries.some(({ event }) => event.kind.startsWith('HorizontalPodAutoscaler'))).toBe(false)
  })
})

describe('the size: reconcileAutoscaler', () => {
  it('follows a shared load up as soon as there are metrics, at most doubling or to four', () => {
    const run = smallRun({
      manifests: [deployment(1), hpa()],
      behaviors: [{ cpu: { shared: '400m' } }],
      duration: '5m',
    })
    // The pod starts at 1 s; its first sample that began after it was Ready is that of the look at 30 s. That one asks for
    // eight, and is remembered, so that the sync after it goes on from four.
    expect(sizes(run)).toEqual(['30s 1→4', '45s 4→8'])
    expect(conditions(run)).toEqual([
      'AbleToScale=True ReadyForNewScale',
      'ScalingActive=True ValidMetricFound',
      'ScalingLimited=False DesiredWithinRange',
    ])
    expect(statusOf(run.view)).toMatchObject({
      currentReplicas: 8,
      desiredReplicas: 8,
      lastScaleAt: 45_000,
      currentMetrics: [
        { type: 'Resource', resource: { name: 'cpu', current: { averageUtilization: 50, averageValue: '50m' } } },
      ],
    })
  })

  it('goes down in one step, five minutes after the last higher recommendation', () => {
    const run = smallRun({
      manifests: [deployment(8), hpa()],
      behaviors: [
        {
          cpu: {
            shared: {
              steps: [
                { at: '0s', value: '400m' },
                { at: '10m', value: '100m' },
              ],
            },
          },
        },
      ],
      duration: '20m',
    })
    // The look at 600 s is the last that sees the load; the sync at 900 s has 300 s behind it.
    // A pod that uses 12.5m is measured with 13m.
    expect(sizes(run)).toEqual(['900s 8→3'])
  })

  it('comes back to its bounds without asking any metric', () => {
    const above = smallRun({ manifests: [deployment(12), hpa()], duration: '1m' })
    expect(sizes(above)).toEqual(['15s 12→10'])
    expect(said(above)[0]).toBe(
      'Normal SuccessfulRescale New size: 10; reason: Current number of replicas above Spec.MaxReplicas',
    )
    const below = smallRun({ manifests: [deployment(2), hpa({ minReplicas: 3 })], duration: '1m' })
    expect(sizes(below)).toEqual(['15s 2→3'])
    expect(said(below)[0]).toBe(
      'Normal SuccessfulRescale New size: 3; reason: Current number of replicas below Spec.MinReplicas',
    )
  })

  it('leaves a target alone that somebody has scaled to none', () => {
    const run = smallRun({ manifests: [deployment(0), hpa()], duration: '1m' })
    expect(sizes(run)).toEqual([])
    expect(conditions(run)).toEqual(['AbleToScale=True SucceededGetScale', 'ScalingActive=False ScalingDisabled'])
  })

  it('says why, in the words of Kubernetes', () => {
    const run = smallRun({
      manifests: [deployment(1), hpa()],
      behaviors: [
        {
          cpu: {
            shared: {
              steps: [
                { at: '0s', value: '150m' },
                { at: '5m', value: '40m' },
              ],
            },
          },
        },
      ],
      duration: '15m',
    })
    expect(said(run).filter((line) => line.includes('Rescale'))).toEqual([
      'Normal SuccessfulRescale New size: 3; reason: cpu resource utilization (percentage of request) above target',
      'Normal SuccessfulRescale New size: 1; reason: All metrics below target',
    ])
  })

  it.each([
    ['ReplicaSet', 'apps/v1', 'replicaSets'],
    ['StatefulSet', 'apps/v1', 'statefulSets'],
    ['ReplicationController', 'v1', 'replicationControllers'],
  ] as const)('scales a %s through its scale subresource', (kind, apiVersion, tableName) => {
    const { spec } = deployment(1) as { spec: { selector: unknown; template: unknown } }
    const selector = kind === 'ReplicationController' ? { app: 'web' } : spec.selector
    const service = kind === 'StatefulSet' ? { serviceName: 'web', podManagementPolicy: 'Parallel' } : {}
    const run = smallRun({
      manifests: [
        { apiVersion, kind, metadata: { name: 'web' }, spec: { ...spec, selector, ...service } },
        hpa({ scaleTargetRef: { apiVersion, kind, name: 'web' } }),
      ],
      behaviors: [{ cpu: { shared: '150m' } }],
      duration: '3m',
    })
    expect(sizes(run)).toEqual(['30s 1→3'])
    expect(run.view[tableName].get('default/web')?.replicas).toBe(3)
  })
})

describe('metrics: computeReplicasForMetrics', () => {
  it('takes the largest of several', () => {
    // Memory asks for no readiness, CPU does.
    const run = smallRun({
      manifests: [deployment(2), hpa({ metrics: [utilization(50), utilization(50, 'memory')] })],
      behaviors: [{ cpu: '50m', memory: '100Mi' }],
      duration: '20s',
    })
    expect(sizes(run)).toEqual(['15s 2→4'])
    expect(said(run).at(-1)).toContain('memory resource utilization (percentage of request) above target')
  })

  it('by the mean of a quantity', () => {
    const metric = {
      type: 'Resource',
      resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '40Mi' } },
    }
    const run = smallRun({
      manifests: [deployment(2), hpa({ metrics: [metric] })],
      behaviors: [{ memory: '100Mi' }],
      duration: '20s',
    })
    expect(sizes(run)).toEqual(['15s 2→4'])
    expect(statusOf(run.view).currentMetrics).toEqual([
      { type: 'Resource', resource: { name: 'memory', current: { averageValue: '104857600' } } },
    ])
  })

  it('of one container of the pods', () => {
    const metric = {
      type: 'ContainerResource',
      containerResource: { name: 'cpu', container: 'main', target: { type: 'Utilization', averageUtilization: 50 } },
    }
    const two = deployment(1) as { spec: { template: { spec: { containers: object[] } } } }
    two.spec.template.spec.containers.push({ name: 'proxy', image: 'example/proxy' })
    const run = smallRun({
      manifests: [two, hpa({ metrics: [metric] })],
      behaviors: [
        { match: { container: 'main' }, cpu: '100m' },
        { match: { container: 'proxy' }, cpu: '900m' },
      ],
      duration: '35s',
    })
    expect(sizes(run)).toEqual(['30s 1→2'])
    expect(said(run).at(-1)).toContain('cpu container resource utilization (percentage of request) above target')
  })

  it('of a queue outside, for all or for each pod', () => {
    const external = (target: object): object => ({
      type: 'External',
      external: { metric: { name: 'queue', selector: { matchLabels: { shop: 'a' } } }, target },
    })
    const metrics = [
      { name: 'queue', labels: { shop: 'a' }, value: 30 },
      { name: 'queue', labels: { shop: 'b' }, value: 900 },
    ]
    const each = smallRun({
      manifests: [deployment(1), hpa({ metrics: [external({ type: 'AverageValue', averageValue: '10' })] })],
      metrics,
      duration: '20s',
    })
    expect(sizes(each)).toEqual(['15s 1→3'])
    const all = smallRun({
      manifests: [deployment(2), hpa({ metrics: [external({ type: 'Value', value: '20' })] })],
      metrics,
      duration: '20s',
    })
    expect(sizes(all)).toEqual(['15s 2→3'])
  })

  it('of an object, and of pods that divide it', () => {
    const object = {
      type: 'Object',
      object: {
        describedObject: { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', name: 'main' },
        metric: { name: 'requests' },
        target: { type: 'Value', value: '100' },
      },
    }
    const ofObject = smallRun({
      manifests: [deployment(2), hpa({ metrics: [object] })],
      metrics: [{ name: 'requests', object: 'Ingress/main', value: 150 }],
      duration: '20s',
    })
    expect(sizes(ofObject)).toEqual(['15s 2→3'])
    const pods = {
      type: 'Pods',
      pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '10' } },
    }
    const ofPods = smallRun({
      manifests: [deployment(2), hpa({ metrics: [pods] })],
      metrics: [{ name: 'rps', pods: 'app=web', value: { steps: [{ at: '0s', value: 60 }] } }],
      duration: '2m',
    })
    expect(sizes(ofPods)).toEqual(['15s 2→4', '30s 4→6'])
  })

  it.each<[string, object, object, readonly string[]]>([
    [
      'no metrics, since no behaviour says what is used',
      deployment(1),
      {},
      [
        'Warning FailedGetResourceMetric failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API',
        'Warning FailedComputeMetricsReplicas invalid metrics (1 invalid out of 1), first error is: failed to get cpu resource metric value: failed to get cpu utilization: unable to get metrics for resource cpu: no metrics returned from resource metrics API',
      ],
    ],
    [
      'no request to take a percentage of',
      deployment(1, { resources: {} }),
      { behaviors: [{ cpu: '50m' }] },
      ['failed to get cpu utilization: missing request for cpu in container main of Pod web-'],
    ],
    [
      'a container that is not there',
      deployment(1),
      {
        behaviors: [{ cpu: '50m' }],
        metrics: [
          {
            type: 'ContainerResource',
            containerResource: {
              name: 'cpu',
              container: 'gone',
              target: { type: 'Utilization', averageUtilization: 50 },
            },
          },
        ],
      },
      [
        'unable to get metrics for resource cpu: failed to get container metrics: container gone not present in metrics for pod default/web-',
      ],
    ],
  ])(
    'cannot be read: %s',
    (_, target, { behaviors = [], metrics }: { behaviors?: readonly object[]; metrics?: unknown }, messages) => {
      const run = smallRun({
        manifests: [target, hpa(metrics === undefined ? {} : { metrics })],
        behaviors,
        duration: '61s',
      })
      const all = said(run)
      for (const message of messages)
        expect(
          all.some((line) => line.includes(message)),
          all.join('\n'),
        ).toBe(true)
      expect(conditions(run)[1]).toMatch(/ScalingActive=False FailedGet(Container)?ResourceMetric/)
      expect(sizes(run)).toEqual([])
    },
  )

  it('one that cannot be read keeps the others from scaling down, not up', () => {
    const metrics = [utilization(50), utilization(50, 'memory')]
    const target = deployment(4, { resources: { requests: { cpu: '100m' } } })
    const down = smallRun({ manifests: [target, hpa({ metrics })], behaviors: [{ cpu: '10m' }], duration: '10m' })
    expect(sizes(down)).toEqual([])
    expect(conditions(down)[1]).toBe('ScalingActive=False FailedGetResourceMetric')
    const up = smallRun({ manifests: [target, hpa({ metrics })], behaviors: [{ cpu: '100m' }], duration: '31s' })
    expect(sizes(up)).toEqual(['30s 4→8'])
    expect(statusOf(up.view).currentMetrics[1]).toEqual({ type: '' })
  })
})

describe('what is wrong with the target', () => {
  it.each([
    [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'gone' }, 'deployments/scale.apps "gone" not found'],
    [
      { apiVersion: 'v1', kind: 'ReplicationController', name: 'gone' },
      'replicationcontrollers/scale.autoscaling "gone" not found',
    ],
    [{ apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'gone' }, 'statefulsets.apps "gone" not found'],
    [{ apiVersion: 'v1', kind: 'Deployment', name: 'web' }, 'no matches for kind "Deployment" in group ""'],
    [{ apiVersion: 'example.com/v1', kind: 'Shop', name: 'web' }, 'no matches for kind "Shop" in group "example.com"'],
    [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'web' }, 'the server could not find the requested resource'],
  ])('%o', (scaleTargetRef, failure) => {
    const run = smallRun({ manifests: [deployment(1), hpa({ scaleTargetRef })], duration: '31s' })
    expect(said(run)).toEqual([`Warning FailedGetScale ${failure}`])
    expect(statusOf(run.view).conditions).toEqual([
      {
        type: 'AbleToScale',
        status: 'False',
        reason: 'FailedGetScale',
        message: `the HPA controller was unable to get the target's current scale: ${failure}`,
        lastTransitionAt: 15_000,
      },
    ])
    // The second sync finds the same and writes nothing.
    expect(run.of(StatusReported)).toHaveLength(1)
  })

  it('two autoscalers of the same pods are told so, and neither scales: validateAndParseSelector', () => {
    const run = smallRun({
      manifests: [deployment(1), hpa({}, 'a'), hpa({}, 'b')],
      behaviors: [{ cpu: '100m' }],
      duration: '1m',
    })
    const message = 'pods by selector app=web are controlled by multiple HPAs: [default/a default/b]'
    expect(said(run)).toContain(`Warning AmbiguousSelector ${message}`)
    expect(statusOf(run.view, 'b').conditions[1]).toMatchObject({ reason: 'AmbiguousSelector', message })
    expect(sizes(run).length).toBeLessThanOrEqual(1)
  })
})

describe('metrics-server: pkg/storage/pod.go', () => {
  const key = 'default/a' as never
  const timed = (cpu: unknown, at: number, other: object = {}) => {
    const run = smallRun({ manifests: [pod('a', other)], behaviors: [{ cpu, memory: '1Mi' }], duration: `${at}s` })
    return podMetrics(run.view, key, at * 1_000)
  }

  it('knows nothing of a container in its first 10 s, then of its first seconds, then of a whole period', () => {
    // It starts at 1 s, after the pull of its image.
    expect(timed('100m', 14)).toBeUndefined()
    expect(timed('100m', 15)).toMatchObject({ timestamp: 15_000, window: 13_952 })
    expect(timed('100m', 29)).toMatchObject({ timestamp: 15_000, window: 13_952 })
    expect(timed('100m', 30)).toMatchObject({ timestamp: 30_000, window: 15_000 })
  })

  it('has the mean of the CPU between two looks, and the memory of the last', () => {
    const steps = {
      steps: [
        { at: '0s', value: '100m' },
        { at: '40s', value: '250m' },
      ],
    }
    expect(timed(steps, 59)?.containers).toEqual([{ name: 'main', cpuNanos: 150_000_000, memoryBytes: 1_048_576 }])
    expect(timed(steps, 60)?.containers).toEqual([{ name: 'main', cpuNanos: 250_000_000, memoryBytes: 1_048_576 }])
  })

  it('looks as often as it is told', () => {
    const run = smallRun({
      manifests: [pod('a')],
      behaviors: [{ cpu: '1' }],
      flags: { 'metrics-server': { 'metric-resolution': '60s' } },
      duration: '3m',
    })
    expect(podMetrics(run.view, key, 179_000)).toMatchObject({ timestamp: 120_000, window: 60_000 })
  })

  it('has nothing of a pod on a machine without power, from its next look on', () => {
    const run = smallRun({
      manifests: [pod('a')],
      behaviors: [{ cpu: '1' }],
      timeline: [{ at: '70s', fail: { node: 'n-1' } }],
      duration: '80s',
    })
    expect(podMetrics(run.view, key, 74_000)).toMatchObject({ timestamp: 60_000 })
    expect(podMetrics(run.view, key, 75_000)).toBeUndefined()
  })
})

describe('kubectl', () => {
  it('get shows what is measured and what is wanted: formatHPAMetrics', () => {
    const run = smallRun({
      manifests: [
        deployment(2),
        hpa({ metrics: [utilization(50), utilization(80, 'memory'), utilization(70)], minReplicas: 2 }),
      ],
      behaviors: [{ cpu: '50m', memory: '10Mi' }],
      duration: '1m',
    })
    expect(table(run, 60_000)).toBe(
      [
        'NAME   REFERENCE        TARGETS                                     MINPODS   MAXPODS   REPLICAS   AGE',
        'web    Deployment/web   cpu: 50%/50%, memory: 10%/80% + 1 more...   2         10        2          60s',
        '',
      ].join('\n'),
    )
  })

  it.each([
    ['autoscale deployment web --max=10 --cpu=50%', { minReplicas: 1, maxReplicas: 10, metrics: [utilization(50)] }],
    [
      'autoscale deployment/web --min=2 --max=6 --cpu-percent=70',
      { minReplicas: 2, maxReplicas: 6, metrics: [utilization(70)] },
    ],
    ['autoscale deploy web --max=3', { maxReplicas: 3, metrics: [utilization(80)] }],
    [
      'autoscale deploy web --max 3 --cpu 500 --memory=200',
      {
        metrics: [
          { type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '500m' } } },
          { type: 'Resource', resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '200Mi' } } },
        ],
      },
    ],
  ])('%s', (kubectl, spec) => {
    const run = smallRun({ manifests: [deployment(1)], timeline: [{ at: '5s', kubectl }], duration: '10s' })
    expect(run.view.horizontalPodAutoscalers.get('default/web')?.spec).toMatchObject({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
      ...spec,
    })
  })

  it('autoscaling/v1 is stored as v2', () => {
    const v1 = {
      apiVersion: 'autoscaling/v1',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'web' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        maxReplicas: 5,
        targetCPUUtilizationPercentage: 50,
      },
    }
    const run = smallRun({ manifests: [deployment(1), v1], behaviors: [{ cpu: { shared: '150m' } }], duration: '1m' })
    expect(run.view.horizontalPodAutoscalers.get('default/web')?.spec.metrics).toEqual([utilization(50)])
    expect(sizes(run)).toEqual(['30s 1→3'])
  })

  it('a tolerance of its own is dropped: 1.34 has the feature gate off', () => {
    const run = smallRun({
      manifests: [deployment(1), hpa({ behavior: { scaleUp: { tolerance: '0' } } })],
      duration: '1s',
    })
    const { behavior } = run.view.horizontalPodAutoscalers.get('default/web')!.spec
    expect(behavior?.scaleUp).toEqual({
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [
        { type: 'Pods', value: 4, periodSeconds: 15 },
        { type: 'Percent', value: 100, periodSeconds: 15 },
      ],
    })
  })

  it('a patch changes the spec from the next sync on', () => {
    const run = smallRun({
      manifests: [deployment(4), hpa()],
      behaviors: [{ cpu: '50m' }],
      timeline: [{ at: '50s', kubectl: `patch hpa web --type=merge -p '{"spec": {"maxReplicas": 2}}'` }],
      duration: '90s',
    })
    expect(sizes(run)).toEqual(['60s 4→2'])
  })
})

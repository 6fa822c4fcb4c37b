import fc from 'fast-check'
import type { RandomFile } from './random-scenario.ts'

/**
 * A workload of each kind at random, in one small cluster, with people who scale, edit, relabel, pause, undo and delete,
 * and nodes that fail and come back. Nobody deletes by force, and every request fits somewhere.
 */

const LAST_HAPPENING = 1_200
/** Enough for the slowest: 50 s until a node is known to be down, 300 s until it is evicted, back-offs of 5 minutes. */
const SETTLE_MINUTES = 45

export interface WorkloadOptions {
  /** Containers of workloads that should run for ever may crash; without, runs come to rest. */
  readonly crashes: boolean
}

const template = (app: string, graces: readonly number[] = [0, 5, 30, 60]): fc.Arbitrary<object> =>
  fc
    .record({
      grace: fc.constantFrom(...graces),
      ready: fc.constantFrom(undefined, { httpGet: { path: '/', port: 80 }, periodSeconds: 3 }),
      cpu: fc.constantFrom('10m', '100m'),
    })
    .map(({ grace, ready, cpu }) => ({
      metadata: { labels: { app } },
      spec: {
        terminationGracePeriodSeconds: grace,
        containers: [
          {
            name: 'main',
            image: 'example/a:1',
            resources: { requests: { cpu } },
            ...(ready === undefined ? {} : { readinessProbe: ready }),
          },
        ],
      },
    }))

const replicas = fc.integer({ min: 0, max: 6 })
const minReadySeconds = fc.constantFrom(0, 0, 10)
/** A number or a share, as both rolling updates take them. */
const bound = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('0%', '10%', '25%', '50%', '100%'))
const isZero = (value: number | string): boolean => value === 0 || value === '0%'

const apps = (kind: string, name: string, spec: object) => ({
  apiVersion: kind === 'ReplicationController' ? 'v1' : kind.endsWith('Job') ? 'batch/v1' : 'apps/v1',
  kind,
  metadata: { name },
  spec,
})
const selecting = (app: string) => ({ selector: { matchLabels: { app } } })

const deployment = fc
  .record({
    replicas,
    minReadySeconds,
    strategy: fc.oneof(
      fc
        .tuple(bound, bound)
        .filter(([surge, unavailable]) => !(isZero(surge) && isZero(unavailable)))
        .map(([maxSurge, maxUnavailable]) => ({ rollingUpdate: { maxSurge, maxUnavailable } })),
      fc.constant({ type: 'Recreate' }),
    ),
    revisionHistoryLimit: fc.constantFrom(0, 1, 10),
    template: template('dep'),
  })
  .map((spec) => apps('Deployment', 'dep', { ...spec, ...selecting('dep') }))

const replicaSet = fc
  .record({ replicas, minReadySeconds, template: template('rs') })
  .map((spec) => apps('ReplicaSet', 'rs', { ...spec, ...selecting('rs') }))

const replicationController = fc
  .record({ replicas, minReadySeconds, template: template('rc') })
  .map((spec) => apps('ReplicationController', 'rc', { ...spec, selector: { app: 'rc' } }))

const daemonSet = fc
  .record({
    minReadySeconds,
    updateStrategy: fc.constantFrom(
      { type: 'OnDelete' },
      { rollingUpdate: { maxUnavailable: 1 } },
      { rollingUpdate: { maxUnavailable: '50%' } },
      { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    ),
    template: template('ds'),
  })
  .map((spec) => apps('DaemonSet', 'ds', { ...spec, ...selecting('ds') }))

const statefulSet = fc
  .record({
    replicas: fc.integer({ min: 0, max: 4 }),
    podManagementPolicy: fc.constantFrom('OrderedReady', 'Parallel'),
    updateStrategy: fc.constantFrom(
      { type: 'OnDelete' },
      { type: 'RollingUpdate' },
      { rollingUpdate: { partition: 1 } },
    ),
    // Without a grace period a pod is gone before its process is, and two of one ordinal may run, in Kubernetes as well.
    template: template('sts', [5, 30, 60]),
  })
  .map((spec) => apps('StatefulSet', 'sts', { ...spec, serviceName: 'sts', ...selecting('sts') }))

const job = fc
  .record({
    completions: fc.integer({ min: 0, max: 5 }),
    parallelism: fc.integer({ min: 0, max: 3 }),
    completionMode: fc.constantFrom('NonIndexed', 'Indexed'),
    restartPolicy: fc.constantFrom('Never', 'OnFailure'),
    backoffLimit: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ restartPolicy, ...spec }) =>
    apps('Job', 'job', {
      ...spec,
      template: {
        metadata: { labels: { app: 'job' } },
        spec: { restartPolicy, containers: [{ name: 'main', image: 'example/job:1' }] },
      },
    }),
  )

const node = fc.integer({ min: 1, max: 3 }).map((n) => `n-${n}`)
const scalable = fc.constantFrom('deployment/dep', 'rs/rs', 'rc/rc', 'statefulset/sts')
const rolling = fc.constantFrom('deployment/dep', 'daemonset/ds', 'statefulset/sts')
const app = fc.constantFrom('dep', 'rs', 'rc', 'ds', 'sts', 'job')
const any = fc.constantFrom('deployment/dep', 'rs/rs', 'rc/rc', 'daemonset/ds', 'statefulset/sts', 'job/job')

/** Pods of a StatefulSet that are let go keep their names, for which it tries and fails for ever: no rest to come to. */
const released = (crashes: boolean): fc.Arbitrary<string> =>
  crashes ? app : fc.constantFrom('dep', 'rs', 'rc', 'ds', 'job')

const commands = (crashes: boolean): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.tuple(scalable, replicas).map(([target, n]) => `scale ${target} --replicas=${n}`) },
    {
      weight: 4,
      arbitrary: fc
        .tuple(fc.oneof(rolling, fc.constantFrom('rs/rs', 'rc/rc')), fc.constantFrom('2', '3', '4'))
        .map(([target, tag]) => `set image ${target} main=example/a:${tag}`),
    },
    { weight: 2, arbitrary: fc.constant('rollout undo deployment/dep') },
    { weight: 1, arbitrary: rolling.map((target) => `rollout restart ${target}`) },
    { weight: 1, arbitrary: fc.constantFrom('rollout pause deployment/dep', 'rollout resume deployment/dep') },
    { weight: 2, arbitrary: app.map((name) => `delete pods -l app=${name}`) },
    { weight: 2, arbitrary: released(crashes).map((name) => `label pods -l app=${name} app=released --overwrite`) },
    { weight: 1, arbitrary: app.map((name) => `label pods -l app=released app=${name} --overwrite`) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(any, fc.constantFrom('background', 'foreground', 'orphan'))
        .map(([target, cascade]) => `delete ${target} --cascade=${cascade}`),
    },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom('cordon', 'uncordon'), node).map(([verb, name]) => `${verb} ${name}`),
    },
  )

const happenings = (crashes: boolean): fc.Arbitrary<object> =>
  fc.oneof(
    { weight: 5, arbitrary: commands(crashes).map((kubectl) => ({ kubectl })) },
    { weight: 1, arbitrary: fc.record({ fail: fc.record({ node }) }) },
    { weight: 1, arbitrary: fc.record({ recover: fc.record({ node }) }) },
  )

/** A scenario file as JSON. All nodes are back, and none is cordoned, when the last happening is over. */
export const workloads = ({ crashes }: WorkloadOptions): fc.Arbitrary<RandomFile> =>
  fc
    .record({
      seed: fc.integer({ min: 0, max: 1_000_000 }),
      manifests: fc.tuple(deployment, replicaSet, replicationController, daemonSet, statefulSet, job),
      timeline: fc.array(fc.tuple(fc.integer({ min: 0, max: LAST_HAPPENING }), happenings(crashes)), { maxLength: 10 }),
      startup: fc.constantFrom('0s', '4s', '20s'),
      end: fc.constantFrom('0s', '3s', '40s'),
      jobExit: fc.constantFrom(0, 0, 0, 1),
      crash: fc.integer({ min: 5, max: 200 }),
    })
    .map(({ seed, manifests, timeline, startup, end, jobExit, crash }) => ({
      apiVersion: 'wavetank.dev/v1alpha1',
      kind: 'Scenario',
      metadata: { name: 'workloads' },
      seed,
      duration: `${LAST_HAPPENING / 60 + SETTLE_MINUTES}m`,
      nodes: [{ name: 'n', count: 3, capacity: { cpu: '16', memory: '16Gi' } }],
      manifests,
      behaviors: [
        { match: { labels: 'app=job' }, run: { for: { uniform: ['5s', '90s'] }, exitCode: jobExit } },
        {
          match: {},
          startup,
          onSigterm: { after: end },
          ...(crashes ? { run: { for: { exponential: { mean: `${crash}s` } }, exitCode: 1 } } : {}),
        },
      ],
      timeline: [
        ...[...timeline].sort(([a], [b]) => a - b).map(([at, what]) => ({ at: `${at}s`, ...what })),
        ...[1, 2, 3].flatMap((n) => [
          { at: `${LAST_HAPPENING}s`, recover: { node: `n-${n}` } },
          { at: `${LAST_HAPPENING}s`, kubectl: `uncordon n-${n}` },
        ]),
      ],
    }))

/** When the last quarter of an hour of a run begins, in milliseconds; by then all is settled. */
export const SETTLED = (LAST_HAPPENING + (SETTLE_MINUTES - 15) * 60) * 1_000

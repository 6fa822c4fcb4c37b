import { STOPPABLE } from '@wavetank/cluster'
import { type DecodedScenario, decodeScenario, formatIssues, type Scenario } from '@wavetank/scenario'
import fc from 'fast-check'
import { isLeft, right } from 'fp-ts/lib/Either.js'
import { scenarioOptions } from 'wavetank'

/** Scenario files at random: small clusters in which much happens. They are read as a user's file would be. */

const seconds = (min: number, max: number): fc.Arbitrary<string> => fc.integer({ min, max }).map((n) => `${n}s`)

const requests = fc.record({
  cpu: fc.constantFrom('50m', '100m', '500m', '1', '3'),
  memory: fc.constantFrom('32Mi', '256Mi', '1Gi'),
})

const probe = fc.record({
  httpGet: fc.constant({ path: '/', port: 8080 }),
  periodSeconds: fc.integer({ min: 1, max: 15 }),
  failureThreshold: fc.integer({ min: 1, max: 4 }),
  initialDelaySeconds: fc.integer({ min: 0, max: 20 }),
})

const container = (name: string): fc.Arbitrary<object> =>
  fc.record(
    {
      name: fc.constant(name),
      image: fc.constantFrom('example/a:1', 'example/b:2', 'example/c'),
      resources: fc.record(
        { requests, limits: fc.record({ cpu: fc.constant('4'), memory: fc.constant('1Gi') }) },
        { requiredKeys: ['requests'] },
      ),
      livenessProbe: probe,
      readinessProbe: probe,
      startupProbe: probe,
    },
    { requiredKeys: ['name', 'image'] },
  )

const podSpec = fc.record(
  {
    containers: fc.oneof(fc.tuple(container('main')), fc.tuple(container('main'), container('second'))),
    initContainers: fc
      .tuple(container('setup'))
      .map(([init]) => [{ name: 'setup', image: (init as { image: string }).image }]),
    terminationGracePeriodSeconds: fc.integer({ min: 0, max: 40 }),
  },
  { requiredKeys: ['containers'] },
)

const replicaObject = (index: number): fc.Arbitrary<object> =>
  fc
    .record({
      kind: fc.constantFrom('ReplicaSet', 'ReplicationController'),
      replicas: fc.integer({ min: 0, max: 6 }),
      minReadySeconds: fc.constantFrom(0, 0, 12),
      spec: podSpec,
    })
    .map(({ kind, replicas, minReadySeconds, spec }) => ({
      apiVersion: kind === 'ReplicaSet' ? 'apps/v1' : 'v1',
      kind,
      metadata: { name: `set-${index}` },
      spec: {
        replicas,
        minReadySeconds,
        selector: kind === 'ReplicaSet' ? { matchLabels: { app: `a${index}` } } : { app: `a${index}` },
        template: { metadata: { labels: { app: `a${index}` } }, spec },
      },
    }))

const barePod = (index: number): fc.Arbitrary<object> =>
  fc
    .record({
      spec: podSpec,
      policy: fc.constantFrom('Always', 'OnFailure', 'Never'),
      app: fc.constantFrom('a0', 'a1', 'x'),
    })
    .map(({ spec, policy, app }) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: `pod-${index}`, labels: { app } },
      spec: { ...spec, restartPolicy: policy },
    }))

const budget = (app: string): fc.Arbitrary<object> =>
  fc
    .record(
      {
        limit: fc.constantFrom<object[]>(
          { minAvailable: 1 },
          { minAvailable: '50%' },
          { maxUnavailable: 1 },
          { maxUnavailable: '34%' },
        ),
        unhealthyPodEvictionPolicy: fc.constantFrom('IfHealthyBudget', 'AlwaysAllow'),
      },
      { requiredKeys: ['limit'] },
    )
    .map(({ limit, ...policy }) => ({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: app },
      spec: { selector: { matchLabels: { app } }, ...limit, ...policy },
    }))

const cpu = fc.oneof(
  fc.constantFrom('50m', '2'),
  fc.record({
    steps: fc.constant([
      { after: '20s', value: '100m' },
      { after: '90s', value: '1' },
    ]),
  }),
  fc.record({ daily: fc.record({ low: fc.constant('0'), high: fc.constant('1'), peak: fc.constant('00:10') }) }),
)

const memory = fc.oneof(
  fc.constantFrom('1Mi', '300Mi'),
  fc.record({ leak: fc.record({ rise: fc.constantFrom('1Mi', '10Mi'), every: seconds(1, 9) }) }),
)

const behavior = fc.record(
  {
    cpu,
    memory,
    match: fc.record({ labels: fc.constantFrom('app=a0', 'app=a1', 'app=x') }),
    startup: seconds(0, 30),
    run: fc.record({ for: seconds(1, 200), exitCode: fc.constantFrom(0, 1, 137) }),
    probes: fc.record(
      {
        liveness: fc.record({ failAfter: seconds(20, 300) }),
        readiness: fc.record({ succeedAfter: seconds(1, 30) }),
      },
      { requiredKeys: [] },
    ),
    onSigterm: fc.oneof(fc.constant('ignore'), fc.record({ exitCode: fc.constantFrom(0, 3), after: seconds(0, 50) })),
  },
  { requiredKeys: ['match'] },
)

const node = fc.integer({ min: 1, max: 3 }).map((n) => `n-${n}`)
const set = fc.constantFrom('rs/set-0', 'rc/set-0', 'rs/set-1', 'rc/set-1')

const happening = fc.oneof(
  { weight: 4, arbitrary: fc.record({ fail: fc.record({ node }) }) },
  { weight: 3, arbitrary: fc.record({ recover: fc.record({ node }) }) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom('partition', 'stopKubelet', 'freeze', 'fail'),
        fc.oneof(
          node.map((name) => ({ node: name })),
          fc.constant({ selector: 'kubernetes.io/os=linux' }),
        ),
        seconds(5, 400),
      )
      .map(([fault, target, span]) => ({ [fault]: { ...target, for: span } })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(node, seconds(0, 200), fc.boolean(), fc.boolean())
      .map(([name, notice, drain, deleteNode]) => ({ reclaim: { node: name, notice, drain, deleteNode } })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        fc.constantFrom<object>({ pool: 'n' }, { node: 'n-2' }),
        fc.integer({ min: 1, max: 2 }),
        seconds(1, 90),
        fc.constantFrom('giveUp', 'goOn', 'stop'),
        fc.boolean(),
      )
      .map(([target, maxUnavailable, takes, whenBlocked, force]) => ({
        upgrade: { ...target, maxUnavailable, takes, whenBlocked, drain: { timeout: '60s', force } },
      })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('reboot', 'shutdown'), node)
      .map(([verb, name]) => ({ [verb]: { node: name } })),
  },
  {
    weight: 4,
    arbitrary: fc
      .oneof(
        fc.tuple(set, fc.integer({ min: 0, max: 8 })).map(([target, n]) => `scale ${target} --replicas=${n}`),
        node.map((name) => `cordon ${name}`),
        node.map((name) => `uncordon ${name}`),
        node.map((name) => `drain ${name} --force --delete-emptydir-data --timeout=90s`),
        node.map((name) => `drain ${name} --force`),
        fc.constantFrom('a0', 'a1').map((app) => `delete pdb ${app}`),
        fc.constantFrom('a0', 'a1').map((app) => `delete pods -l app=${app}`),
        fc.constantFrom('a0', 'a1').map((app) => `delete pods -l app=${app} --force --grace-period=0`),
        fc
          .tuple(set, fc.constantFrom('background', 'foreground', 'orphan'))
          .map(([t, c]) => `delete ${t} --cascade=${c}`),
        fc.constantFrom('a0', 'a1').map((app) => `label pods -l app=${app} app=released --overwrite`),
        node.map((name) => `taint nodes ${name} maintenance=yes:NoExecute --overwrite`),
        node.map((name) => `taint nodes ${name} maintenance:NoExecute-`),
      )
      .map((kubectl) => ({ kubectl })),
  },
)

/** Nodes that break by themselves. */
export const failures = (target: fc.Arbitrary<object>): fc.Arbitrary<readonly object[]> =>
  fc
    .array(
      fc
        .record({
          fault: fc.constantFrom('fail', 'partition', 'stopKubelet', 'freeze', 'reboot', 'slowDisk'),
          target,
          mean: seconds(60, 900),
          repair: seconds(5, 200),
          atMost: fc.constantFrom({}, { atMost: 1 }),
          together: fc.constantFrom({}, { together: 'kubernetes.io/os' }),
        })
        .map(({ fault, target: nodes, mean, repair, atMost, together }) => ({
          [fault]: nodes,
          timeToFailure: { exponential: { mean } },
          ...(fault === 'reboot' ? {} : { timeToRepair: { lognormal: { median: repair, sigma: 0.7 } } }),
          ...atMost,
          ...together,
        })),
      { maxLength: 2 },
    )
    .map((models) => models.map((model, i) => ({ name: `model-${i}`, ...model })))

/** Outages of the control plane, one of each kind at most: they must not overlap. */
export const controlPlane = (until: number): fc.Arbitrary<readonly (readonly [at: number, what: object])[]> => {
  const at = fc.integer({ min: 0, max: until })
  const seldom = <A>(value: fc.Arbitrary<A>): fc.Arbitrary<A | undefined> =>
    fc.option(value, { nil: undefined, freq: 1 })
  return fc
    .tuple(
      seldom(fc.tuple(at, fc.constantFrom(...STOPPABLE), seconds(1, 300))),
      seldom(fc.tuple(at, seconds(1, 120))),
      seldom(fc.tuple(at, fc.constantFrom(2, 30), seconds(1, 300))),
    )
    .map(([stop, down, slow]) => [
      ...(stop === undefined ? [] : [[stop[0], { stopController: { controller: stop[1], for: stop[2] } }] as const]),
      ...(down === undefined ? [] : [[down[0], { stopApiServer: { for: down[1] } }] as const]),
      ...(slow === undefined ? [] : [[slow[0], { slowApiServer: { by: slow[1], for: slow[2] } }] as const]),
    ])
}

const schedulerConfiguration = fc
  .record({
    type: fc.constantFrom('LeastAllocated', 'MostAllocated'),
    percentageOfNodesToScore: fc.constantFrom(0, 50, 100),
    disabled: fc.subarray(['ImageLocality', 'DefaultPreemption', 'PodTopologySpread'], { maxLength: 2 }),
  })
  .map(({ type, percentageOfNodesToScore, disabled }) => ({
    apiVersion: 'kubescheduler.config.k8s.io/v1',
    kind: 'KubeSchedulerConfiguration',
    percentageOfNodesToScore,
    profiles: [
      {
        plugins: { multiPoint: { disabled: disabled.map((name) => ({ name })) } },
        pluginConfig: [{ name: 'NodeResourcesFit', args: { scoringStrategy: { type } } }],
      },
    ],
  }))

export interface RandomFile {
  readonly manifests: readonly object[]
  readonly [field: string]: unknown
}

/** A scenario file as JSON. */
export const scenarioFile: fc.Arbitrary<RandomFile> = fc
  .record({
    seed: fc.integer({ min: 0, max: 1_000_000 }),
    minutes: fc.integer({ min: 5, max: 25 }),
    zones: fc.constantFrom(undefined, ['a'], ['a', 'b', 'c']),
    sets: fc.tuple(replicaObject(0), replicaObject(1)),
    pods: fc
      .array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 })
      .chain((ids) => fc.tuple(...[...new Set(ids)].map(barePod))),
    budgets: fc.oneof(fc.constant([]), fc.tuple(budget('a0')), fc.tuple(budget('a0'), budget('a1'))),
    behaviors: fc.array(behavior, { maxLength: 3 }),
    schedulerConfiguration: fc.option(schedulerConfiguration, { nil: undefined }),
    timeline: fc.array(fc.tuple(fc.integer({ min: 0, max: 1_400 }), happening), { maxLength: 8 }),
    outages: controlPlane(1_000),
    breaking: failures(
      fc.oneof(
        node.map((name) => ({ node: name })),
        fc.constant({ pool: 'n' }),
      ),
    ),
  })
  .map(({ seed, minutes, zones, sets, pods, budgets, behaviors, breaking, ...more }) => ({
    apiVersion: 'wavetank.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: 'random' },
    seed,
    duration: `${minutes}m`,
    nodes: [
      {
        name: 'n',
        count: 3,
        capacity: { cpu: '4', memory: '4Gi', pods: '20' },
        ...(zones === undefined ? {} : { zones }),
      },
    ],
    manifests: [...sets, ...pods, ...budgets],
    behaviors,
    ...(more.schedulerConfiguration === undefined ? {} : { schedulerConfiguration: more.schedulerConfiguration }),
    failures: breaking,
    timeline: [...more.timeline, ...more.outages]
      .sort(([a], [b]) => a - b)
      .map(([at, what]) => ({ at: `${at}s`, ...what })),
  }))

/** Reads a scenario file, with the objects or texts of others; what the generator makes must be valid. */
export const readScenario = (file: object, files: Readonly<Record<string, object | string>> = {}): Scenario => {
  const others = Object.entries(files)
  const decoded = decodeScenario(
    {
      file: 'random.json',
      text: JSON.stringify(file),
      resolved: new Map(others.map(([path]) => [path, right([path])])),
      texts: new Map(
        others.map(([path, json]) => [path, right(typeof json === 'string' ? json : JSON.stringify(json))]),
      ),
    },
    scenarioOptions,
  )
  if (isLeft(decoded)) throw new Error(`the generator made a wrong scenario:\n${formatIssues(decoded.left)}`)
  return (decoded.right as DecodedScenario).scenario
}

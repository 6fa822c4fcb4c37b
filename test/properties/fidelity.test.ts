import { foldKubeEvents } from '@wavetank/report'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createSimulation } from 'wavetank'
import { controlPlane, failures, readScenario } from './random-scenario.ts'

/**
 * What is skipped changes nothing: a run that makes an event of every probe, heartbeat and retry has the same cluster at
 * every instant as one that computes which of them matter.
 *
 * The cluster is a fold of the facts, so it is the facts that are compared: all entries but the ticks themselves, instant
 * by instant. The order within an instant may differ where two things of different pods meet at one millisecond.
 */

const TICKS: ReadonlySet<string> = new Set([
  'PodSyncDue',
  'VolumeMountDue',
  'ProbeAnswered',
  'LeaseRenewed',
  'ClusterConfigured',
  'EvictionSyncDue',
  'EvictionObserved',
  'ImageCollectionDue',
])

/** What commands of the timeline apply. */
const FILES = {
  'settings.yaml': { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { level: '1' } },
}

interface Seen {
  readonly facts: readonly string[]
  readonly ticks: ReadonlySet<string>
  readonly kubeEvents: string
  /** The same, where two Events of one millisecond may have changed places. */
  readonly untied: string
  readonly entries: number
}

const run = (file: object, fidelity: 'changes' | 'every-tick'): Seen => {
  const facts: string[] = []
  const ticks = new Set<string>()
  const kubeEvents = foldKubeEvents()
  const simulation = createSimulation(readScenario({ ...file, fidelity }, FILES), {
    onEntry: (entry, view) => {
      kubeEvents.apply(entry, view)
      const line = `${String(entry.at).padStart(9, '0')} ${entry.by} ${JSON.stringify(entry.event)}`
      if (TICKS.has(entry.event.kind)) ticks.add(line)
      else facts.push(line)
    },
  })
  while (simulation.advance(100_000) === undefined);
  const events = kubeEvents.events(simulation.horizon)
  const said = events.map(({ involvedObject: { name, fieldPath }, reason, message, count, firstAt, lastAt }) =>
    JSON.stringify([name, fieldPath, reason, message, count, firstAt, lastAt]),
  )
  return {
    facts: facts.sort(),
    ticks,
    kubeEvents: said.sort().join('\n'),
    untied: withoutTies(events),
    entries: simulation.entries(),
  }
}

/** What a recorder writes about one object before it takes more for spam. Source: client-go, events_cache.go. */
const SPAM_BURST = 25

/**
 * About an object of which more was said than a recorder writes, the next is written 300 s later. Where two Events about a pod
 * meet at the millisecond of that, as when two of its probes fail, either can be the one, and the other is not written: what
 * is told of such objects is left out.
 */
const withoutTies = (events: ReturnType<ReturnType<typeof foldKubeEvents>['events']>): string => {
  const written = new Map<string, number>()
  for (const {
    involvedObject: { name },
    count,
  } of events)
    written.set(name, (written.get(name) ?? 0) + (count ?? 1))
  return events
    .filter(({ involvedObject: { name } }) => (written.get(name) ?? 0) < SPAM_BURST)
    .map(({ involvedObject: { name, fieldPath }, reason, message, count, firstAt, lastAt }) =>
      JSON.stringify([name, fieldPath, reason, message, count, firstAt, lastAt]),
    )
    .sort()
    .join('\n')
}

const duration = (min: number, max: number): fc.Arbitrary<string> =>
  fc.integer({ min: min * 2, max: max * 2 }).map((halves) => `${halves * 500}ms`)

const status = fc.constantFrom(200, 204, 302, 404, 500, 503, 'refused', 'timeout')

const answers = fc.oneof(
  fc
    .uniqueArray(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 })
    .chain((from) =>
      fc.tuple(
        ...from
          .sort((a, b) => a - b)
          .map((fromRequest) => fc.record({ fromRequest: fc.constant(fromRequest), status })),
      ),
    ),
  fc
    .uniqueArray(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 4 })
    .chain((from) =>
      fc.tuple(...from.sort((a, b) => a - b).map((after) => fc.record({ after: fc.constant(`${after}s`), status }))),
    ),
)

const probeBehavior = fc
  .record(
    {
      answers,
      needs: fc.array(
        fc.record({
          dependency: fc.constantFrom('database', 'cache'),
          status: fc.constantFrom(500, 'refused', 'timeout'),
        }),
        {
          minLength: 1,
          maxLength: 2,
        },
      ),
      chance: fc.record({
        probability: fc.constantFrom(0, 0.01, 0.1, 0.5, 1),
        status: fc.constantFrom(500, 'timeout'),
      }),
    },
    { requiredKeys: [] },
  )
  .filter((probe) => Object.keys(probe).length > 0)

const hookBehavior = fc.record({ takes: duration(0, 30), fails: fc.constantFrom(0, 0, 0.3, 1) })

const hook = fc.constantFrom<object>(
  { exec: { command: ['true'] } },
  { httpGet: { port: 80 } },
  { sleep: { seconds: 4 } },
)

/** Most containers can be started. */
const seldom = <A>(value: fc.Arbitrary<A>): fc.Arbitrary<A | undefined> =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: value })
/** Bytes over time, around what the node has of it. */
const usage = (most: number) =>
  fc.oneof(
    fc.integer({ min: 0, max: most }).map((mebibytes) => `${mebibytes}Mi`),
    fc
      .record({ rise: fc.integer({ min: 1, max: Math.max(1, most >> 4) }), every: duration(1, 20) })
      .map(({ rise, every }) => ({ leak: { rise: `${rise}Mi`, every } })),
    fc
      .uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 4 })
      .chain((from) =>
        fc.tuple(
          ...from
            .sort((a, b) => a - b)
            .map((after) =>
              fc.integer({ min: 0, max: most }).map((value) => ({ after: `${after}s`, value: `${value}Mi` })),
            ),
        ),
      )
      .map((steps) => ({ steps })),
  )

const behavior = fc.record(
  {
    match: fc.record({ container: fc.constantFrom('main', 'second', 'side') }),
    startup: duration(0, 40),
    startError: seldom(fc.record({ reason: fc.constantFrom('RunContainerError', 'CreateContainerError') })),
    run: fc.record(
      { for: duration(1, 200), exitCode: fc.constantFrom(0, 1), checkpoint: duration(1, 30) },
      { requiredKeys: ['for', 'exitCode'] },
    ),
    crash: fc.record({ after: duration(1, 200).map((mean) => ({ exponential: { mean } })) }),
    probes: fc.record(
      { liveness: probeBehavior, readiness: probeBehavior, startup: probeBehavior },
      { requiredKeys: [] },
    ),
    hooks: fc.record({ postStart: hookBehavior, preStop: hookBehavior }, { requiredKeys: [] }),
    memory: usage(3_000),
    disk: usage(600),
    logs: usage(100),
    volumes: fc.record({ scratch: usage(600), shm: usage(600) }, { requiredKeys: [] }),
    inodes: fc.constantFrom('100', '30k', '70k').map((value) => ({ leak: { rise: value, every: '20s' } })),
    processes: fc.constantFrom('10', '900', '2k'),
    onFullDisk: fc.constantFrom<unknown>('ignore', { exitCode: 28 }, { exitCode: 0 }),
    onSigterm: fc.oneof(fc.constant('ignore'), fc.record({ exitCode: fc.constantFrom(0, 3), after: duration(0, 40) })),
  },
  { requiredKeys: ['match'] },
)

const probe = (only: 'liveness' | 'readiness' | 'startup') =>
  fc
    .record({
      handler: fc.constantFrom<object>(
        { httpGet: { port: 8080 } },
        { tcpSocket: { port: 80 } },
        { exec: { command: ['true'] } },
        { grpc: { port: 9000 } },
      ),
      initialDelaySeconds: fc.constantFrom(0, 0, 3, 25),
      periodSeconds: fc.integer({ min: 1, max: 12 }),
      timeoutSeconds: fc.integer({ min: 1, max: 6 }),
      successThreshold: only === 'readiness' ? fc.integer({ min: 1, max: 3 }) : fc.constant(1),
      failureThreshold: fc.integer({ min: 1, max: 4 }),
    })
    .map(({ handler, ...rest }) => ({ ...handler, ...rest }))

const container = (name: string, more: object = {}) =>
  fc.record(
    {
      name: fc.constant(name),
      image: fc.constantFrom('example/a:1', 'example/b', 'ghcr.io/example/c:1', 'example/missing:1'),
      imagePullPolicy: fc.constantFrom('Always', 'IfNotPresent', 'IfNotPresent', 'Never'),
      livenessProbe: probe('liveness'),
      readinessProbe: probe('readiness'),
      startupProbe: probe('startup'),
      lifecycle: seldom(fc.record({ postStart: hook, preStop: hook }, { requiredKeys: [] })),
      envFrom: seldom(fc.constant([{ configMapRef: { name: 'settings' } }])),
      resources: fc.record(
        {
          requests: fc.record(
            { memory: fc.constantFrom('100Mi', '1Gi'), 'ephemeral-storage': fc.constantFrom('100Mi', '300Mi') },
            { requiredKeys: [] },
          ),
          limits: fc.record(
            { memory: fc.constantFrom('1Gi', '2Gi'), 'ephemeral-storage': fc.constantFrom('300Mi', '500Mi') },
            { requiredKeys: [] },
          ),
        },
        { requiredKeys: [] },
      ),
      ...more,
    },
    { requiredKeys: ['name', 'image', ...(Object.keys(more) as never[])] },
  )

/** Without what the API does not let them have. */
const initContainer = (one: object): object => {
  const { livenessProbe, readinessProbe, startupProbe, lifecycle, ...rest } = one as Readonly<Record<string, unknown>>
  return rest
}

/** What init containers do. */
const setup = fc
  .record({ for: duration(0, 30), exitCodes: fc.array(fc.constantFrom(0, 0, 1), { minLength: 1, maxLength: 3 }) })
  .map((run) => ({ match: { container: 'setup' }, run }))

const pod = (name: string) =>
  fc
    .record(
      {
        containers: fc.oneof(
          fc.tuple(container('main')),
          fc.tuple(container('main'), container('second')) as unknown as fc.Arbitrary<[object]>,
        ),
        initContainers: fc.oneof(
          fc.tuple(container('side', { restartPolicy: fc.constant('Always') })),
          fc.tuple(container('setup').map(initContainer)) as unknown as fc.Arbitrary<[object]>,
          fc.tuple(
            container('setup').map(initContainer),
            container('side', { restartPolicy: fc.constant('Always') }),
          ) as unknown as fc.Arbitrary<[object]>,
        ),
        restartPolicy: fc.constantFrom('Always', 'OnFailure', 'Never'),
        terminationGracePeriodSeconds: fc.integer({ min: 5, max: 40 }),
        activeDeadlineSeconds: seldom(fc.constantFrom(30, 200)),
        volumes: fc.constantFrom(
          [],
          [],
          [],
          [{ name: 'config', configMap: { name: 'settings' } }],
          [{ name: 'config', configMap: { name: 'settings', items: [{ key: 'level', path: 'level' }] } }],
        ),
      },
      { requiredKeys: ['containers', 'restartPolicy'] },
    )
    .map((spec) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, labels: { app: name } },
      spec: {
        ...spec,
        volumes: [
          ...(spec.volumes ?? []),
          { name: 'scratch', emptyDir: { sizeLimit: '500Mi' } },
          { name: 'shm', emptyDir: { medium: 'Memory' } },
        ],
      },
    }))

const happening = fc.oneof(
  fc.constantFrom<object>(
    { down: { dependency: 'database' } },
    { up: { dependency: 'database' } },
    { down: { dependency: 'cache' } },
    { up: { dependency: 'cache' } },
    { down: { registry: 'ghcr.io' } },
    { up: { registry: 'ghcr.io' } },
    { fail: { node: 'n-1' } },
    { recover: { node: 'n-1' } },
    { kubectl: 'apply -f settings.yaml' },
    { kubectl: 'apply -f settings.yaml' },
    { kubectl: 'delete configmap settings' },
    { partition: { node: 'n-1', for: '70s' } },
    { stopKubelet: { pool: 'n', for: '40s' } },
    { freeze: { node: 'n-1', for: '30s' } },
    { reboot: { node: 'n-1' } },
    { fillDisk: { node: 'n-1', by: '400Mi', for: '90s' } },
    { fillDisk: { node: 'n-1', disk: 'imagefs', by: '300Mi' } },
    { fillDisk: { node: 'n-1', by: '5Gi', for: '60s' } },
    { fillDisk: { node: 'n-1', inodes: 100_000, for: '45s' } },
    { fillDisk: { node: 'n-1', disk: 'imagefs', by: '5Gi', for: '2m' } },
    { freeze: { node: 'n-1', for: '3s' } },
    { freeDisk: { node: 'n-1', disk: 'imagefs' } },
    { slowDisk: { node: 'n-1', by: 3, for: '1m' } },
    { reclaim: { node: 'n-1', notice: '20s', drain: false } },
    { kubectl: 'delete pod a' },
    { kubectl: 'delete pod b --grace-period=5' },
  ),
)

const fromRegistry = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'c' },
  spec: { containers: [{ name: 'main', image: 'ghcr.io/example/d:1' }] },
}

const scenario = fc
  .record({
    seed: fc.integer({ min: 0, max: 1_000_000 }),
    pods: fc.tuple(pod('a'), pod('b')),
    count: fc.integer({ min: 1, max: 2 }),
    behaviors: fc
      .tuple(setup, fc.array(behavior, { minLength: 1, maxLength: 3 }))
      .map(([init, rest]) => [...rest, init]),
    timeline: fc.array(fc.tuple(fc.integer({ min: 0, max: 580 }), happening), { maxLength: 6 }),
    breaking: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, failures(fc.constant({ pool: 'n' }))),
    outages: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, controlPlane(500)),
    disks: fc.constantFrom<object | undefined>(
      undefined,
      { imagefs: '1Gi' },
      { imagefs: '500Mi', containerfs: 'nodefs' },
    ),
    imageSize: fc.constantFrom('10Mi', '100Mi', '300Mi'),
    kubelet: fc.record(
      {
        evictionSoft: fc.constant({ 'nodefs.available': '30%', 'memory.available': '2Gi' }),
        evictionSoftGracePeriod: fc.constant({ 'nodefs.available': '45s', 'memory.available': '30s' }),
        evictionMinimumReclaim: fc.constant({ 'imagefs.available': '200Mi' }),
        evictionPressureTransitionPeriod: fc.constantFrom('0s', '35s', '5m'),
        imageMinimumGCAge: fc.constantFrom('0s', '2m'),
        imageMaximumGCAge: fc.constantFrom('0s', '4m'),
      },
      { requiredKeys: ['evictionSoft', 'evictionSoftGracePeriod'] },
    ),
  })
  .map(({ seed, pods, count, behaviors, timeline, breaking, outages, disks, imageSize, kubelet }) => ({
    apiVersion: 'wavetank.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: 'random' },
    seed,
    duration: '10m',
    nodes: [
      {
        name: 'n',
        count: 1,
        capacity: { cpu: '4', memory: '4Gi', 'ephemeral-storage': '1Gi' },
        disks,
        kubelet: {
          evictionHard: { 'nodefs.available': '10%', 'imagefs.available': '15%', 'pid.available': '31k' },
          ...kubelet,
        },
      },
    ],
    // Something comes from each registry that the timeline names.
    manifests: [...pods.slice(0, count), fromRegistry, ...(seed % 2 === 0 ? [FILES['settings.yaml']] : [])],
    dependencies: [{ name: 'database' }, { name: 'cache', up: false }],
    behaviors,
    images: { size: imageSize, missing: ['example/missing:*'] },
    failures: breaking,
    timeline: [...timeline, ...outages].sort(([a], [b]) => a - b).map(([at, what]) => ({ at: `${at}s`, ...what })),
  }))

/**
 * Where the counts of repeated Events may be one off, so that they are not compared: a request that will time out, after
 * one that was refused, is counted when it is sent; and the looks at an image that must not be pulled are counted with
 * the one that another container's end brought. See docs/fidelity.md.
 */
const countsDiffer = (file: { readonly behaviors: object; readonly manifests: object }): boolean =>
  JSON.stringify(file.behaviors).includes('timeout') ||
  JSON.stringify(file.manifests).includes('"imagePullPolicy":"Never"')

/** Thousands where nobody waits for them. */
const CASES = process.env.CI === undefined ? 100 : 2_000

describe('fidelity', () => {
  it('every tick as an event gives the same cluster at every instant, and the same Events', () => {
    let skipped = 0
    fc.assert(
      fc.property(scenario, (file) => {
        const changes = run(file, 'changes')
        const every = run(file, 'every-tick')
        expect(changes.facts).toEqual(every.facts)
        if (!countsDiffer(file) && changes.untied !== every.untied) expect(changes.kubeEvents).toBe(every.kubeEvents)
        for (const tick of changes.ticks) if (tick.includes('ProbeAnswered')) expect(every.ticks).toContain(tick)
        skipped += every.entries - changes.entries
      }),
      { numRuns: CASES, seed: Number(process.env.WAVETANK_PROPERTY_SEED ?? 20_250_101) },
    )
    expect(skipped).toBeGreaterThan(CASES)
  }, 300_000)
})

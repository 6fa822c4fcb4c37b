import {
  ClusterConfigured,
  clusterEvents,
  createClusterStore,
  createPod,
  createReplicaSet,
  DEFAULT_SETTINGS,
  defaultsOf,
  NamespaceCreated,
  NodeCreated,
  PodBound,
  type PodSpec,
} from '@wavetank/cluster'
import { controllers } from '@wavetank/controllers'
import {
  type AnyEventDefinition,
  createDraw,
  createLogWriter,
  createNullSink,
  createRun,
  type LoggedKind,
  type SimEvent,
} from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'
import {
  acceptedRange,
  expectedSizes,
  isThere,
  loadWorkload,
  MISSING,
  runScheduler,
} from '../test/ground-truth/kubesbs.ts'
import { type Bench, formatTimed, type Measurement, peakMebibytes, timed } from './bench.ts'

const FIVE_MINUTES = 300_000

const isWithin = (count: number, [least, most]: readonly [number, number]): 'within' | 'OUTSIDE' =>
  count >= least && count <= most ? 'within' : 'OUTSIDE'

/** With the start of the process, which users wait for too. */
const sinceStart = (): string => {
  const { user, system } = process.cpuUsage()
  return `${process.uptime().toFixed(2)} s (${((user + system) / 1e6).toFixed(2)} s of cpu) since the start`
}

/** KubeSBS 1000 once, from its files to how many pods found no node, as others measured it. */
const kubesbs = (size: string): readonly Measurement[] => {
  if (!isThere()) return [{ case: `KubeSBS ${size}`, work: MISSING, rate: 'not measured' }]
  const [least, most] = acceptedRange(expectedSizes()[size]!)
  const loading = timed(() => loadWorkload(size))
  const scheduling = timed(() => runScheduler(loading.result, 1, FIVE_MINUTES))
  const { unschedulable, entries, digest } = scheduling.result
  return [
    {
      case: `KubeSBS, ${size} nodes`,
      work: `${unschedulable} unschedulable, ${isWithin(unschedulable, [least, most])} ${least}..${most}, ${entries} entries, ${digest}`,
      rate: `${formatTimed(scheduling)} after ${formatTimed(loading)} of loading, ${sinceStart()}; peak memory ${peakMebibytes()} MiB`,
    },
  ]
}

const SEEDS = 10

/** One size for ten seeds: how many pods find no node, and what the real scheduler gave. */
const againstTruth = (size: string): readonly Measurement[] => {
  if (!isThere()) return [{ case: `KubeSBS ${size}`, work: MISSING, rate: 'not measured' }]
  const range = acceptedRange(expectedSizes()[size]!)
  const workload = loadWorkload(size)
  const runs = timed(() => Array.from({ length: SEEDS }, (_, i) => runScheduler(workload, i + 1, FIVE_MINUTES)))
  const counts = runs.result.map(({ unschedulable }) => unschedulable)
  const verdicts = new Set(counts.map((count) => isWithin(count, range)))
  const entries = runs.result.reduce((sum, run) => sum + run.entries, 0)
  return [
    {
      case: `KubeSBS, ${size} nodes, seeds 1 to ${SEEDS}`,
      work: `${counts.join(' ')} unschedulable, ${[...verdicts].join(' and ')} ${range[0]}..${range[1]}, ${entries} entries, ${runs.result[0]!.digest} …`,
      rate: `${formatTimed(runs)}; peak memory ${peakMebibytes()} MiB`,
    },
  ]
}

/** What the pods of the fill ask for besides room. */
type Wish = 'nothing' | 'spread and anti-affinity'

const specOf = (app: string, wish: Wish): PodSpec => {
  const labelSelector = { matchLabels: { app } }
  const wishes =
    wish === 'nothing'
      ? {}
      : {
          topologySpreadConstraints: [
            {
              maxSkew: 1,
              topologyKey: 'topology.kubernetes.io/zone',
              whenUnsatisfiable: 'DoNotSchedule',
              labelSelector,
            },
          ],
          affinity: {
            podAntiAffinity: {
              requiredDuringSchedulingIgnoredDuringExecution: [
                { topologyKey: 'kubernetes.io/hostname', labelSelector },
              ],
            },
          },
        }
  const requests = { cpu: '100m', memory: '64Mi' }
  return {
    containers: [{ name: 'main', image: 'nginx:1', imagePullPolicy: 'IfNotPresent', resources: { requests } }],
    ...wishes,
  } as unknown as PodSpec
}

const PODS_PER_WORKLOAD = 150

/** The scheduler alone fills an empty cluster, its client unlimited: time for a decision. */
const fill = (nodes: number, pods: number, wish: Wish): readonly Measurement[] => {
  const store = createClusterStore()
  const scratch = createClusterStore()
  const initial: { at: number; by: string; event: SimEvent }[] = []
  const add = (event: SimEvent): void => {
    scratch.apply({ seq: initial.length, at: 0, cause: null, by: 'scenario', event })
    initial.push({ at: 0, by: 'scenario', event })
  }
  const latencies = { ...DEFAULT_SETTINGS.latencies, schedulingCycle: { constant: 1 } }
  add(ClusterConfigured({ settings: { ...DEFAULT_SETTINGS, latencies } as never }))
  add(NamespaceCreated({ namespace: 'default', uid: 'default', labels: {} }))
  for (let i = 0; i < nodes; i++) {
    const node = `n${i}`
    const labels = { 'kubernetes.io/hostname': node, 'topology.kubernetes.io/zone': 'abc'[i % 3]! }
    const amounts = { cpu: '16', memory: '64Gi', pods: '110' }
    add(
      NodeCreated({ node, uid: node, object: { metadata: { name: node, labels }, status: { allocatable: amounts } } }),
    )
  }
  for (let made = 0, i = 0; made < pods; i++) {
    const app = `app-${i}`
    const labels = { app }
    const content = { labels, annotations: {}, finalizers: [], spec: specOf(app, wish) }
    const [set, ...rest] = createReplicaSet(scratch.view, 0, {
      kind: 'ReplicaSet',
      namespace: 'default',
      name: app,
      labels,
      annotations: {},
      replicas: PODS_PER_WORKLOAD,
      minReadySeconds: 0,
      selector: { matchLabels: labels },
      template: content,
    })
    for (const event of [set!, ...rest]) add(event)
    const { uid } = scratch.view.replicaSets.get(`default/${app}`)!
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: app, uid }
    for (let j = 0; j < PODS_PER_WORKLOAD && made < pods; j++, made++) {
      const created = createPod(scratch.view, 0, `${app}-${j}`, { namespace: 'default', content, owner })
      if (isLeft(created)) throw new Error(created.left)
      for (const event of created.right) add(event)
    }
  }
  const scheduler = controllers.filter(({ name }) => name === 'default-scheduler')
  const definitions: readonly AnyEventDefinition[] = [...clusterEvents, ...scheduler.flatMap(({ events }) => events)]
  const catalogue = new Map(definitions.map((definition) => [definition.kind, definition]))
  const writer = createLogWriter({
    catalogue: catalogue as unknown as ReadonlyMap<string, LoggedKind>,
    header: { seed: 1 },
    sink: createNullSink(),
  })
  let bound = 0
  const run = createRun({
    model: store,
    controllers: scheduler.map((controller) => ({
      controller,
      config: { ...defaultsOf(controller.flags), 'client-connection-qps': 1e6, 'client-connection-burst': 1_000_000 },
    })),
    catalogue,
    draw: createDraw(1),
    initial,
    horizon: 600_000,
    append: (entry) => {
      if (entry.event.kind === PodBound.kind) bound++
      writer.append(entry)
    },
  })
  const filling = timed(() => {
    while (run.advance(100_000) === undefined);
  })
  const digest = writer.finish({ end: 'horizon' })
  return [
    {
      case: `${nodes} nodes, ${pods} pods that wish for ${wish}`,
      work: `${bound} bound, ${run.entries()} entries, ${digest}`,
      rate: `${formatTimed(filling)}, ${Math.round((filling.cpuSeconds / pods) * 1e6)} µs of cpu a pod; peak memory ${peakMebibytes()} MiB`,
    },
  ]
}

const SIZES = ['1000', '500', '300', '100']

export const schedulingBench: Bench = {
  name: 'scheduling',
  doc: 'A fill of an empty cluster by the scheduler alone.',
  run: (scale) =>
    scale === 'small'
      ? [...fill(100, 1_500, 'nothing'), ...fill(200, 1_500, 'spread and anti-affinity')]
      : [...fill(5_000, 150_000, 'nothing'), ...fill(5_000, 150_000, 'spread and anti-affinity')],
}

/** `time node tools/bench.mjs kubesbs`; WAVETANK_DATA says where the data are. */
export const kubesbsBench: Bench = {
  name: 'kubesbs',
  doc: 'KubeSBS with 1000 nodes and one seed, from its files to the pods without a node, cold start included.',
  run: (scale) => kubesbs(scale === 'small' ? '100' : '1000'),
}

export const kubesbsTruthBench: Bench = {
  name: 'kubesbs-truth',
  doc: 'KubeSBS in all sizes and for ten seeds, against what the real scheduler gave.',
  run: (scale) => (scale === 'small' ? ['100'] : SIZES).flatMap(againstTruth),
}

import { formatMillis, type Millis } from '@wavetank/kernel'
import type { Scenario } from '@wavetank/scenario'
import {
  createLocalEngine,
  createPoolEngine,
  type DesignPoint,
  digestOf,
  type Engine,
  evaluateTask,
  metricNamed,
  type Outcome,
  type Replication,
  seedsOf,
} from '@wavetank/study'
import { type Bench, formatTimed, type Measurement, type Timed, timedAsync } from './bench.ts'
import { deploymentsOf, nodesOf, scenarioOf } from './workload.ts'

/**
 * A study of a cluster whose nodes fail by themselves: replications a second in one thread and in two, whose outcomes
 * have to be the same; and points that differ in a late fault, together and each alone.
 */

/** What worker threads do; `bench/main.ts` exports it for them. */
export const studyWorker = evaluateTask

interface Size {
  readonly nodes: number
  readonly pods: number
  readonly hours: number
  /** In two threads; a fifth of them in one. */
  readonly replications: number
  readonly faults: number
}

const HOUR = 3_600_000

const scenarioOfStudy = ({ nodes, pods, hours }: Size, more: Readonly<Record<string, unknown>>): Scenario =>
  scenarioOf('study', { duration: `${hours}h`, nodes: nodesOf(nodes), manifests: deploymentsOf(pods), ...more })

const pointOf = (index: number, scenario: Scenario): DesignPoint => ({
  index,
  levels: [{ axis: 'point', value: index }],
  scenario,
  warmup: 300_000 as Millis,
  measures: ['availability', 'timeToRecover', 'evictions'].map((metric) => {
    const { of, unit } = metricNamed(metric)!
    const decoded = of.decode({})
    if (decoded._tag === 'Left' || typeof unit === 'function') throw new Error(`${metric} needs to know more`)
    return { name: metric, metric, of: decoded.right as Record<string, never>, unit }
  }),
  prices: [],
})

const inOrder = (outcomes: readonly Outcome[]): readonly Outcome[] =>
  [...outcomes].sort((a, b) => a.point - b.point || a.number - b.number)

/** With its threads started: a study has them for as long as it goes on. */
const timedWith = async (
  engine: Engine,
  points: readonly DesignPoint[],
  replications: readonly Replication[],
): Promise<Timed<readonly Outcome[]>> => {
  try {
    await engine.evaluate(points, replications.slice(0, 4))
    return await timedAsync(async () => inOrder(await engine.evaluate(points, replications)))
  } finally {
    await engine.close()
  }
}

/** From its source, as tests run it, there are no threads. */
const hasThreads = !import.meta.url.endsWith('.ts')
const threads = (workers: number): Promise<Engine> =>
  createPoolEngine({ module: import.meta.url, name: 'studyWorker', workers })

const entriesOf = (outcomes: readonly Outcome[]): number => outcomes.reduce((sum, { entries }) => sum + entries, 0)

const sameOutcomes = (a: Timed<readonly Outcome[]>, b: Timed<readonly Outcome[]>): void => {
  if (digestOf(a.result) !== digestOf(b.result)) throw new Error('the outcomes differ')
}

const measure = async (size: Size): Promise<readonly Measurement[]> => {
  const { nodes, pods, hours, replications: count, faults } = size
  const name = `${nodes} nodes, ${pods} pods, ${formatMillis(hours * HOUR)}`
  const seedOf = seedsOf(1)
  const rate = ({ seconds, result }: Timed<readonly Outcome[]>): number => result.length / seconds
  const failing = pointOf(
    0,
    scenarioOfStudy(size, {
      failures: [
        {
          name: 'machines',
          fail: { selector: 'kubernetes.io/os' },
          timeToFailure: { exponential: { mean: '240h' } },
          timeToRepair: { lognormal: { median: '20m', sigma: 0.8 } },
        },
      ],
    }),
  )
  const replications = Array.from({ length: count }, (_, number) => ({ point: 0, number, seed: seedOf(number) }))
  const some = replications.slice(0, Math.ceil(count / 5))
  const one = await timedWith(hasThreads ? await threads(1) : createLocalEngine(), [failing], some)
  const measured: Measurement[] = [
    {
      case: `${name}: ${some.length} replications, one thread`,
      work: `${entriesOf(one.result)} entries`,
      rate: `${rate(one).toFixed(1)} a second, ${formatTimed(one)}`,
    },
  ]
  if (hasThreads) {
    const two = await timedWith(await threads(2), [failing], replications)
    sameOutcomes(one, { ...two, result: two.result.slice(0, some.length) })
    measured.push({
      case: `${name}: ${count} replications, two threads`,
      work: `${entriesOf(two.result)} entries`,
      rate: `${rate(two).toFixed(1)} a second, ${formatTimed(two)}; the second adds ${Math.round((rate(two) / rate(one) - 1) * 100)}%`,
    })
  }
  const late = Array.from({ length: faults }, (_, i) => {
    const at = Math.round(hours * HOUR * (2 / 3 + i / faults / 3))
    const timeline = [{ at: `${at}ms`, fail: { node: `n-${((i * 37) % nodes) + 1}`, for: '15m' } }]
    return pointOf(i, scenarioOfStudy(size, { timeline }))
  })
  const once = late.map(({ index }) => ({ point: index, number: 0, seed: seedOf(0) }))
  const apart = await timedWith(
    {
      // One by one, so that nobody sees what they have in common.
      evaluate: async (points, some) => {
        const engine = createLocalEngine()
        const outcomes: Outcome[] = []
        for (const asked of some) outcomes.push(...(await engine.evaluate([points[asked.point]!], [asked])))
        return outcomes
      },
      close: async () => {},
    },
    late,
    once,
  )
  const together = await timedWith(createLocalEngine(), late, once)
  sameOutcomes(apart, together)
  measured.push({
    case: `${name}: ${faults} points with a node failure in the last third, each alone and sharing their history`,
    work: `${entriesOf(apart.result)} entries`,
    rate: `${rate(apart).toFixed(1)} a second, ${formatTimed(apart)}; shared ${rate(together).toFixed(1)}, ${formatTimed(together)}`,
  })
  return measured
}

export const studyBench: Bench = {
  name: 'study',
  doc: 'Replications of a study in one thread and in two; points that share their history against each alone.',
  run: (scale) =>
    scale === 'small'
      ? measure({ nodes: 5, pods: 20, hours: 6, replications: 4, faults: 4 })
      : measure({ nodes: 100, pods: 1_000, hours: 24, replications: 1_000, faults: 24 }),
}

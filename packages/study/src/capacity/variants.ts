import {
  type DecodedScenario,
  type DecodeOptions,
  decodeScenario,
  type LocatedIssue,
  readYaml,
  type ScenarioInput,
} from '@wavetank/scenario'
import type { Either } from 'fp-ts/lib/Either.js'
import type { MachineType } from './price-list.ts'

type Json = Readonly<Record<string, unknown>>
const isRecord = (u: unknown): u is Json => typeof u === 'object' && u !== null && !Array.isArray(u)

/** A pool as the scenario file has it. */
export interface WrittenPool {
  readonly name: string
  readonly count: number
}

/** What machines of other types say where they take the place of a pool. */
const POOL_LABEL = 'wavetank.dev/pool'
const TYPE_LABEL = 'node.kubernetes.io/instance-type'

/** A scenario with other nodes; everything else is as it is written, and checked again. */
export interface Variants {
  readonly pools: readonly WrittenPool[]
  /** With other counts of the pools that are named. */
  readonly withCounts: (counts: Readonly<Record<string, number>>) => Either<readonly LocatedIssue[], DecodedScenario>
  /** With so many machines of each type in the place of a pool. */
  readonly withMachines: (
    pool: string,
    types: readonly MachineType[],
    counts: readonly number[],
  ) => Either<readonly LocatedIssue[], DecodedScenario>
}

const isPool = (item: unknown): item is Json =>
  isRecord(item) && typeof item.name === 'string' && typeof item.count === 'number' && !('kind' in item)

const nameOfType = (pool: string, type: string): string =>
  `${pool}-${type
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')}`

/** `pool: worker` of faults, for nodes that are no longer called after their pool. */
const aimedByLabel = (pool: string) => {
  const aim = (json: unknown): unknown => {
    if (Array.isArray(json)) return json.map(aim)
    if (!isRecord(json)) return json
    const { pool: own, ...rest } = json
    if (own === pool) return { ...rest, selector: `${POOL_LABEL}=${pool}` }
    return Object.fromEntries(Object.entries(json).map(([key, value]) => [key, aim(value)]))
  }
  return aim
}

/** @param input the texts of a scenario that has been read without a problem */
export const createVariants = (input: ScenarioInput, options: DecodeOptions): Variants => {
  const written = readYaml(input.text).documents[0]?.value
  const whole = isRecord(written) ? written : {}
  const nodes: readonly unknown[] = Array.isArray(whole.nodes) ? whole.nodes : []
  const decode = (json: Json): Either<readonly LocatedIssue[], DecodedScenario> =>
    decodeScenario({ ...input, text: JSON.stringify(json) }, options)
  return {
    pools: nodes.flatMap((item) => (isPool(item) ? [{ name: String(item.name), count: Number(item.count) }] : [])),
    withCounts: (counts) =>
      decode({
        ...whole,
        nodes: nodes.map((item) =>
          isPool(item) && counts[String(item.name)] !== undefined
            ? { ...item, count: counts[String(item.name)] }
            : item,
        ),
      }),
    withMachines: (pool, types, counts) => {
      const aim = aimedByLabel(pool)
      const machines = (item: Json): readonly Json[] =>
        types.map(({ name, capacity, allocatable, labels, taints }, i) => {
          const { capacity: _, allocatable: __, ...rest } = item
          const own: readonly unknown[] = Array.isArray(item.taints) ? item.taints : []
          return {
            ...rest,
            name: nameOfType(pool, name),
            count: counts[i] ?? 0,
            capacity,
            ...(allocatable === undefined ? {} : { allocatable }),
            labels: {
              ...(isRecord(item.labels) ? item.labels : {}),
              [TYPE_LABEL]: name,
              [POOL_LABEL]: pool,
              ...labels,
            },
            taints: [...own, ...taints],
          }
        })
      return decode({
        ...whole,
        ...('timeline' in whole ? { timeline: aim(whole.timeline) } : {}),
        ...('failures' in whole ? { failures: aim(whole.failures) } : {}),
        nodes: nodes.flatMap((item): readonly unknown[] =>
          isPool(item) && item.name === pool ? machines(item) : [item],
        ),
      })
    },
  }
}

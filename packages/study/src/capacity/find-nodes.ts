import type { DecodedScenario, LocatedIssue, Scenario } from '@wavetank/scenario'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { type CheapestMix, cheapestMix, type Mix, type MixType, priceOf } from './cheapest-mix.ts'
import { leastCount } from './least-count.ts'
import type { MachineType } from './price-list.ts'
import { type Amounts, allocatableOf, steadyRequests } from './steady-requests.ts'
import type { Finding, Tester } from './sufficiency.ts'
import type { Variants } from './variants.ts'

/** A candidate that was looked at. */
export interface Tried {
  /** By pool, or by type of machine. */
  readonly counts: Readonly<Record<string, number>>
  /** Absent if the scenario names nodes that this candidate does not have. */
  readonly finding?: Finding
}

export interface NodeSearch {
  /** By pool; absent if nothing up to the most is enough. */
  readonly counts?: Readonly<Record<string, number>>
  readonly tried: readonly Tried[]
  readonly remarks: readonly string[]
}

export interface MixSearch extends Omit<CheapestMix, 'mix'> {
  readonly mix?: { readonly counts: Readonly<Record<string, number>>; readonly price: number }
  readonly tried: readonly Tried[]
  readonly remarks: readonly string[]
}

type OnTry = (tried: Tried) => void

const keyOf = (counts: Readonly<Record<string, number>>): string => JSON.stringify(counts)

/** Tests candidates, each once. */
const createBench = (tester: Tester, onTry: OnTry) => {
  const tried = new Map<string, Tried>()
  return {
    tried: (): readonly Tried[] => [...tried.values()],
    test: async (
      counts: Readonly<Record<string, number>>,
      variant: () => Either<readonly LocatedIssue[], DecodedScenario>,
    ): Promise<boolean> => {
      const key = keyOf(counts)
      const before = tried.get(key)
      if (before !== undefined) return before.finding?.isEnough === true
      const decoded = variant()
      const one: Tried = isLeft(decoded) ? { counts } : { counts, finding: await tester.find(decoded.right.scenario) }
      tried.set(key, one)
      onTry(one)
      return one.finding?.isEnough === true
    },
    find: (counts: Readonly<Record<string, number>>): Tried | undefined => tried.get(keyOf(counts)),
  }
}

const formatCounts = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([pool, count]) => `${count} ${pool}`)
    .join(', ')

/**
 * The least number of nodes of each pool: pool by pool, with the others as they are.
 *
 * @param pools in the order in which they are made smaller
 * @param max of nodes of one pool
 */
export const leastNodes = async (
  variants: Variants,
  pools: readonly string[],
  tester: Tester,
  { max, onTry = () => {} }: { readonly max: number; readonly onTry?: OnTry },
): Promise<NodeSearch> => {
  const bench = createBench(tester, onTry)
  const remarks: string[] = []
  const test = (counts: Readonly<Record<string, number>>): Promise<boolean> =>
    bench.test(counts, () => variants.withCounts(counts))
  const written = Object.fromEntries(
    variants.pools.flatMap(({ name, count }) => (pools.includes(name) ? [[name, count] as const] : [])),
  )
  let counts: Readonly<Record<string, number>> = written
  if (pools.length > 1) {
    // All of them grow together until they are enough; then each is made as small as the others allow.
    for (let factor = 1; !(await test(counts)); factor *= 2) {
      if (pools.every((pool) => counts[pool]! >= max)) return { tried: bench.tried(), remarks }
      counts = Object.fromEntries(
        pools.map((pool) => [pool, Math.min(max, Math.max(written[pool]!, 1) * factor * 2)] as const),
      )
    }
  }
  for (const pool of pools) {
    const others = counts
    const least = await leastCount((count) => test({ ...others, [pool]: count }), {
      start: Math.min(others[pool]!, max),
      min: 0,
      max,
    })
    if (least.count === undefined) return { tried: bench.tried(), remarks }
    counts = { ...others, [pool]: least.count }
    if (least.notMonotone !== undefined) {
      const { enough, short } = least.notMonotone
      remarks.push(`more is not always better here: ${enough} of ${pool} are enough and ${short} are not`)
    }
  }
  if (pools.length > 1) {
    const order = pools.join(', then ')
    remarks.push(`no pool can do with fewer as long as the others stay; made smaller in this order: ${order}`)
  }
  const finding = bench.find(counts)?.finding
  if (finding !== undefined && finding.pendingMax > 0)
    remarks.push(
      `${formatCounts(counts)}: up to ${finding.pendingMax} pods have no node at the end, which no expectation minds`,
    )
  return { counts, tried: bench.tried(), remarks }
}

const namedCounts = (types: readonly MachineType[], counts: readonly number[]): Readonly<Record<string, number>> =>
  Object.fromEntries(types.flatMap(({ name }, i) => (counts[i]! > 0 ? [[name, counts[i]!] as const] : [])))

/** What the other nodes of the scenario have, which the mix need not. */
const remaining = (demand: Amounts, { nodes }: Scenario): Amounts => {
  const rest: Record<string, number> = { ...demand }
  for (const node of nodes) {
    const has = allocatableOf(node)
    for (const resource of Object.keys(rest)) rest[resource] = rest[resource]! - (has[resource] ?? 0)
  }
  return Object.fromEntries(Object.entries(rest).filter(([, amount]) => amount > 0))
}

export interface MixOptions {
  /** Of machines in a mix. */
  readonly nodesMax: number
  /** Of mixes that are simulated. */
  readonly testsMax: number
  /** Whether what the pods ask for all the time bounds what a mix may cost. */
  readonly usesRequests: boolean
  readonly onTry?: OnTry
}

/** The cheapest machines in the place of a pool. `left`: what is wrong with a type of the list in this scenario. */
export const cheapestMachines = async (
  variants: Variants,
  pool: string,
  types: readonly MachineType[],
  tester: Tester,
  { nodesMax, testsMax, usesRequests, onTry = () => {} }: MixOptions,
): Promise<Either<readonly LocatedIssue[], MixSearch>> => {
  const bench = createBench(tester, onTry)
  const remarks: string[] = []
  const none = variants.withCounts({ [pool]: 0 })
  const one = variants.withMachines(
    pool,
    types,
    types.map(() => 1),
  )
  if (isLeft(one)) return left(one.left)
  const names = new Set(isLeft(none) ? [] : none.right.scenario.nodes.map(({ metadata }) => metadata.name))
  const machines = one.right.scenario.nodes.filter(
    ({ metadata }) => !names.has(metadata.name) && metadata.labels?.['wavetank.dev/pool'] === pool,
  )
  const mixTypes = types.map(({ name, price, max }): MixType => {
    const node = machines.find(({ metadata }) => metadata.labels?.['node.kubernetes.io/instance-type'] === name)
    return { price, max: Math.min(max, nodesMax), has: node === undefined ? {} : allocatableOf(node) }
  })
  const whole = steadyRequests(one.right.scenario)
  const demand = usesRequests ? (isLeft(none) ? whole : remaining(whole, none.right.scenario)) : {}
  const isEnough = (counts: readonly number[]): Promise<boolean> =>
    bench.test(namedCounts(types, counts), () => variants.withMachines(pool, types, counts))
  // Whatever one type alone costs bounds the price from above.
  let known: Mix | undefined
  for (let i = 0; i < types.length; i++) {
    const { price, max, has } = mixTypes[i]!
    const needed = Math.max(
      0,
      ...Object.entries(demand).map(([resource, amount]) => Math.ceil(amount / (has[resource] ?? 0))),
    )
    if (!(needed <= max) || (known !== undefined && needed * price >= known.price)) continue
    const alone = (count: number): readonly number[] => types.map((_, k) => (k === i ? count : 0))
    const most = known === undefined || price === 0 ? max : Math.min(max, Math.ceil(known.price / price))
    const least = await leastCount((count) => isEnough(alone(count)), { start: needed, min: needed, max: most })
    if (least.count === undefined) continue
    const counts = alone(least.count)
    const mix = { counts, price: priceOf(mixTypes, counts) }
    if (known === undefined || mix.price < known.price) known = mix
    if (least.notMonotone !== undefined) {
      const { enough, short } = least.notMonotone
      remarks.push(`more is not always better here: ${enough} of ${types[i]!.name} are enough and ${short} are not`)
    }
  }
  const found = await cheapestMix(mixTypes, demand, isEnough, { tests: testsMax, nodes: nodesMax }, known)
  const { mix, ...rest } = found
  const counts = mix === undefined ? undefined : namedCounts(types, mix.counts)
  const finding = counts === undefined ? undefined : bench.find(counts)?.finding
  if (finding !== undefined && finding.pendingMax > 0 && Object.keys(demand).length > 0)
    remarks.push(
      `up to ${finding.pendingMax} pods have no node at the end, which no expectation minds: a mix with less than all pods ask for may be enough; look for it with --no-bound`,
    )
  return right({
    ...rest,
    ...(mix === undefined || counts === undefined ? {} : { mix: { counts, price: mix.price } }),
    tried: bench.tried(),
    remarks,
  })
}

/**
 * The cheapest mix of machine types, by branch and bound.
 *
 * Types are decided one after another. A half-decided mix costs at least what it has plus, for the scarcest resource, what
 * the rest of the demand costs at the best price of the types that are left: mixes come out of the queue in the order of
 * that bound, so that the first one that is enough is a cheapest one.
 *
 * 1. A whole mix that has less than the demand in any resource is not simulated.
 * 2. A mix that has no more of any type than one that was not enough is not simulated: more is taken never to be worse.
 * 3. When the tests are used up, what is left in the queue bounds what a cheaper mix could cost.
 */

export interface MixType {
  readonly price: number
  readonly max: number
  /** By resource, in the units of the demand. */
  readonly has: Readonly<Record<string, number>>
}

export interface Mix {
  readonly counts: readonly number[]
  readonly price: number
}

export interface CheapestMix {
  /** Absent if none is enough, or none was found in time. */
  readonly mix?: Mix
  /** No mix that is enough costs less. Equal to the price of the mix if it is a cheapest one. */
  readonly atLeast: number
  readonly tested: number
  readonly testsUsedUp: boolean
}

/** A binary heap would do as well; a mix has few enough types that the queue stays short. */
interface State extends Mix {
  /** Types before it are decided. */
  readonly next: number
  readonly bound: number
  readonly ticket: number
}

const createQueue = () => {
  const heap: State[] = []
  const before = (a: State, b: State): boolean =>
    a.bound < b.bound || (a.bound === b.bound && (a.next > b.next || (a.next === b.next && a.ticket < b.ticket)))
  return {
    size: () => heap.length,
    peek: (): State | undefined => heap[0],
    push: (state: State): void => {
      let i = heap.push(state) - 1
      while (i > 0) {
        const parent = (i - 1) >> 1
        if (!before(heap[i]!, heap[parent]!)) break
        ;[heap[i], heap[parent]] = [heap[parent]!, heap[i]!]
        i = parent
      }
    },
    pop: (): State | undefined => {
      const top = heap[0]
      const last = heap.pop()
      if (top === undefined || last === undefined || heap.length === 0) return top
      heap[0] = last
      for (let i = 0; ; ) {
        let least = i
        for (const child of [2 * i + 1, 2 * i + 2])
          if (child < heap.length && before(heap[child]!, heap[least]!)) least = child
        if (least === i) return top
        ;[heap[i], heap[least]] = [heap[least]!, heap[i]!]
        i = least
      }
    },
  }
}

/** What is left of the demand once a mix has given what it has. */
const restOf = (
  demand: Readonly<Record<string, number>>,
  types: readonly MixType[],
  counts: readonly number[],
): readonly (readonly [resource: string, amount: number])[] =>
  Object.entries(demand).flatMap(([resource, amount]) => {
    let rest = amount
    counts.forEach((count, i) => {
      rest -= count * (types[i]!.has[resource] ?? 0)
    })
    return rest > 0 ? [[resource, rest] as const] : []
  })

/** What the rest costs at least with the types from `next` on; infinite if they cannot give it. */
const boundOf = (
  rest: readonly (readonly [resource: string, amount: number])[],
  types: readonly MixType[],
  next: number,
): number => {
  let most = 0
  for (const [resource, amount] of rest) {
    let best = Number.POSITIVE_INFINITY
    let all = 0
    for (let i = next; i < types.length; i++) {
      const { has, price, max } = types[i]!
      const each = has[resource] ?? 0
      if (each <= 0 || max <= 0) continue
      best = Math.min(best, price / each)
      all += each * max
    }
    if (all < amount) return Number.POSITIVE_INFINITY
    most = Math.max(most, amount * best)
  }
  return most
}

/** Money: sums of prices are compared as if they had no more than nine digits behind the point. */
const rounded = (price: number): number => Math.round(price * 1e9) / 1e9

export const priceOf = (types: readonly MixType[], counts: readonly number[]): number =>
  rounded(counts.reduce((sum, count, i) => sum + count * types[i]!.price, 0))

const isWithin = (counts: readonly number[], other: readonly number[]): boolean =>
  counts.every((count, i) => count <= other[i]!)

/**
 * @param demand what a mix needs at least of each resource
 * @param isEnough simulates a mix
 * @param known a mix that is known to be enough: what costs as much is not looked at
 * @param limits `tests`: at most so many mixes are simulated; `nodes`: a mix has at most so many machines
 */
export const cheapestMix = async (
  types: readonly MixType[],
  demand: Readonly<Record<string, number>>,
  isEnough: (counts: readonly number[]) => Promise<boolean>,
  limits: { readonly tests: number; readonly nodes: number },
  known?: Mix,
): Promise<CheapestMix> => {
  const queue = createQueue()
  const short: (readonly number[])[] = []
  let tested = 0
  let ticket = 0
  const add = (counts: readonly number[], next: number): void => {
    const price = priceOf(types, counts)
    const bound = price + boundOf(restOf(demand, types, counts), types, next)
    if (Number.isFinite(bound)) queue.push({ counts, next, price, bound: rounded(bound), ticket: ticket++ })
  }
  add(
    types.map(() => 0),
    0,
  )
  for (;;) {
    const state = queue.pop()
    if (known !== undefined && (state === undefined || state.bound >= known.price))
      return { mix: known, atLeast: known.price, tested, testsUsedUp: false }
    if (state === undefined) return { atLeast: Number.POSITIVE_INFINITY, tested, testsUsedUp: false }
    const { counts, next, price } = state
    if (next < types.length) {
      add(counts, next + 1)
      const nodes = counts.reduce((sum, count) => sum + count, 0)
      if (counts[next]! < types[next]!.max && nodes < limits.nodes)
        add(
          counts.map((count, i) => (i === next ? count + 1 : count)),
          next,
        )
      continue
    }
    if (short.some((other) => isWithin(counts, other))) continue
    if (tested === limits.tests)
      return { ...(known === undefined ? {} : { mix: known }), atLeast: price, tested, testsUsedUp: true }
    tested++
    if (await isEnough(counts)) return { mix: { counts, price }, atLeast: price, tested, testsUsedUp: false }
    short.push(counts)
  }
}

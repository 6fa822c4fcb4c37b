/** A set of units by their numbers, in ascending order. */
export type Combination = readonly number[]

/** How many sets of `size` there are among `count`; as exact as a number can be. */
export const combinationCount = (count: number, size: number): number => {
  let all = 1
  for (let i = 1; i <= size; i++) all = Math.round((all * (count - size + i)) / i)
  return count < size ? 0 : all
}

/** Every set of a size, in lexicographic order. */
export function* combinationsOf(count: number, size: number): Generator<Combination> {
  if (size > count) return
  const chosen = Array.from({ length: size }, (_, i) => i)
  for (;;) {
    yield [...chosen]
    let i = size - 1
    while (i >= 0 && chosen[i] === count - size + i) i--
    if (i < 0) return
    chosen[i]!++
    for (let k = i + 1; k < size; k++) chosen[k] = chosen[k - 1]! + 1
  }
}

/**
 * A random set of a size, each as likely (Floyd, *Programming Pearls: A Sample of Brilliance*, 1987).
 *
 * @param draw uniform numbers from 0 to 1, by how many came before
 */
export const randomCombination = (count: number, size: number, draw: (i: number) => number): Combination => {
  const chosen = new Set<number>()
  for (let i = 0; i < size; i++) {
    const last = count - size + i
    const pick = Math.floor(draw(i) * (last + 1))
    chosen.add(chosen.has(pick) ? last : pick)
  }
  return [...chosen].sort((a, b) => a - b)
}

/** Whether all of a set is in another one. */
export const isWithin = <A>(set: readonly A[], other: readonly A[]): boolean => set.every((one) => other.includes(one))

/** A binary heap; the least by `compare` leaves first. */
export interface Heap<T> {
  readonly size: () => number
  readonly push: (item: T) => void
  readonly pop: () => T | undefined
  readonly peek: () => T | undefined
}

export const createHeap = <T>(compare: (a: T, b: T) => number): Heap<T> => {
  const items: T[] = []

  const push = (item: T): void => {
    let at = items.length
    items.push(item)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (compare(item, items[parent]!) >= 0) break
      items[at] = items[parent]!
      at = parent
    }
    items[at] = item
  }

  const pop = (): T | undefined => {
    const top = items[0]
    const last = items.pop()
    if (top === undefined || last === undefined || items.length === 0) return top
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= items.length) break
      if (child + 1 < items.length && compare(items[child + 1]!, items[child]!) < 0) child++
      if (compare(items[child]!, last) >= 0) break
      items[at] = items[child]!
      at = child
    }
    items[at] = last
    return top
  }

  return { size: () => items.length, push, pop, peek: () => items[0] }
}

/** A binary heap in a list, plain data; the least by `compare` is first and leaves first. */
export type Heap<T> = T[]

type Compare<T> = (a: T, b: T) => number

export const pushTo = <T>(heap: Heap<T>, compare: Compare<T>, item: T): void => {
  let at = heap.length
  heap.push(item)
  while (at > 0) {
    const parent = (at - 1) >> 1
    if (compare(item, heap[parent]!) >= 0) break
    heap[at] = heap[parent]!
    at = parent
  }
  heap[at] = item
}

export const popFrom = <T>(heap: Heap<T>, compare: Compare<T>): T | undefined => {
  const top = heap[0]
  const last = heap.pop()
  if (top === undefined || last === undefined || heap.length === 0) return top
  let at = 0
  for (;;) {
    let child = 2 * at + 1
    if (child >= heap.length) break
    if (child + 1 < heap.length && compare(heap[child + 1]!, heap[child]!) < 0) child++
    if (compare(heap[child]!, last) >= 0) break
    heap[at] = heap[child]!
    at = child
  }
  heap[at] = last
  return top
}

import { parseQuantity, quantityMillis } from '@wavetank/cluster/api'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { findJsonPath, parseRelaxed } from './json-path.ts'
import { naturalOrder } from './natural-order.ts'

const quantityOf = (value: unknown): number | undefined =>
  typeof value !== 'string' || isLeft(parseQuantity(value)) ? undefined : quantityMillis(value)

const compare = (a: unknown, b: unknown): number => {
  if (a === undefined || b === undefined) return (a === undefined ? 0 : 1) - (b === undefined ? 0 : 1)
  if (typeof a === 'number' && typeof b === 'number') return a - b
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  const [x, y] = [quantityOf(a), quantityOf(b)]
  if (x !== undefined && y !== undefined) return x - y
  return naturalOrder(String(a), String(b))
}

/**
 * Items in the order of a field of their objects, as `kubectl get --sort-by`; those without it come first.
 *
 * Source: kubectl/pkg/cmd/get/sorter.go.
 *
 * @returns on the left, kubectl's refusal
 */
export const sortBy = <A>(
  items: readonly A[],
  expression: string,
  objectOf: (item: A) => unknown,
): Either<string, readonly A[]> => {
  const path = parseRelaxed(expression)
  if (isLeft(path)) return path
  const keyed: { readonly item: A; readonly key: unknown }[] = []
  for (const item of items) {
    const found = findJsonPath(path.right, objectOf(item))
    if (isLeft(found)) return found
    keyed.push({ item, key: found.right[0] })
  }
  if (keyed.length > 0 && keyed.every(({ key }) => key === undefined)) {
    return left(`error: couldn't find any field with path "${expression}" in the list of objects`)
  }
  return right(keyed.sort((a, b) => compare(a.key, b.key)).map(({ item }) => item))
}

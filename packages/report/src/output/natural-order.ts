const DIGITS = /\d+|\D+/g

/**
 * Text in the order of people: `web-2` before `web-10`.
 *
 * Source: kubectl/pkg/cmd/get/sorter.go, which goes by sortorder.NaturalLess.
 */
export const naturalOrder = (a: string, b: string): number => {
  const [first, second] = [a.match(DIGITS) ?? [], b.match(DIGITS) ?? []]
  for (let i = 0; i < Math.min(first.length, second.length); i++) {
    const [x, y] = [first[i]!, second[i]!]
    if (x === y) continue
    const [left, right] = [x.replace(/^0+(?=\d)/, ''), y.replace(/^0+(?=\d)/, '')]
    const bothNumbers = /^\d/.test(x) && /^\d/.test(y)
    if (bothNumbers && left.length !== right.length) return left.length - right.length
    if (left !== right) return left < right ? -1 : 1
    return x.length - y.length
  }
  return first.length - second.length
}

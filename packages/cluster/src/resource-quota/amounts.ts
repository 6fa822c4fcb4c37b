import { isRight } from 'fp-ts/lib/Either.js'
import { formatQuantity, parseQuantity, type QuantityFormat, quantityMillis, quantityWhole } from '../quantity.ts'

/** How much of a resource: thousandths of a core, whole units of everything else; printed as it was first written. */
export interface Amount {
  readonly value: number
  readonly format: QuantityFormat
}
export type Amounts = ReadonlyMap<string, Amount>

const NANOS_PER_MILLI = 1_000_000n
const NANOS_PER_UNIT = 1_000_000_000n

const isCpu = (resource: string): boolean =>
  resource === 'cpu' || resource === 'requests.cpu' || resource === 'limits.cpu'

export const amountOf = (resource: string, quantity: string): Amount => {
  const parsed = parseQuantity(quantity)
  const format = isRight(parsed) ? parsed.right.format : 'DecimalSI'
  return { value: isCpu(resource) ? quantityMillis(quantity) : quantityWhole(quantity), format }
}

export const formatAmount = (resource: string, { value, format }: Amount): string =>
  formatQuantity({ nanos: BigInt(value) * (isCpu(resource) ? NANOS_PER_MILLI : NANOS_PER_UNIT), format })

export const NOTHING: Amount = { value: 0, format: 'DecimalSI' }

/** Nothing takes the notation of what is added. Source: apimachinery/pkg/api/resource/quantity.go, Add. */
export const plus = (a: Amount, { value, format }: Amount): Amount => ({
  value: a.value + value,
  format: a.value === 0 ? format : a.format,
})

export const minus = (a: Amount, { value }: Amount): Amount => ({ value: a.value - value, format: a.format })

/** What there is more of, or less, resource by resource; without what is the same. */
export const difference = (after: Amounts, before: Amounts): Amounts =>
  new Map(
    [...new Set([...after.keys(), ...before.keys()])].flatMap((resource): readonly (readonly [string, Amount])[] => {
      const was = before.get(resource) ?? NOTHING
      const is = after.get(resource) ?? { ...NOTHING, format: was.format }
      return is.value === was.value ? [] : [[resource, minus(is, was)]]
    }),
  )

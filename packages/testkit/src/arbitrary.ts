import { type AnyEventDefinition, IdType, type SimEvent } from '@wavetank/kernel'
import fc from 'fast-check'
import * as t from 'io-ts'

const identifier: fc.Arbitrary<string> = fc.string({
  unit: fc.constantFrom(...'abcxyz019-./: ~#'),
  maxLength: 20,
})
const text: fc.Arbitrary<string> = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('', '"\\\n', '€'),
)
const number: fc.Arbitrary<number> = fc
  .oneof(fc.integer(), fc.nat(), fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }))
  .map((n) => (n === 0 ? 0 : n))
const json: fc.Arbitrary<unknown> = fc
  .json({ maxDepth: 2, stringUnit: 'grapheme' })
  .map((written) => JSON.parse(written.replaceAll('-0', '0')))

const record = (
  props: Readonly<Record<string, t.Mixed>>,
  requiredKeys: readonly string[],
): fc.Arbitrary<Record<string, unknown>> =>
  fc.record(Object.fromEntries(Object.entries(props).map(([key, codec]) => [key, arbitraryOf(codec)])), {
    requiredKeys: [...requiredKeys],
    noNullPrototype: true,
  })

/** Values of a codec, of all that it takes; for codecs made of io-ts' own combinators. */
export const arbitraryOf = (codec: t.Mixed): fc.Arbitrary<unknown> => {
  if (codec instanceof IdType) return identifier
  if (codec instanceof t.StringType) return text
  if (codec instanceof t.NumberType) return number
  if (codec instanceof t.BooleanType) return fc.boolean()
  if (codec instanceof t.NullType) return fc.constant(null)
  if (codec instanceof t.UnknownType) return json
  if (codec instanceof t.AnyDictionaryType) return fc.dictionary(identifier, json, { noNullPrototype: true })
  if (codec instanceof t.LiteralType) return fc.constant(codec.value)
  if (codec instanceof t.KeyofType) return fc.constantFrom(...Object.keys(codec.keys))
  if (codec instanceof t.ReadonlyType || codec instanceof t.ExactType) return arbitraryOf(codec.type)
  if (codec instanceof t.ArrayType || codec instanceof t.ReadonlyArrayType)
    return fc.array(arbitraryOf(codec.type), { maxLength: 4 })
  if (codec instanceof t.DictionaryType)
    return fc.dictionary(arbitraryOf(codec.domain) as fc.Arbitrary<string>, arbitraryOf(codec.codomain), {
      noNullPrototype: true,
    })
  if (codec instanceof t.InterfaceType) return record(codec.props, Object.keys(codec.props))
  if (codec instanceof t.PartialType) return record(codec.props, [])
  if (codec instanceof t.IntersectionType)
    return fc
      .tuple(...(codec.types as readonly t.Mixed[]).map(arbitraryOf))
      .map((parts) => Object.assign({}, ...(parts as object[])))
  if (codec instanceof t.UnionType) return fc.oneof(...(codec.types as readonly t.Mixed[]).map(arbitraryOf))
  if (codec instanceof t.RefinementType) {
    const inner =
      codec.type instanceof t.NumberType ? fc.oneof(fc.nat(), fc.integer(), number) : arbitraryOf(codec.type)
    return inner.filter((value) => codec.is(value))
  }
  throw new TypeError(`there is no arbitrary for the codec ${codec.name}`)
}

/** Events of one kind. */
export const eventOf = (definition: AnyEventDefinition): fc.Arbitrary<SimEvent> => {
  const codecs: Record<string, t.Mixed> = {}
  const requiredKeys: string[] = []
  for (const [name, field] of Object.entries(definition.fields)) {
    if ('optional' in field) codecs[name] = field.optional
    else {
      codecs[name] = field
      requiredKeys.push(name)
    }
  }
  return record(codecs, requiredKeys).map((data) => definition(data as never))
}

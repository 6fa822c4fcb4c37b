import type * as t from 'io-ts'

/** The part of JSON Schema (draft 2020-12) that scenario files need. */
export interface JsonSchema {
  readonly $schema?: string
  readonly $id?: string
  readonly title?: string
  readonly description?: string
  readonly type?: 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array' | 'null'
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly pattern?: string
  readonly minLength?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly minItems?: number
  readonly maxItems?: number
  readonly items?: JsonSchema
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly anyOf?: readonly JsonSchema[]
  readonly default?: unknown
  readonly examples?: readonly unknown[]
}

type Walkable = t.Decoder<unknown, unknown> & {
  readonly _tag?: string
  readonly schema?: JsonSchema
  readonly type?: Walkable
  readonly codomain?: Walkable
  readonly types?: readonly Walkable[]
  readonly props?: Readonly<Record<string, Walkable>>
  readonly value?: unknown
  readonly keys?: Readonly<Record<string, unknown>>
}

/**
 * The JSON Schema of a codec: its own where it carries one, otherwise what its io-ts tag says.
 *
 * Flags are declared outside of this package, with io-ts' own types as well as ours. What the walker does not know
 * accepts anything: the schema is there to complete, the codec to refuse.
 */
export const schemaOf = (codec: t.Decoder<unknown, unknown>): JsonSchema => {
  const c = codec as Walkable
  if (c.schema !== undefined) return c.schema
  switch (c._tag) {
    case 'NumberType':
      return { type: 'number' }
    case 'StringType':
      return { type: 'string' }
    case 'BooleanType':
      return { type: 'boolean' }
    case 'NullType':
      return { type: 'null' }
    case 'LiteralType':
      return { const: c.value }
    case 'KeyofType':
      return { enum: Object.keys(c.keys ?? {}) }
    case 'ArrayType':
    case 'ReadonlyArrayType':
      return { type: 'array', items: schemaOf(c.type!) }
    case 'DictionaryType':
      return { type: 'object', additionalProperties: schemaOf(c.codomain!) }
    case 'UnionType':
      return { anyOf: c.types!.map(schemaOf) }
    case 'InterfaceType':
      return { type: 'object', properties: schemasOf(c.props!), required: Object.keys(c.props!) }
    case 'PartialType':
      return { type: 'object', properties: schemasOf(c.props!) }
    case 'RefinementType':
    case 'ReadonlyType':
    case 'ExactType':
      return schemaOf(c.type!)
    default:
      return {}
  }
}

const schemasOf = (props: Readonly<Record<string, Walkable>>): Readonly<Record<string, JsonSchema>> =>
  Object.fromEntries(Object.keys(props).map((key) => [key, schemaOf(props[key]!)]))

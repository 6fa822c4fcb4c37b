import * as t from 'io-ts'

const propsText = (props: t.Props, optional: boolean): readonly string[] =>
  Object.entries(props).map(([name, codec]) => `${name}${optional ? '?' : ''}: ${typeText(codec)}`)

const membersOf = (codec: t.Mixed): readonly string[] => {
  if (codec instanceof t.InterfaceType) return propsText(codec.props, false)
  if (codec instanceof t.PartialType) return propsText(codec.props, true)
  if (codec instanceof t.IntersectionType) return (codec.types as readonly t.Mixed[]).flatMap(membersOf)
  return []
}

/** How the reference writes the type of a field: words of TypeScript, and the names of identifiers. */
export const typeText = (codec: t.Mixed): string => {
  if (codec instanceof t.ReadonlyType || codec instanceof t.ExactType) return typeText(codec.type)
  if (codec instanceof t.ArrayType || codec instanceof t.ReadonlyArrayType) {
    const item = typeText(codec.type)
    return item.includes(' ') && !item.startsWith('{') ? `(${item})[]` : `${item}[]`
  }
  if (codec instanceof t.DictionaryType) return `Record<${typeText(codec.domain)}, ${typeText(codec.codomain)}>`
  if (codec instanceof t.KeyofType)
    return Object.keys(codec.keys)
      .map((key) => `"${key}"`)
      .join(' | ')
  if (codec instanceof t.LiteralType) return JSON.stringify(codec.value)
  if (codec instanceof t.UnionType) return (codec.types as readonly t.Mixed[]).map(typeText).join(' | ')
  if (codec instanceof t.AnyDictionaryType) return 'object'
  const members = membersOf(codec)
  return members.length > 0 ? `{ ${members.join(', ')} }` : codec.name
}

type Json = Readonly<Record<string, unknown>>

const byBytes = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(byBytes)
  if (typeof value !== 'object' || value === null) return value
  const fields = value as Json
  return Object.fromEntries(
    Object.keys(fields)
      .sort()
      .map((key) => [key, byBytes(fields[key])]),
  )
}

const escapes: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}

/** An object as `kubectl get -o json` prints it: four spaces, sorted keys, and Go's escapes of `<`, `>` and `&`. */
export const formatJson = (value: Json): string =>
  `${JSON.stringify(byBytes(value), undefined, 4).replace(/[<>&\u2028\u2029]/g, (character) => escapes[character]!)}\n`

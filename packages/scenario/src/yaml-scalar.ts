/**
 * What a plain scalar means, as kubectl understands it: sigs.k8s.io/yaml on go-yaml v2, which is mostly YAML 1.1
 * (`goyaml.v2/resolve.go`). So `yes`, `no`, `on`, `off`, `y` and `n` are true and false, `0o17` and `017` are octal,
 * `1_000` is a thousand; base 60 is text, and so are timestamps.
 */
export type PlainScalar = string | number | boolean | null

const words: ReadonlyMap<string, PlainScalar> = new Map<string, PlainScalar>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((w) => [w, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((w) => [w, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((w) => [w, null] as const),
  ...['.nan', '.NaN', '.NAN'].map((w) => [w, Number.NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map((w) => [w, Number.POSITIVE_INFINITY] as const),
  ...['-.inf', '-.Inf', '-.INF'].map((w) => [w, Number.NEGATIVE_INFINITY] as const),
])

const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/
const INTEGER = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]?([0-7]+)|0[bB]([01]+)|([0-9]+))$/

const parseInteger = (written: string): number | undefined => {
  const match = INTEGER.exec(written)
  if (match === null) return undefined
  const [, sign, hex, octal, binary, decimal] = match
  // `08` is no octal number and Go's base 0 takes a leading zero for octal; the float rule below reads it as 8.
  if (decimal !== undefined && decimal.length > 1 && decimal.startsWith('0')) return undefined
  const magnitude =
    hex !== undefined
      ? Number.parseInt(hex, 16)
      : octal !== undefined
        ? Number.parseInt(octal, 8)
        : binary !== undefined
          ? Number.parseInt(binary, 2)
          : Number(decimal)
  return sign === '-' && magnitude !== 0 ? -magnitude : magnitude
}

/** The value of a scalar without quotes and without a tag. */
export const plainScalar = (written: string): PlainScalar => {
  const first = written.charCodeAt(0)
  const digit = first >= 48 && first <= 57
  // Hot path: most scalars are words that begin with none of these.
  if (!digit && first !== 43 && first !== 45 && first !== 46) {
    if (written.length > 5) return written
    const word = words.get(written)
    return word === undefined ? written : word
  }
  const word = words.get(written)
  if (word !== undefined) return word
  const plain = written.includes('_') && first !== 46 ? written.replaceAll('_', '') : written
  const integer = parseInteger(plain)
  if (integer !== undefined) return integer
  return FLOAT.test(plain) ? Number(plain) : written
}

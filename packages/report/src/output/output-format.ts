import { type Either, isLeft, left, map, right } from 'fp-ts/lib/Either.js'
import { type CustomColumn, type JsonPath, parseCustomColumns, parseJsonPath } from './json-path.ts'

/** What `-o` asks for. */
export type OutputFormat =
  | 'wide'
  | 'name'
  | 'yaml'
  | 'json'
  | { readonly jsonPath: JsonPath }
  | { readonly customColumns: readonly CustomColumn[] }

const PLAIN = ['wide', 'name', 'yaml', 'json'] as const
const FORMATS = [...PLAIN, 'jsonpath=…', 'jsonpath-file=…', 'custom-columns=…', 'custom-columns-file=…']

const isPlain = (text: string): text is (typeof PLAIN)[number] => (PLAIN as readonly string[]).includes(text)

/** `NAME  NODE` over `.metadata.name  .spec.nodeName`, as a list of columns. */
const columnsOfFile = (text: string): Either<string, string> => {
  const [headers = [], paths = []] = text.split('\n').map((line) => line.trim().split(/\s+/))
  if (headers.length !== paths.length || headers[0] === '')
    return left(`number of headers (${headers.length}) and field specifications (${paths.length}) don't match`)
  return right(headers.map((header, i) => `${header}:${paths[i]}`).join(','))
}

const jsonPath = (text: string): Either<string, OutputFormat> =>
  map((path: JsonPath): OutputFormat => ({ jsonPath: path }))(parseJsonPath(text))

const customColumns = (text: string): Either<string, OutputFormat> =>
  map((columns: readonly CustomColumn[]): OutputFormat => ({ customColumns: columns }))(parseCustomColumns(text))

/**
 * Reads what follows `-o`.
 *
 * @param read the text of a file, or why there is none
 * @returns on the left, one sentence
 */
export const parseOutput = (
  text: string,
  read: (path: string) => Either<string, string>,
): Either<string, OutputFormat> => {
  if (isPlain(text)) return right(text)
  const sign = text.indexOf('=')
  const [format, rest] = sign === -1 ? [text, ''] : [text.slice(0, sign), text.slice(sign + 1)]
  const isFile = format.endsWith('-file')
  if (!['jsonpath', 'jsonpath-file', 'custom-columns', 'custom-columns-file'].includes(format))
    return left(`unknown output format "${text}": one of ${FORMATS.join(', ')}`)
  if (rest === '') return left(`template format specified but no template given: ${format}=…`)
  const found = isFile ? read(rest) : right(rest)
  if (isLeft(found)) return found
  if (format.startsWith('jsonpath')) return jsonPath(found.right)
  const columns = isFile ? columnsOfFile(found.right) : found
  return isLeft(columns) ? columns : customColumns(columns.right)
}

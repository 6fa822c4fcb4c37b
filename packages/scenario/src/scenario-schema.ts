import { isRecord } from './codec.ts'
import type { FlagCatalog } from './flags.ts'
import type { JsonSchema } from './json-schema.ts'
import { API_VERSION, scenarioFile } from './scenario-file.ts'

/** The same schema with its titled parts among `definitions`, each once. */
const withDefinitions = (node: unknown, definitions: Map<string, JsonSchema>): unknown => {
  if (Array.isArray(node)) return node.map((item) => withDefinitions(item, definitions))
  if (!isRecord(node)) return node
  const { title, description, default: absent, ...rest } = node
  const inner = Object.fromEntries(Object.entries(rest).map(([key, part]) => [key, withDefinitions(part, definitions)]))
  const here = {
    ...(description === undefined ? {} : { description }),
    ...(absent === undefined ? {} : { default: absent }),
  }
  if (typeof title !== 'string') return { ...inner, ...here }
  definitions.set(title, { title, ...inner })
  return { $ref: `#/$defs/${title}`, ...here }
}

/** A whole JSON Schema of a kind of file. */
export const schemaOf = (kind: string, description: string, codec: JsonSchema): JsonSchema => {
  const definitions = new Map<string, JsonSchema>()
  const schema = withDefinitions(codec, definitions) as JsonSchema
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `https://${API_VERSION}/${kind.toLowerCase()}.schema.json`,
    title: kind,
    description,
    ...schema,
    $defs: Object.fromEntries([...definitions].sort(([a], [b]) => (a < b ? -1 : 1))),
  }
}

/** The JSON Schema of scenario files, for editors. */
export const scenarioSchema = (flags: FlagCatalog): JsonSchema =>
  schemaOf(
    'Scenario',
    'A cluster, what runs in it, what happens to it, and what is expected of it.',
    scenarioFile(flags).schema,
  )

/** As the file in the reference has it. */
export const formatSchema = (schema: JsonSchema): string => `${JSON.stringify(schema, null, 2)}\n`

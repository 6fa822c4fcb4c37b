import type { FlagCatalog } from './flags.ts'
import type { JsonSchema } from './json-schema.ts'
import { API_VERSION, scenarioFile } from './scenario-file.ts'

/** The JSON Schema of scenario files, for editors. */
export const scenarioSchema = (flags: FlagCatalog): JsonSchema => ({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  $id: `https://${API_VERSION}/scenario.schema.json`,
  title: 'Scenario',
  description: 'A cluster, what runs in it, what happens to it, and what is expected of it.',
  ...scenarioFile(flags).schema,
})

/** As the file in the reference has it. */
export const formatSchema = (schema: JsonSchema): string => `${JSON.stringify(schema, null, 2)}\n`

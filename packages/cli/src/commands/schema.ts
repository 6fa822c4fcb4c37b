import { formatSchema, scenarioSchema } from '@wavetank/scenario'
import { flagCatalog } from 'wavetank'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal.ts'

/** The JSON Schema of scenario files, for editors. */
export const schema = (terminal: Terminal): ExitCode => {
  terminal.out(formatSchema(scenarioSchema(flagCatalog)))
  return EXIT.fine
}

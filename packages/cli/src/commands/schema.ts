import { formatSchema, scenarioSchema } from '@wavetank/scenario'
import { flagCatalog } from 'wavetank'
import { EXIT, type ExitCode } from '../exit-code.ts'
import type { Terminal } from '../terminal.ts'

/** The JSON Schema of scenario files or of studies, for editors. */
export const schema = async (terminal: Terminal, kind: string): Promise<ExitCode> => {
  if (kind !== 'scenario' && kind !== 'study') {
    terminal.err(
      `error: there is no schema of ${kind}\n    \`wavetank schema scenario\` or \`wavetank schema study\`\n`,
    )
    return EXIT.wrongInput
  }
  const one = kind === 'study' ? (await import('@wavetank/study')).studySchema : scenarioSchema(flagCatalog)
  terminal.out(formatSchema(one))
  return EXIT.fine
}

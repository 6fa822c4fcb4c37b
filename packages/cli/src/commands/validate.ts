import { EXIT, type ExitCode } from '../exit-code.ts'
import { loadFor } from '../load.ts'
import type { Terminal } from '../terminal.ts'

/** Checks scenarios without running them. */
export const validate = async (terminal: Terminal, files: readonly string[]): Promise<ExitCode> => {
  let code: ExitCode = EXIT.fine
  for (const file of files) {
    const loaded = await loadFor(terminal, file)
    if (loaded === undefined) code = EXIT.wrongInput
    else {
      const { objects, nodes, timeline, expect } = loaded.scenario
      terminal.out(
        `${file}: valid (${nodes.length} nodes, ${objects.length} objects, ${timeline.length} timeline entries, ${expect.length} expectations)\n`,
      )
    }
  }
  return code
}

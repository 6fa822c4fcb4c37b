import { EXIT, type ExitCode } from '../exit-code.ts'
import { loadFor } from '../load.ts'
import type { Terminal } from '../terminal.ts'

const count = ({ length }: readonly unknown[], one: string, many = `${one}s`): string =>
  `${length} ${length === 1 ? one : many}`

/** Checks scenarios without running them. */
export const validate = async (terminal: Terminal, files: readonly string[]): Promise<ExitCode> => {
  let code: ExitCode = EXIT.fine
  for (const file of files) {
    const loaded = await loadFor(terminal, file)
    if (loaded === undefined) code = EXIT.wrongInput
    else {
      const { objects, nodes, timeline, expect } = loaded.scenario
      terminal.out(
        `${file}: valid (${count(nodes, 'node')}, ${count(objects, 'object')}, ${count(timeline, 'timeline entry', 'timeline entries')}, ${count(expect, 'expectation')})\n`,
      )
    }
  }
  return code
}

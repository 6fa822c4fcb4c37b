import { readFileSync, statSync } from 'node:fs'
import { FILE_BYTES_MAX } from '@wavetank/scenario'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { loadFor } from '../load.ts'
import { plural } from '../plural.ts'
import type { Terminal } from '../terminal.ts'

/** Whether the file says that it is a study; one that is not to be read, or cannot be, is left to the reader of scenarios. */
const looksLikeStudy = (path: string): boolean => {
  try {
    const status = statSync(path)
    return (
      status.isFile() &&
      status.size <= FILE_BYTES_MAX &&
      /^\s*"?kind"?:\s*["']?Study\b/m.test(readFileSync(path, 'utf8'))
    )
  } catch {
    return false
  }
}

const validateStudy = async (terminal: Terminal, file: string): Promise<ExitCode> => {
  const { loadStudyFor } = await import('./study.ts')
  const study = await loadStudyFor(terminal, file)
  if (study === undefined) return EXIT.wrongInput
  const { points, measures, replications } = study
  const most = points.length * replications.max
  terminal.out(
    `${file}: valid (${plural(points.length, 'point')}, ${plural(measures.length, 'measure')}, ${replications.until.length > 0 ? 'at most ' : ''}${plural(most, 'run')})\n`,
  )
  return EXIT.fine
}

/** Checks scenarios and studies without running them. */
export const validate = async (terminal: Terminal, files: readonly string[]): Promise<ExitCode> => {
  let code: ExitCode = EXIT.fine
  for (const file of files) {
    if (looksLikeStudy(file)) {
      if ((await validateStudy(terminal, file)) !== EXIT.fine) code = EXIT.wrongInput
      continue
    }
    const loaded = await loadFor(terminal, file)
    if (loaded === undefined) code = EXIT.wrongInput
    else {
      const { objects, nodes, timeline, expect } = loaded.scenario
      terminal.out(
        `${file}: valid (${plural(nodes.length, 'node')}, ${plural(objects.length, 'object')}, ${plural(timeline.length, 'timeline entry', 'timeline entries')}, ${plural(expect.length, 'expectation')})\n`,
      )
    }
  }
  return code
}

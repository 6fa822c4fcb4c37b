import { readFileSync, statSync } from 'node:fs'
import { FILE_BYTES_MAX } from '@wavetank/scenario'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { loadFor } from '../load.ts'
import type { Terminal } from '../terminal.ts'

const count = ({ length }: readonly unknown[], one: string, many = `${one}s`): string =>
  `${length} ${length === 1 ? one : many}`

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
    `${file}: valid (${count(points, 'point')}, ${count(measures, 'measure')}, ${replications.until.length > 0 ? 'at most ' : ''}${most} ${most === 1 ? 'run' : 'runs'})\n`,
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
        `${file}: valid (${count(nodes, 'node')}, ${count(objects, 'object')}, ${count(timeline, 'timeline entry', 'timeline entries')}, ${count(expect, 'expectation')})\n`,
      )
    }
  }
  return code
}

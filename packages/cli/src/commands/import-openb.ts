import { writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { formatIssues } from '@wavetank/scenario'
import { openbScenario, readOpenbNodes, readOpenbPods } from '@wavetank/study'
import { isLeft } from 'fp-ts/lib/Either.js'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { formatFileError, isFileError } from '../file-error.ts'
import { createOutputFolder } from '../output-folder.ts'
import { inputText } from '../study/input-text.ts'
import type { Terminal } from '../terminal.ts'

export interface ImportOpenbOptions {
  readonly output: string
  readonly from?: number
  readonly until?: number
  readonly scale?: number
  readonly pods?: number
  readonly gpuShares?: string
  readonly quiet?: boolean
}

const FILES = ['scenario.yaml', 'pods.csv']

/** Writes the Alibaba openb trace as a scenario with a table of arrivals, both or neither. */
export const importOpenb = async (
  terminal: Terminal,
  nodesFile: string,
  podsFile: string,
  options: ImportOpenbOptions,
): Promise<ExitCode> => {
  const { output, from = 0, until, scale = 1, pods, gpuShares = 'milli' } = options
  const refuse = (message: string, hint: string): ExitCode => {
    terminal.err(`error: ${message}\n    ${hint}\n`)
    return EXIT.wrongInput
  }
  if (until !== undefined && until <= from)
    return refuse('--until is not after --from', 'both are times of the trace, like --from 2400h --until 2424h')
  const texts: { readonly file: string; readonly text: string }[] = []
  for (const file of [nodesFile, podsFile]) {
    const text = await inputText(terminal, file)
    if (text === undefined) return EXIT.wrongInput
    texts.push({ file, text })
  }
  const nodes = readOpenbNodes(texts[0]!)
  const read = readOpenbPods(texts[1]!)
  if (isLeft(nodes) || isLeft(read)) {
    terminal.err(formatIssues([...(isLeft(nodes) ? nodes.left : []), ...(isLeft(read) ? read.left : [])]))
    return EXIT.wrongInput
  }
  const made = openbScenario(nodes.right, read.right, {
    name: 'openb',
    from: from / 1_000,
    until: until === undefined ? undefined : until / 1_000,
    scale,
    pods,
    shares: gpuShares === 'whole' ? 'whole' : 'milli',
  })
  if (made.pods === 0)
    return refuse(`no pod of ${basename(podsFile)} is there in that time`, 'choose another --from and --until')
  try {
    const folder = createOutputFolder(output, FILES)
    try {
      writeFileSync(join(folder.draft, 'scenario.yaml'), made.scenario)
      writeFileSync(join(folder.draft, 'pods.csv'), made.table)
      folder.finish()
    } catch (error) {
      folder.abandon()
      throw error
    }
  } catch (error) {
    if (!isFileError(error)) throw error
    terminal.err(formatFileError(output, error))
    return EXIT.wrongInput
  }
  const path = join(output, 'scenario.yaml')
  if (options.quiet !== true)
    terminal.out(`${path}: ${made.nodes} nodes, ${made.pods} pods that arrive\nnext: wavetank run ${path}\n`)
  return EXIT.fine
}

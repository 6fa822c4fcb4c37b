import { chain, type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { Problem } from './codec.ts'
import {
  type DecodedScenario,
  type DecodeOptions,
  decodeScenario,
  pathsOf,
  type ReadYaml,
  type ScenarioInput,
} from './decode.ts'
import { besideFile, decodeText, FILE_BYTES_MAX, type FileReader, formatMebibytes } from './files.ts'
import { isGlob, pathPattern } from './glob.ts'
import { fileIssue, type LocatedIssue } from './located-issue.ts'
import { readYaml } from './yaml-source.ts'

export interface LoadOptions extends DecodeOptions {
  readonly files: FileReader
}

const missing = (path: string): Problem => ({ code: 'WT004', message: `${path}: no such file or folder` })

/** Folders are searched for these, as `kubectl apply -f` does. */
const isManifest = (name: string): boolean => /\.(ya?ml|json)$/.test(name)

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** The text of a file, or why there is none. */
export const readText = async (files: FileReader, path: string): Promise<Either<Problem, string>> => {
  const status = await files.status(path)
  if (status.kind === 'missing') return left(missing(path))
  if (status.kind === 'folder') return left({ code: 'WT005', message: `${path} is a folder, not a file` })
  if (status.kind === 'unreadable') return left({ code: 'WT005', message: `${path}: ${status.reason}` })
  if (status.bytes > FILE_BYTES_MAX)
    return left({
      code: 'WT006',
      message: `${path} has ${formatMebibytes(status.bytes)}, more than the ${formatMebibytes(FILE_BYTES_MAX)} that a file may have`,
      hint: 'split it into several files and name their folder',
    })
  const bytes = await files.read(path)
  if ('reason' in bytes) return left({ code: 'WT005', message: `${path}: ${bytes.reason}` })
  const text = decodeText(bytes)
  return typeof text === 'string' ? right(text) : left(text)
}

const join = (folder: string, name: string): string =>
  folder === '.' ? name : folder === '/' ? `/${name}` : `${folder}/${name}`

/** Every file below a folder, depth first. */
const filesBelow = async (files: FileReader, folder: string, deep: boolean): Promise<readonly string[]> => {
  const found: string[] = []
  for (const name of [...(await files.list(folder))].sort(compareText)) {
    const path = join(folder, name)
    const status = await files.status(path)
    if (status.kind === 'folder') {
      if (deep) found.push(...(await filesBelow(files, path, deep)))
    } else if (status.kind !== 'missing') found.push(path)
  }
  return found
}

/** The files that a path of the scenario leads to. */
const resolvePath = async (
  files: FileReader,
  scenario: string,
  written: string,
): Promise<Either<Problem, readonly string[]>> => {
  const path = besideFile(scenario, written)
  const status = await files.status(path)
  if (status.kind === 'folder') {
    const found = (await filesBelow(files, path, false)).filter(isManifest)
    return found.length > 0
      ? right(found)
      : left({
          code: 'WT023',
          message: `the folder ${path} has no .yaml, .yml or .json files`,
          hint: 'folders are not searched recursively: name the inner one, or use `**`',
        })
  }
  if (status.kind !== 'missing') return right([path])
  if (!isGlob(path)) return left(missing(path))
  const steps = path.split('/')
  const fixed = steps.slice(0, steps.findIndex(isGlob))
  const folder = fixed.length === 0 ? '.' : fixed.join('/') || '/'
  const pattern = pathPattern(path)
  const deep = path.includes('**') || steps.length > fixed.length + 1
  const found = (await filesBelow(files, folder, deep)).filter((candidate) => pattern.test(candidate))
  return found.length > 0 ? right(found) : left({ code: 'WT023', message: `${path} matches no file` })
}

/** The text of a file and of everything that it names. */
export const gatherTexts = async (
  path: string,
  files: FileReader,
  read: ReadYaml = readYaml,
): Promise<Either<readonly LocatedIssue[], ScenarioInput>> => {
  const text = await readText(files, path)
  if (isLeft(text)) return left([fileIssue(path, text.left)])
  const written = pathsOf(read(text.right, path).documents[0]?.value)
  const resolved = new Map<string, Either<Problem, readonly string[]>>()
  const texts = new Map<string, Either<Problem, string>>()
  for (const one of written) {
    const found = await resolvePath(files, path, one)
    resolved.set(one, found)
    if (isLeft(found)) continue
    for (const file of found.right) if (!texts.has(file)) texts.set(file, await readText(files, file))
  }
  return right({ file: path, text: text.right, resolved, texts })
}

/**
 * Loads a scenario and everything that it names.
 *
 * Every problem of every file comes back at once, as data. Nothing throws for what a file says or for a file that is
 * not there.
 */
export const loadScenario = async (
  path: string,
  { files, ...options }: LoadOptions,
): Promise<Either<readonly LocatedIssue[], DecodedScenario>> =>
  chain((input: ScenarioInput) => decodeScenario(input, options))(await gatherTexts(path, files, options.read))

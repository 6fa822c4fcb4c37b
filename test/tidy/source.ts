import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')

/** A source file of a package; tests and their helpers are none. */
export interface SourceFile {
  readonly package: string
  /** From the root, like `packages/kernel/src/run.ts`. */
  readonly path: string
  readonly text: string
  /** Without comments. */
  readonly code: string
}

const files = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)]))
    .filter((path) => path.endsWith('.ts') && !/\.test(-\w+)?\.ts$|\/test-[^/]+\.ts$/.test(path))

/** Blanks comments, keeping lines; text in quotes is left alone. */
export const withoutComments = (text: string): string =>
  text.replaceAll(
    /('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`)|\/\*[\s\S]*?\*\/|(?<=^|\s|[;{}(),])\/\/[^\n]*/g,
    (found, quoted) => (quoted === undefined ? found.replaceAll(/[^\n]/g, '') : found),
  )

export const packages = readdirSync(join(ROOT, 'packages')).sort()

export const sources: readonly SourceFile[] = packages.flatMap((name) =>
  files(join(ROOT, 'packages', name, 'src')).map((path) => {
    const text = readFileSync(path, 'utf8')
    return { package: name, path: relative(ROOT, path), text, code: withoutComments(text) }
  }),
)

/** What a file imports, types included: `@wavetank/kernel`, or the path from the root of a file. */
export const importsOf = ({ path, code }: SourceFile): readonly string[] =>
  [...code.matchAll(/(?:^|\n|;)\s*(?:import|export)\b[^'"`;]*?from\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/g)]
    .map(([, from, dynamic]) => (from ?? dynamic)!)
    .map((target) => (target.startsWith('.') ? join(dirname(path), target) : target))

/** `packages/kernel/src/run.ts:12` for each line that has it. */
export const linesWith = (pattern: RegExp, within: readonly SourceFile[]): readonly string[] =>
  within.flatMap(({ path, code }) =>
    code.split('\n').flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1} ${line.trim()}`] : [])),
  )

import { readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { readYaml } from '@wavetank/scenario'
import { type Either, left, right } from 'fp-ts/lib/Either.js'

/** Manifests that a scenario is to be made of. */
export interface ManifestSource {
  /** What the scenario is called after. */
  readonly name: string
  /** As they stand in the scenario: relative to its folder. */
  readonly paths: readonly string[]
  /** A file to be written beside the scenario; of what came from standard input. */
  readonly file?: { readonly path: string; readonly text: string }
  /** A KubeSchedulerConfiguration, if there is one; also relative. */
  readonly scheduler?: string | undefined
  /** Files that are no manifests, from where the user is. */
  readonly skipped: readonly string[]
}

export interface SourceProblem {
  readonly message: string
  readonly hint: string
}

const MANIFEST = /\.(ya?ml|json)$/i

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What a file has in it: Kubernetes objects, the settings of a scheduler, or neither; a scenario is neither. */
const contentOf = (path: string): 'manifests' | 'scheduler' | 'other' => {
  const { documents, issues } = readYaml(readFileSync(path, 'utf8'))
  // What is no YAML is shown as such when the scenario is read.
  if (issues.length > 0) return 'manifests'
  const kinds = documents.flatMap(({ value }) =>
    isObject(value) && typeof value.kind === 'string' ? [value.kind] : [],
  )
  if (kinds.length === 0 || kinds.includes('Scenario')) return 'other'
  return kinds.includes('KubeSchedulerConfiguration') ? 'scheduler' : 'manifests'
}

const filesBelow = (folder: string): readonly string[] =>
  readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.name.startsWith('.') || entry.name === 'node_modules') return []
      if (entry.isDirectory()) return filesBelow(path)
      return MANIFEST.test(entry.name) ? [path] : []
    })

/** Folders that only another tool can make manifests of. */
const TOOLS = [
  ['Chart.yaml', 'a Helm chart', 'helm template'],
  ['kustomization.yaml', 'a kustomization', 'kubectl kustomize'],
  ['kustomization.yml', 'a kustomization', 'kubectl kustomize'],
] as const

const toName = (text: string): string => {
  const name = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63)
  return name === '' ? 'first' : name
}

const ofFolder = (folder: string, from: string): Either<SourceProblem, ManifestSource> => {
  for (const [file, what, command] of TOOLS) {
    if (statSync(join(folder, file), { throwIfNoEntry: false }) === undefined) continue
    return left({
      message: `${folder} is ${what}, not manifests`,
      hint: `render it first: ${command} ${folder} | wavetank init -`,
    })
  }
  const files = filesBelow(folder)
  const contents = new Map(files.map((path) => [path, contentOf(path)]))
  const found = files.filter((path) => contents.get(path) === 'manifests')
  const scheduler = files.find((path) => contents.get(path) === 'scheduler')
  if (found.length === 0)
    return left({
      message: `${folder} has no manifests`,
      hint: 'name a folder or a file with YAML or JSON of Kubernetes objects, or pipe them in: kubectl get all,nodes -A -o yaml | wavetank init -',
    })
  const isFlat = found.every((path) => dirname(path) === join(folder)) && found.length === files.length
  const place = (path: string): string => relative(from, resolve(path)).split(sep).join('/')
  return right({
    name: toName(resolve(folder).split(sep).at(-1)!),
    // The whole folder, so that what is added to it later counts too; not the folder of the scenario itself.
    paths: isFlat && found.length > 1 && place(folder) !== '' ? [place(folder)] : found.map(place),
    scheduler: scheduler === undefined ? undefined : place(scheduler),
    skipped: files.filter((path) => contents.get(path) === 'other'),
  })
}

/**
 * Finds the manifests that somebody names.
 *
 * @param asked a folder, a file, or `-` for standard input
 * @param from the folder of the scenario
 */
export const findManifests = (
  asked: string,
  from: string,
  readInput: () => string,
): Either<SourceProblem, ManifestSource> => {
  if (asked === '-') {
    const text = readInput()
    if (text.trim() === '')
      return left({
        message: 'there is nothing on standard input',
        hint: 'kubectl get all,nodes -A -o yaml | wavetank init -',
      })
    const path = 'manifests.yaml'
    return right({ name: 'first', paths: [path], file: { path: join(from, path), text }, skipped: [] })
  }
  const found = statSync(asked, { throwIfNoEntry: false })
  if (found === undefined) return left({ message: `${asked}: no such file or folder`, hint: 'check the path' })
  if (found.isDirectory()) return ofFolder(asked, from)
  const path = relative(from, resolve(asked)).split(sep).join('/')
  return right({ name: toName(asked.split(/[\\/]/).at(-1)!.replace(MANIFEST, '')), paths: [path], skipped: [] })
}

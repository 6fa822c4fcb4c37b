import { existsSync, readdirSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type ClusterView, objectsOf } from '@wavetank/cluster'
import { CATALOG, kindByName } from '@wavetank/cluster/api'
import { checkpointsPath } from '@wavetank/kernel'
import type { Command, Option } from 'commander'
import { isLeft } from 'fp-ts/lib/Either.js'
import { catalogue, viewAt } from 'wavetank'
import { BUILD } from '../build.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { lastLog } from '../last-run.ts'
import type { Terminal } from '../terminal.ts'
import { SHELLS } from './completion.ts'

/** What could stand where the cursor is, and what it is. */
interface Candidate {
  readonly word: string
  readonly doc?: string
}

/** What is typed: the command, its words, and the one that the cursor is in. */
interface Line {
  readonly command: Command
  /** `export parquet` */
  readonly path: string
  /** Words that are neither commands, options nor their values. */
  readonly arguments: readonly string[]
  readonly options: ReadonlyMap<string, string>
  readonly partial: string
  /** The cluster at the end of the last run, or of the log that is named; none, if there is no log. */
  readonly view: () => ClusterView | undefined
}

const LOG_BYTES_MAX = 64 * 1024 * 1024

type Source = (line: Line) => readonly Candidate[]

const words = (...all: readonly string[]): readonly Candidate[] => all.map((word) => ({ word }))

/** Files and folders that go on from what is typed; folders end in a slash. */
const files =
  (ending: RegExp): Source =>
  ({ partial }) => {
    const folder = partial.endsWith('/') ? partial : partial.includes('/') ? `${dirname(partial)}/` : ''
    try {
      return readdirSync(folder === '' ? '.' : folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() || ending.test(entry.name))
        .filter(({ name }) => !name.startsWith('.') || partial.startsWith(join(folder, '.')))
        .map((entry) => ({ word: `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}` }))
        .sort((a, b) => (a.word < b.word ? -1 : 1))
    } catch {
      return []
    }
  }

const SCENARIOS = files(/\.ya?ml$/)
const LOGS = files(/\.ndjson$/)
const ANY = files(/./)

const kinds: Source = () =>
  CATALOG.filter(({ simulated }) => simulated).map(({ plural, kind }) => ({ word: plural, doc: kind }))

const namesOf = (line: Line, word: string): readonly string[] => {
  const info = kindByName(word)
  const view = line.view()
  if (info === undefined || view === undefined) return []
  const namespace = line.options.get('--namespace')
  const all = line.options.has('--all-namespaces')
  const names = objectsOf(view, info.kind)
    .filter((object) => !info.namespaced || all || object.namespace === (namespace ?? 'default'))
    .map(({ name }) => name)
  return [...new Set(names)].sort()
}

/** `pod/` and what goes on from it. */
const slashed = (line: Line): readonly Candidate[] => {
  const [kind = ''] = line.partial.split('/')
  return namesOf(line, kind).map((name) => ({ word: `${kind}/${name}` }))
}

const kindThenNames: Source = (line) => {
  const [kind] = line.arguments
  if (kind !== undefined) return kind.includes('/') ? [] : words(...namesOf(line, kind))
  return line.partial.includes('/') ? slashed(line) : kinds(line)
}

const OBJECTS: Source = (line) =>
  line.partial.includes('/')
    ? slashed(line)
    : CATALOG.filter(({ simulated }) => simulated).map(({ singular, kind }) => ({ word: `${singular}/`, doc: kind }))

const namespaces: Source = (line) => words(...[...(line.view()?.namespaces.keys() ?? [])].sort())

/** Lists with commas: what is behind the last one. */
const listed =
  (all: readonly string[]): Source =>
  ({ partial }) => {
    const before = partial.slice(0, partial.lastIndexOf(',') + 1)
    return all.map((word) => ({ word: `${before}${word}` }))
  }

/** What stands behind an option, by command and option or by option alone; `[command] --option` has to exist. */
export const OPTION_VALUES: Readonly<Record<string, Source>> = {
  '--log': LOGS,
  '--namespace': namespaces,
  '--for': OBJECTS,
  '--junit': ANY,
  'fork --edit': SCENARIOS,
  'get --output': () => words('wide', 'yaml', 'json', 'name'),
  'explain --output': () => words('table', 'json', 'annotations'),
  'query --format': () => words('table', 'csv', 'json'),
  'capacity --output': () => words('json', 'yaml'),
  'capacity --prices': files(/\.(csv|ya?ml)$/),
  'capacity --pod-spec': SCENARIOS,
  'survive --over': listed(['nodes', 'zones']),
  'survive --fault': () => words('fail', 'partition', 'stopKubelet', 'freeze'),
  'import openb --gpu-shares': () => words('milli', 'whole'),
  'export ndjson --kind': listed([...catalogue.keys()].sort()),
  '--output': ANY,
}

/** What the arguments of a command are; a command that is not here has none that could be guessed. */
export const ARGUMENT_VALUES: Readonly<Record<string, Source>> = {
  run: SCENARIOS,
  validate: SCENARIOS,
  capacity: SCENARIOS,
  study: SCENARIOS,
  schema: () => words('scenario', 'study'),
  survive: SCENARIOS,
  drain: SCENARIOS,
  init: files(/\.(ya?ml|json)$/),
  'import openb': files(/\.csv$/),
  get: kindThenNames,
  describe: kindThenNames,
  explain: kindThenNames,
  why: kindThenNames,
  completion: () => words(...SHELLS),
}

/** A log that is read for longer than anybody waits for a name; with checkpoints beside it, none is. */
const isSlow = (log: string): boolean =>
  (statSync(log, { throwIfNoEntry: false })?.size ?? 0) > LOG_BYTES_MAX && !existsSync(checkpointsPath(log))

const optionOf = (command: Command, word: string): Option | undefined =>
  command.options.find(({ long, short }) => long === word || short === word)

const takesValue = ({ required, optional }: Option): boolean => required || optional

/** Reads the words up to the cursor; the last one is the one that is typed. */
const read = (
  wavetank: Command,
  typed: readonly string[],
): { readonly line: Line; readonly behind: Option | undefined } => {
  let command = wavetank
  const path: string[] = []
  const given: string[] = []
  const options = new Map<string, string>()
  let behind: Option | undefined
  for (const word of typed.slice(0, -1)) {
    if (behind !== undefined) {
      options.set(behind.long!, word)
      behind = undefined
      continue
    }
    const inner: Command | undefined =
      given.length > 0 ? undefined : command.commands.find((one) => one.name() === word)
    if (inner !== undefined) {
      command = inner
      path.push(word)
    } else if (word.startsWith('-') && word !== '-') {
      const option = optionOf(command, word)
      if (option === undefined) continue
      if (takesValue(option)) behind = option
      else options.set(option.long!, '')
    } else given.push(word)
  }
  const view = (): ClusterView | undefined => {
    const log = options.get('--log') ?? lastLog()
    const found = log === undefined || isSlow(log) ? undefined : viewAt(log, BUILD)
    return found === undefined || isLeft(found) ? undefined : found.right.view
  }
  const partial = typed[typed.length - 1] ?? ''
  return { line: { command, path: path.join(' '), arguments: given, options, partial, view }, behind }
}

const isHidden = (command: Command): boolean => command.name() === 'complete'

/** What could stand where the cursor is. */
const candidates = ({ line, behind }: ReturnType<typeof read>): readonly Candidate[] => {
  const { command, path, partial } = line
  if (behind !== undefined)
    return (OPTION_VALUES[`${path} ${behind.long}`] ?? OPTION_VALUES[behind.long!])?.(line) ?? []
  if (partial.startsWith('-')) {
    return [
      ...command.options,
      ...command
        .createHelp()
        .visibleOptions(command)
        .filter(({ long }) => long === '--help'),
    ]
      .filter(({ long }) => long !== undefined && !line.options.has(long))
      .map(({ long, description }) => ({ word: long!, doc: description }))
  }
  if (command.commands.length > 0) {
    if (line.arguments.length > 0) return []
    return command.commands.filter((one) => !isHidden(one)).map((one) => ({ word: one.name(), doc: one.description() }))
  }
  return ARGUMENT_VALUES[path]?.(line) ?? []
}

/** Prints what could stand where the cursor is, a line each: the word, a tab, what it is. */
export const complete = (terminal: Terminal, wavetank: Command, typed: readonly string[]): ExitCode => {
  const found = read(wavetank, typed.length === 0 ? [''] : typed)
  for (const { word, doc } of candidates(found)) {
    if (word.startsWith(found.line.partial)) terminal.out(doc === undefined ? `${word}\n` : `${word}\t${doc}\n`)
  }
  return EXIT.fine
}

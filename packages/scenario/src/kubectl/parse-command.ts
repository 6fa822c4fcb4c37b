import type { KubectlCommand } from '@wavetank/cluster'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { suggestion } from '../suggestion.ts'
import { ABOUT_KUBECTL, type Arguments, NAMESPACE, readArguments } from './arguments.ts'
import type { KubectlScene, VerbDefinition } from './define-verb.ts'
import { verbs } from './registry.ts'
import { type LineProblem, splitWords, type Word } from './shell-words.ts'

/** Verbs that only look, so that people are told where to ask instead. */
const LOOKING = [
  'get',
  'describe',
  'logs',
  'top',
  'events',
  'explain',
  'wait',
  'diff',
  'auth',
  'config',
  'api-resources',
]

/** Verbs that stay with what they do, or run something in a container. */
const STAYING = ['attach', 'cp', 'debug', 'exec', 'port-forward', 'proxy']

const EDIT =
  'an editor waits for a person; say what it would change: `patch deployment web -p \'{"spec": {"replicas": 3}}\'`'

const NEVER_SENT = 'what is not sent changes nothing: leave the command out'
/** Of every verb. */
const REFUSED: Readonly<Record<string, string>> = {
  'dry-run': NEVER_SENT,
  local: NEVER_SENT,
  'server-side': 'there are no field managers; without it, `apply` merges as kubectl does by default',
  context: 'there is one cluster',
  cluster: 'there is one cluster',
  kubeconfig: 'there is one cluster',
  as: 'there are no users: everything is allowed',
  kustomize: 'render it first, and name the files: `-f FILE`',
}

interface Line {
  readonly verb: VerbDefinition
  readonly args: Arguments
}

/** The verb that the words begin with, of as many words as possible, and how many these are. */
const findVerb = (words: readonly Word[]): readonly [VerbDefinition, number] | undefined => {
  for (const count of [3, 2, 1]) {
    const spelling = words
      .slice(0, count)
      .map(({ text }) => text)
      .join(' ')
    const verb =
      words.length < count
        ? undefined
        : verbs.find(({ name, aliases = [] }) => name === spelling || aliases.includes(spelling))
    if (verb !== undefined) return [verb, count]
  }
  return undefined
}

/** Whether there are verbs of more words that begin with this one. */
const hasMore = (word: string): boolean => verbs.some(({ name }) => name.startsWith(`${word} `))

/** Says that there is no such verb, at the first word that leads nowhere. */
const unknownVerb = (words: readonly Word[], end: number): LineProblem => {
  const names = verbs.map(({ name }) => name)
  const [word, second] = words as readonly [Word, ...Word[]]
  const siblings = names.filter((name) => name.startsWith(`${word.text} `))
  if (siblings.length > 0) {
    const rest = siblings.map((name) => name.slice(word.text.length + 1))
    return {
      code: second === undefined ? 'WT032' : 'WT030',
      message:
        second === undefined ? `kubectl ${word.text} what?` : `kubectl ${word.text} ${second.text} cannot be simulated`,
      hint: suggestion(second?.text ?? '', rest) ?? `known: ${siblings.join(', ')}`,
      offset: second?.start ?? end,
    }
  }
  const hint = (): string => {
    if (word.text === 'edit') return EDIT
    if (LOOKING.includes(word.text)) return 'it changes nothing: ask the log after the run, or write an expectation'
    if (STAYING.includes(word.text)) {
      return 'what a container does is said by its behaviour (`behaviors` of the scenario), not by a command'
    }
    const first = [...new Set(names.map((name) => name.split(' ')[0]!))]
    return suggestion(word.text, first) ?? `known: ${first.join(', ')}`
  }
  return { code: 'WT030', message: `kubectl ${word.text} cannot be simulated`, hint: hint(), offset: word.start }
}

const readLine = (text: string, problems: LineProblem[]): Line | undefined => {
  const split = splitWords(text)
  if (isLeft(split)) {
    problems.push(split.left)
    return undefined
  }
  const words = split.right[0]?.text === 'kubectl' ? split.right.slice(1) : split.right
  // Flags may stand before the verb: `-n shop scale …`.
  let at = 0
  while (words[at]?.text.startsWith('-')) at += /^(-n|--namespace)$/.test(words[at]!.text) ? 2 : 1
  const named = words.slice(at)
  if (named.length === 0) {
    problems.push({
      code: 'WT032',
      message: 'the verb is missing',
      hint: `known: ${verbs.map(({ name }) => name).join(', ')}`,
      offset: text.length,
    })
    return undefined
  }
  const found = findVerb(named)
  const [word, second] = named
  // `create ingress …` is not the `create` of files.
  const isOther = found?.[1] === 1 && second !== undefined && !second.text.startsWith('-') && hasMore(word!.text)
  if (found === undefined || isOther) {
    problems.push(unknownVerb(named, text.length))
    return undefined
  }
  const [verb, count] = found
  const specs = [...verb.flags, ...(verb.flags.includes(NAMESPACE) ? [] : [NAMESPACE]), ...ABOUT_KUBECTL]
  const rest = [...words.slice(0, at), ...named.slice(count)]
  const flags = { verb: verb.name, specs, refused: { ...REFUSED, ...verb.refused } }
  return { verb, args: readArguments(rest, flags, text.length, problems) }
}

/** The files that a command names with `-f`; nothing if it cannot be read. */
export const filesOfCommand = (text: string): readonly string[] =>
  readLine(text, [])
    ?.args.flags.get('filename')
    ?.map((word) => word.text) ?? []

/** Reads a kubectl command line, with or without the word `kubectl`. */
export const parseKubectlCommand = (
  text: string,
  scene: KubectlScene,
): Either<readonly LineProblem[], KubectlCommand> => {
  const problems: LineProblem[] = []
  const line = readLine(text, problems)
  const command = line?.verb.read(line.args, scene, problems)
  return command === undefined || problems.length > 0 ? left(problems) : right(command)
}

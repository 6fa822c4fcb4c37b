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

interface Line {
  readonly verb: VerbDefinition
  readonly args: Arguments
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
  const word: Word | undefined = words[at]
  if (word === undefined) {
    problems.push({
      code: 'WT032',
      message: 'the verb is missing',
      hint: `known: ${verbs.map(({ name }) => name).join(', ')}`,
      offset: text.length,
    })
    return undefined
  }
  const second = words[at + 1]
  const both = `${word.text} ${second?.text ?? ''}`
  const verb = verbs.find(({ name }) => name === word.text || name === both)
  if (verb === undefined) {
    const siblings = verbs.map(({ name }) => name).filter((name) => name.startsWith(`${word.text} `))
    if (siblings.length > 0) {
      problems.push({
        code: second === undefined ? 'WT032' : 'WT030',
        message: second === undefined ? `kubectl ${word.text} what?` : `kubectl ${both} cannot be simulated`,
        hint:
          suggestion(
            second?.text ?? '',
            siblings.map((name) => name.slice(word.text.length + 1)),
          ) ?? `known: ${siblings.join(', ')}`,
        offset: second?.start ?? text.length,
      })
      return undefined
    }
    const names = verbs.map(({ name }) => name)
    problems.push({
      code: 'WT030',
      message: `kubectl ${word.text} cannot be simulated`,
      hint: LOOKING.includes(word.text)
        ? 'it changes nothing: ask the log after the run, or write an expectation'
        : (suggestion(word.text, names) ?? `known: ${names.join(', ')}`),
      offset: word.start,
    })
    return undefined
  }
  const specs = [...verb.flags, ...(verb.flags.includes(NAMESPACE) ? [] : [NAMESPACE]), ...ABOUT_KUBECTL]
  const rest = [...words.slice(0, at), ...words.slice(at + (verb.name === both ? 2 : 1))]
  return { verb, args: readArguments(rest, specs, text.length, problems, verb.name) }
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

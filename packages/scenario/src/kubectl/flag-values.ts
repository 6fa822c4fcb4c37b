import { parseQuantity } from '@wavetank/cluster/api'
import { isLeft } from 'fp-ts/lib/Either.js'
import { labelKeyProblem, labelValueProblem } from '../cluster-objects.ts'
import { type Arguments, flagOf } from './arguments.ts'
import type { LineProblem, Word } from './shell-words.ts'

/** Values of flags that several verbs take. */

export const refuse = (problems: LineProblem[], word: Word, message: string, hint?: string): void => {
  problems.push({ code: 'WT034', message, hint, offset: word.start })
}

/** `key=value,key=value`. Source: staging/src/k8s.io/kubectl/pkg/generate/generate.go, ParseLabels. */
export const labelsIn = (word: Word, problems: LineProblem[], before = ''): Readonly<Record<string, string>> => {
  const labels: Record<string, string> = {}
  for (const pair of word.text.split(',')) {
    const [key = '', value, ...rest] = pair.split('=')
    if (value === undefined || rest.length > 0) {
      refuse(problems, word, `unexpected label spec: ${pair}`, `written as \`${before}app=web,tier=front\``)
      continue
    }
    const problem = labelKeyProblem(key) ?? labelValueProblem(value)
    if (problem === undefined) labels[key] = value
    else refuse(problems, word, `${before}${pair}: ${problem}`)
  }
  return labels
}

export const labelsOf = (
  args: Arguments,
  name: string,
  problems: LineProblem[],
): Readonly<Record<string, string>> | undefined => {
  const word = flagOf(args, name)
  return word === undefined ? undefined : labelsIn(word, problems, `--${name}=`)
}

/** One of a few words. */
export const wordOf = <W extends string>(
  args: Arguments,
  name: string,
  words: readonly W[],
  problems: LineProblem[],
): W | undefined => {
  const word = flagOf(args, name)
  const found = words.find((one) => one === word?.text)
  if (word !== undefined && found === undefined) {
    refuse(problems, word, `invalid value "${word.text}" for --${name}`, `one of ${words.join(', ')}`)
  }
  return found
}

/** `true` if the text is the number of a port. */
export const isPort = (text: string): boolean => /^[0-9]+$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535

/** `KEY=VALUE` of a flag that may be there several times. */
export const pairsOf = (
  args: Arguments,
  name: string,
  problems: LineProblem[],
): Readonly<Record<string, string>> | undefined => {
  const words = args.flags.get(name)
  if (words === undefined) return undefined
  const pairs: Record<string, string> = {}
  for (const word of words) {
    const equals = word.text.indexOf('=')
    if (equals < 1) refuse(problems, word, `invalid --${name}: ${word.text}`, `written as \`--${name}=KEY=VALUE\``)
    else pairs[word.text.slice(0, equals)] = word.text.slice(equals + 1)
  }
  return pairs
}

/** A list with commas, possibly of a flag that is there several times. */
export const listOf = (args: Arguments, name: string): readonly string[] | undefined =>
  args.flags
    .get(name)
    ?.flatMap(({ text }) => text.split(','))
    .filter((text) => text !== '')

/** `cpu=100m,memory=256Mi`. Source: pkg/generate/versioned/run.go, populateResourceListV1. */
export const quantitiesOf = (word: Word | undefined, problems: LineProblem[]): Readonly<Record<string, string>> => {
  const quantities: Record<string, string> = {}
  if (word === undefined) return quantities
  for (const statement of word.text.split(',')) {
    const [name = '', value, ...rest] = statement.split('=')
    if (value === undefined || rest.length > 0) {
      const message = `Invalid argument syntax ${statement}, expected <resource>=<value>`
      problems.push({ code: 'WT034', message, offset: word.start })
      continue
    }
    const quantity = parseQuantity(value)
    if (isLeft(quantity)) problems.push({ code: 'WT034', message: `"${value}": ${quantity.left}`, offset: word.start })
    else quantities[name] = value
  }
  return quantities
}

/**
 * Flags and arguments as kubectl reads them (spf13/pflag): `--flag=value`, `--flag value`, `-fvalue`, `-f value`,
 * switches that need no value, flags anywhere between the arguments, nothing but arguments after `--`.
 */
import { suggestion } from '../suggestion.ts'
import type { LineProblem, Word } from './shell-words.ts'

export interface FlagSpec {
  readonly long: string
  readonly short?: string
  /** The value without `=…`; a flag that has none always takes one. Switches have `true`. */
  readonly bare?: string
}
export const takes = (long: string, short?: string): FlagSpec => ({ long, ...(short === undefined ? {} : { short }) })
export const toggles = (long: string, short?: string): FlagSpec => ({ ...takes(long, short), bare: 'true' })

export interface Arguments {
  readonly positional: readonly Word[]
  /** How many of them stand before `--`. */
  readonly beforeDash: number
  /** Every value of a flag, in order. */
  readonly flags: ReadonlyMap<string, readonly Word[]>
  /** Offset of the end of the line, where what is missing would be. */
  readonly end: number
}

export const NAMESPACE = takes('namespace', 'n')

/** What kubectl takes for itself: how it prints, waits and records. Nothing of it changes the cluster. */
export const ABOUT_KUBECTL: readonly FlagSpec[] = [
  takes('output', 'o'),
  toggles('record'),
  takes('field-manager'),
  toggles('wait'),
  { long: 'validate', bare: 'strict' },
]

export interface FlagsOfVerb {
  readonly verb: string
  readonly specs: readonly FlagSpec[]
  /** Flags that are known and cannot be simulated, with what to do instead. */
  readonly refused: Readonly<Record<string, string>>
}

export const readArguments = (
  words: readonly Word[],
  { verb, specs, refused }: FlagsOfVerb,
  end: number,
  problems: LineProblem[],
): Arguments => {
  const positional: Word[] = []
  let beforeDash: number | undefined
  const flags = new Map<string, Word[]>()
  const add = (spec: FlagSpec, value: Word): void => {
    flags.set(spec.long, [...(flags.get(spec.long) ?? []), value])
  }
  const missing = (name: string, word: Word): void => {
    problems.push({ code: 'WT032', message: `flag needs an argument: ${name}`, offset: word.start })
  }
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    const { text, start } = word
    if (text === '--') {
      beforeDash = positional.length
      positional.push(...words.slice(i + 1))
      break
    }
    if (text.startsWith('--')) {
      const equals = text.indexOf('=')
      const name = equals < 0 ? text.slice(2) : text.slice(2, equals)
      const spec = specs.find(({ long }) => long === name)
      if (spec === undefined) {
        const known = specs.map(({ long }) => `--${long}`)
        problems.push({
          code: 'WT031',
          ...(Object.hasOwn(refused, name)
            ? { message: `--${name} cannot be simulated`, hint: refused[name] }
            : {
                message: `unknown flag: --${name}`,
                hint: suggestion(`--${name}`, known) ?? `kubectl ${verb} takes ${known.join(', ')} here`,
              }),
          offset: start,
        })
        // Probably the value of the unknown flag, and not an argument.
        if (equals < 0 && verb !== '' && words[i + 1] !== undefined && /^\d+$/.test(words[i + 1]!.text)) i++
      } else if (equals >= 0) add(spec, { text: text.slice(equals + 1), start: start + equals + 1 })
      else if (spec.bare !== undefined) add(spec, { text: spec.bare, start })
      else if (words[i + 1] === undefined) missing(`--${name}`, word)
      else add(spec, words[++i]!)
      continue
    }
    if (!text.startsWith('-') || text === '-') {
      positional.push(word)
      continue
    }
    for (let at = 1; at < text.length; at++) {
      const letter = text[at]!
      const spec = specs.find(({ short }) => short === letter)
      if (spec === undefined) {
        problems.push({
          code: 'WT031',
          message: `unknown shorthand flag: '${letter}' in ${text}`,
          hint: suggestion(
            `--${text.slice(1)}`,
            specs.map(({ long }) => `--${long}`),
          ),
          offset: start + at,
        })
        break
      }
      if (spec.bare !== undefined && text[at + 1] !== '=') {
        add(spec, { text: spec.bare, start })
        continue
      }
      const rest = text.slice(text[at + 1] === '=' ? at + 2 : at + 1)
      if (rest !== '') add(spec, { text: rest, start: start + text.length - rest.length })
      else if (words[i + 1] === undefined) missing(`'${letter}' in ${text}`, word)
      else add(spec, words[++i]!)
      break
    }
  }
  return { positional, beforeDash: beforeDash ?? positional.length, flags, end }
}

/** The last value of a flag, which is the one that counts. */
export const flagOf = (args: Arguments, name: string): Word | undefined => args.flags.get(name)?.at(-1)

export const switchOf = (args: Arguments, name: string, problems: LineProblem[]): boolean => {
  const word = flagOf(args, name)
  if (word === undefined) return false
  if (['true', 'false'].includes(word.text)) return word.text === 'true'
  problems.push({
    code: 'WT034',
    message: `invalid argument "${word.text}" for "--${name}" flag: expected true or false`,
    offset: word.start,
  })
  return false
}

export const integerOf = (args: Arguments, name: string, min: number, problems: LineProblem[]): number | undefined => {
  const word = flagOf(args, name)
  if (word === undefined) return undefined
  const n = /^[-+]?\d+$/.test(word.text) ? Number(word.text) : Number.NaN
  if (Number.isSafeInteger(n) && n >= min && n <= 2_147_483_647) return n
  problems.push({
    code: 'WT034',
    message: Number.isNaN(n)
      ? `invalid argument "${word.text}" for "--${name}" flag: expected a whole number`
      : `--${name} must be ${min} or more, found ${word.text}`,
    offset: word.start,
  })
  return undefined
}

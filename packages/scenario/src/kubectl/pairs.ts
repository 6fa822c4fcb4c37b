import type { Arguments } from './arguments.ts'
import type { LineProblem, Word } from './shell-words.ts'

/** `key=value` and `key-`; names of objects have neither `=` nor a trailing dash. */
export const isPair = ({ text }: Word): boolean =>
  (text.includes('=') && !text.startsWith('=')) || (text.endsWith('-') && text !== '-')

export interface Split {
  readonly targets: readonly Word[]
  readonly pairs: readonly Word[]
}

/** What stands before the first pair names objects. Source: pkg/cmd/util/helpers.go, GetResourcesAndPairs. */
export const splitAtPairs = ({ positional }: Arguments, what: string, problems: LineProblem[]): Split => {
  const first = positional.findIndex(isPair)
  if (first < 0) return { targets: positional, pairs: [] }
  const pairs = positional.slice(first)
  for (const word of pairs) {
    if (isPair(word)) continue
    problems.push({
      code: 'WT034',
      message: `all resources must be specified before ${what} changes: ${word.text}`,
      offset: word.start,
    })
  }
  return { targets: positional.slice(0, first), pairs: pairs.filter(isPair) }
}

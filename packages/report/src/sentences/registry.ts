import { nodeSentences } from './nodes.ts'
import { objectSentences, ruleFor } from './objects.ts'
import { outsideSentences } from './outside.ts'
import { podSentences } from './pods.ts'
import { type Sentence, wake } from './sentence.ts'

const own: Readonly<Record<string, Sentence>> = {
  ...objectSentences,
  ...podSentences,
  ...nodeSentences,
  ...outsideSentences,
}

const lookUp: Sentence = wake((event) => `wake-up: ${String(event.kind)}`)

const known = new Map<string, Sentence | undefined>()

/** The sentence of a kind of event; what a component wakes itself with has one by rule. Undefined for an unknown kind. */
export const sentenceOf = (kind: string): Sentence | undefined => {
  if (!known.has(kind)) known.set(kind, own[kind] ?? ruleFor(kind) ?? (kind.endsWith('Due') ? lookUp : undefined))
  return known.get(kind)
}

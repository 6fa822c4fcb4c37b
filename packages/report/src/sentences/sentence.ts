import { formatMillis } from '@wavetank/kernel'

/** The fields of an event, whatever its kind. */
export type Values = Readonly<Record<string, unknown>>

/**
 * What an entry says, in a sentence.
 *
 * - `fact`: what somebody who asks why wants to read.
 * - `state`: an account that is given again and again; the latest one of an object says it all.
 * - `step`: on the way from one fact to the next, and nothing new to those who know the facts.
 * - `wake`: somebody looks; whether that came to anything is said by what follows.
 */
export type Weight = 'fact' | 'state' | 'step' | 'wake'

export interface Sentence {
  readonly weight: Weight
  readonly say: (event: Values) => string
  /**
   * The entry that it names as its cause woke whoever wrote it, and may be about something else altogether: a queue goes
   * on with its next item. What led to it is rather what happened to the same object before.
   */
  readonly ownCause?: true
  /** It is the reason of what was done in the same breath: facts with the same cause beside it. */
  readonly isReason?: true
}

type Say = Sentence['say']

export const fact = (say: Say): Sentence => ({ weight: 'fact', say })
export const state = (say: Say): Sentence => ({ weight: 'state', say })
export const step = (say: Say): Sentence => ({ weight: 'step', say })
export const wake = (say: Say): Sentence => ({ weight: 'wake', say })
/** Told with what was done in the same breath. */
export const reason = (say: Say): Sentence => ({ ...fact(say), isReason: true })
/** With its cause in the history of its object. */
export const fromOwn = (sentence: Sentence): Sentence => ({ ...sentence, ownCause: true })

/** `shop/web` as it is, `default/web` as `web`, `/pv-1` as `pv-1`. */
export const nameOf = (key: unknown): string => String(key).replace(/^(default)?\//, '')

export const duration = (millis: unknown): string => formatMillis(Math.max(0, Math.round(Number(millis))))

/** 1 pod, 2 pods. */
export const counted = (count: unknown, one: string, many = `${one}s`): string =>
  `${String(count)} ${count === 1 ? one : many}`

const NAMES_MAX = 3

/** `a, b, c and 4 more` */
export const listed = (names: unknown): string => {
  const all = (names as readonly unknown[]).map(nameOf)
  const shown = all.slice(0, NAMES_MAX).join(', ')
  return all.length > NAMES_MAX ? `${shown} and ${all.length - NAMES_MAX} more` : shown
}

/** `: why`, or nothing. */
export const because = (reason: unknown): string => (reason === undefined || reason === '' ? '' : `: ${String(reason)}`)

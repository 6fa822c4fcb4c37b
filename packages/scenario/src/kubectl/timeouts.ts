import type { Millis } from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'
import { parseDuration } from '../duration.ts'
import { type Arguments, flagOf } from './arguments.ts'
import type { LineProblem } from './shell-words.ts'

/** `--timeout`; 0 is kubectl's word for: for ever. */
export const timeoutOf = (args: Arguments, problems: LineProblem[]): Millis | undefined => {
  const word = flagOf(args, 'timeout')
  if (word === undefined) return undefined
  const timeout = parseDuration(word.text)
  if (isLeft(timeout)) problems.push({ ...timeout.left, offset: word.start })
  return isLeft(timeout) || timeout.right === 0 ? undefined : timeout.right
}

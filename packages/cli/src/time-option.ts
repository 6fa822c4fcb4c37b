import { parseDuration } from '@wavetank/scenario'
import { InvalidArgumentError } from 'commander'
import { isLeft } from 'fp-ts/lib/Either.js'

/** `--at 1h30m`: an instant of the run, in milliseconds since its start. */
export const timeOption = (text: string): number => {
  const parsed = parseDuration(text)
  if (isLeft(parsed)) {
    const { message, hint } = parsed.left
    throw new InvalidArgumentError(hint === undefined ? message : `${message}; ${hint}`)
  }
  return parsed.right
}

/** `--seed 7`: a whole number, as in the scenario file. */
export const wholeNumberOption = (text: string): number => {
  const value = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('expected a whole number, 0 or more')
  return value
}

/** `--workers 8` */
export const workersOption = (text: string): number => {
  const value = wholeNumberOption(text)
  if (value < 1 || value > 1_024) throw new InvalidArgumentError('expected a whole number from 1 to 1024')
  return value
}

const SHARDS_MAX = 100_000

/** `--shard 0/8` */
export const shardOption = (text: string): { readonly index: number; readonly count: number } => {
  const [, index, count] = /^(\d{1,6})\/(\d{1,6})$/.exec(text) ?? []
  const shard = { index: Number(index), count: Number(count) }
  if (index === undefined || shard.count < 1 || shard.count > SHARDS_MAX || shard.index >= shard.count)
    throw new InvalidArgumentError('expected I/N with I from 0 to N-1, like 0/8 to 7/8')
  return shard
}

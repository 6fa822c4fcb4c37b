import { type Either, left, right } from 'fp-ts/lib/Either.js'
import type { Outcome } from '../design-point.ts'
import type { Study } from '../file/load-study.ts'
import { runStudy } from '../run/run-study.ts'
import { isSameStudy, type Part, type PartProblem } from './part.ts'
import { formatShard } from './shard.ts'

/** A study from its parts: the outcomes that one process would have come to. */
export interface Merged {
  /** Without scenarios: enough for results, not for runs. */
  readonly study: Study
  readonly file: string
  readonly outcomes: readonly Outcome[]
}

const listed = (numbers: readonly number[]): string => {
  const shown = numbers.slice(0, 8).join(', ')
  return numbers.length > 8 ? `${shown} and ${numbers.length - 8} more` : shown
}

const problemOf = (first: Part, parts: readonly Part[]): PartProblem | undefined => {
  const { count } = first.shard
  const seen = new Map<number, Part>()
  for (const part of parts) {
    const both = `${first.path} and ${part.path}`
    if (!isSameStudy(part.study, first.study))
      return {
        message: `${both} are of different studies`,
        hint: 'their file, their scenario or its manifests differ: make the parts of one study',
      }
    if (part.build !== first.build)
      return {
        message: `${both} were made by different builds of wavetank (${first.build}, ${part.build})`,
        hint: 'outcomes of two builds may differ: make all parts with one',
      }
    if (part.shard.count !== count)
      return {
        message: `${first.path} is one of ${count} parts, and ${part.path} one of ${part.shard.count}`,
        hint: 'make all parts with the same --shard I/N',
      }
  }
  for (const part of parts) {
    const twin = seen.get(part.shard.index)
    if (twin !== undefined)
      return { message: `${twin.path} and ${part.path} are both shard ${formatShard(part.shard)}`, hint: 'name one' }
    seen.set(part.shard.index, part)
  }
  const missing = Array.from({ length: count }, (_, index) => index).filter((index) => !seen.has(index))
  if (missing.length > 0)
    return {
      message: `of ${count} parts these are missing: ${listed(missing)}`,
      hint: `make them: wavetank study ${first.file} --shard ${missing[0]}/${count} --output PART.parquet`,
    }
  return undefined
}

/** A run that no part has. */
interface Absent {
  readonly absent: string
}
const isAbsent = (error: unknown): error is Absent => typeof error === 'object' && error !== null && 'absent' in error

/** Puts parts together. What decides how many runs there are is asked again, and has to find each of them. */
export const mergeParts = async (parts: readonly [Part, ...Part[]]): Promise<Either<PartProblem, Merged>> => {
  const [first] = parts
  const problem = problemOf(first, parts)
  if (problem !== undefined) return left(problem)
  const study = { ...first.study, warnings: [] } as unknown as Study
  const known = parts.flatMap(({ outcomes }) => outcomes)
  const engine = {
    evaluate: (_: unknown, [replication]: readonly { readonly point: number; readonly number: number }[]) => {
      const absent = `no part has replication ${replication!.number} of point ${replication!.point}`
      return Promise.reject({ absent } satisfies Absent)
    },
    close: () => Promise.resolve(),
  }
  const journal = { outcomes: known, add: () => {}, sync: () => {}, close: () => {} }
  try {
    const outcomes = await runStudy(study, { engine, journal })
    return right({ study, file: first.file, outcomes })
  } catch (error) {
    if (!isAbsent(error)) throw error
    return left({ message: error.absent, hint: 'a part is not whole: make the parts again with --restart' })
  }
}

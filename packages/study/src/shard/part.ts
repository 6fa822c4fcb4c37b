import { mkdtempSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createParquetFile, integer, json, text } from '@wavetank/export'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import * as t from 'io-ts'
import type { Outcome } from '../design-point.ts'
import type { Study } from '../file/load-study.ts'
import { OutcomeJson } from '../outcome-json.ts'
import type { Shard } from './shard.ts'

/**
 * A part: the outcomes of a shard as a Parquet file, a row for every run. The file says of which study it is a part and
 * what is to be known of that study to put its parts together, so that nothing else is needed for it.
 */
export const partTable = {
  name: 'runs',
  doc: 'Outcomes of a shard of a study: a row for every run.',
  columns: {
    point: integer('The design point, from 0.'),
    replication: integer('From 0. Equal numbers have equal seeds at every point.'),
    seed: integer('The seed of the run.'),
    entries: integer('Entries of its log.'),
    ended: text('Why it ended: `horizon` or `quiet`.'),
    responses: json('What was measured, by name; null where the run has no answer.'),
    expectations: json('What became of each expectation, by name.'),
  },
}

/** What is known of a study without its scenarios. */
export type StudyOutline = Pick<
  Study,
  'name' | 'axes' | 'measures' | 'prices' | 'replications' | 'seed' | 'quantiles' | 'baselines' | 'digest'
> & { readonly points: readonly Pick<Study['points'][number], 'index' | 'levels'>[] }

export interface PartHead {
  /** As it was asked for: what the results say how to see a run again. */
  readonly file: string
  /** Of wavetank. */
  readonly build: string
  readonly shard: Shard
  readonly study: StudyOutline
}

export interface Part extends PartHead {
  readonly path: string
  readonly outcomes: readonly Outcome[]
}

const KEY = 'wavetank.dev/study-part/v1'

const Head = t.type({
  file: t.string,
  build: t.string,
  shard: t.type({ index: t.number, count: t.number }),
  study: t.type({
    name: t.string,
    digest: t.string,
    seed: t.number,
    axes: t.array(t.UnknownRecord),
    measures: t.array(t.UnknownRecord),
    prices: t.array(t.UnknownRecord),
    quantiles: t.array(t.number),
    replications: t.UnknownRecord,
    points: t.array(t.type({ index: t.number, levels: t.array(t.UnknownRecord) })),
  }),
})

const outlineOf = (study: Study | StudyOutline): StudyOutline => {
  const { name, axes, measures, prices, replications, seed, quantiles, baselines, digest } = study
  const points = study.points.map(({ index, levels }) => ({ index, levels }))
  const compared = baselines === undefined ? {} : { baselines }
  return { name, axes, measures, prices, replications, seed, quantiles, digest, points, ...compared }
}

/** Whether two are the same in all that results depend on; the digest of a study leaves out how often it is run. */
export const isSameStudy = (a: Study | StudyOutline, b: Study | StudyOutline): boolean =>
  JSON.stringify(outlineOf(a)) === JSON.stringify(outlineOf(b))

/** Writes a part under another name until it is whole. Throws what the file system throws. */
export const writePart = (
  path: string,
  study: Study,
  head: Omit<PartHead, 'study'>,
  outcomes: readonly Outcome[],
): void => {
  const draft = mkdtempSync(join(dirname(path), '.part-'))
  try {
    const file = createParquetFile(partTable, draft, { [KEY]: JSON.stringify({ ...head, study: outlineOf(study) }) })
    for (const { point, number: replication, seed, responses, expectations, entries, end: ended } of outcomes) {
      const answers = { responses: JSON.stringify(responses), expectations: JSON.stringify(expectations) }
      file.row({ point, replication, seed, entries, ended, ...answers })
    }
    file.finish()
    renameSync(join(draft, `${partTable.name}.parquet`), path)
  } finally {
    rmSync(draft, { recursive: true, force: true })
  }
}

/** Why parts cannot be put together. */
export interface PartProblem {
  readonly message: string
  readonly hint: string
}

const noPart = (path: string): PartProblem => ({
  message: `${path} is no part of a study`,
  hint: 'parts are what `wavetank study FILE --shard I/N --output PART.parquet` writes',
})
const damaged = (path: string): PartProblem => ({
  message: `${path} is damaged`,
  hint: 'make it again: wavetank study FILE --shard I/N --output PART.parquet --restart',
})

const parsed = (text: unknown): unknown => {
  if (typeof text !== 'string') return text
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const headIn = (text: string | undefined): PartHead | undefined => {
  const read = parsed(text)
  if (!Head.is(read)) return undefined
  const head = read as unknown as PartHead
  const { baselines } = head.study as { readonly baselines?: readonly (number | null)[] }
  // JSON has `null` where a list has nothing.
  return baselines === undefined
    ? head
    : { ...head, study: { ...head.study, baselines: baselines.map((baseline) => baseline ?? undefined) } }
}

const outcomeIn = (row: Readonly<Record<string, unknown>>): Outcome | undefined => {
  const outcome = {
    point: Number(row.point),
    number: Number(row.replication),
    seed: Number(row.seed),
    responses: parsed(row.responses),
    expectations: parsed(row.expectations),
    entries: Number(row.entries),
    end: row.ended,
  }
  return OutcomeJson.is(outcome) ? (outcome as Outcome) : undefined
}

const unreadable = (path: string, code: string): PartProblem => ({
  message: `${path} cannot be read (${code})`,
  hint: 'parts are the files that --output of `wavetank study FILE --shard I/N` names',
})

/** Reads a part; every row is checked. */
export const readPart = async (path: string): Promise<Either<PartProblem, Part>> => {
  const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await import('hyparquet')
  try {
    const file = await asyncBufferFromFile(path)
    const metadata = await parquetMetadataAsync(file)
    const head = headIn(metadata.key_value_metadata?.find(({ key }) => key === KEY)?.value)
    if (head === undefined) return left(noPart(path))
    const rows = await parquetReadObjects({ file, metadata })
    const outcomes = rows.map(outcomeIn)
    if (!outcomes.every((outcome) => outcome !== undefined)) return left(damaged(path))
    return right({ ...head, path, outcomes })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (typeof code === 'string') return left(unreadable(path, code))
    return left(/not a parquet|footer/i.test(message) ? noPart(path) : damaged(path))
  }
}

/** Reads parts; what is wrong with the first that is none. */
export const readParts = async (paths: readonly string[]): Promise<Either<PartProblem, readonly Part[]>> => {
  const parts: Part[] = []
  for (const path of paths) {
    const part = await readPart(path)
    if (isLeft(part)) return part
    parts.push(part.right)
  }
  return right(parts)
}

import { createParquetFile, integer, json, number, orNull, text } from '@wavetank/export'
import type { Outcome } from '../design-point.ts'
import type { Study } from '../file/load-study.ts'

/** A row for every answer of every run. */
export const responsesTable = {
  name: 'responses',
  doc: 'What every run of a study came to: a row for each of its measures and expectations.',
  columns: {
    point: integer('The design point, from 0.'),
    levels: json('Its levels, by axis.'),
    replication: integer('From 0. Equal numbers have equal seeds at every point.'),
    seed: integer('The seed of the run.'),
    kind: text('`measure` or `expectation`.'),
    name: text('Of the measure or the expectation.'),
    unit: text('`ratio`, `truth` (1 or 0), `milliseconds`, `count`, `cost` or `number`.'),
    value: orNull(number('The response; null where the run has none.')),
    entries: integer('Entries of its log.'),
  },
}

/** Writes `responses.parquet` to a folder. Throws what the file system throws. */
export const writeResponses = (study: Study, outcomes: readonly Outcome[], folder: string): void => {
  const file = createParquetFile(responsesTable, folder)
  const levels = study.points.map((point) =>
    JSON.stringify(Object.fromEntries(point.levels.map(({ axis, value }) => [axis, value]))),
  )
  for (const { point, number: replication, seed, responses, expectations, entries } of outcomes) {
    const run = { point, levels: levels[point]!, replication, seed, entries }
    for (const { name, unit } of study.measures)
      file.row({ ...run, kind: 'measure', name, unit, value: responses[name] ?? null })
    for (const [name, verdict] of Object.entries(expectations))
      file.row({ ...run, kind: 'expectation', name, unit: 'truth', value: verdict === 'met' ? 1 : 0 })
  }
  file.finish()
}

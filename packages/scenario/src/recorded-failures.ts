import { type Millis, millis } from '@wavetank/kernel'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { type CsvCell, type CsvProblem, readCell, readCsv, readTime } from './csv.ts'
import { DurationMillis } from './duration.ts'
import { FAULT_ENDS, type RecordedFailure, recurring } from './failure-model.ts'
import { Instant } from './instant.ts'
import { suggestion } from './suggestion.ts'

/** A table names nodes. */
const FAULTS: readonly string[] = recurring.flatMap(({ name, isOfControlPlane }) => (isOfControlPlane ? [] : [name]))

/** Whose failures of one kind overlap had one that lasted as long as all of them. */
const merged = (failures: readonly RecordedFailure[]): readonly RecordedFailure[] => {
  const last = new Map<string, number>()
  const found: RecordedFailure[] = []
  for (const failure of [...failures].sort((a, b) => a.at - b.at)) {
    const key = `${failure.fault} ${failure.node}`
    const index = last.get(key)
    const earlier = index === undefined ? undefined : found[index]
    const lasts = FAULT_ENDS[failure.fault] !== undefined
    if (earlier === undefined || !lasts || (earlier.until !== undefined && earlier.until < failure.at)) {
      last.set(key, found.length)
      found.push(failure)
    } else if (earlier.until !== undefined) {
      const { until, ...rest } = earlier
      found[index!] = failure.until === undefined ? rest : { ...rest, until: Math.max(until, failure.until) as Millis }
    }
  }
  return found
}

/**
 * Failures from a table with the columns `node`, `at`, `for` or `until`, and `fault`; every problem of the table at once.
 *
 * @param start the wall clock at t=0, for times that are written as instants
 * @param nodes the nodes that there are; without them names are not checked
 */
export const failuresOfCsv = (
  written: string,
  start: number,
  nodes: ReadonlySet<string> | undefined,
): Either<readonly CsvProblem[], readonly RecordedFailure[]> => {
  const { header, rows, problems: crooked } = readCsv(written)
  const problems: CsvProblem[] = [...crooked]
  const names = header.map(({ text }) => text)
  const [node, at, span, until, fault] = ['node', 'at', 'for', 'until', 'fault'].map((name) => names.indexOf(name))
  const top = header[0] ?? { line: 1, column: 1 }
  const refuse = ({ line, column }: Omit<CsvCell, 'text'>, message: string, hint?: string): void => {
    problems.push({ code: 'WT041', message, line, column, hint })
  }
  for (const [name, index] of [
    ['node', node!],
    ['at', at!],
  ] as const)
    if (index < 0)
      refuse(top, `the table has no column \`${name}\``, suggestion(name, names) ?? `it has ${names.join(', ')}`)
  if (span! >= 0 && until! >= 0)
    refuse(header[until!]!, '`for` and `until` exclude each other', 'leave out one of the columns')
  if (rows.length === 0) refuse(top, 'the table has no rows')
  if (problems.length > crooked.length) return left(problems)

  const time = (cell: CsvCell, isSpan = false): number | undefined => {
    const isInstant = !isSpan && /^\d{4}-/.test(cell.text)
    const read = isInstant ? readCell(Instant, cell, cell.text) : readCell(DurationMillis, cell, readTime(cell.text))
    if (isLeft(read)) {
      problems.push(read.left)
      return undefined
    }
    const since = isInstant ? read.right - start : read.right
    if (since >= 0) return since
    refuse(cell, 'this is before the start of the run', 'see `start` of the scenario')
    return undefined
  }
  const failures: RecordedFailure[] = []
  for (const row of rows) {
    const name = row[node!]!
    if (name.text === '') refuse(name, 'there is no value here')
    else if (nodes?.has(name.text) === false) {
      const { line, column } = name
      const hint = suggestion(name.text, [...nodes])
      problems.push({ code: 'WT025', message: `there is no node "${name.text}"`, hint, line, column })
    }
    const kind = fault! < 0 || row[fault!]!.text === '' ? 'fail' : row[fault!]!.text
    if (!FAULTS.includes(kind)) {
      const { line, column } = row[fault!]!
      const message = `expected one of ${FAULTS.join(', ')}, found "${kind}"`
      problems.push({ code: 'WT017', message, hint: suggestion(kind, FAULTS), line, column })
    }
    const from = time(row[at!]!)
    const last = span! >= 0 ? row[span!]! : until! >= 0 ? row[until!]! : undefined
    let end: number | undefined
    if (last !== undefined && last.text !== '') {
      const read = time(last, span! >= 0)
      if (read === undefined || from === undefined) continue
      end = span! >= 0 ? from + read : read
      if (FAULTS.includes(kind) && FAULT_ENDS[kind] === undefined) refuse(last, `\`${kind}\` ends by itself`)
      else if (end <= from) {
        const { line, column } = last
        problems.push({ code: 'WT029', message: 'does not end after it begins', line, column })
      }
    }
    if (from === undefined) continue
    failures.push({
      node: name.text,
      fault: kind,
      at: millis(from),
      ...(end === undefined ? {} : { until: millis(end) }),
    })
  }
  return problems.length > 0 ? left(problems) : right(merged(failures))
}

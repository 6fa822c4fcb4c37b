import type { Issue, PathStep } from '@wavetank/cluster'
import { type Either, isLeft, left, right } from 'fp-ts/lib/Either.js'
import { type Codec, isRecord, type Problem, value, variant, wrongType } from './codec.ts'
import { fileIssue, issueAt, type LocatedIssue, locateIssue } from './located-issue.ts'
import { readYaml } from './yaml-source.ts'

/**
 * The scheduler's own configuration, as a file of it says or as it stands in the scenario.
 *
 * What it may say is the scheduler's business: whoever decodes a scenario brings the checker, and here its complaints
 * find their place.
 */

/** Plain JSON: what the run is given, and what its log says of it. */
export type SchedulerConfigurationJson = Readonly<Record<string, unknown>>

/** What is wrong with a configuration, by the paths of its fields. */
export type CheckSchedulerConfiguration = (json: unknown) => readonly Issue[]

const path: Codec<string> = value<string>({
  name: 'PathText',
  schema: { type: 'string', minLength: 1 },
  is: (u): u is string => typeof u === 'string',
  parse: (u) =>
    typeof u === 'string' && u !== '' ? right(u) : left(wrongType('the path of a KubeSchedulerConfiguration file', u)),
})

const inline: Codec<SchedulerConfigurationJson> = value<SchedulerConfigurationJson>({
  name: 'KubeSchedulerConfiguration',
  schema: { type: 'object', required: ['apiVersion', 'kind'] },
  is: isRecord,
  parse: (u) => (isRecord(u) ? right(u) : left(wrongType('a KubeSchedulerConfiguration, or the path of one', u))),
})

type Written = string | SchedulerConfigurationJson

/** The path of a file, or a KubeSchedulerConfiguration as it is. */
export const SchedulerConfigurationItem: Codec<Written> = variant<Written>(
  'SchedulerConfigurationItem',
  [path as Codec<Written>, inline as Codec<Written>],
  (u) => (typeof u === 'string' ? path : inline) as Codec<Written>,
  (written) => (typeof written === 'string' ? path : inline) as Codec<Written>,
)

/** The configuration that a file of its own holds. */
export const readSchedulerConfigurationFile = (
  file: string,
  text: string,
  check: CheckSchedulerConfiguration,
): Either<readonly LocatedIssue[], SchedulerConfigurationJson> => {
  const source = readYaml(text)
  const [document, extra] = source.documents
  if (source.issues.length > 0) return left(source.issues.map((issue) => ({ ...issue, file })))
  if (document === undefined)
    return left([fileIssue(file, { code: 'WT008', message: 'there is nothing in this file' })])
  const complain = (at: typeof document, steps: readonly PathStep[], problem: Problem) =>
    left([locateIssue(file, at, issueAt(steps, problem))])
  if (extra !== undefined)
    return complain(extra, [], {
      code: 'WT012',
      message: 'a scheduler has one configuration, and this file has several documents',
    })
  const json = document.value
  if (!isRecord(json)) return complain(document, [], wrongType('a KubeSchedulerConfiguration', json))
  const issues = check(json)
  return issues.length > 0 ? left(issues.map((issue) => locateIssue(file, document, issue))) : right(json)
}

/** The one file that a path leads to. */
export const onlyFile = (written: string, files: Either<Problem, readonly string[]>): Either<Problem, string> => {
  if (isLeft(files)) return files
  const [only, ...more] = files.right
  return only !== undefined && more.length === 0
    ? right(only)
    : left({
        code: 'WT012',
        message: `a scheduler has one configuration, and ${written} is ${files.right.length} files`,
      })
}

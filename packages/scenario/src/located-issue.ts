import { formatPath, type Issue, type PathStep } from '@wavetank/cluster'
import type { Problem } from './codec.ts'
import type { SourceDocument } from './yaml-source.ts'

/** An issue with the place in a file that it is about. */
export interface LocatedIssue extends Issue {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 units as editors count. */
  readonly column: number
}

/** Codes that are about the name of a field, not about its value. */
const ABOUT_KEYS: ReadonlySet<string> = new Set(['WT010', 'WT028', 'WT101', 'WT107'])

/** Finds the line and column of an issue in the document that it is about. */
export const locateIssue = (file: string, document: SourceDocument, issue: Issue): LocatedIssue => ({
  ...issue,
  file,
  ...document.positionOf(issue.path, ABOUT_KEYS.has(issue.code)),
})

/** An issue about a file as a whole. */
export const fileIssue = (file: string, problem: Problem): LocatedIssue => ({
  ...issueAt([], problem),
  file,
  line: 1,
  column: 1,
})

export const issueAt = (
  path: readonly PathStep[],
  { code, message, hint }: Problem,
  severity: Issue['severity'] = 'error',
): Issue => ({ code, severity, path, message, ...(hint === undefined ? {} : { hint }) })

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const compareIssues = (a: LocatedIssue, b: LocatedIssue): number =>
  compareText(a.file, b.file) ||
  a.line - b.line ||
  a.column - b.column ||
  compareText(a.code, b.code) ||
  compareText(a.message, b.message)

/** By file, then by place. */
export const sortIssues = (issues: readonly LocatedIssue[]): readonly LocatedIssue[] => [...issues].sort(compareIssues)

const count = (n: number, one: string): string => `${n} ${n === 1 ? one : `${one}s`}`

/**
 * Every issue as a line that editors can jump to, with its hint below, then how many there were.
 *
 *   shop.yaml:7:3 error WT010 behaviors[0].replcas: unknown field `replcas`
 *       did you mean `replicas`?
 *   1 error, 0 warnings
 */
export const formatIssues = (issues: readonly LocatedIssue[]): string => {
  const lines = sortIssues(issues).flatMap(({ file, line, column, severity, code, path, message, hint }) => {
    const written = formatPath(path)
    // Kubernetes' own messages have the path in them, in a spelling that can differ: `limits[cpu]`.
    const says =
      ['.', ':', '['].some((next) => message.startsWith(`${path[0]}${next}`)) || message.includes(`"${written}"`)
    const where = written === '' || says ? '' : ` ${written}:`
    return [
      `${file}:${line}:${column} ${severity} ${code}${where} ${message}`,
      ...(hint === undefined ? [] : [`    ${hint}`]),
    ]
  })
  const errors = issues.filter(({ severity }) => severity === 'error').length
  return [...lines, `${count(errors, 'error')}, ${count(issues.length - errors, 'warning')}`, ''].join('\n')
}

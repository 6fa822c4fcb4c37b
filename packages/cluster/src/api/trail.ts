/**
 * The trail of a walk through an object: where it stands, and what it found wrong.
 *
 * Walkers push a step before they enter a field and pop it when they leave, so a path costs nothing until there is
 * something to report. Messages are built like Kubernetes' own (`apimachinery/pkg/util/validation/field/errors.go`).
 */
import type { Issue, PathStep } from '../issue.ts'
import { formatPath } from '../issue.ts'
import type { ApiIssueCode } from './issue-codes.ts'

/** A field name, a list index, or the key of a map, which Kubernetes prints in brackets. */
export type TrailStep = string | number | { readonly key: string }

export interface Trail {
  readonly steps: TrailStep[]
  readonly issues: Issue[]
  /** While above zero nothing is recorded. */
  muted: number
}

export const createTrail = (steps: readonly TrailStep[] = []): Trail => ({ steps: [...steps], issues: [], muted: 0 })

/** `spec.containers[0].resources.limits[cpu]`, as the API server prints where it stands. */
export const formatTrail = (steps: readonly TrailStep[]): string => {
  let text = ''
  for (const step of steps) {
    if (typeof step === 'number') text += `[${step}]`
    else if (typeof step === 'object') text += `[${step.key}]`
    else text += text === '' ? step : `.${step}`
  }
  return text
}

const pathOf = (steps: readonly TrailStep[]): readonly PathStep[] =>
  steps.map((step) => (typeof step === 'object' ? step.key : step))

/** Records a problem at the current place; `body` follows the path in the message. */
export const report = (trail: Trail, code: ApiIssueCode, body: string, hint?: string): void => {
  if (trail.muted > 0) return
  const text = formatTrail(trail.steps)
  trail.issues.push({
    code,
    severity: 'error',
    path: pathOf(trail.steps),
    message: text === '' ? body : `${text}: ${body}`,
    ...(hint === undefined ? {} : { hint }),
  })
}

/** Records a field that its mapping does not have, as strict decoding words it. */
export const unknownField = (trail: Trail, name: string, known: readonly string[]): void => {
  if (trail.muted > 0) return
  const path = pathOf([...trail.steps, name])
  const near = nearest(name, known)
  trail.issues.push({
    code: 'WT101',
    severity: 'error',
    path,
    message: `unknown field "${formatPath(path)}"`,
    ...(near === undefined ? {} : { hint: `did you mean \`${near}\`?` }),
  })
}

/** Does `walk` one step further down. */
export const within = (trail: Trail, step: TrailStep, walk: () => void): void => {
  trail.steps.push(step)
  walk()
  trail.steps.pop()
}

const SHOWN_MAX = 200

/** A value as Go would print it in a message. */
export const formatValue = (value: unknown): string => {
  if (value === undefined || value === null) return 'null'
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const text = JSON.stringify(value)
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}…` : text
}

export const invalid = (trail: Trail, code: ApiIssueCode, value: unknown, detail: string, hint?: string): void =>
  report(trail, code, `Invalid value: ${formatValue(value)}${detail === '' ? '' : `: ${detail}`}`, hint)

export const required = (trail: Trail, detail = ''): void =>
  report(trail, 'WT103', detail === '' ? 'Required value' : `Required value: ${detail}`)

export const notSupported = (
  trail: Trail,
  value: unknown,
  supported: readonly string[],
  code: ApiIssueCode = 'WT105',
): void => {
  const near = typeof value === 'string' ? nearest(value, supported) : undefined
  report(
    trail,
    code,
    `Unsupported value: ${formatValue(value)}: supported values: ${supported.map((word) => `"${word}"`).join(', ')}`,
    near === undefined ? undefined : `did you mean \`${near}\`?`,
  )
}

export const duplicate = (trail: Trail, value: unknown): void =>
  report(trail, 'WT106', `Duplicate value: ${formatValue(value)}`)

export const forbidden = (trail: Trail, detail: string, hint?: string): void =>
  report(trail, 'WT107', `Forbidden: ${detail}`, hint)

export const notFound = (trail: Trail, value: unknown): void =>
  report(trail, 'WT119', `Not found: ${formatValue(value)}`)

export const tooLong = (trail: Trail, max: number): void =>
  report(trail, 'WT108', `Too long: may not be more than ${max} bytes`)

export const tooMany = (trail: Trail, count: number, max: number): void =>
  report(trail, 'WT108', `Too many: ${count}: must have at most ${max} items`)

/** Records every complaint of a checker of names. */
export const complain = (trail: Trail, code: ApiIssueCode, value: unknown, problems: readonly string[]): void => {
  for (const problem of problems) invalid(trail, code, value, problem)
}

/** `must be greater than or equal to 0`. */
export const nonNegative = (trail: Trail, step: string, value: number | undefined): void => {
  if (value === undefined || value >= 0) return
  trail.steps.push(step)
  invalid(trail, 'WT116', value, 'must be greater than or equal to 0')
  trail.steps.pop()
}

/** `must be greater than 0`. */
export const positive = (trail: Trail, step: string, value: number | undefined): void => {
  if (value === undefined || value > 0) return
  trail.steps.push(step)
  invalid(trail, 'WT116', value, 'must be greater than 0')
  trail.steps.pop()
}

// --- did you mean ----------------------------------------------------------------------------------------------------

/** Damerau's edit distance (with neighbouring letters swapped as one edit), given up above `max`. */
export const editDistance = (a: string, b: string, max: number): number => {
  if (Math.abs(a.length - b.length) > max) return max + 1
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + same)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, before[j - 2]! + 1)
      row.push(cost)
    }
    before = last
    last = row
  }
  return last[b.length]!
}

/** The known word that was probably meant; of equals, the first. */
export const nearest = (word: string, known: readonly string[]): string | undefined => {
  const lower = word.toLowerCase()
  const max = Math.max(1, Math.floor(word.length / 3))
  let best: string | undefined
  let least = max + 1
  for (const candidate of known) {
    const distance = editDistance(lower, candidate.toLowerCase(), max)
    if (distance < least) {
      best = candidate
      least = distance
    }
  }
  return best
}

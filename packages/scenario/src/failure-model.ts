import type { Distribution, Millis } from '@wavetank/kernel'
import { left, right } from 'fp-ts/lib/Either.js'
import { type Codec, integer, isRecord, mapped, object, optional, type ProblemAt, required, text } from './codec.ts'
import type { NodeTarget } from './disruptions/node-target.ts'
import { disruptionByName } from './disruptions/registry.ts'
import { DurationDistribution } from './distribution.ts'

/**
 * Failure models: nodes that break by themselves, again and again. The fault is a field of its own with the nodes as its
 * value, as in the timeline, so that what can be broken by hand is broken by chance in the same words.
 */

/** Nodes that fail at random times, each by itself or a group at once. */
export interface FailureModel {
  readonly name: string
  /** As the timeline calls it: `fail`, `reboot`, `partition` … */
  readonly fault: string
  readonly target: NodeTarget
  /** From the start of the run, or the end of the last repair, to the next failure. */
  readonly timeToFailure: Distribution
  /** How long it lasts; absent for what ends by itself. */
  readonly timeToRepair?: Distribution
  /** The label whose value groups of nodes share that fail at once. */
  readonly together?: string
  readonly atMost?: number
}

/** One line of a record. */
export interface RecordedFailure {
  readonly node: string
  readonly fault: string
  readonly at: Millis
  /** Absent for what ends by itself, or lasts to the end of the run. */
  readonly until?: Millis
}

/** Failures that have been seen somewhere, and happen again. */
export interface RecordedFailures {
  readonly name: string
  readonly recorded: readonly RecordedFailure[]
}

/** The same while its table is not read. */
export interface FailureRecord {
  readonly name: string
  readonly recorded: string
}

export type FailureItem = FailureModel | FailureRecord

/** Faults that machines, and the control plane, have by themselves. */
export const recurring = [...disruptionByName.values()].flatMap(
  ({ name, doc, end, recurring: target, isOfControlPlane }) =>
    target === undefined ? [] : [{ name, doc, end, target, isOfControlPlane: isOfControlPlane === true }],
)
const FAULTS = recurring.map(({ name }) => name)
/** Those that happen to no node. */
export const CONTROL_PLANE_FAULTS: ReadonlySet<string> = new Set(
  recurring.flatMap(({ name, isOfControlPlane }) => (isOfControlPlane ? [name] : [])),
)
/** What ends each of them; a fault that is not here ends by itself. */
export const FAULT_ENDS: Readonly<Record<string, string>> = Object.fromEntries(
  recurring.flatMap(({ name, end }) => (end === undefined ? [] : [[name, end]])),
)

const Fields = object('FailureItem', {
  name: required(text, 'What reports call it. Its failures are drawn by it, whatever else the scenario has.'),
  ...Object.fromEntries(recurring.map(({ name, doc, target }) => [name, optional(target, doc)])),
  timeToFailure: optional(
    DurationDistribution,
    'How long a node holds out, from the start of the run or its last repair.',
  ),
  timeToRepair: optional(DurationDistribution, 'How long it takes to mend. Not for what ends by itself, as `reboot`.'),
  together: optional(
    text,
    'A label: all nodes with one value of it fail at once, as a rack or a zone does. Without it each node fails by itself.',
  ),
  atMost: optional(
    integer(1, Number.MAX_SAFE_INTEGER),
    'How many of them (nodes, or groups with `together`) are broken at one time at most; a failure that would be one more does not happen.',
  ),
  recorded: optional(text, 'In place of all this, failures as they were: the path of a CSV file.'),
})

interface Written {
  readonly name: string
  readonly timeToFailure?: Distribution
  readonly timeToRepair?: Distribution
  readonly together?: string
  readonly atMost?: number
  readonly recorded?: string
}

/** Whether nothing above 0 can come of it. */
const isNever = (distribution: Distribution): boolean =>
  ('constant' in distribution && distribution.constant === 0) ||
  ('uniform' in distribution && distribution.uniform[1] === 0) ||
  ('empirical' in distribution && distribution.empirical.every((value) => value === 0))

const problemsOf = (written: Written & Readonly<Record<string, unknown>>): readonly ProblemAt[] => {
  const faults = FAULTS.filter((fault) => written[fault] !== undefined)
  const problems: ProblemAt[] = []
  const complain = (path: readonly string[], code: ProblemAt[1]['code'], message: string, hint?: string): void => {
    problems.push([path, { code, message, hint }])
  }
  if (written.recorded !== undefined) {
    for (const field of [...faults, 'timeToFailure', 'timeToRepair', 'together', 'atMost']) {
      if (written[field] !== undefined)
        complain([field], 'WT022', `\`recorded\` and \`${field}\` exclude each other`, 'the table says what fails when')
    }
    return problems
  }
  const [fault, second] = faults
  if (fault === undefined) complain([], 'WT022', 'nothing fails here', `one of ${[...FAULTS, 'recorded'].join(', ')}`)
  if (second !== undefined) complain([second], 'WT022', `${faults.join(' and ')} need an item each`)
  if (written.timeToFailure === undefined)
    complain([], 'WT011', '`timeToFailure` is missing', 'for example `{exponential: {mean: 500h}}`')
  if (fault !== undefined && FAULT_ENDS[fault] !== undefined && written.timeToRepair === undefined)
    complain([], 'WT011', '`timeToRepair` is missing', `\`${fault}\` lasts until it is mended`)
  if (fault !== undefined && FAULT_ENDS[fault] === undefined && written.timeToRepair !== undefined)
    complain(['timeToRepair'], 'WT029', `\`${fault}\` ends by itself`)
  if (fault !== undefined && CONTROL_PLANE_FAULTS.has(fault)) {
    for (const field of ['together', 'atMost'] as const)
      if (written[field] !== undefined)
        complain([field], 'WT029', `\`${field}\` is for nodes, and \`${fault}\` hits none`)
  }
  for (const field of ['timeToFailure', 'timeToRepair'] as const) {
    const distribution = written[field]
    if (distribution !== undefined && isNever(distribution))
      complain(
        [field],
        'WT018',
        'is always 0',
        field === 'timeToFailure' ? 'nodes would fail for ever at one instant' : 'the fault would last no time',
      )
  }
  return problems
}

export const FailureItem: Codec<FailureItem> = mapped<Readonly<Record<string, unknown>>, FailureItem>(
  Fields as unknown as Codec<Readonly<Record<string, unknown>>>,
  (u): u is FailureItem => isRecord(u) && typeof u.name === 'string' && ('fault' in u || 'recorded' in u),
  (fields) => {
    const written = fields as unknown as Written & Readonly<Record<string, unknown>>
    const problems = problemsOf(written)
    if (problems.length > 0) return left(problems)
    const { name, recorded, timeToFailure, timeToRepair, together, atMost } = written
    if (recorded !== undefined) return right({ name, recorded })
    const fault = FAULTS.find((one) => written[one] !== undefined)!
    return right({
      name,
      fault,
      target: written[fault] as NodeTarget,
      timeToFailure: timeToFailure!,
      ...(timeToRepair === undefined ? {} : { timeToRepair }),
      ...(together === undefined ? {} : { together }),
      ...(atMost === undefined ? {} : { atMost }),
    })
  },
  (item) => {
    if ('recorded' in item) return { ...item }
    const { fault, target, ...rest } = item
    return { ...rest, [fault]: target }
  },
)

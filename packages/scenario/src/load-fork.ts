import type { NamedMetric, PathStep } from '@wavetank/cluster'
import type { ApiObject } from '@wavetank/cluster/api'
import { formatMillis, type Millis } from '@wavetank/kernel'
import { type Either, isLeft, isRight, left, right } from 'fp-ts/lib/Either.js'
import { behaviorName } from './behavior.ts'
import { compileBehaviors } from './behavior-match.ts'
import {
  type Codec,
  decodeWith,
  defaulted,
  isRecord,
  list,
  mapped,
  object,
  oneOf,
  optional,
  type Problem,
  type ProblemAt,
  required,
  value,
} from './codec.ts'
import { type DecodeOptions, decodeScenario, subjectsOf } from './decode.ts'
import type { Disruption } from './disruptions/registry.ts'
import { formatDuration, parseDuration } from './duration.ts'
import type { FileReader } from './files.ts'
import type { FlagValues } from './flags.ts'
import { gatherTexts } from './load-scenario.ts'
import { issueAt, type LocatedIssue, locateIssue, sortIssues } from './located-issue.ts'
import type { Scenario, SourcePosition } from './scenario.ts'
import { ACTIONS, API_VERSION, scenarioFile, TimelineFields } from './scenario-file.ts'
import { readYaml } from './yaml-source.ts'

/** The run that a fork goes on from, at its instant. */
export interface ForkBase {
  readonly at: Millis
  readonly name: string
  readonly seed: number
  readonly duration: Millis
  readonly flags: FlagValues
  readonly dependencies: readonly string[]
  readonly metrics: readonly NamedMetric[]
  /** What is there, nodes too. */
  readonly objects: readonly ApiObject[]
}

/** Something of the original timeline that does not happen: what happens at its instant, or one thing of that. */
export interface Removal {
  readonly at: Millis
  readonly action: { readonly kind: 'kubectl'; readonly text: string } | Disruption | undefined
  readonly source: SourcePosition
}

/** A removal of what the original timeline does not have. */
export const nothingToRemove = ({ source }: Removal, hint: string): LocatedIssue => ({
  ...issueAt([], { code: 'WT049', message: 'the original timeline has no such entry', hint }),
  ...source,
})

/** What is different from some instant on, checked against the cluster as it is then. */
export interface Fork {
  /** Only what the fork adds; its duration is that of the whole run. */
  readonly scenario: Scenario
  /** The nodes and objects that are applied at the instant of the fork. */
  readonly manifests: readonly Readonly<Record<string, unknown>>[]
  readonly removals: readonly Removal[]
  readonly changesDuration: boolean
  readonly warnings: readonly LocatedIssue[]
}

export interface LoadForkOptions extends Omit<DecodeOptions, 'base'> {
  readonly files: FileReader
}

/** Read by the codecs of scenario files. */
const shared: Codec<unknown> = value<unknown>({
  name: 'shared',
  schema: {},
  is: (u): u is unknown => u !== undefined,
  parse: right,
})

interface RemovalItem {
  readonly at: Millis
  readonly action: Removal['action']
}

const RemovalItem: Codec<RemovalItem> = mapped<Readonly<Record<string, unknown>>, RemovalItem>(
  TimelineFields as unknown as Codec<Readonly<Record<string, unknown>>>,
  (u): u is RemovalItem => isRecord(u) && 'at' in u,
  (written) => {
    const at = written.at as Millis
    const [kind, another] = ACTIONS.filter((action) => written[action] !== undefined)
    if (another !== undefined) {
      const problem: ProblemAt = [[another], { code: 'WT022', message: `${kind} and ${another} need an entry each` }]
      return left([problem])
    }
    if (kind === undefined) return right({ at, action: undefined })
    if (kind === 'kubectl') return right({ at, action: { kind, text: String(written.kubectl) } })
    return right({ at, action: { kind, ...(written[kind] as object) } as Disruption })
  },
  ({ at }) => ({ at }),
)

const ForkFile = object('Fork', {
  apiVersion: required(oneOf(API_VERSION), 'The version of this format.'),
  kind: required(oneOf('Fork'), 'Always `Fork`.'),
  duration: optional(shared, 'How long the whole run lasts; as long as the original by default.'),
  remove: defaulted(list(RemovalItem), [], 'Entries of the original timeline that do not happen.'),
  timeline: optional(shared, 'What happens besides; without `at`, at the instant of the fork.'),
  manifests: optional(shared, 'Objects that are applied at the instant of the fork, as `kubectl apply` does it.'),
  nodes: optional(shared, 'Nodes that join at the instant of the fork.'),
  behaviors: optional(shared, 'How containers act that come with the fork; in front of the original ones.'),
  expect: optional(shared, 'What is expected besides; windows begin with the fork if they do not say otherwise.'),
})

const SHARED = ['timeline', 'manifests', 'nodes', 'behaviors', 'expect'] as const

const items = (u: unknown): readonly unknown[] => (Array.isArray(u) ? u : [])

const isBefore = (u: unknown, at: Millis): boolean => {
  const parsed = parseDuration(u)
  return isRight(parsed) && parsed.right < at
}

/** What lies before the instant of the fork. */
const tooEarly = (json: Readonly<Record<string, unknown>>, at: Millis): readonly (readonly PathStep[])[] => [
  ...(['timeline', 'remove'] as const).flatMap((field) =>
    items(json[field]).flatMap((item, i) => (isRecord(item) && isBefore(item.at, at) ? [[field, i, 'at']] : [])),
  ),
  ...items(json.expect).flatMap((item, i) =>
    (['at', 'after', 'until'] as const).flatMap((field) =>
      isRecord(item) && isBefore(item[field], at) ? [['expect', i, field]] : [],
    ),
  ),
  ...(isBefore(json.duration, at) ? [['duration']] : []),
]

/** The scenario that goes on from the base as the fork has it. */
const completeWith =
  (base: ForkBase, options: DecodeOptions) =>
  (json: unknown): unknown => {
    const written = isRecord(json) ? json : {}
    const now = formatDuration(base.at)
    const from = (item: unknown, field: string, unless: readonly string[]): unknown =>
      isRecord(item) && unless.every((other) => item[other] === undefined) ? { ...item, [field]: now } : item
    const parts = Object.fromEntries(
      SHARED.flatMap((field) => (written[field] === undefined ? [] : [[field, written[field]]])),
    )
    return {
      ...parts,
      apiVersion: API_VERSION,
      kind: 'Scenario',
      metadata: { name: base.name },
      seed: base.seed,
      duration: written.duration ?? formatDuration(base.duration),
      flags: scenarioFile(options.flags).fields.flags!.codec.encode(base.flags),
      dependencies: base.dependencies.map((name) => ({ name })),
      ...(Array.isArray(written.timeline)
        ? { timeline: written.timeline.map((item) => from(item, 'at', ['at'])) }
        : {}),
      ...(Array.isArray(written.expect)
        ? { expect: written.expect.map((item) => from(item, 'after', ['at', 'after'])) }
        : {}),
    }
  }

/** Behaviours that would change what has happened. */
const pastBehaviors = (scenario: Scenario, base: ForkBase): readonly (readonly [PathStep[], Problem])[] => {
  const choose = compileBehaviors(scenario.behaviors)
  const hit = new Map<number, ApiObject>()
  for (const there of base.objects)
    for (const subject of subjectsOf(there)) {
      const index = choose(subject)
      if (index >= 0 && !hit.has(index)) hit.set(index, there)
    }
  return scenario.behaviors.flatMap((behavior, i): readonly (readonly [PathStep[], Problem])[] => {
    const name = behaviorName(behavior, i)
    const { cpu, sharedCpu, memory } = behavior
    if (cpu !== undefined || sharedCpu !== undefined || memory !== undefined)
      return [
        [
          ['behaviors', i],
          { code: 'WT050', message: `behaviour ${name} says what containers use, which only a scenario can` },
        ],
      ]
    const before = hit.get(i)
    if (before === undefined) return []
    const message = `behaviour ${name} matches containers of ${before.kind} ${before.metadata.name}, which was there before the fork`
    const hint = 'match an image that nothing has had so far, and set it in the timeline'
    return [[['behaviors', i, 'match'], { code: 'WT050', message, hint }]]
  })
}

/**
 * Loads what a fork changes, and everything that the file names. Every problem comes back at once, as data.
 *
 * @param base the cluster at the instant of the fork
 */
export const loadFork = async (
  path: string,
  base: ForkBase,
  { files, ...options }: LoadForkOptions,
): Promise<Either<readonly LocatedIssue[], Fork>> => {
  const gathered = await gatherTexts(path, files)
  if (isLeft(gathered)) return gathered
  const input = gathered.right
  const document = readYaml(input.text).documents[0]
  const json = document?.value
  const issues: LocatedIssue[] = []
  const complain = (where: readonly PathStep[], problem: Problem): void => {
    if (document !== undefined) issues.push(locateIssue(path, document, issueAt(where, problem)))
  }
  if (isRecord(json) && json.kind !== 'Fork' && typeof json.kind === 'string') {
    const hint = `the file of a fork begins with \`apiVersion: ${API_VERSION}\` and \`kind: Fork\``
    complain(['kind'], { code: 'WT013', message: `this is a ${json.kind}, not a fork`, hint })
    return left(issues)
  }
  const file = decodeWith(ForkFile, json)
  if (document !== undefined && isLeft(file))
    for (const issue of file.left) issues.push(locateIssue(path, document, issue))
  const hint = `the fork is at ${formatMillis(base.at)}`
  for (const where of isRecord(json) ? tooEarly(json, base.at) : [])
    complain(where, { code: 'WT048', message: 'this is before the fork', hint })
  // A text that is no YAML, or none at all, is told by the reader of scenarios.
  if (document !== undefined && !isRecord(json)) return left(sortIssues(issues))
  const there = { complete: completeWith(base, options), objects: base.objects, metrics: base.metrics }
  const decoded = decodeScenario(input, { ...options, base: there })
  if (isLeft(decoded)) return left(sortIssues([...issues, ...decoded.left]))
  const { scenario, manifests, warnings } = decoded.right
  for (const [where, problem] of pastBehaviors(scenario, base)) complain(where, problem)
  if (isLeft(file) || issues.length > 0) return left(sortIssues([...issues, ...warnings]))
  const removals = file.right.remove.map(
    (item, i): Removal => ({ ...item, source: { file: path, ...document!.positionOf(['remove', i]) } }),
  )
  return right({
    scenario,
    manifests: manifests(),
    removals,
    changesDuration: file.right.duration !== undefined,
    warnings,
  })
}

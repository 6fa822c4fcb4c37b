import { type ApiFailure, resourceOf } from '@wavetank/cluster'
import { kindByName } from '@wavetank/cluster/api'
import type { SimEvent } from '@wavetank/kernel'

/** What a command comes to: what it writes, what it prints, and how it ends. */
export interface Outcome {
  readonly events: readonly SimEvent[]
  readonly output: readonly string[]
  readonly exitCode: number
}

/** Something that went wrong: the API server's refusal, or kubectl's own. */
export type Problem = ApiFailure | string

/** Source: staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go, StandardErrorMessage. */
const refusal = ({ reason, message, kind, name, causes = [] }: ApiFailure): readonly string[] => {
  if (reason === 'NotSimulated') return [`error: ${message}`]
  if (reason !== 'Invalid') return [`Error from server (${reason}): ${message}`]
  if (kind === undefined) return [`The request is invalid: ${message}`]
  const start = `The ${kind} "${name}" is invalid: `
  return causes.length === 1 ? [`${start}${causes[0]}`] : [start, ...causes.map((cause) => `* ${cause}`)]
}

/** As kubectl prints errors: one of its own has `error:` in front, several have nothing. */
export const problemLines = (problems: readonly Problem[]): readonly string[] =>
  problems.flatMap((problem) => {
    if (typeof problem !== 'string') return refusal(problem)
    return [problems.length === 1 ? `error: ${problem}` : problem]
  })

/** What a command of several objects gathers on its way. */
export interface Gathering {
  readonly events: SimEvent[]
  readonly output: string[]
  readonly problems: Problem[]
}
export const gathering = (problems: readonly Problem[] = []): Gathering => ({
  events: [],
  output: [],
  problems: [...problems],
})

/** Pods and workloads of one command may bring the same new template: it is recorded once. */
const withoutRepeatedTemplates = (events: readonly SimEvent[]): readonly SimEvent[] => {
  const recorded = new Set<unknown>()
  return events.filter((event) => {
    if (event.kind !== 'PodTemplateRecorded') return true
    const { template } = event as SimEvent & { readonly template: string }
    return !recorded.has(template) && recorded.add(template)
  })
}

/** Where the API server of a scenario is said to be. */
const SERVER = 'kubernetes:6443'

/** Source: staging/src/k8s.io/kubectl/pkg/cmd/util/helpers.go, StandardErrorMessage. */
export const NO_CONNECTION = `The connection to the server ${SERVER} was refused - did you specify the right host or port?`

/** What a client says of a call that the API server did not answer. */
export const unanswered = (method: 'Get' | 'Post', path: string): string =>
  `${method} "https://${SERVER}/api/v1${path}": dial tcp: connect: connection refused`

/** Errors are printed last, as a terminal shows them. */
export const outcomeOf = ({ events, output, problems }: Gathering): Outcome => ({
  events: withoutRepeatedTemplates(events),
  output: [...output, ...problemLines(problems)],
  exitCode: problems.length === 0 ? 0 : 1,
})

/** A kind as kubectl prints it in front of a name: `pod`, `replicaset.apps`. */
export const printedKind = (kind: string): string => {
  const info = kindByName(kind)
  if (info === undefined) return kind.toLowerCase()
  const resource = resourceOf(info.kind)
  return info.singular + resource.slice(info.plural.length)
}

/** `replicaset.apps/web`. */
export const printedName = (kind: string, name: string): string => `${printedKind(kind)}/${name}`

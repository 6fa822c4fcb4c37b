import { findObject, objectsOf } from '@wavetank/cluster'
import { kindByName } from '@wavetank/cluster/api'
import type { LogIssue } from '@wavetank/kernel'
import { type Either, isLeft, map, right } from 'fp-ts/lib/Either.js'
import { type Reading, type StateAt, stateAt } from '../log.ts'
import { createCausalIndex } from './causal-index.ts'
import { type Standing, standingOf } from './standing.ts'
import { type Start, storyOf } from './story.ts'
import { type Subject, subjectKey, subjectOf } from './subject.ts'
import { type Cause, entriesAt, tellAll, withoutOthersOutages } from './telling.ts'

/** Why an object is as it is, or is not there any more. */
export interface Why {
  readonly object: Subject
  /** The instant that was asked for. */
  readonly at: number
  readonly isThere: boolean
  /** Absent for kinds of which nothing more is known than that they are there. */
  readonly standing: Standing | undefined
  /** From what the scenario brought down to the object, in the order in which it happened. */
  readonly causes: readonly Cause[]
}

/** What somebody asks for does not name one object. */
export interface NotOne {
  readonly candidates: readonly Subject[]
}

export interface WhyOptions {
  /** Milliseconds of the run; its end by default. */
  readonly until?: number
  /** Tells every entry of the chains. */
  readonly full?: boolean
}

/** What somebody asks about: `kind` by any name that kubectl takes, `name` or the beginning of one. */
export interface AskedObject {
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

const keyOf = ({ kind, namespace, name }: AskedObject): string => {
  if (kind === 'Node' || kind === 'Namespace') return name
  return `${kindByName(kind)?.namespaced === false ? '' : namespace}/${name}`
}

/** The object of exactly that name, or those whose names begin so. */
export const findSubjects = (subjects: Iterable<string>, asked: AskedObject): readonly Subject[] => {
  const key = keyOf(asked)
  const exact = subjectKey({ kind: asked.kind, key })
  const found: Subject[] = []
  for (const subject of subjects) {
    if (subject === exact) return [subjectOf(subject)]
    if (subject.startsWith(exact)) found.push(subjectOf(subject))
  }
  return found.sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** Objects that have to do with it whose own story is told; and how much of it. */
const RELATED_MAX = 3
const RELATED_FACTS = 3

export interface WhyFound {
  readonly state: StateAt
  readonly why: Why | NotOne
}

const isThere = ({ view }: StateAt, { kind, key }: Subject): boolean => {
  if (kind === 'Pod') return view.pods.has(key)
  if (kind === 'Node') return view.nodes.has(key)
  if (kind === 'Namespace') return view.namespaces.has(key)
  const slash = key.indexOf('/')
  return findObject(view, kind, key.slice(0, slash), key.slice(slash + 1)) !== undefined
}

/**
 * Why an object is as it is at an instant.
 *
 * @param open opens the log; it is read twice
 */
export const whyObject = (
  open: () => Either<LogIssue, Reading>,
  asked: AskedObject,
  { until, full = false }: WhyOptions = {},
): Either<LogIssue, WhyFound> => {
  const opened = open()
  if (isLeft(opened)) return opened
  const index = createCausalIndex()
  const state = stateAt(opened.right, until, index.add)
  const found = findSubjects(index.subjects(), asked)
  const [object] = found
  if (object === undefined || found.length > 1) return right({ state, why: { candidates: found } })
  const at = until ?? (state.end?.state === 'complete' ? state.end.footer.endedAt : state.at)
  const standing = standingOf(state, at, object)
  const related = (standing?.objects ?? []).filter((other) => index.last(subjectKey(other)) >= 0)
  const starts: readonly Start[] = [
    { seq: index.last(subjectKey(object)) },
    ...related
      .slice(0, RELATED_MAX)
      .map((other): Start => ({ seq: index.last(subjectKey(other)), facts: RELATED_FACTS })),
  ]
  return map(
    (entries: Parameters<typeof tellAll>[0]): WhyFound => ({
      state,
      why: {
        object,
        at,
        isThere: isThere(state, object),
        standing,
        causes: tellAll(withoutOthersOutages(entries, state.header), full),
      },
    }),
  )(entriesAt(open, storyOf(index, starts, full)))
}

/** An object that is there at an instant, by its name or the beginning of it, and how it stands. */
export const explainObject = (
  state: StateAt,
  at: number,
  asked: AskedObject,
): { readonly object: Subject; readonly standing: Standing } | NotOne => {
  const found = findSubjects(subjectsIn(state, asked.kind), asked)
  const [object] = found
  const standing = object === undefined || found.length > 1 ? undefined : standingOf(state, at, object)
  return object === undefined || standing === undefined ? { candidates: found } : { object, standing }
}

/** The objects of a kind that are there, by `subjectKey`. */
const subjectsIn = ({ view }: StateAt, kind: string): readonly string[] =>
  objectsOf(view, kind).map(({ namespace, name }) =>
    subjectKey({ kind, key: kind === 'Node' ? name : `${namespace}/${name}` }),
  )

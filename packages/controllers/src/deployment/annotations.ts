import {
  DESIRED_REPLICAS,
  LAST_APPLIED,
  type Labels,
  MAX_REPLICAS,
  REVISION,
  REVISION_HISTORY,
  ROLLBACK_TO,
} from '@wavetank/cluster'
import { maxSurge } from './limits.ts'
import type { DeploymentView, SetCopy } from './sync-state.ts'

/** Annotations that do not go from a Deployment to its ReplicaSets, or back. Source: deployment_util.go, annotationsToSkip. */
const OWN: ReadonlySet<string> = new Set([
  LAST_APPLIED,
  REVISION,
  REVISION_HISTORY,
  DESIRED_REPLICAS,
  MAX_REPLICAS,
  ROLLBACK_TO,
])

const entries = (annotations: Labels, own: boolean): Labels =>
  Object.fromEntries(Object.entries(annotations).filter(([key]) => OWN.has(key) === own))

export const sharedAnnotations = (annotations: Labels): Labels => entries(annotations, false)

/** What a Deployment keeps when it takes the annotations of an earlier revision. Source: SetDeploymentAnnotationsTo. */
export const restoredAnnotations = (current: Labels, earlier: Labels): Labels => ({
  ...entries(current, true),
  ...sharedAnnotations(earlier),
})

/** As `strconv.ParseInt(text, 10, 64)`, as far as whole numbers go here. */
const parseInteger = (text: string | undefined): number | undefined => {
  if (text === undefined || !/^[+-]?[0-9]+$/.test(text)) return undefined
  const value = Number(text)
  return Number.isSafeInteger(value) ? value : undefined
}

/** The number of a revision: 0 without the annotation, `undefined` if it is no number. Source: Revision. */
export const revisionOf = ({ annotations }: Pick<SetCopy, 'annotations'>): number | undefined => {
  const text = annotations[REVISION]
  return text === undefined ? 0 : parseInteger(text)
}

const bound = (value: number | undefined): number | undefined =>
  value === undefined || value < -2_147_483_648 || value > 2_147_483_647 ? undefined : value

export const desiredReplicasOf = ({ annotations }: SetCopy): number | undefined =>
  bound(parseInteger(annotations[DESIRED_REPLICAS]))
export const maxReplicasOf = ({ annotations }: SetCopy): number | undefined =>
  bound(parseInteger(annotations[MAX_REPLICAS]))
export const rollbackOf = ({ annotations }: DeploymentView): number | undefined =>
  parseInteger(annotations[ROLLBACK_TO])

/** What the proportions of a later scaling are reckoned from. Source: SetReplicasAnnotations. */
export const withSize = (annotations: Labels, deployment: DeploymentView): Labels => {
  const desired = `${deployment.replicas}`
  const most = `${deployment.replicas + maxSurge(deployment)}`
  if (annotations[DESIRED_REPLICAS] === desired && annotations[MAX_REPLICAS] === most) return annotations
  return { ...annotations, [DESIRED_REPLICAS]: desired, [MAX_REPLICAS]: most }
}

/** Characters of the list of former revisions. Source: maxRevHistoryLengthInChars. */
const HISTORY_MAX = 2_000

/** The oldest go where the list gets too long. Source: SetNewReplicaSetAnnotations. */
const withHistory = (history: string, revision: string): string => {
  if (history === '') return revision
  const revisions = history.split(',')
  let length = history.length + revision.length + 1
  let start = 0
  while (length > HISTORY_MAX && start < revisions.length) {
    length -= revisions[start]!.length + 1
    start++
  }
  return length <= HISTORY_MAX ? [...revisions.slice(start), revision].join(',') : history
}

/**
 * The annotations of the ReplicaSet with the current template: the Deployment's own, and the revision, which only rises.
 * A set that had a lower one is being rolled back to, and remembers it. The same object, if nothing changes.
 *
 * Source: deployment_util.go, SetNewReplicaSetAnnotations.
 */
export const withRevision = (annotations: Labels, deployment: DeploymentView, revision: number): Labels => {
  const changes: Record<string, string> = {}
  for (const [key, value] of Object.entries(sharedAnnotations(deployment.annotations))) {
    if (annotations[key] !== value) changes[key] = value
  }
  const text = annotations[REVISION]
  const old = text === undefined || text === '' ? 0 : parseInteger(text)
  if (old !== undefined && old < revision) {
    changes[REVISION] = `${revision}`
    if (text !== undefined) changes[REVISION_HISTORY] = withHistory(annotations[REVISION_HISTORY] ?? '', text)
  }
  return Object.keys(changes).length === 0 ? annotations : { ...annotations, ...changes }
}

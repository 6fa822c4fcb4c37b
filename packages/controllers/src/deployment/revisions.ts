import {
  controllerRefOf,
  createReplicaSet,
  creationProblem,
  isTerminatingNamespace,
  type LabelSelectorLike,
  POD_TEMPLATE_HASH,
  REVISION,
  replicaSetEvents,
} from '@wavetank/cluster'
import { type Either, left, right } from 'fp-ts/lib/Either.js'
import { revisionOf, withRevision, withSize } from './annotations.ts'
import { conditionOf, progressing, withCondition } from './conditions.ts'
import { DeploymentReplicaSetRefused } from './events.ts'
import { hasDeadline } from './limits.ts'
import { newSetReplicas } from './rolling-update.ts'
import {
  allOf,
  byCreation,
  type Family,
  type SetCopy,
  type SetView,
  type Sync,
  type SyncFailure,
} from './sync-state.ts'
import { podTemplateHash, sameTemplate, withHash } from './template.ts'

/** The oldest set with the Deployment's template is the new one. Source: FindNewReplicaSet, FindOldReplicaSets. */
export const familyOf = ({ view, deployment }: Sync, sets: readonly SetView[]): Family => {
  const inOrder: SetCopy[] = [...sets].sort(byCreation(view))
  const newSet = inOrder.find(({ template }) => sameTemplate(template, deployment.template))
  return { newSet, oldSets: inOrder.filter((set) => set !== newSet) }
}

/** Source: MaxRevision. */
const nextRevision = (oldSets: readonly SetCopy[]): number =>
  Math.max(0, ...oldSets.map((set) => revisionOf(set) ?? 0)) + 1

const setProgressing = (sync: Sync, ...condition: Parameters<typeof progressing>): void => {
  sync.status = { ...sync.status, conditions: withCondition(sync.status.conditions, progressing(...condition)) }
}

const writeRevision = (sync: Sync, revision: string | undefined): void => {
  if (revision !== undefined && sync.deployment.annotations[REVISION] !== revision) sync.revision = revision
}

/**
 * Brings the new set's revision, annotations and minReadySeconds up to date, if there is one. If that takes a write, the
 * Deployment gets its revision in the next sync, which the write leads to.
 *
 * Source: pkg/controller/deployment/sync.go, getNewReplicaSet.
 */
export const syncRevision = (sync: Sync, family: Family): Family => {
  const { deployment, at } = sync
  const { newSet, oldSets } = family
  if (newSet === undefined) return family
  const { key, name, minReadySeconds } = newSet
  const annotations = withRevision(newSet.annotations, deployment, nextRevision(oldSets))
  const otherSeconds = minReadySeconds !== deployment.minReadySeconds
  if (annotations !== newSet.annotations || otherSeconds) {
    if (annotations !== newSet.annotations) sync.events.push(replicaSetEvents.Annotated({ object: key, annotations }))
    if (otherSeconds) {
      const { minReadySeconds } = deployment
      sync.events.push(replicaSetEvents.MinReadySecondsChanged({ object: key, minReadySeconds }))
    }
    const generation = newSet.generation + (otherSeconds ? 1 : 0)
    return { newSet: { ...newSet, annotations, minReadySeconds: deployment.minReadySeconds, generation }, oldSets }
  }
  writeRevision(sync, annotations[REVISION])
  if (hasDeadline(deployment) && conditionOf(sync.status.conditions, 'Progressing') === undefined) {
    setProgressing(sync, 'True', 'FoundNewReplicaSet', `Found new replica set "${name}"`, at)
  }
  return family
}

/** Longest name of a ReplicaSet, as of a subdomain. Source: generateReplicaSetName (1.34). */
const NAME_MAX = 253

const setName = (deployment: string, hash: string): string =>
  `${deployment.slice(0, NAME_MAX - hash.length - 1)}-${hash}`

const EMPTY: SetCopy['status'] = {
  replicas: 0,
  fullyLabeledReplicas: 0,
  readyReplicas: 0,
  availableReplicas: 0,
  observedGeneration: 0,
  failure: undefined,
}

/** Creates the set with the Deployment's template. Source: pkg/controller/deployment/sync.go, getNewReplicaSet. */
export const createNewSet = (sync: Sync, oldSets: readonly SetCopy[]): Either<SyncFailure, Family> => {
  const { view, deployment, at } = sync
  const { namespace, selector, minReadySeconds } = deployment
  const { collisionCount } = sync.status
  const hash = podTemplateHash(deployment.template, collisionCount)
  const name = setName(deployment.name, hash)
  const template = withHash(deployment.template, hash)
  const problem = creationProblem(view, { kind: 'ReplicaSet', namespace, name })
  if (problem?.reason === 'AlreadyExists') {
    // Somebody else's: another name is tried in the next sync.
    sync.status = { ...sync.status, collisionCount: (collisionCount ?? 0) + 1 }
    return left({ message: problem.message })
  }
  if (isTerminatingNamespace(view, namespace) && problem !== undefined) {
    return left({ message: problem.message, quiet: true })
  }
  if (problem !== undefined) {
    const { message } = problem
    if (hasDeadline(deployment)) {
      const text = `Failed to create new replica set "${name}": ${message}`
      setProgressing(sync, 'False', 'ReplicaSetCreateError', text, at)
    }
    sync.events.push(DeploymentReplicaSetRefused({ object: deployment.key, replicaSet: name, message }))
    return left({ message })
  }
  const revision = nextRevision(oldSets)
  const blank: SetCopy = {
    key: `${namespace}/${name}`,
    name,
    uid: '',
    createdAt: at,
    replicas: 0,
    minReadySeconds,
    annotations: withSize(withRevision({}, deployment, revision), deployment),
    generation: 1,
    deletion: undefined,
    template,
    status: EMPTY,
  }
  const newSet = { ...blank, replicas: newSetReplicas(deployment, allOf({ newSet: blank, oldSets }), blank) }
  const { matchLabels, matchExpressions } = selector as LabelSelectorLike
  sync.events.push(
    ...createReplicaSet(view, at, {
      kind: 'ReplicaSet',
      namespace,
      name,
      labels: template.labels,
      annotations: newSet.annotations,
      owner: controllerRefOf(deployment),
      replicas: newSet.replicas,
      minReadySeconds,
      selector: {
        matchLabels: { ...matchLabels, [POD_TEMPLATE_HASH]: hash },
        ...(matchExpressions === undefined ? {} : { matchExpressions }),
      },
      template,
    }),
  )
  writeRevision(sync, `${revision}`)
  if (hasDeadline(deployment)) {
    setProgressing(sync, 'True', 'NewReplicaSetCreated', `Created new replica set "${name}"`, at)
  }
  return right({ newSet, oldSets })
}

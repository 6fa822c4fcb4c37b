import {
  type ClusterView,
  type DaemonSet,
  type DeepReadonly,
  type Deployment,
  type KubectlCommand,
  patchObject,
  type RenderedObject,
  type ReplicaSet,
  renderControllerRevision,
  resourceOf,
  type StatefulSet,
  selects,
  type Targets,
  type Update,
} from '@wavetank/cluster'
import { isLeft } from 'fp-ts/lib/Either.js'
import { claimRevisions, type RevisionView } from '../controller-history/revisions.ts'
import { restoredAnnotations, revisionOf } from '../deployment/annotations.ts'
import { setsOf } from '../deployment/claim.ts'
import { sameTemplate, withoutHash } from '../deployment/template.ts'
import { type Gathering, gathering, type Outcome, outcomeOf, printedName } from './outcome.ts'
import { findTargets } from './targets.ts'

/**
 * `kubectl rollout undo|restart|pause|resume|history`; `status` takes time and stands in rollout-status.ts.
 *
 * Source: staging/src/k8s.io/kubectl/pkg/cmd/rollout/*.go, pkg/polymorphichelpers/{rollback,history,objectpauser,objectresumer,objectrestarter}.go.
 */

type Command<V extends string> = Extract<KubectlCommand, { readonly verb: V }>
interface WithTargets {
  readonly targets: Targets
}
type DeploymentView = DeepReadonly<Deployment>
type SetView = DeepReadonly<ReplicaSet>

/** Does something to each target, in order. */
const forEach = (
  view: ClusterView,
  targets: Targets,
  act: (object: RenderedObject, result: Gathering) => void,
): Outcome => {
  const { objects, problems } = findTargets(view, targets)
  const result = gathering(problems)
  for (const object of objects) act(object, result)
  if (objects.length === 0 && problems.length === 0) result.problems.push('no objects passed to rollout')
  return outcomeOf(result)
}

/** `deployments.apps "web" is already paused`. */
const about = ({ kind, name }: RenderedObject, what: string): string => `${resourceOf(kind)} "${name}" ${what}`

const patchAll = (
  view: ClusterView,
  targets: Targets,
  done: string,
  patchOf: (object: RenderedObject) => string | Readonly<Record<string, unknown>>,
): Outcome =>
  forEach(view, targets, (object, result) => {
    const patch = patchOf(object)
    if (typeof patch === 'string') {
      result.problems.push(about(object, patch))
      return
    }
    const update = patchObject(view, object, 'strategic', patch)
    if (isLeft(update)) {
      result.problems.push(`failed to patch: ${update.left.message}`)
      return
    }
    result.events.push(...update.right)
    result.output.push(`${printedName(object.kind, object.name)} ${done}`)
  })

const deploymentOf = (view: ClusterView, { kind, namespace, name }: RenderedObject): DeploymentView | undefined =>
  kind === 'Deployment' ? view.deployments.get(`${namespace}/${name}`) : undefined

export const pause = (view: ClusterView, { targets }: WithTargets): Outcome =>
  patchAll(view, targets, 'paused', (object) => {
    const deployment = deploymentOf(view, object)
    if (deployment === undefined) return 'pausing is not supported'
    return deployment.paused ? 'is already paused' : { spec: { paused: true } }
  })

export const resume = (view: ClusterView, { targets }: WithTargets): Outcome =>
  patchAll(view, targets, 'resumed', (object) => {
    const deployment = deploymentOf(view, object)
    if (deployment === undefined) return 'resuming is not supported'
    return deployment.paused ? { spec: { paused: false } } : 'is not paused'
  })

const RESTARTED_AT = 'kubectl.kubernetes.io/restartedAt'

type Template = { readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> } }

export const restart = (view: ClusterView, time: string, { targets }: WithTargets): Outcome =>
  patchAll(view, targets, 'restarted', (object) => {
    const { spec } = object.render() as { readonly spec?: { readonly template?: Template } }
    if (deploymentOf(view, object)?.paused === true) {
      return "can't restart paused deployment (run rollout resume first)"
    }
    if (spec?.template?.metadata?.annotations?.[RESTARTED_AT] === time) {
      return 'if restart has already been triggered within the past second, please wait before attempting to trigger another'
    }
    return { spec: { template: { metadata: { annotations: { [RESTARTED_AT]: time } } } } }
  })

const notInHistory = (revision: number): string => `unable to find specified revision ${revision} in history`

const skipped = ({ kind, name }: RenderedObject, revision: number): string =>
  `${printedName(kind, name)} skipped rollback (current template already matches revision ${revision})`

const restored = ({ kind, name }: RenderedObject, revision: number, update: Update, result: Gathering): void => {
  if (isLeft(update)) {
    result.problems.push(`failed restoring revision ${revision}: ${update.left.message}`)
    return
  }
  result.events.push(...update.right)
  result.output.push(`${printedName(kind, name)} rolled back`)
}

interface Revision {
  readonly revision: number
  readonly set: SetView
}

/** The revisions that there are, oldest first. */
const revisionsOf = (view: ClusterView, deployment: DeploymentView): readonly Revision[] =>
  setsOf(view, deployment.uid)
    .flatMap((set): readonly Revision[] => {
      const revision = revisionOf(set)
      return revision === undefined || !selects(deployment.matcher, set.labels) ? [] : [{ revision, set }]
    })
    .sort((a, b) => a.revision - b.revision)

/** Source: rollback.go, DeploymentRollbacker.Rollback. */
const undoDeployment = (
  view: ClusterView,
  deployment: DeploymentView,
  object: RenderedObject,
  toRevision: number,
  result: Gathering,
): void => {
  const revisions = revisionsOf(view, deployment)
  const found = toRevision === 0 ? revisions.at(-2) : revisions.find(({ revision }) => revision === toRevision)
  if (found === undefined) {
    const none = `no rollout history found for deployment "${object.name}"`
    result.problems.push(toRevision === 0 ? none : notInHistory(toRevision))
    return
  }
  if (deployment.paused) {
    const hint = "resume it first with 'kubectl rollout resume' and try again"
    result.problems.push(`you cannot rollback a paused deployment; ${hint}`)
    return
  }
  if (sameTemplate(found.set.template, deployment.template)) {
    result.output.push(skipped(object, toRevision))
    return
  }
  const { labels, annotations, spec } = withoutHash(found.set.template)
  const update = patchObject(view, object, 'json', [
    { op: 'replace', path: '/spec/template', value: { metadata: { labels, annotations }, spec } },
    {
      op: 'add',
      path: '/metadata/annotations',
      value: restoredAnnotations(deployment.annotations, found.set.annotations),
    },
  ])
  restored(object, toRevision, update, result)
}

type RevisedView = DeepReadonly<DaemonSet | StatefulSet>

/** What has ControllerRevisions. */
const revisedOf = (view: ClusterView, { kind, namespace, name }: RenderedObject): RevisedView | undefined => {
  const key = `${namespace}/${name}`
  if (kind === 'DaemonSet') return view.daemonSets.get(key)
  return kind === 'StatefulSet' ? view.statefulSets.get(key) : undefined
}

/** Its ControllerRevisions, oldest first; those that it has not adopted yet do not count. */
const ownRevisions = (view: ClusterView, set: RevisedView): readonly RevisionView[] =>
  claimRevisions(view, set).revisions.filter(({ owner }) => owner?.uid === set.uid)

/** Source: rollback.go, DaemonSetRollbacker.Rollback, StatefulSetRollbacker.Rollback. */
const undoRevised = (
  view: ClusterView,
  set: RevisedView,
  object: RenderedObject,
  toRevision: number,
  result: Gathering,
): void => {
  const revisions = ownRevisions(view, set)
  if (toRevision === 0 && revisions.length <= 1) {
    result.problems.push('no last revision to roll back to')
    return
  }
  const found = toRevision === 0 ? revisions.at(-2) : revisions.find(({ revision }) => revision === toRevision)
  if (found === undefined) {
    result.problems.push(notInHistory(toRevision))
    return
  }
  if (found.template.hash === set.template.hash) {
    result.output.push(skipped(object, toRevision))
    return
  }
  const { data } = renderControllerRevision(view, found)
  restored(object, toRevision, patchObject(view, object, 'strategic', data), result)
}

export const undo = (view: ClusterView, { targets, toRevision }: Command<'rollout undo'>): Outcome =>
  forEach(view, targets, (object, result) => {
    const deployment = deploymentOf(view, object)
    const revised = revisedOf(view, object)
    if (deployment !== undefined) undoDeployment(view, deployment, object, toRevision, result)
    else if (revised !== undefined) undoRevised(view, revised, object, toRevision, result)
    else result.problems.push(`no rollbacker has been implemented for "${object.kind}"`)
  })

const CHANGE_CAUSE = 'kubernetes.io/change-cause'

type Row = readonly [revision: number, cause: string | undefined]

const rowsOf = (view: ClusterView, object: RenderedObject): readonly Row[] | undefined => {
  const deployment = deploymentOf(view, object)
  if (deployment !== undefined) {
    return revisionsOf(view, deployment).map(({ revision, set }) => [revision, set.annotations[CHANGE_CAUSE]])
  }
  const revised = revisedOf(view, object)
  if (revised === undefined) return undefined
  return ownRevisions(view, revised).map(({ revision, annotations }) => [revision, annotations[CHANGE_CAUSE]])
}

/** Source: history.go, DeploymentHistoryViewer.ViewHistory and its like. */
export const history = (view: ClusterView, { targets }: Command<'rollout history'>): Outcome =>
  forEach(view, targets, (object, result) => {
    const rows = rowsOf(view, object)
    const printed = printedName(object.kind, object.name)
    if (rows === undefined) {
      result.problems.push(`no history viewer has been implemented for "${object.kind}"`)
      return
    }
    if (rows.length === 0) {
      result.output.push(`${printed} `, 'No rollout history found.')
      return
    }
    const cells = [['REVISION', 'CHANGE-CAUSE'], ...rows.map(([revision, cause]) => [`${revision}`, cause || '<none>'])]
    const width = Math.max(...cells.map(([revision]) => revision!.length)) + 2
    result.output.push(`${printed} `, ...cells.map(([revision, cause]) => `${revision!.padEnd(width)}${cause}`), '')
  })

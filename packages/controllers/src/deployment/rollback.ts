import { deploymentEvents, ROLLBACK_TO, recordTemplate, templateHash } from '@wavetank/cluster'
import type { SimEvent } from '@wavetank/kernel'
import { restoredAnnotations, revisionOf } from './annotations.ts'
import { DeploymentRollbackRefused, DeploymentRolledBack } from './events.ts'
import { allOf, type Family, type Sync } from './sync-state.ts'
import { sameTemplate, withoutHash } from './template.ts'

/** The highest revision but one. Source: deployment_util.go, LastRevision. */
const lastRevision = (revisions: readonly number[]): number => {
  let [highest, second] = [0, 0]
  for (const revision of revisions) {
    if (revision >= highest) [highest, second] = [revision, highest]
    else if (revision > second) second = revision
  }
  return second
}

const refusal = ({ deployment }: Sync, reason: string, message: string): readonly SimEvent[] => {
  const { key: object } = deployment
  const { [ROLLBACK_TO]: _, ...annotations } = deployment.annotations
  return [DeploymentRollbackRefused({ object, reason, message }), deploymentEvents.Annotated({ object, annotations })]
}

const answer = (sync: Sync, family: Family, wanted: number): readonly SimEvent[] => {
  const { view, deployment } = sync
  const { key: object, name } = deployment
  const sets = allOf(family)
  const revision = wanted === 0 ? lastRevision(sets.map((set) => revisionOf(set) ?? 0)) : wanted
  if (revision === 0) return refusal(sync, 'DeploymentRollbackRevisionNotFound', 'Unable to find last revision.')
  const set = sets.find((candidate) => revisionOf(candidate) === revision)
  if (set === undefined) {
    return refusal(sync, 'DeploymentRollbackRevisionNotFound', 'Unable to find the revision to rollback to.')
  }
  if (sameTemplate(set.template, deployment.template)) {
    const message = `The rollback revision contains the same template as current deployment "${name}"`
    return refusal(sync, 'DeploymentRollbackTemplateUnchanged', message)
  }
  const template = withoutHash(set.template)
  const { [ROLLBACK_TO]: _, ...annotations } = restoredAnnotations(deployment.annotations, set.annotations)
  return [
    ...recordTemplate(view, template),
    deploymentEvents.TemplateChanged({ object, template: templateHash(template), annotations }),
    DeploymentRolledBack({ object, revision }),
  ]
}

/**
 * The annotation `deprecated.deployment.rollback.to`, 0 for the last revision: the Deployment gets the template and the
 * annotations of that revision's set. Whatever comes of it, the annotation goes.
 *
 * Source: pkg/controller/deployment/rollback.go.
 */
export const rollBack = (sync: Sync, family: Family, wanted: number): void => {
  sync.events.push(...answer(sync, family, wanted))
}

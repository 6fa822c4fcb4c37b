import type { SimEvent } from '@wavetank/kernel'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { Deployment } from '../api/apps/deployment.ts'
import { type DeploymentSpec, deploymentEvents } from '../deployment/events.ts'
import { keyOf, type ObjectKey } from '../ids.ts'
import type { ClusterView } from '../tables.ts'
import { deploymentSpecOf } from './deployments.ts'
import { invalid } from './failure.ts'
import { contentOf } from './manifest.ts'
import { recordTemplate } from './pod-template.ts'
import { isEqual, type Update, updateMetadata } from './update-metadata.ts'

/** One request is one event: the narrowest that says what changed. */
const specChange = (object: ObjectKey, was: DeploymentSpec, is: DeploymentSpec): SimEvent | undefined => {
  const { Scaled, TemplateChanged, Paused, Resumed, SpecChanged } = deploymentEvents
  if (isEqual(was, is)) return undefined
  if (isEqual({ ...was, replicas: is.replicas }, is)) return Scaled({ object, replicas: is.replicas })
  if (isEqual({ ...was, template: is.template }, is)) return TemplateChanged({ object, template: is.template })
  if (isEqual({ ...was, paused: is.paused }, is)) return is.paused ? Paused({ object }) : Resumed({ object })
  return SpecChanged({ object, spec: is })
}

/** Source: pkg/registry/apps/deployment/strategy.go, ValidateUpdate: the selector stays. */
export const updateDeployment = (view: ClusterView, was: Deployment, is: Deployment): Update => {
  const { kind, metadata } = was
  if (!isEqual(was.spec.selector, is.spec.selector)) {
    const value = JSON.stringify(is.spec.selector)
    return left(invalid(kind, metadata.name, [`spec.selector: Invalid value: ${value}: field is immutable`]))
  }
  const object = keyOf(metadata.namespace ?? '', metadata.name)
  const change = specChange(object, deploymentSpecOf(was), deploymentSpecOf(is))
  const { Labelled, Annotated, Adopted, Released } = deploymentEvents
  const changed = updateMetadata(kind, metadata, is.metadata, {
    labelled: (labels) => Labelled({ object, labels }),
    annotated: (annotations) => Annotated({ object, annotations }),
    adopted: (owner) => Adopted({ object, owner }),
    released: (owner) => Released({ object, owner: keyOf(metadata.namespace ?? '', owner.name) }),
  })
  if (isLeft(changed)) return changed
  if (change === undefined) return changed
  return right([...recordTemplate(view, contentOf(is.spec.template)), change, ...changed.right])
}

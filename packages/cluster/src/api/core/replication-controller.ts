import type * as t from 'io-ts'
import { selectorOfLabels, selects } from '../../labels.ts'
import type { Codec } from '../codec.ts'
import { defaulted, integer, optional, struct, textMap } from '../codec.ts'
import { defineKind, objectCodec, unreadStatus } from '../define-kind.ts'
import { NAME_RULES, validateLabels } from '../meta/object-meta.ts'
import { invalid, nonNegative, required, within } from '../trail.ts'
import { PodTemplateSpec } from './pod-spec.ts'
import { validateAlwaysRestart, validatePodTemplate } from './pod-validation.ts'

const replicationControllerSpec = struct('ReplicationControllerSpec', {
  replicas: defaulted(integer, 1),
  minReadySeconds: defaulted(integer, 0),
  selector: optional(textMap),
  template: PodTemplateSpec,
})
export interface ReplicationControllerSpec extends t.TypeOf<typeof replicationControllerSpec> {}
export const ReplicationControllerSpec: Codec<ReplicationControllerSpec> = replicationControllerSpec

const replicationController = objectCodec('v1', 'ReplicationController', {
  spec: ReplicationControllerSpec,
  status: unreadStatus,
})
export interface ReplicationController extends t.TypeOf<typeof replicationController> {}
export const ReplicationController: Codec<ReplicationController> = replicationController

const isEmpty = (labels: Readonly<Record<string, string>> | undefined): boolean =>
  labels === undefined || Object.keys(labels).length === 0

export const replicationControllerKind = defineKind<ReplicationController>({
  kind: 'ReplicationController',
  apiVersion: 'v1',
  codec: ReplicationController,
  nameRule: NAME_RULES.subdomain,
  // `SetDefaults_ReplicationController`: the one workload whose selector still follows from its template.
  complete: (object) => {
    const labels = object.spec.template.metadata.labels
    if (isEmpty(labels)) return object
    return {
      ...object,
      metadata: isEmpty(object.metadata.labels) ? { ...object.metadata, labels } : object.metadata,
      spec: isEmpty(object.spec.selector) ? { ...object.spec, selector: labels } : object.spec,
    }
  },
  validate: (trail, { spec }) => {
    trail.steps.push('spec')
    nonNegative(trail, 'replicas', spec.replicas)
    nonNegative(trail, 'minReadySeconds', spec.minReadySeconds)
    validateLabels(trail, 'selector', spec.selector)
    const labels = spec.template.metadata.labels
    if (isEmpty(spec.selector)) within(trail, 'selector', () => required(trail))
    else if (!selects(selectorOfLabels(spec.selector), labels)) {
      trail.steps.push('template', 'metadata', 'labels')
      invalid(trail, 'WT112', labels, '`selector` does not match template `labels`')
      trail.steps.length -= 3
    }
    within(trail, 'template', () => {
      validatePodTemplate(trail, spec.template)
      validateAlwaysRestart(trail, spec.template, 'ReplicationController')
    })
    trail.steps.pop()
  },
})

import type * as t from 'io-ts'
import { labelKeyProblems, labelValueProblems } from '../../labels.ts'
import {
  dns1035LabelProblems,
  dnsLabelProblems,
  dnsSubdomainProblems,
  maskTrailingDash,
  pathSegmentProblems,
} from '../../names.ts'
import type { Codec } from '../codec.ts'
import {
  anything,
  defaultedZero,
  flag,
  integer,
  list,
  omitEmpty,
  optional,
  requiredText,
  struct,
  text,
  textMap,
  time,
} from '../codec.ts'
import type { Trail } from '../trail.ts'
import { complain, forbidden, nonNegative, report, required, within } from '../trail.ts'

const ownerReference = struct('OwnerReference', {
  apiVersion: requiredText,
  kind: requiredText,
  name: requiredText,
  uid: requiredText,
  controller: optional(flag),
  blockOwnerDeletion: optional(flag),
})
export interface OwnerReference extends t.TypeOf<typeof ownerReference> {}
export const OwnerReference: Codec<OwnerReference> = ownerReference

const metaFields = {
  generateName: omitEmpty(text),
  namespace: omitEmpty(text),
  labels: optional(textMap),
  annotations: optional(textMap),
  ownerReferences: optional(list(OwnerReference)),
  finalizers: optional(list(requiredText)),
  uid: omitEmpty(text),
  resourceVersion: omitEmpty(text),
  generation: omitEmpty(integer),
  creationTimestamp: omitEmpty(time),
  deletionTimestamp: optional(time),
  deletionGracePeriodSeconds: optional(integer),
  managedFields: optional(anything),
  selfLink: optional(anything),
  // Served until 1.23; the file of an older cluster may still have it.
  clusterName: optional(anything),
} as const

const objectMeta = struct('ObjectMeta', { name: defaultedZero(text, ''), ...metaFields })
/** What every object carries; `name` is empty where only `generateName` was given. */
export interface ObjectMeta extends t.TypeOf<typeof objectMeta> {}
export const ObjectMeta: Codec<ObjectMeta> = objectMeta

const templateMeta = struct('ObjectMeta', { name: omitEmpty(text), ...metaFields })
/** What a template gives to the objects made from it; its name is not used. */
export interface TemplateMeta extends t.TypeOf<typeof templateMeta> {}
export const TemplateMeta: Codec<TemplateMeta> = templateMeta

/** What the name of an object of some kind has to look like. */
export type NameRule = (name: string) => readonly string[]

export const NAME_RULES = {
  label: dnsLabelProblems,
  subdomain: dnsSubdomainProblems,
  service: dns1035LabelProblems,
  segment: pathSegmentProblems,
} as const satisfies Readonly<Record<string, NameRule>>

/** `meta/v1/validation: ValidateLabels`. */
export const validateLabels = (trail: Trail, step: string, labels: ObjectMeta['labels']): void => {
  if (labels === undefined) return
  trail.steps.push(step)
  for (const key in labels) {
    complain(trail, 'WT110', key, labelKeyProblems(key))
    complain(trail, 'WT110', labels[key], labelValueProblems(labels[key]!))
  }
  trail.steps.pop()
}

/** `api/validation/objectmeta.go: ValidateAnnotations`; keys are compared in lower case, values may be anything. */
export const validateAnnotations = (trail: Trail, annotations: ObjectMeta['annotations']): void => {
  if (annotations === undefined) return
  trail.steps.push('annotations')
  let size = 0
  for (const key in annotations) {
    complain(trail, 'WT110', key, labelKeyProblems(key.toLowerCase()))
    size += key.length + annotations[key]!.length
  }
  if (size > ANNOTATIONS_MAX) report(trail, 'WT108', `Too long: may not be more than ${ANNOTATIONS_MAX} bytes`)
  trail.steps.pop()
}
const ANNOTATIONS_MAX = 256 * 1024

/** `api/validation/objectmeta.go: ValidateObjectMeta`. */
export const validateObjectMeta = (trail: Trail, meta: ObjectMeta, namespaced: boolean, nameRule: NameRule): void => {
  trail.steps.push('metadata')
  const { name, generateName, namespace, ownerReferences } = meta
  if (generateName !== undefined) {
    within(trail, 'generateName', () =>
      complain(trail, 'WT109', generateName, nameRule(maskTrailingDash(generateName))),
    )
  }
  trail.steps.push('name')
  if (name !== '') complain(trail, 'WT109', name, nameRule(name))
  else if (generateName === undefined) required(trail, 'name or generateName is required')
  trail.steps.pop()
  if (namespace !== undefined) {
    trail.steps.push('namespace')
    if (namespaced) complain(trail, 'WT109', namespace, dnsLabelProblems(namespace))
    else forbidden(trail, 'not allowed on this type', 'objects of this kind belong to no namespace')
    trail.steps.pop()
  }
  nonNegative(trail, 'generation', meta.generation)
  validateLabels(trail, 'labels', meta.labels)
  validateAnnotations(trail, meta.annotations)
  if (ownerReferences !== undefined) {
    trail.steps.push('ownerReferences')
    const controllers = ownerReferences.filter((owner) => owner.controller === true)
    if (controllers.length > 1) {
      report(
        trail,
        'WT104',
        `Invalid value: Only one reference can have Controller set to true. Found "true" in references for ${controllers[0]!.kind}/${controllers[0]!.name} and ${controllers[1]!.kind}/${controllers[1]!.name}`,
      )
    }
    trail.steps.pop()
  }
  trail.steps.pop()
}

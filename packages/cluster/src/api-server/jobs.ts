import { type SimEvent, uuidOf } from '@wavetank/kernel'
import { isLeft, left, right } from 'fp-ts/lib/Either.js'
import type { CronJob as CronJobObject, CronJobSpec } from '../api/batch/cron-job.ts'
import type { JobSpec as ApiJobSpec, Job as JobObject } from '../api/batch/job.ts'
import type { PodTemplateSpec } from '../api/core/pod-spec.ts'
import { cronJobEvents } from '../cron-job/events.ts'
import { keyOf } from '../ids.ts'
import { jobEvents } from '../job/events.ts'
import { CONTROLLER_UID, generatedLabels } from '../job/job.ts'
import type { LabelSelectorLike } from '../labels.ts'
import type { ControllerRef, Labels } from '../object/meta.ts'
import type { ClusterView, DeepReadonly } from '../tables.ts'
import { invalid } from './failure.ts'
import { contentOf, controllerOf } from './manifest.ts'
import { recordTemplate, type TemplateContent, templateHash } from './pod-template.ts'
import { isEqual, type Update, updateMetadata } from './update-metadata.ts'

export interface NewJob {
  readonly namespace: string
  readonly name: string
  readonly labels: Labels
  readonly annotations: Labels
  readonly owner?: ControllerRef | undefined
  /** As the API server defaults it. */
  readonly spec: DeepReadonly<ApiJobSpec>
}

const contents = new WeakMap<object, TemplateContent>()

/** The template of a Job’s spec; the same object for the same spec, so that it is hashed once. */
const templateOf = (spec: DeepReadonly<ApiJobSpec>): TemplateContent => {
  let content = contents.get(spec)
  if (content === undefined) {
    content = contentOf(spec.template as PodTemplateSpec)
    contents.set(spec, content)
  }
  return content
}

/** Source: pkg/registry/batch/job/strategy.go, generateSelector. */
const selectorFor = ({ manualSelector, selector }: DeepReadonly<ApiJobSpec>, uid: string): LabelSelectorLike => {
  const written = (selector ?? {}) as LabelSelectorLike
  return manualSelector === true
    ? written
    : { ...written, matchLabels: { [CONTROLLER_UID]: uid, ...written.matchLabels } }
}

/** The spec as the log holds it: template and selector stand beside it. */
const plainSpec = ({ template: _, selector: __, ...spec }: DeepReadonly<ApiJobSpec>): Record<string, unknown> => spec

/** What storing a Job comes to. */
export const createJob = (view: ClusterView, at: number, job: NewJob): readonly SimEvent[] => {
  const key = keyOf(job.namespace, job.name)
  const uid = uuidOf(view.settings.seed, `Job ${key} ${at}`)
  const content = templateOf(job.spec)
  return [
    ...recordTemplate(view, content),
    jobEvents.Created({
      object: key,
      uid,
      labels: job.labels,
      annotations: job.annotations,
      owner: job.owner,
      spec: plainSpec(job.spec),
      selector: selectorFor(job.spec, uid) as unknown as Record<string, unknown>,
      template: templateHash(content),
    }),
  ]
}

export const createJobObject = (view: ClusterView, at: number, { metadata, spec }: JobObject): readonly SimEvent[] =>
  createJob(view, at, {
    namespace: metadata.namespace ?? '',
    name: metadata.name,
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    owner: controllerOf(metadata),
    spec,
  })

const IMMUTABLE = [
  'selector',
  'completionMode',
  'podFailurePolicy',
  'backoffLimitPerIndex',
  'managedBy',
  'successPolicy',
] as const satisfies readonly (keyof ApiJobSpec)[]

const immutable = (path: string, value: unknown): string =>
  `${path}: Invalid value: ${JSON.stringify(value) ?? 'null'}: field is immutable`

/** The template without what may change before a suspended Job has ever started. */
const fixedPart = ({ metadata, spec }: PodTemplateSpec, mutable: boolean): unknown => {
  if (!mutable) return { metadata, spec }
  const { nodeSelector, tolerations, schedulingGates, affinity, ...fixed } = spec
  const { nodeAffinity: _, ...others } = affinity ?? {}
  const { labels, annotations, ...meta } = metadata
  return { metadata: meta, spec: { ...fixed, affinity: Object.keys(others).length === 0 ? undefined : others } }
}

/** Source: pkg/apis/batch/validation/validation.go, ValidateJobSpecUpdate. */
const problemsOf = (was: ApiJobSpec, is: ApiJobSpec, mutableTemplate: boolean): readonly string[] => {
  const problems: string[] = []
  if (was.completions !== is.completions) {
    if (is.completionMode !== 'Indexed') problems.push(immutable('spec.completions', is.completions))
    else if (is.completions !== is.parallelism) {
      const value = `spec.completions: Invalid value: ${is.completions}`
      problems.push(`${value}: can only be modified in tandem with spec.parallelism`)
    }
  }
  for (const field of IMMUTABLE) {
    if (!isEqual(was[field], is[field])) problems.push(immutable(`spec.${field}`, is[field]))
  }
  if (!isEqual(fixedPart(was.template, mutableTemplate), fixedPart(is.template, mutableTemplate))) {
    problems.push(immutable('spec.template', is.template))
  }
  return problems
}

/** The template as it was written: without the labels that are generated for the selector. */
const withoutGenerated = (template: PodTemplateSpec, generated: Labels): PodTemplateSpec => {
  const labels = Object.entries(template.metadata.labels ?? {}).filter(([key, value]) => generated[key] !== value)
  return { ...template, metadata: { ...template.metadata, labels: Object.fromEntries(labels) } }
}

export const updateJob = (view: ClusterView, was: JobObject, is: JobObject): Update => {
  const { metadata } = was
  const object = keyOf(metadata.namespace ?? '', metadata.name)
  const job = view.jobs.get(object)
  if (job === undefined) return right([])
  const problems = problemsOf(was.spec, is.spec, was.spec.suspend && job.status.startAt === undefined)
  if (problems.length > 0) return left(invalid('Job', metadata.name, problems))
  const changes: SimEvent[] = []
  if (!isEqual(plainSpec(was.spec), plainSpec(is.spec))) {
    changes.push(jobEvents.SpecChanged({ object, spec: plainSpec(is.spec) }))
  }
  if (!isEqual(was.spec.template, is.spec.template)) {
    const content = contentOf(withoutGenerated(is.spec.template, generatedLabels(job)))
    changes.push(
      ...recordTemplate(view, content),
      jobEvents.TemplateChanged({ object, template: templateHash(content) }),
    )
  }
  const changed = updateMetadata('Job', metadata, is.metadata, {
    labelled: (labels) => jobEvents.Labelled({ object, labels }),
    annotated: (annotations) => jobEvents.Annotated({ object, annotations }),
    adopted: (owner) => jobEvents.Adopted({ object, owner }),
    released: (owner) => jobEvents.Released({ object, owner: keyOf(metadata.namespace ?? '', owner.name) }),
  })
  return isLeft(changed) ? changed : right([...changes, ...changed.right])
}

const cronSpec = (spec: CronJobSpec): Record<string, unknown> => spec as unknown as Record<string, unknown>

export const createCronJob = (
  view: ClusterView,
  at: number,
  { metadata, spec }: CronJobObject,
): readonly SimEvent[] => {
  const key = keyOf(metadata.namespace ?? '', metadata.name)
  return [
    cronJobEvents.Created({
      object: key,
      uid: uuidOf(view.settings.seed, `CronJob ${key} ${at}`),
      labels: metadata.labels ?? {},
      annotations: metadata.annotations ?? {},
      owner: controllerOf(metadata),
      spec: cronSpec(spec),
    }),
  ]
}

export const updateCronJob = (was: CronJobObject, is: CronJobObject): Update => {
  const { metadata } = was
  const object = keyOf(metadata.namespace ?? '', metadata.name)
  const scheduleChanged = was.spec.schedule !== is.spec.schedule || was.spec.timeZone !== is.spec.timeZone
  const changes = isEqual(was.spec, is.spec)
    ? []
    : [cronJobEvents.SpecChanged({ object, spec: cronSpec(is.spec), scheduleChanged })]
  const changed = updateMetadata('CronJob', metadata, is.metadata, {
    labelled: (labels) => cronJobEvents.Labelled({ object, labels }),
    annotated: (annotations) => cronJobEvents.Annotated({ object, annotations }),
    adopted: (owner) => cronJobEvents.Adopted({ object, owner }),
    released: (owner) => cronJobEvents.Released({ object, owner: keyOf(metadata.namespace ?? '', owner.name) }),
  })
  return isLeft(changed) ? changed : right([...changes, ...changed.right])
}

import {
  type Charges,
  type ClusterView,
  controllerRefOf,
  createPod,
  type DeepReadonly,
  JOB_TRACKING,
  type PodTemplate,
  podName,
  type TemplateContent,
} from '@wavetank/cluster'
import type { Draw, SimEvent } from '@wavetank/kernel'
import { isLeft } from 'fp-ts/lib/Either.js'
import { nameDraw } from '../retry.ts'
import {
  COMPLETION_INDEX,
  FAILURE_COUNT,
  failureCountOf,
  IGNORED_FAILURE_COUNT,
  ignoredFailureCountOf,
  isIndexed,
  type JobView,
  type PodView,
} from './pods.ts'

import { judge } from './policies.ts'

type Container = DeepReadonly<PodTemplate>['spec']['containers'][number]

const INDEX_VARIABLE = 'JOB_COMPLETION_INDEX'
const PREFIX_MAX = 58

const withIndexVariable = (container: Container): Container =>
  (container.env ?? []).some(({ name }) => name === INDEX_VARIABLE)
    ? container
    : {
        ...container,
        env: [
          ...(container.env ?? []),
          {
            name: INDEX_VARIABLE,
            valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: `metadata.labels['${COMPLETION_INDEX}']` } },
          },
        ],
      }

const contents = new WeakMap<object, { readonly plain: TemplateContent; readonly indexed: TemplateContent }>()

/** The template as its pods have it; the same object for the same template, so that it is admitted and hashed once. */
const contentOf = (job: JobView): TemplateContent => {
  const { template } = job
  let known = contents.get(template)
  if (known === undefined) {
    const { labels, annotations, spec } = template as PodTemplate
    const finalizers = template.finalizers.includes(JOB_TRACKING)
      ? template.finalizers
      : [...template.finalizers, JOB_TRACKING]
    const numbered = {
      ...spec,
      containers: spec.containers.map(withIndexVariable),
      ...(spec.initContainers === undefined ? {} : { initContainers: spec.initContainers.map(withIndexVariable) }),
    }
    known = {
      plain: { labels, annotations, finalizers, spec },
      indexed: { labels, annotations, finalizers, spec: numbered as TemplateContent['spec'] },
    }
    contents.set(template, known)
  }
  return isIndexed(job) ? known.indexed : known.plain
}

/** `<job>-<index>-`, the Job’s part cut so that it fits. Source: indexed_job_utils.go, podGenerateNameWithIndex. */
export const indexedPrefix = (job: string, index: number): string => {
  const end = `-${index}-`
  return `${job.slice(0, PREFIX_MAX - end.length)}${end}`
}

/** What the index has suffered so far, carried over from the pod that is replaced. Source: getNewIndexFailureCounts. */
const failureCounts = (job: JobView, replaced: PodView | undefined): Readonly<Record<string, string>> => {
  if (job.spec.backoffLimitPerIndex === undefined) return {}
  if (replaced === undefined) return { [FAILURE_COUNT]: '0' }
  const { counts } = judge(job, replaced)
  const ignored = ignoredFailureCountOf(replaced) + (counts ? 0 : 1)
  return {
    [FAILURE_COUNT]: `${failureCountOf(replaced) + (counts ? 1 : 0)}`,
    ...(ignored > 0 ? { [IGNORED_FAILURE_COUNT]: `${ignored}` } : {}),
  }
}

export interface Creation {
  readonly events: readonly SimEvent[]
  readonly count: number
  /** The API server’s refusal; after it no further pod is tried. */
  readonly failure: string | undefined
}

/**
 * @param indexes the completion index of each new pod, or how many pods without one
 * @param replaced the failed pod that a new one stands in for, by index
 */
export const createPods = (
  view: ClusterView,
  draw: Draw,
  at: number,
  job: JobView,
  indexes: readonly (number | undefined)[],
  replaced: ReadonlyMap<number, PodView>,
  refusals?: number,
): Creation => {
  const events: SimEvent[] = []
  const taken = new Set<string>()
  const content = contentOf(job)
  const owner = controllerRefOf(job)
  const charges: Charges = new Map()
  let templateKnown = false
  let count = 0
  for (const index of indexes) {
    const prefix = index === undefined ? `${job.name}-` : indexedPrefix(job.name, index)
    const name = podName(view, draw, job.namespace, job, nameDraw(job.podsMade + count, refusals), taken, prefix)
    if (name === undefined) continue
    taken.add(name)
    const number = `${index}`
    const result = createPod(view, at, name, {
      namespace: job.namespace,
      content,
      owner,
      charges,
      labels: index === undefined ? job.podLabels : { ...job.podLabels, [COMPLETION_INDEX]: number },
      ...(index === undefined
        ? {}
        : {
            annotations: {
              ...job.template.annotations,
              [COMPLETION_INDEX]: number,
              ...failureCounts(job, replaced.get(index)),
            },
            hostname: `${job.name}-${index}`,
          }),
    })
    if (isLeft(result)) return { events, count, failure: result.left }
    for (const event of result.right) {
      if (event.kind === 'PodTemplateRecorded') {
        if (templateKnown) continue
        templateKnown = true
      }
      events.push(event)
    }
    count++
  }
  return { events, count, failure: undefined }
}

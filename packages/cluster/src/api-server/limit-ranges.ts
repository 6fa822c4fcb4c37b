import type { Container } from '../api/core/container.ts'
import type { LimitRange, LimitRangeItem } from '../api/core/limit-range.ts'
import { defaultPodSpec } from '../api/core/pod-defaults.ts'
import { aggregateContainers, isPodLevelResource } from '../api/core/pod-resources.ts'
import type { PodSpec } from '../api/core/pod-spec.ts'
import { canonicalQuantity, formatBytes, formatMillis, quantityMillis } from '../quantity.ts'
import type { TemplateContent } from './pod-template.ts'

/**
 * The admission plugin LimitRanger: sets what containers leave out, and refuses what is outside of the limits.
 *
 * Source: plugin/pkg/admission/limitranger/admission.go. There, the complaints of one pod come in random order; here by
 * minimum, maximum and ratio, and by the name of the resource.
 */

export const LIMIT_RANGER = 'kubernetes.io/limit-ranger'

type Quantities = Readonly<Record<string, string>>

/** Source: mergeContainerResources; later items of one range win. */
const withDefaults = (
  container: Container,
  items: readonly LimitRangeItem[],
  what: string,
  notes: string[],
): Container => {
  const limits: Quantities = Object.assign({}, ...items.map((item) => item.default ?? {}))
  const requests: Quantities = Object.assign({}, ...items.map((item) => item.defaultRequest ?? {}))
  const { resources } = container
  const lacking = (own: Quantities = {}, defaults: Quantities): readonly string[] =>
    Object.keys(defaults)
      .filter((resource) => own[resource] === undefined)
      .sort()
  const newRequests = lacking(resources.requests, requests)
  const newLimits = lacking(resources.limits, limits)
  if (newRequests.length > 0) notes.push(`${newRequests.join(', ')} request for ${what} ${container.name}`)
  if (newLimits.length > 0) notes.push(`${newLimits.join(', ')} limit for ${what} ${container.name}`)
  if (newRequests.length + newLimits.length === 0) return container
  return {
    ...container,
    resources: {
      ...resources,
      ...(newRequests.length === 0 ? {} : { requests: { ...requests, ...resources.requests } }),
      ...(newLimits.length === 0 ? {} : { limits: { ...limits, ...resources.limits } }),
    },
  }
}

/** Source: PodMutateLimitFunc, for one range after the other. */
export const setDefaults = (content: TemplateContent, ranges: readonly LimitRange[]): TemplateContent => {
  let { spec, annotations } = content
  for (const range of ranges) {
    const items = range.spec.limits.filter(({ type }) => type === 'Container')
    const notes: string[] = []
    const containers = spec.containers.map((container) => withDefaults(container, items, 'container', notes))
    const initContainers = spec.initContainers?.map((one) => withDefaults(one, items, 'init container', notes))
    if (notes.length === 0) continue
    spec = { ...spec, containers, ...(initContainers === undefined ? {} : { initContainers }) }
    annotations = { ...annotations, [LIMIT_RANGER]: `LimitRanger plugin set: ${notes.join('; ')}` }
  }
  return spec === content.spec ? content : { ...content, spec, annotations }
}

interface Asked {
  readonly requests: Quantities
  readonly limits: Quantities
}

const belowMinimum = (
  type: string,
  resource: string,
  least: string,
  { requests, limits }: Asked,
): string | undefined => {
  const [request, limit] = [requests[resource], limits[resource]]
  const head = `minimum ${resource} usage per ${type} is ${canonicalQuantity(least)}`
  if (request === undefined) return `${head}.  No request is specified`
  if (quantityMillis(request) < quantityMillis(least)) return `${head}, but request is ${canonicalQuantity(request)}`
  if (limit !== undefined && quantityMillis(limit) < quantityMillis(least)) {
    return `${head}, but limit is ${canonicalQuantity(limit)}`
  }
  return undefined
}

const aboveMaximum = (
  type: string,
  resource: string,
  most: string,
  { requests, limits }: Asked,
): string | undefined => {
  const [request, limit] = [requests[resource], limits[resource]]
  const head = `maximum ${resource} usage per ${type} is ${canonicalQuantity(most)}`
  if (limit === undefined) return `${head}.  No limit is specified`
  if (quantityMillis(limit) > quantityMillis(most)) return `${head}, but limit is ${canonicalQuantity(limit)}`
  if (request !== undefined && quantityMillis(request) > quantityMillis(most)) {
    return `${head}, but request is ${canonicalQuantity(request)}`
  }
  return undefined
}

/** Source: limitRequestRatioConstraint; the ratio is shown with six decimals, as `%f` does. */
const aboveRatio = (type: string, resource: string, most: string, { requests, limits }: Asked): string | undefined => {
  const request = quantityMillis(requests[resource] ?? '0')
  const limit = quantityMillis(limits[resource] ?? '0')
  const head = `${resource} max limit to request ratio per ${type} is ${canonicalQuantity(most)}`
  if (request === 0) return `${head}, but no request is specified or request is 0`
  if (limit === 0) return `${head}, but no limit is specified or limit is 0`
  const ratio = limit / request
  return ratio * 1_000 > quantityMillis(most) ? `${head}, but provided ratio is ${ratio.toFixed(6)}` : undefined
}

const problemsOf = (item: LimitRangeItem, asked: Asked): readonly string[] => {
  const judge = (
    limits: Quantities = {},
    problem: (type: string, resource: string, enforced: string, asked: Asked) => string | undefined,
  ): readonly string[] =>
    Object.keys(limits)
      .sort()
      .flatMap((resource) => problem(item.type, resource, limits[resource]!, asked) ?? [])
  return [
    ...judge(item.min, belowMinimum),
    ...judge(item.max, aboveMaximum),
    ...judge(item.maxLimitRequestRatio, aboveRatio),
  ]
}

/** The sum over the containers as quantities. Source: podRequests, podLimits of the plugin: without overhead. */
const sumOf = (spec: PodSpec, field: 'requests' | 'limits'): Quantities => {
  const sum: Record<string, string> = {}
  for (const [resource, amount] of aggregateContainers(spec, field)) {
    sum[resource] = resource === 'cpu' ? formatMillis(amount) : formatBytes(amount)
  }
  const podLevel = spec.resources?.[field] ?? {}
  for (const resource in podLevel) if (isPodLevelResource(resource)) sum[resource] = podLevel[resource]!
  return sum
}

/** An aggregate of errors, as Go prints it. Source: apimachinery/pkg/util/errors/errors.go. */
const aggregate = (problems: readonly string[]): string | undefined => {
  const different = [...new Set(problems)]
  return different.length <= 1 ? different[0] : `[${different.join(', ')}]`
}

/** What the first range that objects says against the pod. */
export const podLimitProblem = (spec: PodSpec, ranges: readonly LimitRange[]): string | undefined => {
  for (const range of ranges) {
    const problem = aggregate(
      range.spec.limits.flatMap((item) => {
        if (item.type === 'Pod') {
          return problemsOf(item, { requests: sumOf(spec, 'requests'), limits: sumOf(spec, 'limits') })
        }
        if (item.type !== 'Container') return []
        return [...spec.containers, ...(spec.initContainers ?? [])].flatMap(({ resources }) =>
          problemsOf(item, { requests: resources.requests ?? {}, limits: resources.limits ?? {} }),
        )
      }),
    )
    if (problem !== undefined) return problem
  }
  return undefined
}

/** What the ranges of its namespace say against a pod of this spec, once they have set their defaults. */
export const newPodLimitProblem = (spec: PodSpec, ranges: readonly LimitRange[]): string | undefined => {
  const content = setDefaults({ labels: {}, annotations: {}, finalizers: [], spec }, ranges)
  return podLimitProblem(defaultPodSpec(content.spec), ranges)
}

/** Likewise for a claim, of which only the request counts. Source: PersistentVolumeClaimValidateLimitFunc. */
export const claimLimitProblem = (requests: Quantities, ranges: readonly LimitRange[]): string | undefined => {
  for (const range of ranges) {
    const problem = aggregate(
      range.spec.limits.flatMap(({ type, min = {}, max = {} }) =>
        type !== 'PersistentVolumeClaim'
          ? []
          : [
              ...Object.keys(min)
                .sort()
                .flatMap((resource) => belowMinimum(type, resource, min[resource]!, { requests, limits: {} }) ?? []),
              ...Object.keys(max)
                .sort()
                .flatMap((resource) => {
                  const request = requests[resource]
                  const head = `maximum ${resource} usage per ${type} is ${canonicalQuantity(max[resource]!)}`
                  if (request === undefined) return `${head}.  No request is specified`
                  return quantityMillis(request) > quantityMillis(max[resource]!)
                    ? `${head}, but request is ${canonicalQuantity(request)}`
                    : []
                }),
            ],
      ),
    )
    if (problem !== undefined) return problem
  }
  return undefined
}

/**
 * From what is measured to how many replicas there should be.
 *
 * Amounts are milli-units as whole bigints, as Kubernetes has them in int64: their sums are exact, and divisions drop
 * what is behind the point. Ratios are doubles, as there.
 *
 * Source: pkg/controller/podautoscaler/replica_calculator.go, metrics/utilization.go.
 */

import { type Either, left, right } from 'fp-ts/lib/Either.js'

/** A pod as the calculation sees it. Times in milliseconds of the run. */
export interface CountedPod {
  readonly name: string
  readonly phase: 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown'
  readonly deleted: boolean
  readonly startedAt: number | undefined
  /** The Ready condition, if there is one. */
  readonly ready: { readonly status: 'True' | 'False'; readonly since: number } | undefined
}

export interface Measured {
  readonly value: bigint
  readonly timestamp: number
  readonly window: number
}

export interface CalculatorSettings {
  readonly tolerance: number
  readonly cpuInitializationPeriod: number
  readonly initialReadinessDelay: number
}

interface Groups {
  readonly readyCount: number
  readonly unready: readonly string[]
  readonly missing: readonly string[]
  readonly ignored: readonly string[]
}

const isUnready = (
  pod: CountedPod,
  { timestamp, window }: Measured,
  { cpuInitializationPeriod, initialReadinessDelay }: CalculatorSettings,
  at: number,
): boolean => {
  if (pod.ready === undefined || pod.startedAt === undefined) return true
  const { status, since } = pod.ready
  if (pod.startedAt + cpuInitializationPeriod > at) return status === 'False' || timestamp < since + window
  return status === 'False' && pod.startedAt + initialReadinessDelay > since
}

/** Source: groupPods. */
export const groupPods = (
  pods: readonly CountedPod[],
  metrics: ReadonlyMap<string, Measured>,
  isCpu: boolean,
  settings: CalculatorSettings,
  at: number,
): Groups => {
  let readyCount = 0
  const unready: string[] = []
  const missing: string[] = []
  const ignored: string[] = []
  for (const pod of pods) {
    const metric = metrics.get(pod.name)
    if (pod.deleted || pod.phase === 'Failed') ignored.push(pod.name)
    else if (pod.phase === 'Pending') unready.push(pod.name)
    else if (metric === undefined) missing.push(pod.name)
    else if (isCpu && isUnready(pod, metric, settings, at)) unready.push(pod.name)
    else readyCount++
  }
  return { readyCount, unready, missing, ignored }
}

const isWithin = (ratio: number, tolerance: number): boolean => 1 - tolerance <= ratio && ratio <= 1 + tolerance

/** What a metric proposes, and what was measured of it. */
export interface Proposal {
  readonly replicas: number
  /** Percent of the requests; only where the target is one. */
  readonly utilization?: number
  /** The mean of a pod, or the value of an object, in milli-units. */
  readonly value: bigint
}

interface Ratio {
  readonly ratio: number
  readonly utilization?: number
  readonly value: bigint
}

const NO_METRICS = 'did not receive metrics for targeted pods (pods might be unready)'

/** What both calculations have in common; they differ in the ratio and in what a missing pod is taken for. */
const propose = (
  pods: readonly CountedPod[],
  measured: ReadonlyMap<string, Measured>,
  current: number,
  isCpu: boolean,
  settings: CalculatorSettings,
  at: number,
  ratioOf: (values: ReadonlyMap<string, bigint>) => Either<string, Ratio>,
  assumed: (pod: string) => bigint,
): Either<string, Proposal> => {
  const { readyCount, unready, missing, ignored } = groupPods(pods, measured, isCpu, settings, at)
  const values = new Map(Array.from(measured, ([name, { value }]) => [name, value] as const))
  for (const name of [...ignored, ...unready]) values.delete(name)
  if (values.size === 0) return left(NO_METRICS)
  const first = ratioOf(values)
  if (first._tag === 'Left') return first
  const { ratio, utilization, value } = first.right
  const proposal = (replicas: number): Either<string, Proposal> =>
    right({ replicas, value, ...(utilization === undefined ? {} : { utilization }) })
  const scaleUpWithUnready = unready.length > 0 && ratio > 1
  if (!scaleUpWithUnready && missing.length === 0) {
    return proposal(isWithin(ratio, settings.tolerance) ? current : Math.ceil(ratio * readyCount))
  }
  if (ratio < 1) for (const name of missing) values.set(name, assumed(name))
  else if (ratio > 1) for (const name of missing) values.set(name, 0n)
  if (scaleUpWithUnready) for (const name of unready) values.set(name, 0n)
  const second = ratioOf(values)
  if (second._tag === 'Left') return second
  const again = second.right.ratio
  // Too small a change, or one in the other direction once the others are taken into account.
  if (isWithin(again, settings.tolerance) || (ratio < 1 && again > 1) || (ratio > 1 && again < 1)) {
    return proposal(current)
  }
  const replicas = Math.ceil(again * values.size)
  if ((again < 1 && replicas > current) || (again > 1 && replicas < current)) return proposal(current)
  return proposal(replicas)
}

export interface PodsQuestion {
  readonly pods: readonly CountedPod[]
  readonly metrics: ReadonlyMap<string, Measured>
  readonly current: number
  readonly isCpu: boolean
  readonly settings: CalculatorSettings
  readonly at: number
}

/** By utilization in percent of the requests. Source: GetResourceReplicas. */
export const byUtilization = (
  { pods, metrics, current, isCpu, settings, at }: PodsQuestion,
  requests: ReadonlyMap<string, bigint> | { readonly problem: string },
  target: number,
): Either<string, Proposal> => {
  const ratioOf = (values: ReadonlyMap<string, bigint>): Either<string, Ratio> => {
    if ('problem' in requests) return left(requests.problem)
    let used = 0n
    let requested = 0n
    let count = 0n
    for (const [name, value] of values) {
      const request = requests.get(name)
      if (request === undefined) continue
      used += value
      requested += request
      count++
    }
    if (requested === 0n) return left('no metrics returned matched known pods')
    const utilization = Number((used * 100n) / requested)
    return right({ ratio: utilization / target, utilization, value: used / count })
  }
  const fallback = BigInt(Math.max(100, target))
  return propose(pods, metrics, current, isCpu, settings, at, ratioOf, (name) =>
    'problem' in requests ? 0n : ((requests.get(name) ?? 0n) * fallback) / 100n,
  )
}

/** By the mean of the pods. Source: GetRawResourceReplicas, GetMetricReplicas, calcPlainMetricReplicas. */
export const byMean = (
  { pods, metrics, current, isCpu, settings, at }: PodsQuestion,
  target: bigint,
): Either<string, Proposal> => {
  const ratioOf = (values: ReadonlyMap<string, bigint>): Either<string, Ratio> => {
    let used = 0n
    for (const value of values.values()) used += value
    const mean = used / BigInt(values.size)
    return right({ ratio: Number(mean) / Number(target), value: mean })
  }
  return propose(pods, metrics, current, isCpu, settings, at, ratioOf, () => target)
}

const INT32_MAX = 2_147_483_647

/** One value for all pods. Source: getUsageRatioReplicaCount. */
export const byValue = (
  pods: readonly CountedPod[],
  current: number,
  value: bigint,
  target: bigint,
  { tolerance }: CalculatorSettings,
): Proposal => {
  const ratio = Number(value) / Number(target)
  if (isWithin(ratio, tolerance)) return { replicas: current, value }
  const ready = pods.filter((pod) => pod.phase === 'Running' && pod.ready?.status === 'True').length
  return { replicas: Math.min(INT32_MAX, Math.ceil(ratio * ready)), value }
}

/** One value, of which each pod should have so much. Source: GetObjectPerPodMetricReplicas, GetExternalPerPodMetricReplicas. */
export const byValuePerPod = (
  statusReplicas: number,
  value: bigint,
  target: bigint,
  { tolerance }: CalculatorSettings,
): Proposal => {
  const ratio = Number(value) / (Number(target) * statusReplicas)
  const replicas = isWithin(ratio, tolerance)
    ? statusReplicas
    : Math.min(INT32_MAX, Math.ceil(Number(value) / Number(target)))
  const mean = statusReplicas === 0 ? value : BigInt(Math.ceil(Number(value) / statusReplicas))
  return { replicas, value: mean }
}

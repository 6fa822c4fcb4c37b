import {
  type ClusterView,
  type DeepReadonly,
  isReady,
  isTerminal,
  type Pod,
  type PodDisruptionBudget,
  selects,
} from '@wavetank/cluster'
import { podTrouble } from '../pod-trouble.ts'

/** How an object stands, and what keeps it from standing better. */
export interface Trouble {
  /** Its counts, in a line. */
  readonly standing: string
  /** What is in its way, one sentence each; empty if nothing is. */
  readonly reasons: readonly string[]
  /** The objects that are in its way, the most telling first. */
  readonly objects: readonly TroubledObject[]
}

export interface TroubledObject {
  readonly kind: string
  /** `namespace/name`; the name alone of a node. */
  readonly key: string
}

/** A cluster at an instant, with the memory of its controllers. */
export interface TroubledCluster {
  readonly view: ClusterView
  readonly slices: Readonly<Record<string, unknown>>
  readonly at: number
}

export type TroubleOf = (cluster: TroubledCluster, key: string) => Trouble | undefined

export type PodView = DeepReadonly<Pod>

/** Pods whose trouble is told one by one. */
const TOLD_MAX = 3

/** What is wrong with some pods: the first few one by one, and how many there are besides. */
export const podReasons = (pods: readonly PodView[], minReadySeconds: number, besides: string): readonly string[] => [
  ...pods.slice(0, TOLD_MAX).map((pod) => podTrouble(pod, minReadySeconds)),
  ...(pods.length > TOLD_MAX ? [`${pods.length - TOLD_MAX} more ${besides}`] : []),
]

export const podObjects = (pods: readonly PodView[]): readonly TroubledObject[] =>
  pods.map(({ key }) => ({ kind: 'Pod', key }))

/** Pods that should serve and do not. */
export const unready = (pods: Iterable<PodView>): readonly PodView[] =>
  [...pods].filter((pod) => !isReady(pod as Pod) && !isTerminal(pod as Pod))

/** Quotas of a namespace that have nothing left of something. */
export const fullQuotas = (view: ClusterView, message: string): readonly TroubledObject[] =>
  [...view.resourceQuotas.values()]
    .filter(({ name }) => message.includes(`exceeded quota: ${name},`))
    .map(({ key }) => ({ kind: 'ResourceQuota', key }))

/** Budgets that let none of these pods be evicted. */
export const tightBudgets = (
  view: ClusterView,
  pods: readonly PodView[],
): readonly DeepReadonly<PodDisruptionBudget>[] =>
  [...view.podDisruptionBudgets.values()].filter(
    ({ namespace, matcher, status }) =>
      status.disruptionsAllowed === 0 &&
      pods.some((pod) => pod.namespace === namespace && selects(matcher, pod.labels)),
  )
